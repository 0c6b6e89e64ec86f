"""RuSentRel: attitudes between entities of whole articles, as marked Russian sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stancelib.training.sets import COLUMNS, TYPES, data_folder

# A sentence that names many parties seldom shows which attitude is meant.
MOST_ENTITIES = 5
_LABELS = {"neg": -1, "pos": 1}
_SPAN = re.compile(r"^T\d+\t(\S+) (\d+) (\d+)\t(.+)$")
# Stand-ins for the author at the head of each paragraph.
_STAND_INS = frozenset({"author", "unknown"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One entity in an article: code points, and the number of its group of synonyms."""

    start: int
    end: int
    group: str


def rusentrel(folder: Path | None = None) -> pl.DataFrame:
    """RuSentRel 1.1, train part (Loukachevitch and Rusnachenko 2018): derived sentences.

    https://arxiv.org/abs/1808.08932. Attitudes were annotated over whole articles. A sentence is
    taken where it names both sides of one attitude, at most five entities, and no second attitude
    toward the same entity with another sign; the first mention of that entity is marked. This is
    distant supervision: a part of the sentences names both sides and shows no attitude.

    Parameters
    ----------
    folder : Path, optional
        Default: `data_folder()`.
    """
    root = (folder or data_folder()) / "rusentrel"
    synonyms = read_synonyms(root / "synonyms.txt")
    rows = [
        (
            f"{path.stem}_{start}_{number}",
            text,
            mention.start,
            mention.end,
            label,
            "ru",
            "rusentrel",
        )
        for path in sorted((root / "train").glob("art*.ann"))
        for start, text, found in _sentences(path, synonyms)
        for number, (mention, label) in enumerate(_attitudes(path, found, synonyms))
    ]
    types = dict(zip(COLUMNS, TYPES, strict=True))
    return pl.DataFrame(rows, schema=types, orient="row").unique(
        ("text", "start"), keep="first", maintain_order=True
    )


def read_synonyms(path: Path) -> dict[str, str]:
    """The first name of its line for every name, in lower case."""
    groups = [
        [name.strip().lower() for name in line.split(",")]
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {name: group[0] for group in groups for name in group if name}


def _sentences(path: Path, synonyms: Mapping[str, str]) -> Iterator[tuple[int, str, list[Mention]]]:
    """Place, text and mentions (in the sentence) of every sentence with two or more entities."""
    # Spans count the byte order mark and both characters of a line's end.
    article = path.with_suffix(".txt").read_bytes().decode("utf-8")
    spans = [_SPAN.match(line) for line in path.read_text(encoding="utf-8-sig").splitlines()]
    known = [
        Mention(int(span[2]), int(span[3]), _group(span[4], synonyms))
        for span in spans
        if span and span[4].strip().lower() not in _STAND_INS
    ]
    for line in re.finditer(r"[^\r\n\ufeff]+", article):
        text = re.sub(r"^\{[^}]*\}\s*", "", line[0])
        start = line.end() - len(text)
        inside = [
            Mention(m.start - start, m.end - start, m.group)
            for m in known
            if start <= m.start and m.end <= line.end()
        ]
        if 2 <= len({m.group for m in inside}) <= MOST_ENTITIES:  # noqa: PLR2004 - a pair
            yield start, text, inside


def _attitudes(
    path: Path, mentions: Sequence[Mention], synonyms: Mapping[str, str]
) -> Iterator[tuple[Mention, int]]:
    """The first mention of every entity toward which this sentence can show one attitude."""
    groups = {mention.group for mention in mentions}
    labels: dict[str, set[int]] = {}
    for line in path.with_suffix(".opin.txt").read_text(encoding="utf-8-sig").splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) < 3 or fields[2] not in _LABELS:  # noqa: PLR2004 - subject, object, label
            continue
        subject, target = (_group(name, synonyms) for name in fields[:2])
        if subject in groups and target in groups:
            labels.setdefault(target, set()).add(_LABELS[fields[2]])
    for target, found in labels.items():
        if len(found) == 1:
            first = min((m for m in mentions if m.group == target), key=lambda m: m.start)
            yield first, next(iter(found))


def _group(name: str, synonyms: Mapping[str, str]) -> str:
    written = name.strip().lower()
    return synonyms.get(written, written)
