"""What is needed to make a report again: the call, the events, and hashes to compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from stancelib.effects import Event

# As `python -m stancelib run` writes series.csv, so that the file has the same hash.
INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S%:z"


@dataclass(frozen=True, slots=True)
class Rerun:
    """How to make the report again.

    Attributes
    ----------
    call
        Python that does it, from a store with the same steps.
    events
        Every event with all its fields, as JSON.
    hashes
        What, of which step, and its hash.
    """

    call: str
    events: tuple[str, ...]
    hashes: tuple[tuple[str, str, str], ...]


def rerun_part(
    series: pl.DataFrame,
    events: Sequence[Event],
    manifest: pl.DataFrame,
    options: dict[str, object],
) -> Rerun:
    """Gather the part; `options` are those of the call that made the report."""
    return Rerun(
        call=_call(options),
        events=tuple(json.dumps(event.to_dict(), ensure_ascii=False) for event in events),
        hashes=(*_input_hashes(manifest), ("series (as csv)", "this report", series_hash(series))),
    )


def series_hash(series: pl.DataFrame) -> str:
    """SHA-256 of a series as csv, the same as that of the file of the command line."""
    text = series.write_csv(datetime_format=INSTANT_FORMAT)
    return hashlib.sha256(text.encode()).hexdigest()


def _input_hashes(manifest: pl.DataFrame) -> list[tuple[str, str, str]]:
    return [
        (name.replace("_", " "), f"step {row['step']}, {row['name']}", str(value))
        for row in manifest.sort("step").iter_rows(named=True)
        for name, value in json.loads(row["inputs"]).items()
    ]


def _call(options: dict[str, object]) -> str:
    told = "".join(f",\n        {name}={value!r}" for name, value in options.items())
    return (
        "import stancelib as sl\n\n"
        'with sl.open_store("stance.duckdb") as store:\n'
        '    sl.report(\n        store,\n        "events.toml",\n        "report.html"'
        f"{told},\n    )"
    )
