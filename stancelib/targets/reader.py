"""Targets from TOML: those that ship, and a user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from stancelib.errors import ArgumentError, DataError, EnvironmentProblem
from stancelib.targets.file_format import TargetsFile, problems_of, target_of
from stancelib.targets.target import Target

SHIPPED = ("NATO", "Russia", "Ukraine")


@cache
def shipped_targets() -> Mapping[str, Target]:
    """Return NATO, Russia and Ukraine, read once from the tables in `stancelib/targets/data`.

    Returns
    -------
    Mapping of str to Target
        By name; it cannot be changed, `| {...}` makes a new one.

    Examples
    --------
    >>> list(shipped_targets())
    ['NATO', 'Russia', 'Ukraine']
    """
    folder = files("stancelib.targets").joinpath("data")
    targets: dict[str, Target] = {}
    for name in SHIPPED:
        resource = folder.joinpath(f"{name.lower()}.toml")
        targets |= _targets_of(resource.read_bytes(), resource.name, {})
    return MappingProxyType(targets)


def load_targets(path: str | PathLike[str]) -> dict[str, Target]:
    r"""Read targets of your own from a TOML file.

    The least that a target needs is a name and a plain list of forms, which then count in
    sentences of every language::

        [[targets]]
        name = "Moldova"
        aliases = ["Moldova", "Moldova's", "Молдова", "Молдовы"]

    In full, forms stand by language and kind, as in the tables that ship
    (`stancelib/targets/data/*.toml`)::

        [[targets]]
        name = "Georgia"
        [targets.aliases.en]
        capital = ["Tbilisi"]
        case_sensitive = { name = ["Georgia"] }
        [targets.exclusions]
        en = ["Georgia Tech", "Atlanta, Georgia"]

    Under `case_sensitive`, what a form writes in upper case must be in upper case in the text;
    under `lower_case`, all of it in lower case; under `short_form`, a form counts only in a
    document that also names the target otherwise. Square brackets hold what is named where the
    rest only has to stand beside it, as in "the [Alliance]". Exclusions are phrases that hold a
    form and name something else.

    `extends = "NATO"` in place of a name adds the forms to those of a target that ships. A file
    with one target may leave out `[[targets]]`.

    Parameters
    ----------
    path : str or path
        The file, in UTF-8.

    Returns
    -------
    dict of str to Target
        By name, in the order of the file. Pass it as `targets=`, alone or as
        ``sl.TARGETS | sl.load_targets(path)``.

    Raises
    ------
    DataError
        If the file is no TOML or does not describe targets; names every error and its place.
    EnvironmentProblem
        If the file cannot be opened.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "targets.toml")
    >>> _ = path.write_text('name = "Moldova"\naliases = ["Moldova", "Chișinău"]', "utf-8")
    >>> [alias.form for alias in load_targets(path)["Moldova"].aliases]
    ['Moldova', 'Chișinău']
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot read targets from {str(path)!r}: {error.strerror}"
        ) from error
    return _targets_of(content, str(path), shipped_targets())


def _targets_of(content: bytes, place: str, extensible: Mapping[str, Target]) -> dict[str, Target]:
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
        entries = TargetsFile.model_validate(table if "targets" in table else {"targets": [table]})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{place} is not TOML in UTF-8: {error}") from error
    except ValidationError as error:
        found = problems_of(error, single="targets" not in table)
        raise DataError(f"{place} has {len(found)} errors:\n" + "\n".join(found)) from error
    targets: dict[str, Target] = {}
    for entry in entries.targets:
        if entry.extends is not None and entry.extends not in extensible:
            raise DataError(str(ArgumentError.unknown("target", entry.extends, extensible)))
        base = extensible[entry.extends] if entry.extends is not None else None
        target = target_of(entry, base)
        if target.name in targets:
            raise DataError(f"{place} describes the target {target.name!r} twice")
        targets[target.name] = target
    return targets
