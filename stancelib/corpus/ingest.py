"""What came of reading articles: documents, rejected rows, and what was assumed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stancelib.corpus.checks import MISSING_SOURCE
from stancelib.corpus.language import LANGUAGES
from stancelib.notebook import View, Viewed

_NO_SOURCE = (
    "no column is known to hold a source: pass source='its name', or name the column: "
    "columns={'source': ...}"
)


@dataclass(frozen=True, repr=False)
class Ingest(Viewed):
    """Articles as they were read.

    ``accepted.height + rejected.height + n_repeats == n_rows``: no row is lost.

    Attributes
    ----------
    accepted
        Documents frame: one row per article, `published_at` in UTC, in the order of the input.
        `lang_margin` is null where a language column gave the language.
    rejected
        Rejected frame: one row per row that could not be used, with its number in the input
        (from 0, files in sorted order), the reason and the value at fault.
    mapping
        Our column to the column of the input, told or guessed; files that differ are joined
        by ``" | "``.
    time_zone
        The zone of dates that stated none.
    n_rows
        Rows of the input.
    n_repeats
        Rows that repeat an accepted document, identical in identifier and content.
    n_zone_assumed
        Accepted documents whose date stated no zone, so that `time_zone` was taken.
    n_title_only
        Accepted documents with a title and no text: the title is their text.
    n_detected
        Accepted documents whose language was detected.
    files
        Columns name, first_row, n_rows, unused: the inputs, where their rows begin, and the
        columns that were not used.
    guessed
        The keys of `mapping` that were guessed by their name.
    notes
        What the formats mean by a date or a text, where that needs to be known.

    Examples
    --------
    >>> import stancelib as sl
    >>> rows = pl.DataFrame({"outlet": ["Gazette"] * 2, "date": ["2023-07-11", "soon"],
    ...                      "text": ["NATO met in Vilnius.", "It will meet again."]})
    >>> ingest = sl.read_documents(rows)
    >>> ingest.accepted.height, ingest.rejected["reason"].to_list(), ingest.mapping["source"]
    (1, ['unparsable date'], 'outlet')
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    mapping: dict[str, str]
    time_zone: str
    n_rows: int
    n_repeats: int
    n_zone_assumed: int
    n_title_only: int
    n_detected: int
    files: pl.DataFrame
    guessed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Say in plain lines what was read, what was assumed and what was refused."""
        n_accepted = self.accepted.height
        rows = f"{self.n_rows} rows in {self.files.height} input(s): {n_accepted} accepted"
        zones = f"dates without a time zone were read as {self.time_zone}"
        detected = f"{self.n_detected} of {n_accepted} detected"
        lines = [
            f"{rows}, {self.rejected.height} rejected, {self.n_repeats} identical repeats merged",
            f"columns: {self._columns_told()}",
            f"{zones}: {self.n_zone_assumed} of {n_accepted}",
            f"languages: {_counts(self.accepted, 'lang')} ({detected})",
        ]
        lines.extend(self.notes)
        outside = self.accepted.filter(~pl.col("lang").is_in(LANGUAGES))
        if outside.height:
            lines.append(f"outside the twelve languages: {_counts(outside, 'lang')}")
        if self.n_title_only:
            lines.append(f"title and no text, so that the title is the text: {self.n_title_only}")
        if self.rejected.height:
            lines.append(f"rejected: {_counts(self.rejected, 'reason')}")
        if "source" not in self.mapping and MISSING_SOURCE in set(self.rejected["reason"]):
            lines.append(_NO_SOURCE)
        unused = sorted({name for names in self.files["unused"] for name in names})
        if unused:
            lines.append(f"columns not used: {', '.join(unused)}")
        return "\n".join(lines)

    def _columns_told(self) -> str:
        return ", ".join(
            f"{field} = {column}{' (guessed)' if field in self.guessed else ''}"
            for field, column in self.mapping.items()
        )

    def _view(self) -> View:
        sources = self.accepted.group_by("source").agg(
            articles=pl.len(),
            languages=pl.col("lang").unique().sort(),
            first=pl.col("published_at").min(),
            last=pl.col("published_at").max(),
            copies=pl.col("duplicate_of").is_not_null().sum(),
        )
        reasons = self.rejected.group_by("reason").agg(
            rows=pl.len(),
            first_row=pl.col("row").min(),
            example=pl.col("value").drop_nulls().first(),
        )
        return View(
            self.summary(),
            {
                "Accepted": sources.sort("articles", "source", descending=[True, False]),
                "Rejected": reasons.sort("rows", "reason", descending=[True, False]),
            },
        )


def _counts(frame: pl.DataFrame, column: str) -> str:
    counts = frame.group_by(column).len().sort("len", column, descending=[True, False])
    return ", ".join(f"{name} {count}" for name, count in counts.iter_rows())
