"""The language of a document: told by a column, else detected over a stated set.

Detection is py3langid (Lui and Baldwin 2012, "langid.py: An off-the-shelf language
identification tool", ACL), a multinomial naive Bayes over byte n-grams, restricted to the
languages that are asked for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
import polars as pl
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from stancelib.errors import ArgumentError

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "pl", "ru", "uk", "bg", "cs", "ro")
UNDETERMINED = "und"
# The language shows in the first lines; more text only costs time.
_CHARACTERS_READ = 2_000
_NO_EVIDENCE = 1e-6


def normalise_codes(codes: pl.Series) -> pl.Series:
    """Bring language codes to the BCP 47 primary subtag (`en-US`, `eng`, `English` -> `en`).

    Parameters
    ----------
    codes
        Strings.

    Returns
    -------
    polars.Series
        As long as `codes`; null where the value is no code, or says that nobody knows.
    """
    folded = codes.str.strip_chars().str.to_lowercase()
    primary = folded.str.extract(r"^(\p{L}+)(?:[-_].*)?$")
    is_code = primary.str.contains(r"^[a-z]{2,3}$") & (primary != UNDETERMINED)
    known = primary.replace_strict(_codes_by_name(), default=None, return_dtype=pl.String)
    return pl.select(pl.coalesce(known, pl.when(is_code).then(primary))).to_series()


def check_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """Refuse an empty set, and languages that the identifier does not know."""
    known = sorted(_identifier(None).labels)
    if isinstance(languages, str) or not languages:
        raise ArgumentError(
            f"languages must be a non-empty sequence such as ('en', 'fr'); got {languages!r}"
        )
    for language in languages:
        if language not in known:
            raise ArgumentError.unknown("language", language, known)
    return tuple(languages)


def detect_languages(texts: Sequence[str], languages: tuple[str, ...]) -> pl.DataFrame:
    """Detect the language of each text.

    Parameters
    ----------
    texts
        Documents; the first 2,000 code points of each are read.
    languages
        The set to choose from.

    Returns
    -------
    polars.DataFrame
        As long as `texts`: `lang`, and `lang_margin`, the probability of the best language less
        that of the second best, in [0, 1]. ``und`` with margin 0 where the text shows nothing.
    """
    identifier = _identifier(languages)
    ranked = [identifier.rank(text[:_CHARACTERS_READ]) for text in texts]
    best = [ranks[0][0] for ranks in ranked]
    probability = np.array([[score for _, score in ranks[:2]] + [0.0] for ranks in ranked])
    margin = probability[:, 0] - probability[:, 1] if ranked else np.zeros(0)
    detected = pl.DataFrame({"lang": best, "lang_margin": margin}, schema_overrides=_SCHEMA)
    wordless = ~pl.Series(texts, dtype=pl.String).str.contains(r"\p{L}")
    no_evidence = (pl.col("lang_margin") < _NO_EVIDENCE) | wordless
    return detected.with_columns(
        lang=pl.when(no_evidence).then(pl.lit(UNDETERMINED)).otherwise("lang"),
        lang_margin=pl.when(no_evidence).then(0.0).otherwise("lang_margin"),
    )


_SCHEMA = {"lang": pl.String, "lang_margin": pl.Float64}


@cache
def _codes_by_name() -> dict[str, str]:
    text = files("stancelib.corpus").joinpath("languages.toml").read_text("utf-8")
    return {name: code for code, names in tomllib.loads(text).items() for name in names}


@lru_cache(maxsize=4)
def _identifier(languages: tuple[str, ...] | None) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if languages is not None:
        identifier.set_languages(languages)
    return identifier
