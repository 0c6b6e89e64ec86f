"""Where the sentences of articles stand in a strip: lines, columns and rows of tiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from stancelib.charts.clock import date_words
from stancelib.charts.tables import check_columns
from stancelib.charts.words import signed
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

VOICES = ("author", "quoted")
VOICE_WORDS = {"author": "the article's own words", "quoted": "quoted"}
NEEDED = ("position", "target", "stance", "voice")
_TEXTS, _ARTICLES = ("text", "sentence"), ("doc_id", "text_index")
_NARROWEST, _WIDEST = 14, 40
# Sentences between two numbers below the tiles.
NUMBERED = 5
# Characters before a row's name in its key.
KEY_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn.

    Attributes
    ----------
    rows
        Keys of the rows from the top: a heading, tiles of a target, or numbers.
    columns
        Tiles that fit in a line.
    tiles
        One row a sentence and target: ``row``, ``left``, ``right``, ``middle`` (in columns),
        ``number``, ``article``, ``target``, ``stance`` (null: none), ``stance_words``, ``voice``,
        ``text``, ``speaker``.
    headings, numbers
        ``row``, ``left`` or ``middle``, ``text``.
    """

    rows: list[str]
    columns: int
    tiles: pl.DataFrame
    headings: pl.DataFrame
    numbers: pl.DataFrame


def strip_of(sentences: pl.DataFrame, targets: Sequence[str] | None, width: int) -> Strip:
    """Check sentences and give every one of them its place for every target."""
    frame = _plain(sentences)
    shown = _targets(frame, targets)
    known = frame.filter(pl.col("target").is_in(shown) & pl.col("stance").is_not_null())
    _check_tiles(known)
    articles = frame["article"].unique(maintain_order=True).to_list()
    longest = 1 + int(frame["position"].max())  # type: ignore[arg-type]  # checked, not empty
    columns = columns_of(longest, width)
    every = frame.group_by("article", maintain_order=True).agg(pl.col("position").max())
    every = every.select("article", position=pl.int_ranges(0, pl.col("position") + 1))
    said = frame.unique(["article", "position"], keep="first", maintain_order=True).select(
        "article", "position", "text", "part", "speaker", "voice"
    )
    scored = known.select("article", "position", "target", "stance")
    order = pl.DataFrame({"target": shown, "place": range(len(shown))})
    at = pl.DataFrame({"article": articles, "which": range(len(articles))})
    tiles = (
        every.explode("position")
        .join(order, how="cross")
        .join(at, on="article")
        .join(said, on=["article", "position"], how="left")
        .join(scored, on=["article", "position", "target"], how="left")
        .sort("which", "place", "position")
        .with_columns(line=pl.col("position") // columns, left=pl.col("position") % columns)
        .with_columns(row=_key("place", 1) + pl.col("target"))
    )
    headings = _headings(frame, at) if len(articles) > 1 or _is_named(frame) else _no_marks()
    numbers = _numbers(tiles)
    rows = {*headings["row"], *tiles["row"], *numbers["row"]}
    return Strip(sorted(rows), columns, _worded(tiles), headings, numbers)


def columns_of(longest: int, width: int) -> int:
    """Tiles in a line: all of the longest article, or as many as stay wide enough, in fives.

    Examples
    --------
    >>> columns_of(8, 400), columns_of(30, 400), columns_of(24, 640)
    (10, 15, 24)
    """
    fewest = max(NUMBERED, width // _WIDEST)
    most = max(NUMBERED, width // _NARROWEST)
    if longest <= most:
        return max(longest, fewest)
    even = math.ceil(longest / math.ceil(longest / most))
    return min(math.ceil(even / NUMBERED) * NUMBERED, most // NUMBERED * NUMBERED)


def _plain(sentences: pl.DataFrame) -> pl.DataFrame:
    """The columns that are drawn, under one name each."""
    check_columns(sentences, NEEDED)
    if sentences.is_empty():
        raise NotEnoughDataError("there is no sentence, nothing to draw")
    if sentences["position"].null_count():
        raise DataError("a sentence has no 'position'; it counts the sentences from 0")
    text = next((name for name in _TEXTS if name in sentences.columns), None)
    if text is None:
        raise DataError.missing_column("text", sentences.columns)
    article = next((name for name in _ARTICLES if name in sentences.columns), None)
    there = [name for name in ("source", "title", "published_at") if name in sentences.columns]
    return sentences.select(
        "position",
        pl.col("target").cast(pl.String),
        "stance",
        pl.col("voice").cast(pl.String),
        pl.col(text).alias("text"),
        *[
            (pl.col(name) if name in sentences.columns else pl.lit(None, pl.String)).alias(name)
            for name in ("part", "speaker")
        ],
        *there,
        article=pl.lit("") if article is None else pl.col(article).cast(pl.String),
    )


def _targets(frame: pl.DataFrame, targets: Sequence[str] | None) -> list[str]:
    named = sorted(frame["target"].drop_nulls().unique())
    if not named:
        raise NotEnoughDataError(f"none of {len(frame)} sentences names a target, nothing to draw")
    for target in targets or ():
        if target not in named:
            raise ArgumentError.unknown("target", target, named)
    return list(targets) if targets else named


def _check_tiles(known: pl.DataFrame) -> None:
    strange = known.filter(~pl.col("voice").is_in(VOICES).fill_null(value=False))
    if len(strange):
        raise DataError(f"unknown voice {strange['voice'][0]!r}; allowed: {', '.join(VOICES)}")
    tile = ["article", "position", "target"]
    twice = known.filter(pl.struct(tile).is_duplicated())
    if len(twice):
        row = twice.row(0, named=True)
        raise DataError(
            f"sentence {row['position']} has several stances toward {row['target']}; "
            "keep one scorer"
        )
    if known.filter(pl.col("stance").abs() > 1).height:
        raise DataError("a stance lies outside [-1, 1]")


def _is_named(frame: pl.DataFrame) -> bool:
    return bool({"source", "title"} & set(frame.columns))


def _key(place: str, kind: int) -> pl.Expr:
    """Which article, which line, heading, tiles or numbers, which target: sorts as it stands."""
    parts = [
        pl.col("which").cast(pl.String).str.zfill(4),
        pl.col("line").cast(pl.String).str.zfill(3),
        pl.lit(str(kind)),
        pl.col(place).cast(pl.String).str.zfill(2),
    ]
    return pl.concat_str(parts)


def _headings(frame: pl.DataFrame, at: pl.DataFrame) -> pl.DataFrame:
    named = frame.unique("article", keep="first", maintain_order=True).join(at, on="article")
    texts = [_article_words(row) for row in named.iter_rows(named=True)]
    return named.with_columns(line=pl.lit(0), place=pl.lit(0)).select(
        row=_key("place", 0), left=pl.lit(0), text=pl.Series(texts, dtype=pl.String)
    )


def _article_words(row: dict[str, object]) -> str:
    at = row.get("published_at")
    when = date_words(at) if hasattr(at, "month") else None  # type: ignore[arg-type]  # a date
    where = ", ".join(str(part) for part in (row.get("source"), when) if part)
    title = row.get("title") or (None if where else f"Article {row['article']}")
    return ": ".join(str(part) for part in (where, title) if part)


def _no_marks() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.String, "left": pl.Int64, "text": pl.String})


def _numbers(tiles: pl.DataFrame) -> pl.DataFrame:
    """The first sentence of each line, and every fifth."""
    number = pl.col("position") + 1
    told = tiles.filter((pl.col("left") == 0) | (number % NUMBERED == 0))
    told = told.with_columns(zero=pl.lit(0)).unique(
        ["which", "line", "position"], keep="first", maintain_order=True
    )
    return told.select(
        row=_key("zero", 2), middle=pl.col("left") + 0.5, text=number.cast(pl.String)
    )


def _worded(tiles: pl.DataFrame) -> pl.DataFrame:
    title = pl.when(pl.col("part") == "title").then(pl.lit(" (title)")).otherwise(pl.lit(""))
    words = [
        "not named, or not scored" if value is None else signed(value) for value in tiles["stance"]
    ]
    return tiles.select(
        "row",
        "left",
        "article",
        "target",
        "stance",
        "voice",
        right=pl.col("left") + 1,
        middle=pl.col("left") + 0.5,
        number=(pl.col("position") + 1).cast(pl.String) + title,
        stance_words=pl.Series(words, dtype=pl.String),
        short_words=pl.col("stance").map_elements(_short, return_dtype=pl.String),
        voice_words=pl.col("voice").replace_strict(VOICE_WORDS, default="not known"),
        text=pl.col("text").fill_null("not in the frame"),
        speaker=pl.col("speaker").fill_null("none named"),
    )


def _short(stance: float) -> str:
    """One decimal with its sign, for narrow tiles."""
    return "0" if round(stance, 1) == 0 else f"{stance:+.1f}".replace("-", "−")
