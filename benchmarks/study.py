"""A simulation study in cells: run what is missing in a file of results, and print a table."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

Row = dict[str, object]


def run_study(
    description: str,
    out: str,
    cells: Sequence[Any],
    run_cell: Callable[..., Row],
    shares: Sequence[str],
) -> None:
    """Run the cells that are missing in the file of results, and print all of them.

    Parameters
    ----------
    description : str
        Docstring of the script.
    out : str
        Default of ``--out``.
    cells : sequence of frozen dataclass
        Settings, in the order in which they are run.
    run_cell : callable
        ``run_cell(cell, runs)``: one row of the table, the fields of the cell and ``runs`` in it.
    shares : sequence of str
        Columns of shares; null where one is not computed.
    """
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=500, help="simulations a cell")
    parser.add_argument("--out", type=Path, default=Path(out))
    parser.add_argument("--cells", type=int, default=None, help="only the first cells")
    parser.add_argument("--processes", type=int, default=1, help="cells that run side by side")
    options = parser.parse_args()
    lines = options.out.read_text(encoding="utf-8").splitlines() if options.out.exists() else []
    rows = [row for row in map(json.loads, lines) if row["runs"] == options.runs]
    names = [field.name for field in fields(cells[0])]
    kind = type(cells[0])
    done = {kind(**{name: row[name] for name in names}): row for row in rows}
    chosen = cells[: options.cells]
    left = [cell for cell in chosen if cell not in done]
    with ProcessPoolExecutor(options.processes) as pool:
        found = pool.map(partial(run_cell, runs=options.runs), left)
        for cell, row in tqdm(zip(left, found, strict=True), total=len(left), disable=None):
            done[cell] = row
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    print_table([done[cell] for cell in chosen if cell in done], [*names, "runs"], shares)


def print_table(rows: Sequence[Row], keys: Sequence[str], shares: Sequence[str]) -> None:
    """Write the shares as a markdown table, in per cent."""
    print("| " + " | ".join([*keys, *shares]) + " |")
    print("|" + "---|" * (len(keys) + len(shares)))
    for row in rows:
        found = [row[name] for name in shares]
        numbers = ["-" if share is None else f"{100 * float(str(share)):.1f}" for share in found]
        print("| " + " | ".join([*(str(row[key]) for key in keys), *numbers]) + " |")
