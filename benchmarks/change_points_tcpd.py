"""F1 and covering of change points on the Turing Change Point Dataset, beside plain ruptures.

Run from the root of the repository:

    python benchmarks/change_points_tcpd.py --out benchmarks/results/change_points_tcpd.json

A second start does only the series that are missing in ``--out``.

The measures are those of van den Burg and Williams (2020), "An evaluation of change point detection
algorithms": a change point counts as found within 5 indices, precision against all annotators
together and recall averaged over them, the first index counting as a change point everywhere;
covering is the mean Jaccard index of each annotated segment with its best counterpart, weighted by
length. `stancelib` runs with its defaults and 199 simulations, each index as a day; the one series
of two dimensions, `run_log`, is searched in each at half the false-alarm rate, and `centralia`,
shorter than the 16 periods that are needed, counts as without a change. `ruptures` runs with the
cost l2 at every index (jump 1) on the standardized series, with the penalty of BIC, ``2 log(n)``
for each dimension; missing values, which it cannot hold, are interpolated. `none` finds nothing
anywhere: what a method must beat.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
import ruptures
from numpy.typing import NDArray
from tqdm import tqdm

from stancelib import __version__
from stancelib.effects.change_points import change_points
from stancelib.effects.change_points_core import SearchMethod
from stancelib.errors import NotEnoughDataError

Array = NDArray[np.float64]
Annotations = Mapping[str, Sequence[int]]

MARGIN = 5
FALSE_ALARM_RATE, SIMULATIONS = 0.05, 199
START = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


# ---- measures ---- #


def true_positives(annotated: set[int], found: set[int], margin: int = MARGIN) -> set[int]:
    """Annotated change points that are found, each found one used once, the nearest first."""
    left, hits = set(found), set()
    for point in sorted(annotated):
        near = sorted((abs(point - other), other) for other in left if abs(point - other) <= margin)
        if near:
            hits.add(point)
            left.remove(near[0][1])
    return hits


def f1(annotations: Annotations, found: Sequence[int], margin: int = MARGIN) -> float:
    """F1 of change points against several annotators; index 0 counts as one for all."""
    each = [{0, *points} for points in annotations.values()]
    predicted = {0, *found}
    together = set().union(*each)
    precision = len(true_positives(together, predicted, margin)) / len(predicted)
    recall = float(np.mean([len(true_positives(t, predicted, margin)) / len(t) for t in each]))
    return 2 * precision * recall / (precision + recall)


def covering(annotations: Annotations, found: Sequence[int], n_periods: int) -> float:
    """How well the found segments cover those of the annotators, on average."""
    predicted = segments(found, n_periods)
    truths = [segments(points, n_periods) for points in annotations.values()]
    return float(np.mean([_cover(truth, predicted, n_periods) for truth in truths]))


def segments(points: Sequence[int], n_periods: int) -> list[range]:
    """The segments between change points."""
    edges = sorted({0, n_periods, *points})
    return [range(start, end) for start, end in pairwise(edges)]


def _cover(truth: list[range], predicted: list[range], n_periods: int) -> float:
    return sum(len(s) * max(_jaccard(s, other) for other in predicted) for s in truth) / n_periods


def _jaccard(a: range, b: range) -> float:
    shared = max(0, min(a.stop, b.stop) - max(a.start, b.start))
    return shared / (len(a) + len(b) - shared)


# ---- methods ---- #


def series_frame(values: Array) -> pl.DataFrame:
    """A Series frame of daily periods; NaN becomes a day without articles.

    The values are brought into [-1, 1]; the method does not depend on scale and origin.
    """
    low, high = np.nanmin(values), np.nanmax(values)
    stance = pl.Series(2 * (values - low) / (high - low) - 1, nan_to_null=True).clip(-1, 1)
    days = pl.datetime_range(
        START, START + dt.timedelta(days=len(values) - 1), "1d", eager=True, time_zone="UTC"
    )
    seen = stance.is_not_null()
    return pl.DataFrame(
        {
            "target": "TCPD",
            "source": "TCPD",
            "period": days,
            "stance": stance,
            "se": pl.Series([None] * len(values), dtype=pl.Float64),
            "n_documents": seen.cast(pl.Int64),
            "n_effective": seen.cast(pl.Float64),
        }
    )


def by_stancelib(values: Array, method: SearchMethod) -> list[int]:
    """Indices of the changes of a series (n, d) in any dimension, no two closer than 5."""
    found: list[int] = []
    rate = FALSE_ALARM_RATE / values.shape[1]
    for column in values.T:
        try:
            points = change_points(
                series_frame(column),
                method=method,
                every="1d",
                false_alarm_rate=rate,
                n_simulations=SIMULATIONS,
            )
        except NotEnoughDataError:
            continue
        found += [(day - START).days for day in points.dates["change"].to_list()]
    kept: list[int] = []
    for point in sorted(found):
        if not kept or point - kept[-1] >= MARGIN:
            kept.append(point)
    return kept


def by_ruptures(values: Array, searcher: Callable[..., Any]) -> list[int]:
    """Indices that ruptures finds at every index in a series (n, d), with the penalty of BIC."""
    index = np.arange(len(values))
    filled = np.column_stack(
        [np.interp(index, index[~np.isnan(c)], c[~np.isnan(c)]) for c in values.T]
    )
    signal = (filled - filled.mean(0)) / filled.std(0)
    penalty = 2 * np.log(len(signal)) * signal.shape[1]
    found: list[int] = searcher(model="l2", jump=1).fit(signal).predict(pen=penalty)
    return found[:-1]


METHODS: dict[str, Callable[[Array], list[int]]] = {
    "stancelib pelt": lambda values: by_stancelib(values, "pelt"),
    "stancelib binary segmentation": lambda values: by_stancelib(values, "binary_segmentation"),
    "ruptures Pelt": lambda values: by_ruptures(values, ruptures.Pelt),
    "ruptures Binseg": lambda values: by_ruptures(values, ruptures.Binseg),
    "none": lambda _: [],
}


# ---- the table ---- #


def read_series(file: Path) -> Array:
    """Values (n, d) of a series; NaN where one is missing."""
    content = json.loads(file.read_text(encoding="utf-8"))
    columns = [np.array(one["raw"], dtype=np.float64) for one in content["series"]]
    return np.column_stack(columns)


def measure(name: str, values: Array, annotations: Annotations) -> dict[str, object]:
    """One row of the table."""
    row: dict[str, object] = {"series": name, "n": len(values), "dimensions": values.shape[1]}
    for method, find in METHODS.items():
        began = perf_counter()
        found = find(values)
        row[method] = {
            "seconds": round(perf_counter() - began, 2),
            "found": found,
            "f1": f1(annotations, found),
            "covering": covering(annotations, found, len(values)),
        }
    return row


def averages(rows: Sequence[Mapping[str, object]]) -> dict[str, dict[str, float]]:
    """Mean F1 and covering of each method."""
    return {
        method: {
            key: float(np.mean([row[method][key] for row in rows]))  # type: ignore[index]  # json
            for key in ("f1", "covering")
        }
        for method in METHODS
    }


def print_table(rows: Sequence[Mapping[str, object]], means: Mapping[str, object]) -> None:
    """Write F1 / covering as a markdown table."""
    print("| series | n | " + " | ".join(METHODS) + " |")
    print("|---|---|" + "---|" * len(METHODS))
    for row in [*rows, {"series": "mean of all", "n": "", **means}]:
        cells = [f"{row[m]['f1']:.3f} / {row[m]['covering']:.3f}" for m in METHODS]  # type: ignore[index]  # json
        print(f"| {row['series']} | {row['n']} | " + " | ".join(cells) + " |")


def versions() -> dict[str, str]:
    """Of what was measured and with what."""
    return {name: version(name) for name in ("ruptures", "numpy")} | {"stancelib": __version__}


def rows_done(out: Path | None) -> list[dict[str, object]]:
    """Rows of an earlier start with the same versions."""
    if out is None or not out.exists():
        return []
    content = json.loads(out.read_text(encoding="utf-8"))
    return list(content["series"]) if content["versions"] == versions() else []


def write(out: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """The table as json."""
    content = {"versions": versions(), "means": averages(rows), "series": rows}
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Run all methods on the series that are missing in the file of results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("STANCELIB_DATA", "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of the corpora")
    parser.add_argument("--out", type=Path, default=None, help="json file for the table")
    options = parser.parse_args()
    folder = options.data / "reference" / "tcpd"
    annotations = json.loads((folder / "_annotations.json").read_text(encoding="utf-8"))
    rows = rows_done(options.out)
    done = {row["series"] for row in rows}
    stored = {file.stem for file in folder.glob("*.json")} & annotations.keys()
    for name in tqdm(sorted(stored - done), disable=None):
        rows.append(measure(name, read_series(folder / f"{name}.json"), annotations[name]))
        rows.sort(key=lambda row: str(row["series"]))
        if options.out:
            write(options.out, rows)
    print_table(rows, averages(rows))


if __name__ == "__main__":
    main()
