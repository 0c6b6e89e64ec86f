"""Inflected forms of a name by rule, and the words of texts that could be such forms."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from stancelib.targets.fold import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ\-][^\W\d_]+)*")
_SHORTEST_STEM = 3


@cache
def inflection_rules() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the endings by language and by what the basic form ends in.

    Examples
    --------
    >>> inflection_rules()["ru"]["ия"][:3]
    ('ии', 'ию', 'ией')
    """
    text = files("stancelib.targets").joinpath("inflections.toml").read_text(encoding="utf-8")
    return {
        language: {base: tuple(endings) for base, endings in table.items()}
        for language, table in tomllib.loads(text).items()
    }


def inflected_forms(form: str, language: str) -> list[str]:
    """Return what a basic form can become in a language, the form itself left out.

    Rules over-generate: most of what they give does not exist, so that only what a corpus
    holds is worth a look.

    Parameters
    ----------
    form : str
        One word, in its basic form.
    language : str
        A language code; without rules for it nothing is returned.

    Returns
    -------
    list of str
        As written by the rules, in their order.

    Examples
    --------
    >>> inflected_forms("Грузия", "ru")[:3]
    ['Грузии', 'Грузию', 'Грузией']
    >>> inflected_forms("Білорусь", "uk")[:3]
    ['Білорусі', 'Білорусю', 'Білоруссю']
    """
    rules = inflection_rules().get(language, {})
    bases = [base for base in rules if form.endswith(base)]
    if not bases:
        return []
    base = max(bases, key=len)
    stem = form.removesuffix(base)
    if len(stem) < _SHORTEST_STEM:
        return []
    return [stem + ending.replace("~", stem[-1]) for ending in rules[base]]


def count_words(texts: Iterable[str]) -> dict[str, Counter[str]]:
    """Count the words of texts: for each folded word, how it is written and how often.

    Examples
    --------
    >>> count_words(["Wagner, wagner and WAGNER; Wagner's"])["wagner"].most_common(1)
    [('Wagner', 1)]
    """
    words: dict[str, Counter[str]] = {}
    for text in texts:
        for match in _WORD.finditer(text):
            words.setdefault(fold(match[0]).text, Counter())[match[0]] += 1
    return words
