"""`audit_scorer`: what a scorer does with pairs of sentences whose difference is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.scoring import Scorer, first_mentions, resolve_scorer
from stancelib.targets import find_mentions
from stancelib.validation.audit_core import EXPECTATIONS, compared, failures_of, table_of
from stancelib.validation.audit_names import names_by_language
from stancelib.validation.audit_readings import TARGETS, pairs_of_audit, pairs_of_mentions
from stancelib.validation.audit_result import Audit, audit_sentence

ON_TEXTS: Final = ("target_swap", "masking")
_WIDEST: Final = 2.0
_SIDES: Final = ("text", "start", "end", "target", "lang")
_REASONS: Final = {"row": pl.Int64, "target": pl.String, "audit": pl.String, "reason": pl.String}


def audit_scorer(
    scorer: str | Scorer = "embedded",
    *,
    audits: str | Sequence[str] | None = None,
    languages: str | Sequence[str] | None = None,
    texts: pl.DataFrame | None = None,
    tolerance: float | Mapping[str, float] | None = None,
    n_texts: int = 1000,
    seed: int = 0,
) -> Audit:
    """Test a scorer without labels, on pairs of sentences whose difference is known.

    The sentences ship with the library, were written for it in twelve languages, and are in no
    training data of its model. In each audit a known change of the sentence must, or must not,
    change the stance:

    - ``target_swap``: the name exchanged for another target's in the same form;
    - ``masking``: the name exchanged for a neutral placeholder;
    - ``name_prior``: fifteen names in neutral sentences, the mean of each against placeholders;
    - ``negation``: the sentence and its reverse;
    - ``quote``: a reported claim and the same claim in the author's own voice;
    - ``mood``: bad news for which the target is not to blame;
    - ``translation``: the same sentence in twelve languages, each against the language whose
      stance is in the middle;
    - ``role``: two targets in one sentence, of which one wrongs the other, then exchanged.

    Parameters
    ----------
    scorer : str or Scorer
        A name for `load_scorer`, or a scorer.
    audits : str or sequence of str, optional
        Which audits; all when not given, or target_swap and masking with `texts`.
    languages : str or sequence of str, optional
        Of the twelve; all when not given. The middle of ``translation`` is always that of all.
    texts : polars.DataFrame, optional
        Sentences of your own, in place of those that ship: columns ``text`` and ``lang``. Only for
        target_swap and masking; a mention is changed where it is a target's name alone, named
        once, in a form that is sure to fit (masking falls back to the letter X).
    tolerance : float or mapping of str to float, optional
        How large a shift of the stance counts as one, for all audits or by audit. Default: 0.2, a
        tenth of the scale, and 0.05 for the means of ``name_prior``.
    n_texts : int
        At most so many of `texts` are taken, drawn at random.
    seed : int
        Of that draw.

    Returns
    -------
    Audit
        ``.table``, ``.failures``, ``.pairs``, ``.unusable``, ``.sentence``, ``.to_dict()``.

    Raises
    ------
    ArgumentError
        For an unknown audit, language or scorer, a tolerance outside [0, 2], `n_texts` below 1, or
        `texts` with an audit that needs written pairs.
    DataError
        If `texts` lacks a column, or the scorer returns other rows than it was given, or a stance
        outside [-1, 1].

    References
    ----------
    Ribeiro, M. T., Wu, T., Guestrin, C. and Singh, S. (2020). Beyond accuracy: behavioral testing
    of NLP models with CheckList. ACL, 4902-4912. Garg, S. et al. (2019). Counterfactual fairness
    in text classification through robustness. AIES. Wilson, E. B. (1927). Probable inference, the
    law of succession, and statistical inference. JASA 22, 209-212.

    Examples
    --------
    >>> import numpy as np
    >>> import stancelib as sl
    >>> from stancelib.scoring import attach_scores
    >>> class Undecided:
    ...     name = "undecided@000000000000"
    ...     def score(self, frame):
    ...         n = frame.height
    ...         return attach_scores(frame, np.full((n, 3), 1 / 3), np.zeros(n, dtype=bool))
    >>> audit = sl.audit_scorer(Undecided(), audits=["masking", "negation"], languages="en")
    >>> audit.table.filter(lang="en").select("audit", "n", "n_failed").rows()
    [('masking', 12, 0), ('negation', 12, 12)]
    """
    possible = tuple(EXPECTATIONS) if texts is None else ON_TEXTS
    chosen = _chosen("audit", audits, tuple(EXPECTATIONS), possible)
    spoken = _chosen("language", languages, tuple(sorted(names_by_language())))
    _refuse_written_audits(chosen, texts)
    allowed = _tolerances(tolerance)
    if n_texts < 1:
        raise ArgumentError(f"n_texts must be at least 1; got {n_texts}")
    judge = resolve_scorer(scorer)
    unusable = pl.DataFrame(schema=_REASONS)
    if texts is None:
        everywhere = tuple(sorted(names_by_language()))
        pairs = {
            audit: pairs_of_audit(audit, everywhere if audit == "translation" else spoken)
            for audit in chosen
        }
    else:
        pairs, unusable = _pairs_of_texts(texts, chosen, spoken, n_texts, seed)
    scored = _scored(judge, pairs)
    comparisons = pl.concat(
        compared(audit, scored[audit], allowed[audit])
        .filter(pl.col("lang").is_in(list(spoken)))
        .with_columns(group="lang")
        .select(_COLUMNS)
        for audit in chosen
    )
    table = table_of(comparisons)
    return Audit(
        table=table,
        failures=_shown(failures_of(comparisons)),
        pairs=_shown(comparisons),
        unusable=unusable,
        sentence=audit_sentence(judge.name, table),
        scorer=judge.name,
        seed=seed,
    )


_COLUMNS: Final = (
    *("audit", "lang", "group", "item", "direction", "tolerance"),
    *(f"{column}_{side}" for side in "ab" for column in (*_SIDES, "stance")),
    *("shift", "excess", "progress", "failed"),
)


def _chosen(
    what: str,
    asked: str | Sequence[str] | None,
    known: Sequence[str],
    default: Sequence[str] | None = None,
) -> tuple[str, ...]:
    if asked is None:
        return tuple(default or known)
    names = [asked] if isinstance(asked, str) else list(asked)
    for name in names:
        if name not in known:
            raise ArgumentError.unknown(what, name, known)
    if not names:
        raise ArgumentError(f"no {what} is given; choose among {', '.join(known)}")
    return tuple(name for name in known if name in names)


def _refuse_written_audits(chosen: Sequence[str], texts: pl.DataFrame | None) -> None:
    refused = [audit for audit in chosen if audit not in ON_TEXTS]
    if texts is not None and refused:
        raise ArgumentError(
            f"{refused[0]} needs pairs that were written for it; texts can be used with "
            f"{' and '.join(ON_TEXTS)}"
        )


def _tolerances(tolerance: float | Mapping[str, float] | None) -> dict[str, float]:
    found = {audit: expected.tolerance for audit, expected in EXPECTATIONS.items()}
    if isinstance(tolerance, Mapping):
        for audit in tolerance:
            if audit not in found:
                raise ArgumentError.unknown("audit", audit, found)
        found |= {audit: float(value) for audit, value in tolerance.items()}
    elif tolerance is not None:
        found = dict.fromkeys(found, float(tolerance))
    for audit, value in found.items():
        if not 0 <= value <= _WIDEST:
            raise ArgumentError(f"the tolerance of {audit} must lie in [0, 2]; got {value}")
    return found


def _pairs_of_texts(
    texts: pl.DataFrame, chosen: Sequence[str], spoken: Sequence[str], n_texts: int, seed: int
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    for column in ("text", "lang"):
        if column not in texts.columns:
            raise DataError.missing_column(column, texts.columns)
    rows = texts.select(pl.col("text", "lang").cast(pl.String)).with_row_index("row")
    rows = rows.cast({"row": pl.Int64})
    if rows.height > n_texts:
        rows = rows.sample(n_texts, seed=seed, shuffle=True).sort("row")
    known = pl.col("lang").is_in(list(spoken)).fill_null(value=False)
    blank = (pl.col("text").str.strip_chars() == "").fill_null(value=True)
    bad = (
        pl.when(blank)
        .then(pl.lit("the text is blank"))
        .when(~known)
        .then(pl.format("language {} is not audited", pl.col("lang").fill_null("null")))
    )
    rows = rows.with_columns(reason=bad.otherwise(None))
    mentions = _mentions(rows.filter(pl.col("reason").is_null()).drop("reason"))
    silent = ~pl.col("row").is_in(mentions["row"].implode())
    without = pl.when(silent & pl.col("reason").is_null()).then(pl.lit(_NO_TARGET))
    rows = rows.with_columns(reason=pl.coalesce("reason", without.otherwise(None)))
    nothing = pl.lit(None, pl.String)
    reasons = [
        rows.drop_nulls("reason").select("row", target=nothing, audit=nothing, reason="reason")
    ]
    pairs = {}
    for audit in chosen:
        pairs[audit], unusable = pairs_of_mentions(audit, mentions)
        reasons.append(unusable)
    return pairs, pl.concat(reasons).sort("row", "target", "audit")


_NO_TARGET: Final = f"the text names none of {', '.join(TARGETS)}"


def _mentions(rows: pl.DataFrame) -> pl.DataFrame:
    """Where each text names each target, with how often and which others it names."""
    named = pl.col("row").cast(pl.String)
    sentences = rows.with_columns(sentence_id=named, doc_id=named)
    found = find_mentions(sentences)
    counts = found.group_by("sentence_id", "target").agg(n_mentions=pl.len())
    others = found.group_by("sentence_id").agg(named=pl.col("target").unique())
    return (
        sentences.drop("doc_id")
        .join(first_mentions(found), on="sentence_id", maintain_order="left_right")
        .join(counts, on=["sentence_id", "target"], maintain_order="left")
        .join(others, on="sentence_id", maintain_order="left")
    )


def _scored(judge: Scorer, pairs: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Each pair with the stances of its sides; a reading that stands in many is scored once."""
    readings = (
        pl.concat(
            frame.select(pl.col(f"{name}_{side}").alias(name) for name in _SIDES)
            for frame in pairs.values()
            for side in "ab"
        )
        .drop_nulls("text")
        .unique(maintain_order=True)
    )
    scored = judge.score(readings)
    if scored.height != readings.height or not scored["text"].equals(readings["text"]):
        raise DataError(f"{judge.name} returned other rows than the {readings.height} it was given")
    stances = readings.with_columns(stance=scored["stance"].cast(pl.Float64))
    if not stances["stance"].is_between(-1, 1).fill_null(value=False).all():
        raise DataError(f"{judge.name} returned a stance that is null or outside [-1, 1]")
    return {audit: _with_stances(frame, stances) for audit, frame in pairs.items()}


def _with_stances(pairs: pl.DataFrame, stances: pl.DataFrame) -> pl.DataFrame:
    for side in "ab":
        named = stances.rename({name: f"{name}_{side}" for name in stances.columns})
        keys = [f"{name}_{side}" for name in _SIDES]
        pairs = pairs.join(named, on=keys, how="left", maintain_order="left")
    return pairs


def _shown(comparisons: pl.DataFrame) -> pl.DataFrame:
    further = [name for name in ("expected",) if name in comparisons.columns]
    if not further:
        further = ["failed"]
    return comparisons.select(
        *("audit", "lang", "item"),
        sentence_a="text_a",
        sentence_b="text_b",
        target_a="target_a",
        target_b="target_b",
        lang_a="lang_a",
        lang_b="lang_b",
        stance_a="stance_a",
        stance_b="stance_b",
        shift="shift",
        tolerance="tolerance",
        direction="direction",
        **{name: pl.col(name) for name in further},
    )
