"""The methods of a report, told from what the manifest and the page itself did, with citations."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

MODELS = ("embedded", "entailment")


@dataclass(frozen=True, slots=True)
class Method:
    """One method in a sentence or two, with the numbers of the works that it cites."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods that were used, and the works that they cite, numbered from 1."""

    methods: tuple[Method, ...]
    references: tuple[str, ...]


def methods_part(
    manifest: pl.DataFrame, scorer: str, *, analyses: Sequence[str], is_detected: bool
) -> Methods:
    """Tell the methods that were used, and no others.

    Parameters
    ----------
    manifest : polars.DataFrame
        Of the store; a step that did not end is no method that was used.
    scorer : str
        Name of the scorer whose stances the page shows.
    analyses : sequence of str
        Keys of the methods that the page itself used, such as ``placebo``.
    is_detected : bool
        Whether the language of any article was detected.
    """
    done = _finished(manifest)
    used: dict[str, Mapping[str, Any]] = {key: {} for key in analyses}
    if is_detected and "add_documents" in done:
        used["language"] = {}
    if "mark_duplicates" in done:
        used["copies"] = done["mark_duplicates"]
    if {"score", "find_mentions"} & set(done):
        used["mentions"] = {}
    family = scorer.partition("@")[0].partition(":")[0]
    used[family if family in MODELS else "scorer"] = {"scorer": scorer}
    return _told(used)


def _finished(manifest: pl.DataFrame) -> dict[str, Mapping[str, Any]]:
    """Arguments of the last step of each name that ended."""
    ended = manifest.filter(pl.col("finished_at").is_not_null()).sort("step")
    return {row["name"]: json.loads(row["arguments"]) for row in ended.iter_rows(named=True)}


def _told(used: Mapping[str, Mapping[str, Any]]) -> Methods:
    table = _table()
    chosen = [entry for entry in table["method"] if entry["key"] in used]
    cited = list(dict.fromkeys(key for entry in chosen for key in entry["cites"]))
    numbers = {key: number for number, key in enumerate(cited, start=1)}
    return Methods(
        methods=tuple(
            Method(
                entry["text"].format_map(used[entry["key"]]),
                tuple(numbers[key] for key in entry["cites"]),
            )
            for entry in chosen
        ),
        references=tuple(table["reference"][key] for key in cited),
    )


@cache
def _table() -> dict[str, Any]:
    text = (files("stancelib.report") / "methods.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
