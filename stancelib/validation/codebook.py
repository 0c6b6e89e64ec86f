"""What coders are told: the definition of a stance, rules, and what each label means."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from stancelib.errors import DataError
from stancelib.validation.coded import LABELS


@dataclass(frozen=True)
class Codebook:
    """The definition in one sentence, rules, and a line for each label."""

    definition: str
    rules: tuple[str, ...]
    labels: dict[str, str]


def load_codebook(path: str | Path | None) -> Codebook:
    """Read a codebook from TOML; none means the one of the package.

    Raises
    ------
    DataError
        When the file is no TOML, or lacks a definition, rules, or a line for a label.
    """
    place = files("stancelib.validation") / "codebook.toml" if path is None else Path(path)
    try:
        content = tomllib.loads(place.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as problem:
        raise DataError(f"the codebook '{path}' cannot be read: {problem}") from problem
    definition, rules = content.get("definition"), content.get("rules", [])
    labels = content.get("labels", {})
    if not isinstance(definition, str) or not _are_strings(rules) or not isinstance(labels, dict):
        raise DataError(
            f'the codebook \'{path}\' needs definition = "...", rules = ["..."] and [labels]'
        )
    if set(labels) != set(LABELS) or not _are_strings(list(labels.values())):
        raise DataError(
            f"the codebook '{path}' needs [labels] with a line for {', '.join(LABELS)}; "
            f"got {', '.join(labels) or 'none'}"
        )
    return Codebook(definition, tuple(rules), {name: labels[name] for name in LABELS})


def _are_strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
