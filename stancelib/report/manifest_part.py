"""The record of steps and the versions, for the end of the page."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from importlib.metadata import version

import polars as pl

import stancelib
from stancelib.report.formats import Moment, moment

DRAWING = ("altair", "vl-convert-python", "jinja2", "statsmodels", "polars")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the manifest; `started` in the page's time zone, details as JSON text."""

    number: int
    name: str
    started: Moment
    is_finished: bool
    versions: str
    details: tuple[tuple[str, str], ...]


def manifest_part(manifest: pl.DataFrame, time_zone: str) -> tuple[Step, ...]:
    """Every step, in the order in which they started."""
    return tuple(
        Step(
            number=row["step"],
            name=row["name"],
            started=moment(row["started_at"], time_zone, clock=True),
            is_finished=row["finished_at"] is not None,
            versions=f"stancelib {row['stancelib']}, Python {row['python']}",
            details=tuple(
                (name, row[name])
                for name in ("arguments", "seeds", "inputs", "counts")
                if row[name] not in {None, "{}"}
            ),
        )
        for row in manifest.sort("step").iter_rows(named=True)
    )


def versions(manifest: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    """Packages of the last step, and those that made this page."""
    recorded = manifest.sort("step")["packages"].to_list()
    packages: dict[str, str] = json.loads(recorded[-1]) if recorded else {}
    packages |= {name: version(name) for name in DRAWING}
    own = {"stancelib": stancelib.__version__, "Python": platform.python_version()}
    return tuple((own | dict(sorted(packages.items()))).items())
