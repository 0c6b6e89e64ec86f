"""Frames of other libraries to polars, without a copy where Arrow allows it."""

from __future__ import annotations

from typing import Any

import polars as pl

from stancelib.errors import ArgumentError, DataError


def to_polars(articles: object) -> pl.DataFrame:
    """Make a polars frame of any frame.

    Parameters
    ----------
    articles
        A frame of polars, or of pandas, pyarrow or whatever else narwhals knows, eager or lazy; a
        dataset with ``to_polars``, as those of Hugging Face; anything that exports an Arrow
        stream. An index is no column.

    Raises
    ------
    ArgumentError
        When it is no frame.
    DataError
        When a column of it has no type that Arrow knows.
    """
    if isinstance(articles, pl.LazyFrame):
        return articles.collect()
    if isinstance(articles, pl.DataFrame):
        return articles
    try:
        frame = _converted(articles)
    except ArgumentError:
        raise
    except Exception as error:
        raise DataError(
            f"cannot read this {type(articles).__name__} as a frame: {error}. Every column must "
            "hold values of one type"
        ) from error
    return frame


def _converted(articles: Any) -> pl.DataFrame:
    import narwhals as nw  # noqa: PLC0415 - loaded for frames of other libraries only

    known = nw.from_native(articles, pass_through=True)
    if isinstance(known, nw.LazyFrame):
        return _one_frame(known.collect(backend="polars").to_native())
    if isinstance(known, nw.DataFrame):
        return known.to_polars()
    if hasattr(articles, "to_polars"):
        return _one_frame(articles.to_polars())
    if hasattr(articles, "__arrow_c_stream__") or hasattr(articles, "__arrow_c_array__"):
        return pl.DataFrame(articles)
    raise ArgumentError(
        "articles must be a path, a glob, a frame of pandas, pyarrow or another library that "
        f"narwhals knows, or a polars frame; got {type(articles).__name__}{_hint(articles)}"
    )


def _one_frame(frame: object) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if not isinstance(frame, pl.DataFrame):
        raise ArgumentError(f"articles must become one frame; got {type(frame).__name__}")
    return frame


def _hint(articles: object) -> str:
    if isinstance(articles, dict) and articles:
        return f". Choose one of its parts: {', '.join(map(str, articles))}"
    return ""
