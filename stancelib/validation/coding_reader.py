"""`read_codings`: what coders did, and what of it cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from stancelib.errors import DataError
from stancelib.notebook import View, Viewed
from stancelib.validation.coding_files import FIELDS, Paths, raw_rows
from stancelib.validation.label_words import is_key_of_the_page, is_one, label_of
from stancelib.validation.sample_result import Sample
from stancelib.validation.sheet_rows import item_of

NO_ITEM: Final = "no item"
UNKNOWN_ITEM: Final = "unknown item"
NO_CODER: Final = "no coder"
NO_LABEL: Final = "a comment without a label"
UNKNOWN_LABEL: Final = "unknown label"
PAGE_KEYS: Final = "1 beside 2 or 3, which are keys of the page"
NO_SECONDS: Final = "seconds is no number from 0"
NO_TIME: Final = "coded_at is no time with a zone"
REPEATED: Final = "coded twice with the same label"
REPLACED: Final = "coded again later"
CONTRADICTED: Final = "coded twice with different labels"

_CODING: Final = ("item", "coder")


@dataclass(frozen=True, repr=False)
class Codings(Viewed):
    """Codings as they were read.

    ``accepted.height + rejected.height + n_uncoded == n_rows``: no row is lost.

    Attributes
    ----------
    accepted : polars.DataFrame
        A row for each coding, in the order of the input: `item`, `coder`, `label` (against,
        neutral, favor), `note` (null: none), `seconds` (that the item was on the screen; null: not
        measured) and `coded_at` (when label or note was last changed, UTC; null: not told).
    rejected : polars.DataFrame
        A row for each row that could not be used: `row` (from 0, through all files), `reason`,
        `value` at fault, `item`, `coder`, `file`.
    n_rows : int
        Rows of the input.
    n_uncoded : int
        Rows with neither label nor note: nobody has coded them yet.

    Examples
    --------
    >>> Codings.__name__
    'Codings'
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    n_rows: int
    n_uncoded: int

    def summary(self) -> str:
        """Say in plain lines what was read and what was refused."""
        coders = self.accepted.group_by("coder").len().sort("coder")
        reasons = self.rejected.group_by("reason").len().sort("reason")
        n_items, n_rejected = self.accepted["item"].n_unique(), self.rejected.height
        codings = f"{self.accepted.height} codings of {n_items} items"
        lines = [
            f"{self.n_rows} rows: {codings}, {self.n_uncoded} not coded, {n_rejected} rejected"
        ]
        if not coders.is_empty():
            lines.append(f"coders: {_counts(coders)}")
        if not reasons.is_empty():
            lines.append(f"rejected: {_counts(reasons)}")
        return "\n".join(lines)

    def _view(self) -> View:
        return View(self.summary(), {"Rejected": self.rejected})


def read_codings(
    paths: Paths, *, sample: Sample | pl.DataFrame | Sequence[str] | None = None
) -> Codings:
    r"""Read the sheets that coders hand in.

    Endings say what is read: ``.csv`` and ``.tsv`` (comma, semicolon or tab, UTF-8), ``.xlsx``
    (``pip install 'stancelib[sheets]'``), ``.jsonl`` (export of the coding page, or doccano),
    ``.json`` (export of Label Studio, JSON or JSON-MIN).

    A label is, in any case of letters: against, a, -1; neutral, n, 0; favor, favour, in favor, f,
    1. Where a coder typed 2 or 3 (keys of the page) into a file, the 1s in it are rejected as well:
    they may mean against.

    A row is rejected, with its reason, for: no item, an item that `sample` does not have, no coder,
    an unknown label or several, a comment without a label, `seconds` or `coded_at` that cannot be
    read, a task that was skipped, a broken record. Where a coder codes an item twice with the same
    label, the first stands; with different labels, the one with the latest `coded_at`, and none
    where the times do not tell.

    Parameters
    ----------
    paths : str, Path, sequence of them, or mapping
        One file or several. A mapping of coder to path names the coder of rows that do not: doccano
        has one file for each.
    sample : Sample, polars.DataFrame or sequence of str, optional
        The items that there are: a sample, a frame with `sentence_id` and `target` (or `item`), or
        items. None: all items are taken.

    Returns
    -------
    Codings
        ``.accepted`` (`sl.agreement` takes it), ``.rejected``, ``.summary()``.

    Raises
    ------
    ArgumentError
        Without a path, or for an ending that is not read.
    DataError
        When a file is missing, is not of its kind, or has no columns item and label.
    EnvironmentProblem
        For ``.xlsx`` without openpyxl.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import stancelib as sl
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "coded.csv")
    ...     _ = path.write_text("item,coder,label\n1#0 NATO,Ann,F\n1#1 NATO,Ann,maybe\n")
    ...     codings = sl.read_codings(path)
    >>> codings.accepted.select("item", "coder", "label").rows()
    [('1#0 NATO', 'Ann', 'favor')]
    >>> codings.rejected.select("row", "reason", "value").rows()
    [(1, 'unknown label', 'maybe')]
    """
    rows = raw_rows(paths)
    uncoded = pl.all_horizontal(pl.col("label", "note", "problem").is_null())
    n_uncoded = rows.filter(uncoded).height
    checked = _without_doubles(_checked(rows.filter(~uncoded), _known(sample)))
    good = pl.col("reason").is_null()
    return Codings(
        accepted=checked.filter(good).select(*FIELDS),
        rejected=checked.filter(~good).select("row", "reason", "value", "item", "coder", "file"),
        n_rows=rows.height,
        n_uncoded=n_uncoded,
    )


def _known(sample: Sample | pl.DataFrame | Sequence[str] | None) -> list[str] | None:
    if sample is None:
        return None
    frame = sample.pairs if isinstance(sample, Sample) else sample
    if not isinstance(frame, pl.DataFrame):
        return list(frame)
    if "item" in frame.columns:
        return frame["item"].cast(pl.String).to_list()
    if not {"sentence_id", "target"} <= set(frame.columns):
        raise DataError(
            "the sample needs the columns sentence_id and target, or item; found columns: "
            f"{', '.join(frame.columns)}"
        )
    return frame.select(item_of()).to_series().to_list()


def _checked(rows: pl.DataFrame, known: list[str] | None) -> pl.DataFrame:
    """Labels, seconds and times read, and the first reason against each row."""
    as_label = pl.Series("label_read", [label_of(text or "") for text in rows["label"]], pl.String)
    as_time = pl.col("coded_at").str.to_datetime(
        "%+", time_unit="us", time_zone="UTC", strict=False
    )
    seconds = pl.col("seconds").cast(pl.Float64, strict=False)
    unfit = pl.col("seconds").is_not_null() & ~(seconds.is_finite() & (seconds >= 0)).fill_null(
        value=False
    )
    is_unknown = pl.lit(value=False) if known is None else ~pl.col("item").is_in(known)
    checks: list[tuple[str | pl.Expr, pl.Expr, str]] = [
        (pl.col("problem"), pl.col("problem").is_not_null(), "label"),
        (NO_ITEM, pl.col("item").is_null(), "label"),
        (UNKNOWN_ITEM, is_unknown, "item"),
        (NO_CODER, pl.col("coder").is_null(), "label"),
        (NO_LABEL, pl.col("label").is_null(), "note"),
        (UNKNOWN_LABEL, pl.col("label_read").is_null(), "label"),
        (PAGE_KEYS, pl.col("is_key"), "label"),
        (NO_SECONDS, unfit, "seconds"),
        (NO_TIME, pl.col("coded_at").is_not_null() & as_time.is_null(), "coded_at"),
    ]
    keyed = rows.with_columns(as_label, is_key=_keys_of_the_page(rows))
    reason = pl.coalesce(
        *(
            pl.when(found).then(pl.lit(why) if isinstance(why, str) else why)
            for why, found, _ in checks
        )
    )
    value = pl.coalesce(
        *(pl.when(found).then(pl.col(name).fill_null("")) for _, found, name in checks)
    ).replace("", None)
    return keyed.with_columns(
        reason=reason, value=value, seconds=seconds, coded_at=as_time, label=pl.col("label_read")
    )


def _keys_of_the_page(rows: pl.DataFrame) -> pl.Series:
    """Rows whose 1 stands beside a 2 or 3 of the same coder in the same file."""
    typed = [
        (file, coder)
        for file, coder, label in rows.select("file", "coder", "label").iter_rows()
        if is_key_of_the_page(label or "")
    ]
    where = set(typed)
    return pl.Series(
        [
            is_one(label or "") and (file, coder) in where
            for file, coder, label in rows.select("file", "coder", "label").iter_rows()
        ],
        dtype=pl.Boolean,
    )


def _without_doubles(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the codings of one item by one coder at most one stays."""
    good = rows.filter(pl.col("reason").is_null())
    times, latest = pl.col("coded_at"), pl.col("coded_at").max()
    is_same = pl.col("label").n_unique() == 1
    tells = (times.null_count() == 0) & ((times == latest).sum() == 1)
    reason = (
        pl.when(pl.len() == 1)
        .then(None)
        .when(is_same)
        .then(pl.when(pl.int_range(pl.len()) > 0).then(pl.lit(REPEATED)))
        .when(tells)
        .then(pl.when(times != latest).then(pl.lit(REPLACED)))
        .otherwise(pl.lit(CONTRADICTED))
        .over(*_CODING)
    )
    marked = good.with_columns(reason=reason).with_columns(
        value=pl.when(pl.col("reason").is_not_null()).then(pl.col("label"))
    )
    bad = rows.filter(pl.col("reason").is_not_null())
    return pl.concat([bad, marked]).sort("row")


def _counts(frame: pl.DataFrame) -> str:
    return ", ".join(f"{name} {n}" for name, n in frame.iter_rows())
