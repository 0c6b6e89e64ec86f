"""What stands around a form and takes the mention away: anti-, an address, a dateline."""

from __future__ import annotations

import re

# Attached by a hyphen to what follows, these make an attitude of the name and no mention.
_PREFIX = re.compile(
    r"(?<!\w)(?:anti|anty|contra|counter|filo|non|nicht|nie|philo|pro|pró|proti|przeciw|pseudo|un"
    r"|анти|контра|не|псевдо|про|проти)"
    r"""(?:-\)?|\)-?)["'(]{0,2}$"""
)
# These are no words on their own, so that a space says the same as a hyphen.
_PREFIX_WITH_SPACE = re.compile(r"""(?<!\w)(?:anti|anty|анти) ["']?$""")
_SUFFIX = re.compile(
    r"-(?:friendly|hostile|language|phob\w*|speak(?:er|ers|ing)|sympathi[sz]ers?|sceptic\w*|skeptic\w*"
    r"|feindlich\w*|freundlich\w*|kritisch\w*|phil\w*|sprachig\w*|versteher\w*"
    r"|фил\w*|фоб\w*)"
)
_HINT_OF_ADDRESS = re.compile(r"\w\.\w|@|://")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\w\S*"
    r"|[\w-]+(?:\.[\w-]+)*\.(?:com|de|edu|eu|fr|gov|info|int|it|io|mil|net|news|org|pl|press|ru|su|tv|ua|uk|рф|укр)"
    r"(?![\w.]*\w)(?:/\S*)?"
)
_AGENCIES = (
    r"afp|agerpres|aljazeera|ansa|ap|apa|belta|bloomberg|bta|cnn|ctk|čtk|dpa|dts|efe|interfax\w*|ips"
    r"|itar-tass|kyodo|lusa|pap|prensa latina|regnum|reuters|ria\b[^)/]*|sda|sputnik|tass|ukrinform"
    r"|unian|unn|upi|xinhua|бта|интерфакс\w*|прайм|регнум|риа\b[^)/]*|спутник|тасс|укринформ|унн|укрінформ|уніан"
)
_PLACE = r"(?:[\w'.-]+[ ,/]+){1,4}?"
_DAY = r"(?:\w{3,9}\.? \d{1,2}|\d{1,2}\.? \w{3,9})(?:,? \d{4})?"
_DATELINE = re.compile(
    rf"^\W*{_PLACE}(?:"
    rf"{_DAY}[.,\s]*(?:\((?:{_AGENCIES})[^)]{{0,20}}\)|/(?:{_AGENCIES})[^/]{{0,20}}/|-\s*(?:{_AGENCIES})(?!\w))"
    rf"|\((?:{_AGENCIES})[^)]{{0,20}}\)\s*-)"
)
_LONGEST_PREFIX = 20


def has_detaching_affix(folded: str, start: int, end: int) -> bool:
    """Tell whether a form is bound to anti-, pro-, non- or to -friendly, -phobe and the like.

    Parameters
    ----------
    folded : str
        The folded text.
    start, end : int
        Where the form stands in it.

    Returns
    -------
    bool
        Whether the word as a whole names an attitude or a language and not the target.

    Examples
    --------
    >>> has_detaching_affix("anti-nato", 5, 9), has_detaching_affix("us-nato", 3, 7)
    (True, False)
    """
    if end < len(folded) and folded[end] == "-" and _SUFFIX.match(folded, end):
        return True
    if start == 0 or folded[start - 1] not in "-)\"'( ":
        return False
    since = max(0, start - _LONGEST_PREFIX)
    return bool(
        _PREFIX.search(folded, since, start) or _PREFIX_WITH_SPACE.search(folded, since, start)
    )


def silent_spans(folded: str) -> list[tuple[int, int]]:
    """Return the spans of a folded sentence in which no form counts.

    These are addresses (web, mail, domain) and the dateline of an agency's report, as in
    "MOSCOW, Feb 24 (Reuters) -": they say where a text comes from and name no actor.

    Parameters
    ----------
    folded : str
        The folded text.

    Returns
    -------
    list of (int, int)
        Spans in the folded text; mostly none.

    Examples
    --------
    >>> silent_spans("more on www.nato.int today")
    [(8, 20)]
    """
    spans: list[tuple[int, int]] = []
    if _HINT_OF_ADDRESS.search(folded):
        spans = [match.span() for match in _ADDRESS.finditer(folded)]
    dateline = _DATELINE.match(folded)
    return [dateline.span(), *spans] if dateline else spans
