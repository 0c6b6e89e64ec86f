"""A labelled set of near-copies and of texts that only look like copies, drawn from a seed.

Stories are made of invented words with a Zipf distribution, of phrases that recur in all stories,
and of the names and figures of their event, in Latin and Cyrillic letters. Weather reports, market
reports and daily summaries are filled forms, one text a day. No sentence is of a news outlet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from simulated_forms import FORMS, fill
from simulated_stories import (
    LANGUAGES,
    Happening,
    Language,
    draw_story,
    draw_words,
    make_event,
    make_language,
    typeset,
)

START = datetime(2022, 3, 1, 6, tzinfo=UTC)
OUTLETS = ("Courier", "Gazette", "Herald", "Mirror", "Observer", "Wire")
KINDS = ("headline", "half", "opening", "added", "scattered", "runs", "cut_and_edited")
NEGATIVES = ("same_event", "background", "weather", "summary", "market", "short")
EDITS = {"mixed": ("replace", "delete", "insert"), "replace": ("replace",)}
_SAME_OUTLET = 0.3


@dataclass(frozen=True)
class Desk:
    """Who copies: the language and event, the share of words that is edited, and how."""

    language: Language
    event: Happening
    share: float
    ways: tuple[str, ...]
    rng: np.random.Generator


def edit(paragraphs: list[list[str]], share: float, desk: Desk, *, longest: int) -> list[list[str]]:
    """Replace, delete or insert `share` of the words, in runs of at most `longest` words."""
    rng, ways = desk.rng, desk.ways
    edited = [list(paragraph) for paragraph in paragraphs]
    total = sum(map(len, edited))
    left = round(share * total)
    touched: set[int] = set()
    flat = [word for paragraph in edited for word in paragraph]
    result: list[list[str]] = [[word] for word in flat]
    while left > 0:
        size = min(left, int(rng.integers(1, longest + 1)))
        place = int(rng.integers(total))
        how = str(rng.choice(ways))
        span = range(place, min(place + (1 if how == "insert" else size), total))
        if touched.intersection(span):
            continue
        touched.update(span)
        new = draw_words(desk.language, desk.event, size, rng)
        if how == "insert":
            result[place] = result[place] + new
            left -= size
            continue
        for offset, index in enumerate(span):
            result[index] = [new[offset]] if how == "replace" else []
        left -= len(span)
    copies, first = [], 0
    for paragraph in edited:
        pieces = result[first : first + len(paragraph)]
        first += len(paragraph)
        copies.append([word for piece in pieces for word in piece])
    return [paragraph for paragraph in copies if paragraph]


def cut(paragraphs: list[list[str]], words: int) -> list[list[str]]:
    """Keep the first words."""
    kept, left = [], words
    for paragraph in paragraphs:
        if left > 0:
            kept.append(paragraph[:left])
        left -= len(paragraph)
    return kept


def copy_story(kind: str, paragraphs: list[list[str]], desk: Desk) -> list[list[str]]:
    """Copy a story as its kind says."""
    total = sum(map(len, paragraphs))
    if kind == "half":
        copied = cut(paragraphs, total // 2)
    elif kind == "opening":
        copied = cut(paragraphs, max(35, sum(map(len, paragraphs[:2])) * 2 // 3))
    elif kind == "added":
        copied = add_paragraphs(paragraphs, desk)
    elif kind == "scattered":
        copied = edit(paragraphs, desk.share, desk, longest=1)
    elif kind == "runs":
        copied = edit(paragraphs, desk.share, desk, longest=8)
    elif kind == "cut_and_edited":
        copied = edit(cut(paragraphs, total * 2 // 3), desk.share / 2, desk, longest=4)
    else:
        copied = paragraphs
    return copied


def add_paragraphs(paragraphs: list[list[str]], desk: Desk) -> list[list[str]]:
    """Put a paragraph of one's own before and one behind, or two behind."""
    rng = desk.rng
    first, second = (
        draw_words(desk.language, desk.event, int(rng.integers(25, 60)), rng) for _ in range(2)
    )
    return [first, *paragraphs, second] if rng.integers(2) else [*paragraphs, first, second]


@dataclass
class Drawn:
    """The rows of the set as they are drawn."""

    rng: np.random.Generator
    rows: list[dict[str, object]]

    def add(
        self, text: str, at: datetime, source: str, code: str, *, story: int, kind: str
    ) -> None:
        """Add one article with a headline of its own."""
        headline = " ".join(self.rng.choice(text.split(), 7))
        self.rows.append(
            {
                "doc_id": f"d{len(self.rows):06d}",
                "source": source,
                "published_at": at,
                "title": headline,
                "text": text,
                "lang": code,
                "story": story,
                "kind": kind,
            }
        )


def simulate_copies(
    stories: int, share: float, seed: int, *, days: int = 40, edits: str = "mixed"
) -> pl.DataFrame:
    """Return articles with the story that each tells and the kind of copy or likeness it is.

    Columns of Documents that `find_duplicates` reads, and `story` (articles are copies of each
    other exactly if it is the same) and `kind`.
    """
    rng = np.random.default_rng(seed)
    languages = [make_language(code, rng) for code in LANGUAGES]
    drawn = Drawn(rng, [])
    story = 0
    for number in range(stories):
        language = languages[number % 2]
        event = make_event(language, rng)
        desk = Desk(language, event, share, EDITS[edits], rng)
        kinds = [KINDS[(2 * number + turn) % len(KINDS)] for turn in range(2)]
        story = _add_event(drawn, desk, story, kinds, days)
    story = _add_forms(drawn, story, days)
    _add_shorts(drawn, languages, story, days)
    frame = pl.DataFrame(drawn.rows, infer_schema_length=None)
    return frame.sample(fraction=1, shuffle=True, seed=seed)


def _add_event(drawn: Drawn, desk: Desk, story: int, kinds: list[str], days: int) -> int:
    """One story, its copies, another story on the event, and one with the same background."""
    rng, language, event = desk.rng, desk.language, desk.event
    at = START + timedelta(hours=float(rng.uniform(0, 24 * days)))
    paragraphs = draw_story(language, event, int(rng.integers(90, 320)), rng)
    home = str(rng.choice(OUTLETS))
    drawn.add(typeset(paragraphs, rng), at, home, language.code, story=story, kind="original")
    for kind in kinds:
        copied = copy_story(kind, paragraphs, desk)
        source = home if rng.random() < _SAME_OUTLET else str(rng.choice(OUTLETS))
        later = at + timedelta(hours=float(rng.uniform(0.1, 40)))
        drawn.add(typeset(copied, rng), later, source, language.code, story=story, kind=kind)
    for kind in ("same_event", "background"):
        story += 1
        other = draw_story(language, event, int(rng.integers(90, 320)), rng)
        if kind == "background":
            total = min(sum(map(len, other)), sum(map(len, paragraphs)))
            shared = cut(paragraphs[::-1], total // 3)
            other = [*other, *shared]
        later = at + timedelta(hours=float(rng.uniform(0.1, 40)))
        source = str(rng.choice(OUTLETS))
        drawn.add(typeset(other, rng), later, source, language.code, story=story, kind=kind)
    return story + 1


def _add_forms(drawn: Drawn, story: int, days: int) -> int:
    """A weather report, a summary of the front and a market report each day in each language."""
    for kind, forms in FORMS.items():
        for code, form in forms.items():
            for day in range(days):
                at = START + timedelta(days=day)
                text = fill(form, code, at, drawn.rng)
                drawn.add(text, at, f"{kind} desk {code}", code, story=story, kind=kind)
                story += 1
    return story


def _add_shorts(drawn: Drawn, languages: list[Language], story: int, days: int) -> None:
    """Lines of a few words that several outlets print: too short to say who copied whom."""
    rng = drawn.rng
    for language in languages:
        lines = [draw_words(language, None, int(rng.integers(4, 12)), rng) for _ in range(10)]
        for line in lines:
            for _ in range(4):
                at = START + timedelta(hours=float(rng.uniform(0, 24 * days)))
                source = str(rng.choice(OUTLETS))
                drawn.add(" ".join(line), at, source, language.code, story=story, kind="short")
                story += 1
