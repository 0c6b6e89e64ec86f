"""What a target is: a name, the aliases that stand for it, the phrases that do not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, field_validator

from stancelib.errors import ArgumentError, DataError
from stancelib.schemas import ALIAS_KINDS
from stancelib.targets.fold import fold, is_word_character
from stancelib.targets.toml_text import toml_of

AliasKind = Literal["name", "demonym", "capital", "institution", "person"]
AliasCase = Literal["ignore", "upper", "lower"]


_ALIAS_COLUMNS = ("form", "kind", "language", "case")
_BRACKETS = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")


def check_form(form: str) -> str:
    """Return a form as it is, or refuse it.

    Raises
    ------
    ValueError
        If it holds no letter or digit, begins or ends with a space, or its square brackets are
        not one pair around something.

    Examples
    --------
    >>> check_form("the [Alliance]")
    'the [Alliance]'
    """
    if form != form.strip() or not any(map(is_word_character, fold(form).text)):
        raise ValueError(f"{form!r} must hold a letter or digit, and no space at its ends")
    if re.search(r"[\[\]]", form) and not _BRACKETS.fullmatch(form):
        raise ValueError(f"{form!r} may hold one pair of square brackets, around what is named")
    return form


class Alias(BaseModel):
    """One written form that stands for a target.

    Attributes
    ----------
    form : str
        The form as it is written, inflection included; `alias` in the Mentions frame. Square
        brackets hold what stands for the target, where the rest only has to stand beside it:
        "the [Alliance]" is a mention of the one word.
    kind : {"name", "demonym", "capital", "institution", "person"}
        What the form is, so that an analyst can leave kinds out. Adjectives are demonyms.
    language : str or None
        The language of the sentences in which it counts; None means every language.
    case : {"ignore", "upper", "lower"}
        "ignore": case does not matter. "upper": what the form writes in upper case is in upper
        case in the text (the rest may be either). "lower": the text is in lower case.
    short_form : bool
        The form counts only in a document that also names the target by a form that is no
        short form, as "the alliance" stands for NATO in an article on NATO.

    Examples
    --------
    >>> Alias(form="Mosca", kind="capital", language="it", case="upper").form
    'Mosca'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: str
    kind: AliasKind = "name"
    language: str | None = None
    case: AliasCase = "ignore"
    short_form: bool = False

    _form_has_a_word = field_validator("form")(check_form)

    @property
    def parts(self) -> tuple[str, str, str]:
        """What stands before the mention, the mention itself, and what stands after it.

        Examples
        --------
        >>> Alias(form="the [Alliance]").parts
        ('the ', 'Alliance', '')
        """
        match = _BRACKETS.fullmatch(self.form)
        return (match[1], match[2], match[3]) if match else ("", self.form, "")


class Exclusion(BaseModel):
    """A phrase that holds a form of a target and does not name it, as "chicken Kiev".

    Attributes
    ----------
    phrase : str
        The phrase; a caret at its beginning ties it to the beginning of the sentence.
    language : str or None
        The language of the sentences in which it counts; None means every language.
    case : {"ignore", "exact"}
        "exact": each letter is in the case in which the phrase is written.

    Examples
    --------
    >>> Exclusion(phrase="chicken Kiev").case
    'ignore'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    phrase: str
    language: str | None = None
    case: Literal["ignore", "exact"] = "ignore"

    _phrase_has_a_word = field_validator("phrase")(check_form)


class Target(BaseModel):
    """Something that sentences take a stance on, with the forms that name it.

    Attributes
    ----------
    name : str
        The value of the column `target`.
    aliases : tuple of Alias
        The forms that name it.
    exclusions : tuple of Exclusion
        The phrases that hold such a form and do not name it. They count for this target only.
    description : str
        What the target is and how its aliases were chosen.

    Examples
    --------
    >>> moldova = Target(name="Moldova", aliases=(Alias(form="Moldova"), Alias(form="Молдова")))
    >>> len(moldova.aliases)
    2
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    aliases: tuple[Alias, ...] = Field(min_length=1)
    exclusions: tuple[Exclusion, ...] = ()
    description: str = ""

    def without_kinds(self, *kinds: str) -> Self:
        """Return the target without the aliases of some kinds.

        Parameters
        ----------
        *kinds : str
            Kinds of aliases: name, demonym, capital, institution or person.

        Returns
        -------
        Target
            The same target with fewer aliases.

        Raises
        ------
        ArgumentError
            If a kind is unknown, or no alias is left.

        Examples
        --------
        >>> import stancelib as sl
        >>> state = sl.TARGETS["Russia"].without_kinds("person")
        >>> "person" in {alias.kind for alias in state.aliases}
        False
        """
        check_kinds(kinds)
        kept = tuple(alias for alias in self.aliases if alias.kind not in kinds)
        if not kept:
            raise ArgumentError(
                f"target {self.name!r} has no alias but those of {', '.join(kinds)}"
            )
        return self.model_copy(update={"aliases": kept})

    def with_aliases(self, *aliases: Alias | str | pl.DataFrame) -> Self:
        """Return the target with more aliases; those that it has already are not added again.

        Parameters
        ----------
        *aliases : Alias, str or polars.DataFrame
            Aliases; forms, which are then names in every language; or what `propose_aliases`
            returned, filtered to the rows that you accept (the columns `form`, `kind`,
            `language` and `case` are read).

        Returns
        -------
        Target
            The same target with more aliases, the new ones last.

        Raises
        ------
        DataError
            If a frame lacks one of these columns.

        Examples
        --------
        >>> import stancelib as sl
        >>> belarus = sl.Target(name="Belarus", aliases=(sl.Alias(form="Belarus"),))
        >>> [alias.form for alias in belarus.with_aliases("Беларусь", "Belarus").aliases]
        ['Belarus', 'Беларусь']
        """
        given = [alias for one in aliases for alias in _aliases_in(one)]
        new = [alias for alias in dict.fromkeys(given) if alias not in set(self.aliases)]
        return self.model_copy(update={"aliases": (*self.aliases, *new)})

    def to_toml(self) -> str:
        """Return the target as the text of a file that `load_targets` reads back.

        Examples
        --------
        >>> import stancelib as sl
        >>> print(sl.Target(name="Wagner", aliases=(sl.Alias(form="Вагнер"),)).to_toml())
        name = "Wagner"
        <BLANKLINE>
        [aliases.international]
        name = [
          "Вагнер",
        ]
        <BLANKLINE>
        """
        return toml_of(self)


def _aliases_in(given: Alias | str | pl.DataFrame) -> list[Alias]:
    if isinstance(given, Alias):
        return [given]
    if isinstance(given, str):
        return [Alias(form=given)]
    for column in _ALIAS_COLUMNS:
        if column not in given.columns:
            raise DataError.missing_column(column, given.columns)
    return [Alias(**row) for row in given.select(_ALIAS_COLUMNS).to_dicts()]


def check_kinds(kinds: Iterable[str]) -> None:
    """Refuse a kind of alias that does not exist.

    Raises
    ------
    ArgumentError
        If a kind is unknown.

    Examples
    --------
    >>> check_kinds(["name", "capital"])
    """
    for kind in kinds:
        if kind not in ALIAS_KINDS:
            raise ArgumentError.unknown("kind", kind, ALIAS_KINDS)
