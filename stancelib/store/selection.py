"""What a question to the store is about: the scorer, the targets, the sources; else an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar
from zoneinfo import ZoneInfo

from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

if TYPE_CHECKING:
    from stancelib.scoring import Scorer
    from stancelib.store.database import Database

Choice = TypeVar("Choice", bound=str)


class HasInstant(Protocol):
    """An Event, which is made in a room to the right."""

    @property
    def at(self) -> datetime:
        """When it happened."""


class HasSpan(HasInstant, Protocol):
    """An Event with the time around it."""

    @property
    def until(self) -> datetime | None:
        """When it was over."""

    @property
    def anticipation(self) -> timedelta | None:
        """How long before it may have moved anything."""

    @property
    def lag(self) -> timedelta | None:
        """How long after it nothing is counted."""


def choose_scorer(database: Database, scorer: str | Scorer | None) -> str:
    """Return the full name of the one scorer that is meant; the hash may be left out."""
    names = database.rows("scorer_names")
    if not names:
        raise NotEnoughDataError("no sentence has a score yet; run store.score() first")
    if scorer is None:
        if len(names) > 1:
            raise ArgumentError(
                f"the store has scores of {len(names)} scorers; pass scorer= one of: "
                f"{', '.join(names)}"
            )
        return str(names[0])
    wanted = scorer if isinstance(scorer, str) else scorer.name
    fitting = [name for name in names if wanted in {name, name.partition("@")[0]}]
    if len(fitting) != 1:
        raise ArgumentError.unknown("scorer", wanted, names)
    return str(fitting[0])


def choose_targets(
    database: Database, scorer: str, targets: str | Sequence[str] | None
) -> list[str]:
    """Return the targets that are meant, after making sure that each is scored completely.

    Null means every target that this scorer has scored, or that no article names.
    """
    if (known := _completed(database, scorer, targets)) is not None:
        return known
    states = {
        row["target"]: row for row in database.frame("target_states", {"scorer": scorer}).to_dicts()
    }
    if targets is None:
        chosen = [name for name, row in states.items() if row["n_scored"] or not row["n_pairs"]]
    else:
        chosen = check_names("target", targets, states)
    for name in chosen:
        row = states[name]
        if row["n_unsearched"] or row["n_tables"] > 1 or row["n_scored"] < row["n_pairs"]:
            raise DataError(
                f"target {name!r} is scored in part: {row['n_unsearched']:,} articles were added "
                f"or are unsearched since, {row['n_pairs'] - row['n_scored']:,} of "
                f"{row['n_pairs']:,} sentences lack a score by {scorer}; run store.score(...) again"
            )
    return chosen


def is_completed(database: Database, scorer: str, targets: Sequence[str]) -> bool:
    """Whether the store remembers that these targets are scored, and nothing else is."""
    return _completed(database, scorer, targets) is not None


def _completed(
    database: Database, scorer: str, targets: str | Sequence[str] | None
) -> list[str] | None:
    """Return the targets that are meant, where the store remembers that they are complete."""
    states = database.frame("completed_targets", {"scorer": scorer})
    known = states.filter("is_complete")["target"].to_list()
    if targets is None:
        return known if len(known) == states.height > 0 else None
    names = [targets] if isinstance(targets, str) else list(targets)
    return sorted(set(names)) if names and set(names) <= set(known) else None


def choose_sources(database: Database, sources: str | Sequence[str] | None) -> list[str] | None:
    """Return the sources that are meant; null stays null and means all of them."""
    if sources is None:
        return None
    return check_names("source", sources, database.rows("source_names"))


def check_names(what: str, chosen: str | Sequence[str], known: Iterable[str]) -> list[str]:
    """Return the names as a sorted list without repetition, or say which one is unknown."""
    names = [chosen] if isinstance(chosen, str) else list(chosen)
    allowed = list(known)
    if not names:
        raise ArgumentError(f"the list of {what}s is empty; pass None for all of them")
    for name in names:
        if name not in allowed:
            raise ArgumentError.unknown(what, name, allowed)
    return sorted(set(names))


def check_option(what: str, chosen: Choice, allowed: Iterable[Choice]) -> Choice:
    """Return the option, or say which ones there are."""
    if chosen not in (known := list(allowed)):
        raise ArgumentError.unknown(what, chosen, known)
    return chosen


def instant(what: str, value: date | datetime | None, time_zone: str) -> datetime | None:
    """Return an instant: a date is its midnight in the time zone; a time needs its own zone."""
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ArgumentError(
                f"{what}={value.isoformat()} has no time zone; write it as "
                f"{value.isoformat()}+00:00 or pass a date"
            )
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(time_zone))
    raise ArgumentError(f"{what}={value!r}; pass a datetime.date or a datetime with a time zone")
