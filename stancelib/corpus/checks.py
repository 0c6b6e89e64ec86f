"""Rows that were read, sorted into documents, identical repeats and rejected rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

MISSING_SOURCE = "missing source"
FUTURE = "date in the future"
TOO_OLD = "date before 1900"
EMPTY_TEXT = "empty text"
TOO_LONG = "text over the limit"
OTHER_CONTENT = "duplicate doc_id with other content"
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_CONTENT = ("source", "published_at", "title", "text")


@dataclass(frozen=True)
class Checked:
    """What the checks say of the rows.

    Attributes
    ----------
    accepted
        Columns row, doc_id, source, published_at, title, text, lang, url; one per document.
    rejected
        Columns row, reason, value, doc_id, source, title.
    n_repeats
        Rows that repeat an accepted document, identical in identifier and content.
    n_title_only
        Accepted documents whose text is their title.
    n_zone_assumed
        Accepted documents whose date stated no time zone.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    n_repeats: int
    n_title_only: int
    n_zone_assumed: int


def check_rows(rows: pl.DataFrame, *, now: datetime, max_characters: int) -> Checked:
    """Check rows of all files together.

    Parameters
    ----------
    rows
        Columns row, doc_id, source, title, text, lang, url (strings), published_at (UTC),
        zone_assumed, date_reason and date_value.
    now
        Dates after it are refused.
    max_characters
        Longest text, in code points.
    """
    tidy = _tidy(rows)
    judged = tidy.with_columns(
        reason=_reason(now, max_characters), value=_value(now, max_characters)
    )
    refused = judged.filter(pl.col("reason").is_not_null())
    named = _with_identifiers(judged.filter(pl.col("reason").is_null()))
    # The first row with an identifier stands; later ones repeat it or contradict it.
    same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(name).first().over("doc_id", order_by="row"))
        for name in _CONTENT
    )
    placed = named.with_columns(
        first=pl.col("row") == pl.col("row").min().over("doc_id"),
        same=same,
    )
    accepted = placed.filter("first")
    contradicting = placed.filter(~pl.col("same")).with_columns(
        reason=pl.lit(OTHER_CONTENT), value="doc_id"
    )
    columns = ["row", "reason", "value", "doc_id", "source", "title"]
    return Checked(
        accepted=accepted,
        rejected=pl.concat([refused.select(columns), contradicting.select(columns)]),
        n_repeats=placed.filter(~pl.col("first") & pl.col("same")).height,
        n_title_only=int(accepted.get_column("title_only").sum()),
        n_zone_assumed=int(accepted.get_column("zone_assumed").sum()),
    )


def _tidy(rows: pl.DataFrame) -> pl.DataFrame:
    """Blank strings become null; a title without a text becomes the text."""
    stripped = {name: pl.col(name).str.strip_chars() for name in ("doc_id", "source", "url")}
    blank = pl.col("text").str.strip_chars().fill_null("") == ""
    title = pl.when(pl.col("title").str.strip_chars() != "").then("title")
    title_only = blank & title.is_not_null()
    return rows.with_columns(
        *(pl.when(value != "").then(value).alias(name) for name, value in stripped.items()),
        text=pl.when(title_only).then(title).when(~blank).then("text"),
        title=pl.when(~title_only).then(title),
        title_only=title_only,
    ).with_columns(source=_short_source())


def _short_source() -> pl.Expr:
    """Shorten a source that is a web address to its host, without ``www.``."""
    host = pl.col("source").str.extract(r"^https?://(?:[^/@\s]*@)?(?:www\.)?([^/:?#\s]+)")
    return pl.coalesce(host.str.to_lowercase(), "source")


def _reason(now: datetime, max_characters: int) -> pl.Expr:
    return (
        pl.when(pl.col("date_reason").is_not_null())
        .then("date_reason")
        .when(pl.col("published_at") > now)
        .then(pl.lit(FUTURE))
        .when(pl.col("published_at") < _EARLIEST)
        .then(pl.lit(TOO_OLD))
        .when(pl.col("source").is_null())
        .then(pl.lit(MISSING_SOURCE))
        .when(pl.col("text").is_null())
        .then(pl.lit(EMPTY_TEXT))
        .when(pl.col("text").str.len_chars() > max_characters)
        .then(pl.lit(f"{TOO_LONG} of {max_characters} characters"))
    )


def _value(now: datetime, max_characters: int) -> pl.Expr:
    bad_date = (
        pl.col("published_at").is_null()
        | (pl.col("published_at") > now)
        | (pl.col("published_at") < _EARLIEST)
    )
    length = pl.col("text").str.len_chars()
    return (
        pl.when(bad_date)
        .then("date_value")
        .when(length > max_characters)
        .then(pl.format("{} characters", length))
    )


def _with_identifiers(rows: pl.DataFrame) -> pl.DataFrame:
    """Name documents that came without an identifier by a hash of their content."""
    unnamed = rows.filter(pl.col("doc_id").is_null())
    content = unnamed.select(
        pl.col("source"),
        pl.col("published_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
        pl.col("title").fill_null(""),
        pl.col("text"),
    )
    named = unnamed.with_columns(
        doc_id=pl.Series([content_hash(*row) for row in content.iter_rows()], dtype=pl.String)
    )
    return pl.concat([rows.filter(pl.col("doc_id").is_not_null()), named]).sort("row")


def content_hash(source: str, published_at: str, title: str, text: str) -> str:
    """Name a document by its content: 32 hexadecimal digits, the same on every machine.

    Examples
    --------
    >>> content_hash("le-monde.fr", "2022-02-24T05:00:00.000000Z", "Titre", "Texte")
    '7cca7cfbd28d95dc66473ee8d62fdf19'
    """
    content = f"{source}\x1f{published_at}\x1f{title}\x1f{text}"
    return hashlib.blake2b(content.encode("utf-8"), digest_size=16).hexdigest()
