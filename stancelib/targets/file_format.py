"""The format of a file of targets, and how it becomes `Target` objects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from stancelib.targets.target import Alias, AliasCase, AliasKind, Exclusion, Target, check_form
from stancelib.targets.toml_text import EVERY_LANGUAGE

_LANGUAGE = re.compile(rf"[a-z]{{2,3}}|{EVERY_LANGUAGE}")


def _language(key: str) -> str:
    if not _LANGUAGE.fullmatch(key):
        raise ValueError(f"{key!r} is neither a language code such as 'en' nor {EVERY_LANGUAGE!r}")
    return key


def _list_for_every_language(value: object) -> object:
    if isinstance(value, str):
        raise ValueError(f"write a list, even of one form: [{value!r}]")  # noqa: TRY004
    return {EVERY_LANGUAGE: {"name": value}} if isinstance(value, list) else value


def _phrases_for_every_language(value: object) -> object:
    return {EVERY_LANGUAGE: value} if isinstance(value, list) else value


Form = Annotated[str, AfterValidator(check_form)]
Language = Annotated[str, AfterValidator(_language)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FormsByKind(_Table):
    """Forms, each under its kind."""

    name: tuple[Form, ...] = ()
    demonym: tuple[Form, ...] = ()
    capital: tuple[Form, ...] = ()
    institution: tuple[Form, ...] = ()
    person: tuple[Form, ...] = ()


class FormsByCase(FormsByKind):
    """Forms in any case, with those apart whose case tells them from another word."""

    case_sensitive: FormsByKind = FormsByKind()
    lower_case: FormsByKind = FormsByKind()


class FormsOfLanguage(FormsByCase):
    """All forms of one language."""

    short_form: FormsByCase = FormsByCase()


class TargetEntry(_Table):
    """One target as a file describes it."""

    name: str | None = Field(default=None, min_length=1)
    extends: str | None = None
    description: str = ""
    aliases: Annotated[
        dict[Language, FormsOfLanguage], BeforeValidator(_list_for_every_language)
    ] = {}
    exclusions: Annotated[
        dict[Language, tuple[Form, ...]], BeforeValidator(_phrases_for_every_language)
    ] = {}
    case_sensitive_exclusions: Annotated[
        dict[Language, tuple[Form, ...]], BeforeValidator(_phrases_for_every_language)
    ] = {}

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.name is None and self.extends is None:
            raise ValueError("a target needs a name, or the name of the one that it extends")
        if self.extends is None and not list(_aliases_of(self)):
            raise ValueError("a target needs aliases: a list of forms, or tables by language")
        counts = Counter(_aliases_of(self))
        forms = Counter(
            (alias.language, alias.form, alias.case, alias.short_form) for alias in counts
        )
        twice = [
            f"{form!r} ({language or EVERY_LANGUAGE})"
            for (language, form, *_), n in forms.items()
            if n > 1
        ]
        twice += [
            f"{a.form!r} ({a.language or EVERY_LANGUAGE})" for a, n in counts.items() if n > 1
        ]
        if twice:
            raise ValueError(f"forms that are listed twice: {', '.join(twice)}")
        return self


class TargetsFile(_Table):
    """A file of targets."""

    targets: tuple[TargetEntry, ...] = Field(min_length=1)


# The place of a key of a target: the list of targets, its number, the key.
_DEPTH_OF_TARGET = 3


def problems_of(error: ValidationError, *, single: bool) -> list[str]:
    """Return one line for each error of a file, with its place.

    Parameters
    ----------
    error : pydantic.ValidationError
        What the validation of a `TargetsFile` raised.
    single : bool
        Whether the file holds one target without `[[targets]]`, so that places leave it out.

    Returns
    -------
    list of str
        Such as ``- targets[0].aliases.en.nmae: unknown key``.

    Examples
    --------
    >>> try:
    ...     _ = TargetsFile.model_validate({"targets": [{"name": "Moldova", "alias": []}]})
    ... except ValidationError as error:
    ...     print(problems_of(error, single=True)[0])
    - alias: unknown key; a target has name, extends, description, aliases, ...
    """
    lines = []
    problems = error.errors()
    for problem in problems:
        if problem["type"] == "too_short" and len(problems) > 1 and problem["loc"] == ("targets",):
            # Pydantic counts the targets that are left when those with errors are gone.
            continue
        parts = problem["loc"][2:] if single else problem["loc"]
        place = ""
        for part in parts:
            if part != "[key]":
                place += f"[{part}]" if isinstance(part, int) else f".{part}"
        message = problem["msg"]
        if problem["type"] == "extra_forbidden":
            known = ", ".join(TargetEntry.model_fields)
            of_target = len(problem["loc"]) == _DEPTH_OF_TARGET
            message = f"unknown key; a target has {known}" if of_target else "unknown key"
        lines.append(
            f"- {place.lstrip('.') or 'the file'}: {message.removeprefix('Value error, ')}"
        )
    return lines


def target_of(entry: TargetEntry, base: Target | None) -> Target:
    """Make the target that an entry describes.

    Parameters
    ----------
    entry : TargetEntry
        What the file says.
    base : Target or None
        The target that it extends.

    Returns
    -------
    Target
        With the aliases of `base` first.

    Examples
    --------
    >>> target_of(TargetEntry(name="Moldova", aliases=["Moldova"]), None).name
    'Moldova'
    """
    inherited = base.aliases if base else ()
    aliases = (*inherited, *(alias for alias in _aliases_of(entry) if alias not in set(inherited)))
    return Target(
        name=entry.name or (base.name if base else ""),
        aliases=aliases,
        exclusions=((base.exclusions if base else ()) + tuple(_exclusions_of(entry))),
        description=entry.description or (base.description if base else ""),
    )


def _aliases_of(entry: TargetEntry) -> Iterator[Alias]:
    for key, table in entry.aliases.items():
        language = None if key == EVERY_LANGUAGE else key
        yield from _aliases_by_case(table, language, short_form=False)
        yield from _aliases_by_case(table.short_form, language, short_form=True)


def _aliases_by_case(
    table: FormsByCase, language: str | None, *, short_form: bool
) -> Iterator[Alias]:
    parts: tuple[tuple[AliasCase, FormsByKind], ...] = (
        ("ignore", table),
        ("upper", table.case_sensitive),
        ("lower", table.lower_case),
    )
    kinds: tuple[AliasKind, ...] = get_args(AliasKind)
    for case, forms in parts:
        for kind in kinds:
            for form in getattr(forms, kind):
                yield Alias(
                    form=form, kind=kind, language=language, case=case, short_form=short_form
                )


def _exclusions_of(entry: TargetEntry) -> Iterator[Exclusion]:
    for key, phrases in entry.exclusions.items():
        language = None if key == EVERY_LANGUAGE else key
        yield from (Exclusion(phrase=phrase, language=language) for phrase in phrases)
    for key, phrases in entry.case_sensitive_exclusions.items():
        language = None if key == EVERY_LANGUAGE else key
        yield from (Exclusion(phrase=phrase, language=language, case="exact") for phrase in phrases)
