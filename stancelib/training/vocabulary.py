"""Cut the vocabulary to the languages of the library, before any training.

The full vocabulary covers about a hundred languages; its embedding table would be most of
the shipped file. Pieces are ranked by how often they occur in the twelve languages (word
frequencies of the package ``wordfreq``, Speer 2022, https://doi.org/10.5281/zenodo.7199437,
each language with equal weight, in lower, title and upper case) and in the training texts.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from stancelib.scoring.embedded_core import CLOSE_MARKER, OPEN_MARKER

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "pl", "ru", "uk", "bg", "cs", "ro")
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
CASE_WEIGHTS = {"lower": 1.0, "title": 0.3, "upper": 0.03}
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "DIGIT")


def piece_weights(tokenizer: Tokenizer, texts: Iterable[str]) -> dict[int, float]:
    """Expected number of uses of each piece in twelve words-worth of language and the texts."""
    import wordfreq

    weights: defaultdict[int, float] = defaultdict(float)
    for language in LANGUAGES:
        frequencies = wordfreq.get_frequency_dict(language, "best")
        words = list(frequencies)
        for case, share in CASE_WEIGHTS.items():
            encoded = tokenizer.encode_batch(
                [getattr(word, case)() for word in words], add_special_tokens=False
            )
            for word, encoding in zip(words, encoded, strict=True):
                for piece in encoding.ids:
                    weights[piece] += frequencies[word] * share
    corpus = Counter(
        piece
        for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for piece in encoding.ids
    )
    total = sum(corpus.values())
    for piece, count in corpus.items():
        weights[piece] += len(LANGUAGES) * count / total
    return weights


def is_basic_character(piece: str) -> bool:
    """Whether a piece is one character that news in these languages may contain.

    Examples
    --------
    >>> is_basic_character("ї"), is_basic_character("→"), is_basic_character("語")
    (True, True, False)
    """
    character = piece.removeprefix("▁")
    if len(character) > 1:
        return False
    if not character or unicodedata.category(character)[0] in "PSN":
        return True
    return unicodedata.name(character, "").startswith(SCRIPTS)


def kept_pieces(pieces: list[str], weights: Mapping[int, float], size: int) -> NDArray[np.int64]:
    """Ids to keep, ascending: specials, basic characters, then the heaviest, ``size`` in all."""
    kept = {pieces.index(token) for token in SPECIAL}
    kept |= {i for i, piece in enumerate(pieces) if is_basic_character(piece)}
    for piece, _ in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if len(kept) >= size:
            break
        kept.add(piece)
    return np.array(sorted(kept), dtype=np.int64)


def cut_tokenizer(description: dict[str, Any], kept: NDArray[np.int64]) -> dict[str, Any]:
    """A ``tokenizer.json`` with the kept pieces and the two marker tokens at its end."""
    vocabulary = description["model"]["vocab"]
    pieces = [vocabulary[i] for i in kept]
    names = [piece for piece, _ in pieces]
    specials = [*SPECIAL, OPEN_MARKER, CLOSE_MARKER]
    pieces += [[OPEN_MARKER, 0.0], [CLOSE_MARKER, 0.0]]
    added = [
        {
            "id": ([*names, OPEN_MARKER, CLOSE_MARKER]).index(token),
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token in specials
    ]
    model = {**description["model"], "vocab": pieces, "unk_id": names.index("<unk>")}
    # Framing tokens are added by mark_mention, so no template is left in the tokenizer.
    return {**description, "model": model, "added_tokens": added, "post_processor": None}


def write_cut_tokenizer(source: Path, target: Path, kept: NDArray[np.int64]) -> Tokenizer:
    """Write the cut ``tokenizer.json`` and load it again."""
    description = json.loads(source.read_text(encoding="utf-8"))
    cut = cut_tokenizer(description, kept)
    target.write_text(json.dumps(cut, ensure_ascii=False), encoding="utf-8")
    return Tokenizer.from_file(str(target))
