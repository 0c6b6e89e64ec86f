"""A target as the text of a TOML file that `load_targets` reads back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stancelib.targets.target import Alias, Exclusion, Target

_CASES = {"ignore": "", "upper": ".case_sensitive", "lower": ".lower_case"}
# In a file, the key of the forms that count in sentences of every language.
EVERY_LANGUAGE = "international"


def toml_of(target: Target) -> str:
    """Return the text of a file with one target.

    Parameters
    ----------
    target : Target
        Any target.

    Returns
    -------
    str
        TOML: what `load_targets` makes of it has the same aliases and exclusions.

    Examples
    --------
    >>> import stancelib as sl
    >>> print(toml_of(sl.Target(name="Moldova", aliases=(sl.Alias(form="Moldova"),))))
    name = "Moldova"
    <BLANKLINE>
    [aliases.international]
    name = [
      "Moldova",
    ]
    <BLANKLINE>
    """
    return "\n".join([*_head(target), *_aliases(target.aliases), *_exclusions(target.exclusions)])


def _head(target: Target) -> Iterator[str]:
    yield f"name = {_quoted(target.name)}"
    if target.description:
        yield f"description = {_quoted(target.description)}"
    yield ""


def _aliases(aliases: tuple[Alias, ...]) -> Iterator[str]:
    tables: dict[str, dict[str, list[str]]] = {}
    for alias in aliases:
        place = f"aliases.{alias.language or EVERY_LANGUAGE}"
        place += ".short_form" if alias.short_form else ""
        kinds = tables.setdefault(place + _CASES[alias.case], {})
        kinds.setdefault(alias.kind, []).append(alias.form)
    for place, kinds in tables.items():
        yield f"[{place}]"
        for kind, forms in kinds.items():
            yield from _list(kind, forms)
        yield ""


def _exclusions(exclusions: tuple[Exclusion, ...]) -> Iterator[str]:
    for case, table in (("ignore", "exclusions"), ("exact", "case_sensitive_exclusions")):
        by_language: dict[str, list[str]] = {}
        for one in exclusions:
            if one.case == case:
                by_language.setdefault(one.language or EVERY_LANGUAGE, []).append(one.phrase)
        if by_language:
            yield f"[{table}]"
            for language, phrases in by_language.items():
                yield from _list(language, phrases)
            yield ""


def _list(key: str, values: list[str]) -> Iterator[str]:
    yield f"{key} = ["
    yield from (f"  {_quoted(value)}," for value in values)
    yield "]"


def _quoted(text: str) -> str:
    # A JSON string is a basic string of TOML; only the delete character is not escaped by JSON.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
