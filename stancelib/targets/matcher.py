"""Find the forms of targets in one sentence: one automaton for each language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from stancelib.errors import ArgumentError
from stancelib.targets.context import has_detaching_affix, silent_spans
from stancelib.targets.fold import Folded, fold, is_word_character
from stancelib.targets.target import Alias, Exclusion, Target

# Texts of Ukraine mix these two, and detectors of language confuse them in short texts.
RELATED_LANGUAGES = {"ru": ("uk",), "uk": ("ru",)}


class Hit(NamedTuple):
    """A place where a form stands; `start` and `end` are code points of the original."""

    start: int
    end: int
    target: str
    alias: str
    kind: str
    short_form: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form or phrase, folded.

    Attributes
    ----------
    target : str
        Whose form it is.
    alias : Alias or None
        None for a phrase that excludes.
    upper : tuple of int
        The places in the folded form that must be in upper case.
    lower : tuple of int
        The places that must not be in upper case.
    at_start : bool
        Whether it counts only at the beginning of the sentence.
    lead, tail : int
        How many characters of the folded form stand before and after what it names.
    """

    target: str
    alias: Alias | None
    upper: tuple[int, ...] = ()
    lower: tuple[int, ...] = ()
    at_start: bool = False
    lead: int = 0
    tail: int = 0


@dataclass(frozen=True, slots=True)
class Matcher:
    """The automaton of one language; `patterns[i]` are those that share the folded form `i`."""

    automaton: AhoCorasick
    patterns: tuple[tuple[Pattern, ...], ...]

    def hits(self, text: str) -> list[Hit]:
        """Return every place where a form counts, overlapping ones included.

        All of them, since which of two overlapping forms wins may hang on the document
        (see `Alias.short_form`); `leftmost_longest` decides.

        Parameters
        ----------
        text : str
            One sentence.

        Returns
        -------
        list of Hit
            In no particular order.
        """
        folded = fold(text)
        found = self.automaton.find_matches_as_indexes(folded.text, overlapping=True)
        if not found:
            return []
        inside = [place for place in found if _on_word_boundaries(folded.text, *place[1:])]
        forms: list[tuple[Pattern, int, int]] = []
        swallowed: list[tuple[str, int, int]] = []
        for index, start, end in inside:
            pattern = _first_that_fits(self.patterns[index], text, folded, start)
            for one in pattern:
                if one.alias is None:
                    swallowed.append((one.target, start, end))
                else:
                    forms.append((one, start, end))
        return list(_that_count(forms, swallowed, folded)) if forms else []


def _first_that_fits(
    patterns: Iterable[Pattern], text: str, folded: Folded, start: int
) -> list[Pattern]:
    """Return the first form and the exclusions among patterns that fit the case of the text."""
    fitting = [one for one in patterns if _fits(one, text, folded, start)]
    forms = [one for one in fitting if one.alias is not None]
    return forms[:1] + [one for one in fitting if one.alias is None]


def _fits(pattern: Pattern, text: str, folded: Folded, start: int) -> bool:
    source = folded.starts
    if pattern.at_start and any(map(is_word_character, folded.text[:start])):
        return False
    if any(text[source[start + place]].isupper() for place in pattern.lower):
        return False
    return all(text[source[start + place]].isupper() for place in pattern.upper)


def _on_word_boundaries(folded: str, start: int, end: int) -> bool:
    before = start > 0 and is_word_character(folded[start]) and is_word_character(folded[start - 1])
    after = (
        end < len(folded) and is_word_character(folded[end - 1]) and is_word_character(folded[end])
    )
    return not before and not after


def _that_count(
    forms: list[tuple[Pattern, int, int]], swallowed: list[tuple[str, int, int]], folded: Folded
) -> Iterator[Hit]:
    silent = silent_spans(folded.text)
    for pattern, start, end in forms:
        alias = pattern.alias
        if (
            alias is None
            or any(
                target == pattern.target and _swallows(since, until, start, end)
                for target, since, until in swallowed
            )
            or any(since < end and start < until for since, until in silent)
            or has_detaching_affix(folded.text, start, end - pattern.tail)
        ):
            continue
        yield Hit(
            folded.starts[start + pattern.lead],
            folded.ends[end - pattern.tail - 1],
            pattern.target,
            alias.form,
            alias.kind,
            alias.short_form,
        )


def _swallows(since: int, until: int, start: int, end: int) -> bool:
    """Tell whether an excluding phrase overlaps a form that does not hold the whole phrase."""
    holds = start <= since and until <= end and (start, end) != (since, until)
    return since < end and start < until and not holds


def leftmost_longest(hits: Iterable[Hit]) -> list[Hit]:
    """Choose the hits that do not overlap: the leftmost, and of those the longest.

    Parameters
    ----------
    hits : iterable of Hit
        The hits of one sentence, of all targets together.

    Returns
    -------
    list of Hit
        In the order of the sentence; a place belongs to one target only.

    Examples
    --------
    >>> short = Hit(0, 4, "NATO", "NATO", "name", short_form=False)
    >>> long = Hit(0, 13, "NATO", "NATO alliance", "name", short_form=False)
    >>> [hit.alias for hit in leftmost_longest([short, long])]
    ['NATO alliance']
    """
    chosen: list[Hit] = []
    end = 0
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if hit.start >= end:
            chosen.append(hit)
            end = hit.end
    return chosen


@lru_cache(maxsize=64)
def matcher_for(targets: tuple[Target, ...], language: str) -> Matcher:
    """Build the matcher of one language, or return the one built before.

    Parameters
    ----------
    targets : tuple of Target
        The targets to look for.
    language : str
        The language of the sentences. Forms of this language, of related ones and of every
        language are looked for; an unknown language has only those of every language.

    Returns
    -------
    Matcher
        Ready to use.

    Raises
    ------
    ArgumentError
        If one form belongs to two targets.
    """
    languages = (language, None, *RELATED_LANGUAGES.get(language, ()))
    by_form: dict[str, list[Pattern]] = defaultdict(list)
    for target in targets:
        # The language's own forms first, long forms before short ones: the first that fits wins.
        for rank in languages:
            own = (alias for alias in target.aliases if alias.language == rank)
            for alias in sorted(own, key=lambda one: one.short_form):
                form, pattern = _pattern_of_alias(target.name, alias)
                by_form[form].append(pattern)
        for exclusion in target.exclusions:
            if exclusion.language in languages:
                form, pattern = _pattern_of_exclusion(target.name, exclusion)
                by_form[form].append(pattern)
    _refuse_shared_forms(by_form)
    return Matcher(AhoCorasick(by_form, MatchKind.Standard), tuple(map(tuple, by_form.values())))


def _pattern_of_alias(target: str, alias: Alias) -> tuple[str, Pattern]:
    before, named, after = alias.parts
    form = before + named + after
    folded = fold(form)
    upper, lower = _places_by_case(form, folded)
    pattern = Pattern(
        target,
        alias,
        upper=upper if alias.case == "upper" else (),
        lower=upper + lower if alias.case == "lower" else (),
        lead=sum(source < len(before) for source in folded.starts),
        tail=sum(source >= len(before + named) for source in folded.starts),
    )
    return folded.text, pattern


def _pattern_of_exclusion(target: str, exclusion: Exclusion) -> tuple[str, Pattern]:
    phrase = exclusion.phrase.removeprefix("^")
    folded = fold(phrase)
    upper, lower = _places_by_case(phrase, folded) if exclusion.case == "exact" else ((), ())
    return folded.text, Pattern(target, None, upper, lower, at_start=phrase != exclusion.phrase)


def _places_by_case(form: str, folded: Folded) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the places of a folded form whose source is in upper case, and the others."""
    is_upper = [form[source].isupper() for source in folded.starts]
    upper = tuple(place for place, yes in enumerate(is_upper) if yes)
    return upper, tuple(place for place, yes in enumerate(is_upper) if not yes)


def _refuse_shared_forms(by_form: dict[str, list[Pattern]]) -> None:
    for patterns in by_form.values():
        owners = {one.target: one.alias for one in patterns if one.alias is not None}
        if len(owners) > 1:
            first, second = list(owners)[:2]
            raise ArgumentError(
                f"alias {owners[second].form!r} belongs to both {first!r} and {second!r}; "
                "take it out of one, for example with Target.without_kinds"
            )
