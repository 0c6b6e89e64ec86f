"""Articles made of bank sentences: a headline, a lead and a few sentences more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stancelib.simulate.bank import LABELS, TARGETS, Bank
from stancelib.simulate.corpus_core import article_shares

_TITLE_NAMES_TARGET = 0.7  # share of headlines that name the article's main target
_SECOND_TARGET = 0.35  # share of articles that turn to a second target
_SENTENCES_PER_PARAGRAPH = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of an article with its label; target and label are None in filler."""

    part: str
    text: str
    target: str | None
    label: str | None


def compose(
    rng: np.random.Generator,
    bank: Bank,
    shares: Mapping[str, NDArray[np.float64]],
    concentration: float,
) -> list[Line]:
    """Headline first, then the lead, then the rest; no sentence twice in one article.

    `shares` holds for each target the outlet's shares of the three labels, shape (3,), on the
    day of the article; each article leans its own way around them.
    """
    main, other = (TARGETS[index] for index in rng.permutation(len(TARGETS))[:2])
    leaning = {
        target: article_shares(rng, shares[target], concentration) for target in (main, other)
    }
    turns_to_other = rng.random() < _SECOND_TARGET
    in_body = [main, *[main] * int(rng.integers(1, 3)), *[other] * int(turns_to_other)]
    used: set[str] = set()
    title = _title(rng, bank, main, leaning[main], used)
    body = [_line(rng, bank, target, leaning[target], used) for target in in_body]
    for filler in rng.choice(len(bank.filler), size=int(rng.integers(1, 3)), replace=False):
        place = int(rng.integers(1, len(body) + 1))
        body.insert(place, Line("text", bank.filler[filler], None, None))
    return [title, *body]


def text_of(lines: list[Line]) -> str:
    """Body of an article: its lead is a paragraph, then two sentences make one."""
    body = [line.text for line in lines if line.part == "text"]
    rest = [
        " ".join(body[begin : begin + _SENTENCES_PER_PARAGRAPH])
        for begin in range(1, len(body), _SENTENCES_PER_PARAGRAPH)
    ]
    return "\n\n".join([body[0], *rest])


def _title(
    rng: np.random.Generator,
    bank: Bank,
    target: str,
    shares: NDArray[np.float64],
    used: set[str],
) -> Line:
    if rng.random() < _TITLE_NAMES_TARGET:
        line = _line(rng, bank, target, shares, used)
        return Line("title", line.text.removesuffix("."), line.target, line.label)
    return Line("title", str(rng.choice(bank.filler_title)), None, None)


def _line(
    rng: np.random.Generator,
    bank: Bank,
    target: str,
    shares: NDArray[np.float64],
    used: set[str],
) -> Line:
    label = LABELS[int(rng.choice(len(LABELS), p=shares))]
    fresh = [text for text in bank.sentences[target, label] if text not in used]
    text = fresh[int(rng.integers(len(fresh)))]
    used.add(text)
    return Line("text", text, target, label)
