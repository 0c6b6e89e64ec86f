"""Pairs of readings for each audit: two sentences whose stances are compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations
from typing import Any, Final

import polars as pl

from stancelib.scoring.protocol import STANCES
from stancelib.validation.audit_names import (
    FOLDER,
    LETTER,
    PLACEHOLDER,
    Marked,
    Names,
    exchange,
    fill,
    marked,
    names_by_language,
    with_letter,
)

TARGETS: Final = ("NATO", "Russia", "Ukraine")
_SIGN: Final = {label: place - 1 for place, label in enumerate(STANCES)}
_SIDES: Final = ("text", "start", "end", "target", "lang")
SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "item": pl.String,
    "lang": pl.String,
    "direction": pl.Int64,
    **{
        f"{column}_{side}": pl.Int64 if column in {"start", "end"} else pl.String
        for side in "ab"
        for column in _SIDES
    },
}


@dataclass(frozen=True)
class Reading:
    """A sentence at a mention, the target that it names there, and its language."""

    sentence: Marked
    target: str
    lang: str

    @property
    def row(self) -> tuple[str, int, int, str, str]:
        """Text, start, end, target, lang."""
        return (*_place(self.sentence), self.target, self.lang)


Pair = tuple[str, int, Reading, Reading | None]
"""An item, the sign of what is expected, and two readings; the second may be missing."""


@cache
def written_items(lang: str) -> tuple[Mapping[str, Any], ...]:
    """Return the items written in a language, as rows of its file."""
    lines = FOLDER.joinpath(f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(map(json.loads, lines))


def pairs_of_audit(audit: str, languages: Sequence[str]) -> pl.DataFrame:
    """Build the written pairs of one audit.

    Returns
    -------
    polars.DataFrame
        A row for each pair: item, lang, direction (-1, 0, 1), and text, start, end, target, lang
        of the sides ``_a`` and ``_b`` (null where the audit reads one sentence).
    """
    rows = (
        _flat(item, lang, direction, first, second)
        for lang in languages
        for item, direction, first, second in _PAIRS[audit](lang)
    )
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def pairs_of_mentions(audit: str, mentions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Build the pairs of target_swap or masking from a user's sentences.

    Parameters
    ----------
    audit : {"target_swap", "masking"}
        What is put in place of the mention.
    mentions : polars.DataFrame
        One row for each sentence and target: row, text, lang, target, start, end, kind,
        named (all targets of the sentence) and n_mentions (of this target).

    Returns
    -------
    pairs, unusable : polars.DataFrame
        As `pairs_of_audit` gives them; and row, target, reason of the mentions without a pair.
    """
    pairs, unusable = [], []
    for mention in mentions.iter_rows(named=True):
        made = list(_made(audit, mention))
        pairs += [
            _flat(f"row {mention['row']} {mention['target']}", mention["lang"], 0, *readings)
            for readings in made
            if not isinstance(readings, str)
        ]
        reasons = [reason for reason in made if isinstance(reason, str)]
        if len(reasons) == len(made):
            unusable.append((mention["row"], mention["target"], audit, "; ".join(reasons)))
    columns = {"row": pl.Int64, "target": pl.String, "audit": pl.String, "reason": pl.String}
    return (
        pl.DataFrame(pairs, schema=SCHEMA, orient="row"),
        pl.DataFrame(unusable, schema=columns, orient="row"),
    )


def _made(audit: str, mention: Mapping[str, Any]) -> Iterator[tuple[Reading, Reading] | str]:
    sentence = Marked(mention["text"], mention["start"], mention["end"])
    name, lang = mention["target"], mention["lang"]
    if mention["n_mentions"] > 1:
        yield "the sentence names the target several times"
        return
    first = Reading(sentence, name, lang)
    if audit == "masking":
        new = exchange(sentence, name, PLACEHOLDER, lang)
        new = with_letter(sentence, name, lang) if isinstance(new, str) else new
        yield new if isinstance(new, str) else (first, Reading(new, new.mention, lang))
        return
    others = [other for other in TARGETS if other not in mention["named"]]
    if not others:
        yield "the sentence names the other targets, too"
    for other in others:
        new = exchange(sentence, name, other, lang)
        yield new if isinstance(new, str) else (first, Reading(new, other, lang))


def _place(sentence: Marked) -> tuple[str, int, int]:
    return sentence.text, sentence.start, sentence.end


def _flat(
    item: str, lang: str, direction: int, first: Reading, second: Reading | None
) -> tuple[str | int | None, ...]:
    nothing = (None,) * len(_SIDES)
    return (item, lang, direction, *first.row, *(nothing if second is None else second.row))


def _items(lang: str, audit: str) -> Iterator[Mapping[str, Any]]:
    return (item for item in written_items(lang) if item["audit"] == audit)


def _written(names: Names, name: str) -> dict[str, str]:
    return {form: table[name] for form, table in names.forms.items() if name in table}


def _in_frame(frame: str, lang: str, name: str) -> Reading:
    sentence = fill(frame, {"x": _written(names_by_language()[lang], name)})["x"]
    return Reading(sentence, sentence.mention if name == PLACEHOLDER else name, lang)


def _target_swap(lang: str) -> Iterator[Pair]:
    for item in _items(lang, "frame"):
        for one, other in combinations(TARGETS, 2):
            yield (
                item["id"],
                0,
                _in_frame(item["text"], lang, one),
                _in_frame(item["text"], lang, other),
            )


def _masking(lang: str) -> Iterator[Pair]:
    for item in _items(lang, "frame"):
        for name in TARGETS:
            yield (
                item["id"],
                0,
                _in_frame(item["text"], lang, name),
                _in_frame(item["text"], lang, PLACEHOLDER),
            )


def _name_prior(lang: str) -> Iterator[Pair]:
    """Each name against both placeholders; other names only where no form is asked of them."""
    basic = next(iter(names_by_language()[lang].forms))
    for item in _items(lang, "neutral frame"):
        frame = item["text"]
        letter = fill(frame, {"x": f"[{LETTER}]"})["x"]
        neutral = [_in_frame(frame, lang, PLACEHOLDER), Reading(letter, LETTER, lang)]
        named = [(name, _in_frame(frame, lang, name)) for name in TARGETS]
        if f"{{x:{basic}}}" in frame:
            for words in names_by_language()[lang].others:
                sentence = fill(frame, {"x": words})["x"]
                named.append((sentence.mention, Reading(sentence, sentence.mention, lang)))
        for name, reading in named:
            for placeholder in neutral:
                yield name, 0, placeholder, reading


def _two_sentences(audit: str) -> Callable[[str], Iterator[Pair]]:
    def pairs(lang: str) -> Iterator[Pair]:
        for item in _items(lang, audit):
            sides = (
                Reading(marked(item[text]), item["target"], lang) for text in ("text", "text_b")
            )
            yield item["id"], _SIGN[item["label_b"]], *sides

    return pairs


def _one_sentence(audit: str) -> Callable[[str], Iterator[Pair]]:
    def pairs(lang: str) -> Iterator[Pair]:
        for item in _items(lang, audit):
            yield item["id"], 0, Reading(marked(item["text"]), item["target"], lang), None

    return pairs


def _role(lang: str) -> Iterator[Pair]:
    names = names_by_language()[lang]
    for item in _items(lang, "role"):
        for one, other in permutations(TARGETS, 2):
            written = {"a": _written(names, one), "b": _written(names, other)}
            at = fill(item["text"], written)
            yield item["id"], 1, Reading(at["a"], one, lang), Reading(at["b"], other, lang)


_PAIRS: Final[Mapping[str, Callable[[str], Iterable[Pair]]]] = {
    "target_swap": _target_swap,
    "masking": _masking,
    "name_prior": _name_prior,
    "negation": _two_sentences("negation"),
    "quote": _two_sentences("quote"),
    "mood": _one_sentence("mood"),
    "translation": _one_sentence("translation"),
    "role": _role,
}
