"""The record of every step: when, with which versions, arguments, seeds and inputs."""

from __future__ import annotations

import json
import platform
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from stancelib.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stancelib.store.database import Database

_PACKAGES: Final = (
    "ahocorasick-rs",
    "duckdb",
    "numpy",
    "onnxruntime",
    "polars",
    "py3langid",
    "pyarrow",
    "rensa",
    "sentencex",
    "statsmodels",
    "tokenizers",
    "torch",
    "transformers",
)


@contextmanager
def step(
    database: Database,
    name: str,
    *,
    arguments: Mapping[str, object],
    inputs: Mapping[str, object],
    seeds: Mapping[str, int] | None = None,
) -> Iterator[dict[str, int]]:
    """Record a step: its row is there from the start, so that a killed step shows.

    Yields the counts, which the step fills in; they are recorded when it ends well. A step that
    fails or is killed has no `finished_at`.
    """
    (number,) = database.rows("next_step")
    row = {
        "step": number,
        "name": name,
        "started_at": datetime.now(UTC),
        "stancelib": __version__,
        "python": platform.python_version(),
        "packages": _json(package_versions()),
        "arguments": _json(arguments),
        "seeds": _json(seeds or {}),
        "inputs": _json(inputs),
    }
    database.execute("start_step", row)
    counts: dict[str, int] = {}
    yield counts
    database.execute(
        "finish_step",
        {"step": number, "finished_at": datetime.now(UTC), "counts": _json(counts)},
    )


@cache
def package_versions() -> dict[str, str]:
    """Versions of the installed packages that numbers can depend on."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
