"""The frames that pass between the rooms, as dataframely schemas.

Times are UTC, except `Series.period`, which is in the time zone that the caller named.
Null always means "not there", never 0: a period without articles has a null stance.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

VOICES = ("author", "quoted")
PARTS = ("title", "text")
ROUNDING = 1e-6
ALIAS_KINDS = ("name", "demonym", "capital", "institution", "person")


class Documents(dy.Schema):
    """One row is an article."""

    doc_id = dy.String(primary_key=True, min_length=1)
    source = dy.String(nullable=False, min_length=1)
    published_at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us")
    title = dy.String(nullable=True)
    text = dy.String(nullable=False, min_length=1)
    lang = dy.String(nullable=False)
    lang_margin = dy.Float64(nullable=True)
    url = dy.String(nullable=True)
    duplicate_of = dy.String(nullable=True)


class Rejected(dy.Schema):
    """One row is a row of the input that could not be used, with the reason."""

    row = dy.Int64(nullable=False)
    reason = dy.String(nullable=False)
    value = dy.String(nullable=True)
    doc_id = dy.String(nullable=True)
    source = dy.String(nullable=True)
    title = dy.String(nullable=True)


class Sentences(dy.Schema):
    """One row is a sentence; `start` and `end` are code points in the part it stands in.

    `speaker_side` is the target to which the speaker belongs, filled when a store takes the
    article; null where no alias table knows the speaker, and in rows of stores of version 2.
    """

    sentence_id = dy.String(primary_key=True)
    doc_id = dy.String(nullable=False)
    position = dy.Int64(nullable=False, min=0)
    part = dy.Enum(PARTS, nullable=False)
    text = dy.String(nullable=False, min_length=1)
    start = dy.Int64(nullable=False, min=0)
    end = dy.Int64(nullable=False, min=1)
    lang = dy.String(nullable=False)
    voice = dy.Enum(VOICES, nullable=False)
    speaker = dy.String(nullable=True)
    speaker_side = dy.String(nullable=True)

    @dy.rule()
    def span_is_not_empty(cls) -> pl.Expr:
        """Offsets slice back to the text."""
        return pl.col("end") - pl.col("start") == pl.col("text").str.len_chars()


class Mentions(dy.Schema):
    """One row is a place where a sentence names a target (code points in the sentence)."""

    sentence_id = dy.String(primary_key=True)
    target = dy.String(primary_key=True)
    start = dy.Int64(primary_key=True, min=0)
    end = dy.Int64(nullable=False, min=1)
    alias = dy.String(nullable=False, min_length=1)
    kind = dy.Enum(ALIAS_KINDS, nullable=False)


class Scores(dy.Schema):
    """One row is the stance of one sentence toward one target."""

    sentence_id = dy.String(primary_key=True)
    target = dy.String(primary_key=True)
    scorer = dy.String(primary_key=True)
    p_against = dy.Float64(nullable=False, min=0, max=1)
    p_neutral = dy.Float64(nullable=False, min=0, max=1)
    p_favor = dy.Float64(nullable=False, min=0, max=1)
    stance = dy.Float64(nullable=False, min=-1, max=1)
    truncated = dy.Bool(nullable=False)

    @dy.rule()
    def probabilities_sum_to_one(cls) -> pl.Expr:
        """The three classes are exhaustive."""
        return (pl.sum_horizontal("p_against", "p_neutral", "p_favor") - 1).abs() < ROUNDING


class Sentiment(dy.Schema):
    """One row is the mood of one sentence, without a target."""

    sentence_id = dy.String(primary_key=True)
    scorer = dy.String(primary_key=True)
    p_negative = dy.Float64(nullable=False, min=0, max=1)
    p_neutral = dy.Float64(nullable=False, min=0, max=1)
    p_positive = dy.Float64(nullable=False, min=0, max=1)
    sentiment = dy.Float64(nullable=False, min=-1, max=1)
    truncated = dy.Bool(nullable=False)

    @dy.rule()
    def probabilities_sum_to_one(cls) -> pl.Expr:
        """The three classes are exhaustive."""
        return (pl.sum_horizontal("p_negative", "p_neutral", "p_positive") - 1).abs() < ROUNDING


class Series(dy.Schema):
    """One row is (target, source, period); a period without articles has a null stance."""

    target = dy.String(nullable=False)
    source = dy.String(nullable=False)
    # Any: the time zone is the caller's, so that the type differs from series to series.
    period = dy.Any()
    stance = dy.Float64(nullable=True, min=-1, max=1)
    se = dy.Float64(nullable=True, min=0)
    low = dy.Float64(nullable=True, min=-1, max=1)
    high = dy.Float64(nullable=True, min=-1, max=1)
    degrees_of_freedom = dy.Float64(nullable=True, min=0)
    n_sentences = dy.Int64(nullable=False, min=0)
    n_documents = dy.Int64(nullable=False, min=0)
    n_effective = dy.Float64(nullable=False, min=0)
    n_published = dy.Int64(nullable=False, min=0)
    salience = dy.Float64(nullable=True, min=0, max=1)
    share_against = dy.Float64(nullable=True, min=0, max=1)
    share_neutral = dy.Float64(nullable=True, min=0, max=1)
    share_favor = dy.Float64(nullable=True, min=0, max=1)
    coverage = dy.Float64(nullable=True, min=0, max=1)

    @dy.rule()
    def one_row_a_cell(cls) -> pl.Expr:
        """A rule and not a primary key, which dy.Any cannot be part of."""
        return pl.struct("target", "source", "period").is_unique()

    @dy.rule()
    def no_coverage_is_null(cls) -> pl.Expr:
        """0 means "scored, and neutral"; a period without articles is null."""
        return pl.col("stance").is_null() == (pl.col("n_documents") == 0)


class Events(dy.Schema):
    """One row is a trigger event."""

    name = dy.String(primary_key=True, min_length=1)
    at = dy.Datetime(nullable=False, time_zone="UTC", time_unit="us")
    label = dy.String(nullable=True)
    anticipation = dy.Duration(nullable=True)
    lag = dy.Duration(nullable=True)
    until = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us")
    url = dy.String(nullable=True)
