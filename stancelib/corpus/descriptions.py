"""What a sentence says of the speaker that it names."""

from __future__ import annotations

import re

from stancelib.corpus.phrases import find_phrases
from stancelib.corpus.reporting import reporting


def description_of(text: str, speaker: str, lang: str) -> str:
    """Return a speaker with the words beside his name that say what he is.

    Parameters
    ----------
    text
        A sentence.
    speaker
        Its speaker, as `split_sentences` found it.
    lang
        BCP 47 primary subtag.

    Returns
    -------
    str
        The phrase with his name, and an office in apposition to it; the speaker alone where the
        sentence says no more of him.

    Examples
    --------
    >>> description_of("“No,” said Kremlin spokesman Dmitry Peskov.", "Dmitry Peskov", "en")
    'Kremlin spokesman Dmitry Peskov'
    >>> description_of("Ann Lee, the Ukrainian envoy, said she knew.", "Ann Lee", "en")
    'Ann Lee, Ukrainian envoy'
    """
    how = reporting(lang)
    text = text.replace("’", "'")
    places = [match.start() for match in re.finditer(re.escape(speaker), text)]
    if how is None or not places:
        return speaker
    clauses = re.split(r"([,;:!?()—―–«»“”„\"])", text)
    described = [speaker]
    for number in range(0, len(clauses), 2):
        phrases = list(find_phrases(clauses[number], how))
        around = [clauses[number][p.start : p.end] for p in phrases]
        named = next((phrase for phrase in around if speaker in phrase), None)
        if named is None:
            continue
        described = [named]
        beside = (number - 2, number + 2)
        for other in beside:
            if 0 <= other < len(clauses) and clauses[(number + other) // 2] == ",":
                described += [
                    clauses[other][phrase.start : phrase.end]
                    for phrase in find_phrases(clauses[other], how)
                    if "O" in phrase.kinds and set(phrase.before) <= how.articles
                ][:1]
    return ", ".join(part.rstrip(".") for part in described)
