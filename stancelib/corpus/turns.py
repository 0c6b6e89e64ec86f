"""Who has the floor, paragraph by paragraph: dialogue, interviews and minutes of a parliament."""

from __future__ import annotations

import re
from functools import partial
from itertools import groupby, pairwise

from stancelib.corpus.phrases import whole_speaker
from stancelib.corpus.quotations import (
    DIALOGUE_START,
    Span,
    dialogue_spans,
    find_quotations,
    is_closed,
)
from stancelib.corpus.reporting import Reporting, is_attributed, reporting
from stancelib.corpus.speakers import find_speaker

_PARTY = r"(?:\s*\([^)\n]{1,60}\))"
_HEAD = re.compile(rf"([^:.,(“”«»\n]{{2,60}}(?:\.[^:.,(“”«»\n]{{2,60}})?){_PARTY}?:\s*(?:[—–]\s*)?")
_FRENCH_HEAD = re.compile(rf"((?:M\.|Mmes?|MM\.|Mlle)\s[^:.,(\n]{{2,60}}){_PARTY}?\.\s+(?=\S)")
_UPPER_WORD = r"[^\W\d_a-zà-öø-ÿа-яёђ-џ]"
_UPPER_HEAD = re.compile(
    rf"({_UPPER_WORD}[\w’'-]*(?:\s{_UPPER_WORD}[\w’'-]*){{0,3}}){_PARTY}?\.\s+(?=\S)"
)
_INITIALS_HEAD = re.compile(r"(\w{2,}\s\w\.\s?\w\.)\s+(?=\w)")
_SHORTEST_TITLE = 4
_FEWEST_QUESTIONS = 2
_FEWEST_TURNS = 3
_SHARE_OF_TURNS = 0.2


def spoken_paragraphs(paragraphs: list[str], lang: str) -> dict[int, list[Span]]:
    """Find the paragraphs that somebody speaks without quotation marks.

    Parameters
    ----------
    paragraphs
        The paragraphs of a text, in order.
    lang
        BCP 47 primary subtag.

    Returns
    -------
    dict
        By the number of the paragraph, (start, end) of what is spoken in it.

    Examples
    --------
    >>> spoken_paragraphs(["PRESIDENTE. La seduta è aperta."], "it")
    {0: [(12, 31)]}
    >>> spoken_paragraphs(["— Кто там?", "— Мы, — сказал он."], "ru")
    {0: [(2, 10)], 1: [(2, 6)]}
    """
    how = reporting(lang)
    if how is None:
        return {}
    spoken = _answers(paragraphs)
    if how.dash_dialogue:
        spoken |= _dialogues(paragraphs, how)
    begins = [find_turn(paragraph, how) for paragraph in paragraphs]
    named = [
        begin or _named_turn(text, how) for begin, text in zip(begins, paragraphs, strict=True)
    ]
    first = next((number for number, begin in enumerate(named) if begin), 0)
    turns = sum(map(bool, named))
    is_transcript = turns >= max(_FEWEST_TURNS, _SHARE_OF_TURNS * (len(paragraphs) - first))
    for number, paragraph in enumerate(paragraphs):
        begin = named[number] if is_transcript else begins[number]
        if begin or (is_transcript and number > first):
            spoken[number] = [(begin, len(paragraph))]
    return spoken


def find_turn(paragraph: str, how: Reporting) -> int:
    """Where a speech of the minutes begins behind its speaker; 0 where there is none."""
    for pattern in (_FRENCH_HEAD, _INITIALS_HEAD):
        found = pattern.match(paragraph)
        if found and paragraph[found.end()].isupper() and _is_speaker(found[1], how):
            return found.end()
    upper = _UPPER_HEAD.match(paragraph)
    if (
        upper
        and len(upper[1]) >= _SHORTEST_TITLE
        and upper[1].isupper()
        and _is_uppercase_speaker(upper[1], how)
    ):
        return upper.end()
    head = _HEAD.match(paragraph)
    if head is None or paragraph[head.end() : head.end() + 1] in '«“„"':
        return 0
    return head.end() if _is_titled(head, how) else 0


def _named_turn(paragraph: str, how: Reporting) -> int:
    """Where a speech begins behind a name and a colon, as in the transcript of a meeting."""
    head = _HEAD.match(paragraph)
    return head.end() if head and _is_speaker(head[1], how) else 0


def _is_uppercase_speaker(head: str, how: Reporting) -> bool:
    """Whether words in capitals are a title or a name of two words; "NATO." is neither."""
    return _is_title(head, how) or (" " in head and _is_speaker(head, how))


def _is_speaker(head: str, how: Reporting) -> bool:
    return _is_title(head, how) or whole_speaker(head, how, topics=False) is not None


def _is_titled(head: re.Match[str], how: Reporting) -> bool:
    """Whether a name has a party or a title beside it, or is a title itself."""
    if _is_title(head[1], how):
        return True
    titled = any(_is_office(word, how) for word in _lower_words(head[1]))
    named = whole_speaker(head[1], how, topics=False)
    return named is not None and (titled or "(" in head.group())


def _is_title(head: str, how: Reporting) -> bool:
    """Whether a head is a title and nothing else: "The Secretary of State"."""
    words = _lower_words(head)
    small = how.roles | how.connectors
    patterns = [pattern for _, pattern in how.kinds]
    return any(_is_office(word, how) for word in words) and all(
        word in small or any(pattern.fullmatch(word) for pattern in patterns) for word in words
    )


def _is_office(word: str, how: Reporting) -> bool:
    return dict(how.kinds)["O"].fullmatch(word) is not None


def _lower_words(head: str) -> list[str]:
    return [word.strip(".") for word in head.lower().replace("'", " ").split()]


def _dialogues(paragraphs: list[str], how: Reporting) -> dict[int, list[Span]]:
    """Find paragraphs with a dash among which one says who speaks, and answers to questions."""
    spoken: dict[int, list[Span]] = {}
    dashed = [DIALOGUE_START.match(paragraph) for paragraph in paragraphs]
    for has_dash, group in groupby(range(len(paragraphs)), lambda i: dashed[i] is not None):
        numbers = list(group)
        if not has_dash:
            continue
        found = {i: dialogue_spans(paragraphs[i], partial(is_attributed, how=how)) for i in numbers}
        whole = {i: [(_end(dashed[i]), len(paragraphs[i]))] for i in numbers}
        if any(found.values()):
            spoken |= {i: found[i] or whole[i] for i in numbers}
        elif paragraphs[numbers[0]].endswith("?"):
            spoken |= {i: whole[i] for i in numbers if not paragraphs[i].endswith("?")}
    return spoken


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _answers(paragraphs: list[str]) -> dict[int, list[Span]]:
    """Find the answers of an interview: questions and answers in turn, two questions or more."""
    asked = [i for i, paragraph in enumerate(paragraphs) if _is_question(paragraph)]
    turns = len(asked) >= _FEWEST_QUESTIONS and all(
        later - earlier == _FEWEST_QUESTIONS for earlier, later in pairwise(asked)
    )
    if not turns:
        return {}
    last = min(asked[-1] + 1, len(paragraphs) - 1)
    answers = [i for i in range(asked[0] + 1, last + 1) if i not in asked]
    return {i: [(0, len(paragraphs[i]))] for i in answers if not find_quotations(paragraphs[i])}


def _is_question(paragraph: str) -> bool:
    return paragraph.endswith("?") and not find_quotations(paragraph)


def close_quotations(paragraph: str, quotations: list[Span], how: Reporting | None) -> list[Span]:
    """End a quotation that was never closed before the words that say who speaks it.

    Examples
    --------
    >>> paragraph = "“We stay, Kuleba said. Snow fell."
    >>> close_quotations(paragraph, [(0, len(paragraph))], reporting("en"))
    [(0, 9)]
    """
    if how is None or not quotations or is_closed(paragraph, quotations[-1]):
        return quotations
    start, _ = quotations[-1]
    first = re.compile(r"[.!?…](?=\s|$)").search(paragraph, start)
    sentence = paragraph[start : first.end() if first else len(paragraph)]
    attribution = how.lost_close.search(sentence)
    if attribution is None:
        return quotations
    narration = "“,”" + sentence[attribution.start() + 1 :]
    if find_speaker(narration, how) is None:
        return quotations
    return [*quotations[:-1], (start, start + attribution.start() + 1)]
