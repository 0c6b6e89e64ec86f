"""Labels as coders write them in a spreadsheet."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = {
    **dict.fromkeys(("against", "a", "-1"), "against"),
    **dict.fromkeys(("neutral", "n", "0"), "neutral"),
    **dict.fromkeys(("favor", "favour", "in favor", "in favour", "f", "1", "+1"), "favor"),
}
# Spreadsheets make 1.0 of 1, and minus signs of hyphens.
_DECIMALS: Final = re.compile(r"(?<=\d)[.,]0+$")
_MINUS: Final = str.maketrans("−–", "--")
# Keys of the coding page that are no numbers on the scale.
_KEYS: Final = ("2", "3")


def label_of(text: str) -> str | None:
    """The label that is meant, or none: against (a, -1), neutral (n, 0), favor (f, 1).

    Examples
    --------
    >>> label_of(" Favour"), label_of("A"), label_of("-1.0"), label_of("for")
    ('favor', 'against', 'against', None)
    """
    return _WORDS.get(_plain(text))


def is_key_of_the_page(text: str) -> bool:
    """Whether somebody typed 1, 2, 3 for against, neutral, favor: then 1 is not in favor."""
    return _plain(text) in _KEYS


def is_one(text: str) -> bool:
    """Whether it is 1, which means against on the page and favor in a spreadsheet."""
    return _plain(text) == "1"


def _plain(text: str) -> str:
    folded = " ".join(text.casefold().split()).translate(_MINUS)
    return _DECIMALS.sub("", folded)
