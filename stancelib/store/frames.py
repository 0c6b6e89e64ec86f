"""The tables of a store as the frames of `stancelib.schemas`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancelib.schemas import Documents, Mentions, Rejected, Scores, Sentences, Sentiment

if TYPE_CHECKING:
    import polars as pl

    from stancelib.store.database import Database


def documents(database: Database) -> pl.DataFrame:
    """Return the articles, by time."""
    return Documents.validate(database.frame("documents"))


def sentences(database: Database) -> pl.DataFrame:
    """Return the sentences; DuckDB gives strings for the categories, cast brings them back."""
    return Sentences.validate(database.frame("sentences"), cast=True)


def mentions(database: Database) -> pl.DataFrame:
    """Return all mentions, also those that are not scored."""
    return Mentions.validate(database.frame("mentions"), cast=True)


def scores(database: Database) -> pl.DataFrame:
    """Return the scores of present mentions."""
    return Scores.validate(database.frame("scores"))


def sentiments(database: Database) -> pl.DataFrame:
    """Return the mood of every scored sentence."""
    return Sentiment.validate(database.frame("sentiments"))


def rejected(database: Database) -> pl.DataFrame:
    """Return what was refused, with its reason."""
    return Rejected.validate(database.frame("rejected"))


def manifest(database: Database) -> pl.DataFrame:
    """Return one row a step."""
    return database.frame("manifest")
