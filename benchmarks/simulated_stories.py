"""Stories of invented words with a Zipf distribution, in Latin and Cyrillic letters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from simulated_forms import names_of

_SYLLABLES = {
    "en": names_of(
        "ba be bo ca ce da di do fa fe ga go la le li lo ma me mi mo na ne no pa pe po ra re ri "
        "ro sa se si so ta te ti to va ve vi sta tra pre con der men tion ist ur an en al"
    ),
    "ru": names_of(
        "ба бе бо ва ве ви да де ди до за зи ка ки ко ла ле ли ло ма ме ми мо на не ни но "
        "па пе по ра ре ри ро са се си со та те ти то ста пре про кон ный ова ени ист ур ан ал"
    ),
}
_WORDS = 12_000
_PHRASES = 3_000
LANGUAGES = tuple(_SYLLABLES)
_FIGURES = 0.03
_SHORT_WORDS = 40
_QUOTED = 0.15
_ONE_SPACE = 0.8


@dataclass(frozen=True)
class Language:
    """Invented words, cumulated chances of their ranks, and phrases of all stories."""

    code: str
    words: list[str]
    heights: np.ndarray
    phrases: list[list[str]]


def make_language(code: str, rng: np.random.Generator) -> Language:
    """Words by rank: the frequent ones are short, as in natural languages."""
    words: list[str] = []
    known: set[str] = set()
    while len(words) < _WORDS:
        syllables = 1 if len(words) < _SHORT_WORDS else int(rng.integers(2, 5))
        word = "".join(rng.choice(_SYLLABLES[code], syllables))
        if word not in known:
            known.add(word)
            words.append(word)
    weights = 1 / (np.arange(_WORDS) + 2.7)
    heights = np.cumsum(weights) / weights.sum()
    phrases = [
        [words[i] for i in np.searchsorted(heights, rng.random(int(rng.integers(2, 5))))]
        for _ in range(_PHRASES)
    ]
    return Language(code, words, heights, phrases)


@dataclass(frozen=True)
class Happening:
    """What stories about one event share: names, words and one statement."""

    names: list[list[str]]
    words: list[str]
    statement: list[str]


def make_event(language: Language, rng: np.random.Generator) -> Happening:
    """Draw names of one to three words, thirty words, and a statement that all outlets quote."""
    pick = rng.choice(_WORDS, 60)
    names = [
        [language.words[i].capitalize() for i in rng.choice(_WORDS, int(rng.integers(1, 4)))]
        for _ in range(6)
    ]
    words = [language.words[i] for i in pick[:30]]
    statement = draw_words(language, None, int(rng.integers(10, 18)), rng)
    return Happening(names, words, statement)


def draw_words(
    language: Language, event: Happening | None, number: int, rng: np.random.Generator
) -> list[str]:
    """Words of running text: frequent words, phrases, and what the event is about."""
    drawn: list[str] = []
    while len(drawn) < number:
        dice = rng.random()
        if dice < _FIGURES:
            drawn.append(str(rng.integers(2, 400)))
        elif event and dice < _FIGURES + 0.06:
            drawn += event.names[rng.integers(len(event.names))]
        elif event and dice < _FIGURES + 0.16:
            drawn.append(event.words[rng.integers(len(event.words))])
        elif dice < _FIGURES + 0.26:
            drawn += language.phrases[int(rng.zipf(1.3)) % _PHRASES]
        else:
            drawn.append(language.words[np.searchsorted(language.heights, rng.random())])
    return drawn[:number]


def draw_story(
    language: Language, event: Happening, words: int, rng: np.random.Generator
) -> list[list[str]]:
    """Paragraphs of words, with the statement in one of them."""
    paragraphs = []
    left = words
    while left > 0:
        size = int(rng.integers(25, 60))
        paragraphs.append(draw_words(language, event, size, rng))
        left -= size
    paragraphs[int(rng.integers(len(paragraphs)))] += event.statement
    return paragraphs


def typeset(paragraphs: list[list[str]], rng: np.random.Generator) -> str:
    """Sentences, quotation marks, dashes and spaces, as each outlet sets them."""
    opening, closing = (("“", "”"), ("«", "»"), ('"', '"'))[rng.integers(3)]
    shown = []
    for paragraph in paragraphs:
        sentences, words = [], list(paragraph)
        while words:
            size = int(rng.integers(8, 24))
            sentence, words = words[:size], words[size:]
            text = " ".join(sentence)
            text = text[0].upper() + text[1:]
            if rng.random() < _QUOTED:
                text = f"{opening}{text}{closing}"
            sentences.append(text + ".")
        shown.append((" " if rng.random() < _ONE_SPACE else "  ").join(sentences))
    return "\n\n".join(shown)
