"""`propose_aliases`: inflected forms of a target that texts hold and its table lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.targets.fold import fold
from stancelib.targets.inflection import count_words, inflected_forms, inflection_rules
from stancelib.targets.mentions import find_mentions
from stancelib.targets.target import Alias, Target

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "form": pl.String,
    "kind": pl.String,
    "language": pl.String,
    "case": pl.String,
    "alias": pl.String,
    "n": pl.Int64,
    "n_lower_case": pl.Int64,
    "examples": pl.List(pl.String),
}


@runtime_checkable
class HoldsSentences(Protocol):
    """What a `Store` is for this room: something that gives its sentences as a frame."""

    def sentences(self) -> pl.DataFrame:
        """Return the sentences as a Sentences frame."""
        ...


def propose_aliases(
    target: Target,
    texts: Iterable[str] | pl.DataFrame | HoldsSentences,
    lang: str | None = None,
    *,
    least: int = 1,
    examples: int = 3,
) -> pl.DataFrame:
    """Propose inflected forms of a target for review: those that texts hold and it lacks.

    From each alias of one word, rules of the language make the other cases, numbers and genders
    (``stancelib/targets/inflections.toml``: ru, uk, bg, pl, cs, de, ro, en, fr, es, pt, it).
    Proposed is what then stands in the texts, written with a capital where the alias is, and not
    found yet. The rules know no words: read the examples before you accept a form. Aliases of
    several words, and derived words (Georgia, Georgian), need forms of your own.

    Parameters
    ----------
    target : Target
        For example from `load_targets`, with its basic forms.
    texts : iterable of str, polars.DataFrame or Store
        Texts, or a Sentences frame (the columns `text` and `lang` are read), or a store.
    lang : str, optional
        The language of the texts; of a frame or store, the one language to look at. It may be
        left out for a frame or store only, whose languages are then all looked at.
    least : int
        Leave out forms that would add fewer mentions.
    examples : int
        How many sentences to show for each form, at most.

    Returns
    -------
    polars.DataFrame
        One row for each proposed form and language, the most frequent first:

        - `form`, `kind`, `language`, `case`: an alias, as `Target.with_aliases` takes it. `case`
          is "upper" where the texts hold the same word in lower case, too.
        - `alias`: the form that it was made of.
        - `n`: mentions that it would add, exclusions and word boundaries considered.
        - `n_lower_case`: how often the word stands in lower case: a sign of another word.
        - `examples`: sentences in which it would be a mention, the shortest first.

    Raises
    ------
    ArgumentError
        If `lang` is missing or has no rules.
    DataError
        If a frame lacks a column.

    Examples
    --------
    >>> import stancelib as sl
    >>> georgia = sl.Target(name="Georgia", aliases=(sl.Alias(form="Грузия"),))
    >>> texts = ["Выборы в Грузии прошли тихо.", "Он любит Грузию.", "Грузия молчит."]
    >>> proposed = sl.propose_aliases(georgia, texts, "ru")
    >>> proposed.select("form", "n", "examples").rows()
    [('Грузии', 1, ['Выборы в Грузии прошли тихо.']), ('Грузию', 1, ['Он любит Грузию.'])]
    >>> len(georgia.with_aliases(proposed).aliases)
    3
    """
    sentences = _sentences_of(texts, lang)
    rows = [
        row
        for (language,), part in sentences.group_by("lang", maintain_order=True)
        for row in _proposals(target, part, str(language), examples)
    ]
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row").filter(pl.col("n") >= least)
    return frame.sort(["n", "language", "form"], descending=[True, False, False])


def _sentences_of(
    texts: Iterable[str] | pl.DataFrame | HoldsSentences, lang: str | None
) -> pl.DataFrame:
    """Return columns sentence_id, doc_id, text and lang; each text is a document of its own."""
    if lang is not None and lang not in inflection_rules():
        raise ArgumentError.unknown("lang", lang, inflection_rules())
    if isinstance(texts, str):
        raise ArgumentError("texts is one string; pass a list of texts")
    frame = texts.sentences() if isinstance(texts, HoldsSentences) else texts
    if not isinstance(frame, pl.DataFrame):
        if lang is None:
            raise ArgumentError("lang is missing; name the language of the texts, such as 'ru'")
        frame = pl.DataFrame({"text": list(frame)}, schema={"text": pl.String}).with_columns(
            lang=pl.lit(lang)
        )
    for column in ("text", "lang"):
        if column not in frame.columns:
            raise DataError.missing_column(column, frame.columns)
    chosen = frame if lang is None else frame.filter(pl.col("lang") == lang)
    number = pl.int_range(pl.len()).cast(pl.String)
    return chosen.select(number.alias("sentence_id"), number.alias("doc_id"), "text", "lang")


def _proposals(
    target: Target, sentences: pl.DataFrame, language: str, examples: int
) -> list[tuple[object, ...]]:
    words = count_words(sentences["text"])
    candidates = _candidates(target, words, language)
    if not candidates:
        return []
    wider = target.with_aliases(*(alias for alias, _ in candidates))
    found = _mentions_by_form(wider, sentences)
    rows: list[tuple[object, ...]] = []
    for alias, source in candidates:
        texts = found.get(alias.form, [])
        lower = sum(n for word, n in words[fold(alias.form).text].items() if word.islower())
        shown = sorted(set(texts), key=lambda text: (len(text), text))[:examples]
        rows.append(
            (alias.form, alias.kind, language, alias.case, source, len(texts), lower, shown)
        )
    return rows


def _candidates(
    target: Target, words: Mapping[str, Counter[str]], language: str
) -> list[tuple[Alias, str]]:
    """Return the forms that the texts hold, with the alias that each was made of."""
    own = [alias for alias in target.aliases if alias.language in (language, None)]
    known = {fold(alias.parts[1]).text for alias in own}
    candidates: dict[str, tuple[Alias, str]] = {}
    for source in own:
        for form in inflected_forms(source.parts[1], language):
            folded = fold(form).text
            written = _as_written(words.get(folded, Counter()), capital=source.form[0].isupper())
            if written is None or folded in known or folded in candidates:
                continue
            has_lower = any(word.islower() for word in words[folded])
            case = "upper" if has_lower and source.form[0].isupper() else source.case
            alias = source.model_copy(update={"form": written, "language": language, "case": case})
            candidates[folded] = (alias, source.form)
    return list(candidates.values())


def _as_written(words: Counter[str], *, capital: bool) -> str | None:
    """Return the word as it is mostly written, with a capital if it must have one."""
    fitting = [(n, word) for word, n in words.items() if not capital or word[0].isupper()]
    if not fitting:
        return None
    # All in capitals, as in a headline, says nothing on how a form is written.
    plain = [(n, word) for n, word in fitting if not word.isupper()]
    if plain:
        return max(plain)[1]
    return max(fitting)[1].capitalize()


def _mentions_by_form(target: Target, sentences: pl.DataFrame) -> dict[str, list[str]]:
    mentions = find_mentions(sentences, {target.name: target})
    texts = mentions.join(sentences, on="sentence_id", how="left")
    found: dict[str, list[str]] = {}
    for form, text in texts.select("alias", "text").rows():
        found.setdefault(form, []).append(text)
    return found
