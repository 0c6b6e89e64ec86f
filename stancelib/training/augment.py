"""Mentions behind another name or a placeholder, so that the name carries no label.

Masking the entity is how relation extraction keeps a model from learning names by heart: Peng
et al. (2020), *Learning from Context or Names?*, EMNLP, https://aclanthology.org/2020.emnlp-main.298.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

PLACEHOLDER = "X"
# Languages whose names keep their form in every case, so that any name fits any place.
UNINFLECTED = frozenset({"en", "fr", "es", "it", "pt", "de"})
_LONGEST_NAME = 3


def with_other_mentions(
    frame: pl.DataFrame,
    names: Mapping[str, Sequence[str]],
    *,
    share: float,
    seed: Sequence[int],
) -> pl.DataFrame:
    """Replace a share of the mentions, labels kept.

    Half of the chosen mentions become a placeholder. The other half become another name of the
    same language, where that language does not inflect names and the mention is written as a
    name; else they become the placeholder too.

    Parameters
    ----------
    frame : DataFrame
        Columns ``text, start, end, label, lang`` and others, which are kept.
    names : mapping of str to sequence of str
        Names by language.
    share : float
        Of the rows, in [0, 1].
    seed : sequence of int
        The same seed chooses the same rows and names.

    Returns
    -------
    DataFrame
        As high as `frame`, in its order.

    Examples
    --------
    >>> frame = pl.DataFrame({"text": ["Russia votes."], "start": 0, "end": 6, "lang": "ru"})
    >>> with_other_mentions(frame, {}, share=1.0, seed=[1]).row(0)
    ('X votes.', 0, 1, 'ru')
    """
    generator = np.random.default_rng(list(seed))
    chosen = generator.random(frame.height) < share
    by_name = generator.random(frame.height) < 0.5  # noqa: PLR2004 - half of them
    draws = generator.random(frame.height)
    texts, ends = frame["text"].to_list(), frame["end"].to_list()
    starts, languages = frame["start"].to_list(), frame["lang"].to_list()
    for row in np.flatnonzero(chosen):
        text, start, end, lang = texts[row], starts[row], ends[row], languages[row]
        pool = names.get(lang, ()) if by_name[row] and _is_name(text[start:end]) else ()
        other = PLACEHOLDER
        if pool and lang in UNINFLECTED:
            other = pool[int(draws[row] * len(pool))]
        texts[row] = f"{text[:start]}{other}{text[end:]}"
        ends[row] = start + len(other)
    return frame.with_columns(
        pl.Series("text", texts, dtype=pl.String), pl.Series("end", ends, dtype=pl.Int64)
    )


def _is_name(mention: str) -> bool:
    words = mention.split()
    return 0 < len(words) <= _LONGEST_NAME and all(word[:1].isupper() for word in words)
