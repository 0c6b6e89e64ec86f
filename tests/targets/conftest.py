from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import pytest

import stancelib as sl

Found = list[tuple[str, str]]


@pytest.fixture(scope="session")
def found() -> Callable[..., Found]:
    """Mentions of one text as (target, what the text says there)."""

    def find(
        text: str, lang: str = "en", targets: Mapping[str, sl.Target] | list[str] | None = None
    ) -> Found:
        sentences = pl.DataFrame(
            {"sentence_id": ["a#0"], "doc_id": ["a"], "text": [text], "lang": [lang]}
        )
        mentions = sl.find_mentions(sentences, targets)
        return [(target, text[start:end]) for _, target, start, end, *_ in mentions.rows()]

    return find
