"""Lines that only lead to other articles ("Read also: ..."): pure functions over strings.

A line is dropped only where nothing but links and such a lead stands in it, so that no sentence
of the article is lost. What is inside a sentence of the article stays.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

Line = tuple[str, str]
_AROUND = " \t\r\n\xa0\u200b:;,.|/-–—•·»«>→▶►…!\"'“”"


def lines_to_drop(lines: Sequence[Line]) -> list[bool]:
    """Find the lines that lead to other articles.

    Parameters
    ----------
    lines
        (text outside links, text of links) of each line, in the order of the page.

    Returns
    -------
    list
        As long as `lines`. True for a lead with its links, for a lead that begins the only link,
        for a lead alone, and for the lines of nothing but links that follow a lead alone.

    Examples
    --------
    >>> lines_to_drop([("Read also:", ""), ("", "The other summit"), ("NATO met in", "Vilnius")])
    [True, True, False]
    """
    drop: list[bool] = []
    below_a_lead = False
    for written, written_in_links in lines:
        own, linked = _bare(written), _bare(written_in_links)
        lead_alone = own in _leads() and not linked
        only_links = not own and bool(linked)
        below_a_lead = lead_alone or (below_a_lead and only_links)
        with_links = bool(linked) and (own in _leads() or (not own and _begins_with_lead(linked)))
        drop.append(below_a_lead or with_links)
    return drop


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(_AROUND).casefold()


def _begins_with_lead(linked: str) -> bool:
    lead, colon, _ = linked.partition(":")
    return bool(colon) and _bare(lead) in _leads()


@cache
def _leads() -> frozenset[str]:
    text = files("stancelib.corpus").joinpath("related_links.toml").read_text("utf-8")
    return frozenset(_bare(lead) for leads in tomllib.loads(text).values() for lead in leads)
