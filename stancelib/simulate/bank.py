"""The sentences and outlets that simulated corpora are made of, read from the data folder."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LABELS = ("against", "neutral", "favor")
TARGETS = ("NATO", "Russia", "Ukraine")


@dataclass(frozen=True, slots=True)
class Bank:
    """Invented sentences of one language.

    Attributes
    ----------
    sentences : mapping of (target, label) to tuple of str
        Each names its target, and no other one.
    filler, filler_title : tuple of str
        Sentences and headlines that name no target.
    """

    sentences: Mapping[tuple[str, str], tuple[str, ...]]
    filler: tuple[str, ...]
    filler_title: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """Stance of an outlet toward a target before the event, and what the event does to it.

    Attributes
    ----------
    stance, level : float
        Expected stance before the event and its jump at the event, in stance units.
    slope : float
        Change of stance per week after the event.
    """

    stance: float
    level: float
    slope: float


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented outlet: where it is, how much it writes, and what it thinks."""

    name: str
    lang: str
    time_zone: str
    share: float
    neutral: float
    paths: Mapping[str, Path]

    @property
    def slug(self) -> str:
        """Name for addresses and document ids, such as ``beacon-wire``."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class World:
    """The invented outlets and the event that moves some of them."""

    outlets: tuple[Outlet, ...]
    event_name: str
    event_label: str
    event_at: dt.datetime


@cache
def load_bank(lang: str) -> Bank:
    """Sentences of one language, of en, fr, de, ru and uk."""
    table = _read(f"sentences_{lang}.toml")
    return Bank(
        sentences={
            (target, label): tuple(table[target][label]) for target in TARGETS for label in LABELS
        },
        filler=tuple(table["filler"]),
        filler_title=tuple(table["filler_title"]),
    )


@cache
def load_world() -> World:
    """The eight outlets and the event of data/outlets.toml."""
    table = _read("outlets.toml")
    event = table["event"]
    outlets = tuple(_outlet(row) for row in table["outlets"])
    return World(outlets, event["name"], event["label"], event["at"])


def _outlet(row: Mapping[str, Any]) -> Outlet:
    paths = {target: Path(**row[target]) for target in TARGETS}
    fields = {name: row[name] for name in ("name", "lang", "time_zone", "share", "neutral")}
    return Outlet(**fields, paths=paths)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("stancelib.simulate") / "data" / name).read_text("utf-8"))
