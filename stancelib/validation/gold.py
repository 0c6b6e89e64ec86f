"""`gold_labels`: what coders said beside what the scorer said, and how each pair was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from stancelib.errors import ArgumentError, DataError
from stancelib.schemas import PARTS, VOICES
from stancelib.store.selection import check_option, choose_scorer
from stancelib.validation.coded import LABELS, item_of
from stancelib.validation.sample_result import Sample

if TYPE_CHECKING:
    from stancelib.scoring import Scorer
    from stancelib.store import Store

Undecided = Literal["refuse", "leave_out"]

NUMBERS: Final = {"against": -1.0, "neutral": 0.0, "favor": 1.0}
_UNDECIDED: Final[tuple[Undecided, ...]] = ("refuse", "leave_out")
_PAIR: Final = ("sentence_id", "target")
_NEEDED: Final = (*_PAIR, "doc_id", "stratum", "n_population", "inclusion_probability")
_DESIGN: Final = (*_NEEDED, "cluster", "cluster_probability")


def gold_labels(
    store: Store,
    sample: Sample | pl.DataFrame,
    labels: pl.DataFrame,
    *,
    undecided: Undecided = "refuse",
    voice: Literal["author", "quoted"] | None = None,
    part: Literal["title", "text"] | None = None,
    scorer: str | Scorer | None = None,
) -> pl.DataFrame:
    """Join human labels to predictions and to the probabilities with which pairs were drawn.

    Parameters
    ----------
    store : Store
        With scores.
    sample : Sample or polars.DataFrame
        As `draw_sample` returns it, or its `.pairs`.
    labels : polars.DataFrame
        Columns ``label`` and ``item`` (as in coding sheets and in the result of `adjudicate`), or
        ``sentence_id`` and ``target``. Null ``label``: undecided. Labels of pairs that the sample
        does not hold have no known probability, and are refused.
    undecided : {"refuse", "leave_out"}
        What becomes of pairs of the sample without a label. ``"leave_out"`` takes them as missing
        at random within their stratum, and gives the others their weight.
    voice, part : str, optional
        As in `Store.series`: only these sentences. A series of one voice is corrected by labels of
        that voice.
    scorer : str, Scorer or None
        Whose predictions; that of the sample when not given. The same labels serve any scorer.

    Returns
    -------
    polars.DataFrame
        The gold frame, a row for each labelled pair: `item`, `sentence_id`, `target`, `doc_id`,
        `source`, `lang`, `voice`, `part`, `published_at` (UTC), `label`, `p_against`, `p_neutral`,
        `p_favor`, `stance` (predicted, in [-1, 1]), `stratum`, `n_population` (pairs of the
        stratum), `inclusion_probability` in (0, 1], `cluster` (what was drawn as one: the article's
        `doc_id`, or the pair's `item`; `item`, too, for samples without that column),
        `cluster_probability` (with which that was drawn), `n_sentences` (scored sentences of the
        article on the target) and `scorer`.

    Raises
    ------
    ArgumentError
        For an unknown option.
    DataError
        When a column is missing, a label is unknown or of a pair outside the sample, a pair is
        labelled twice, undecided pairs are left and refused, or the store lacks a score.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> corpus = sl.simulate_corpus(200, seed=1)
    >>> with sl.open_store(":memory:") as store:
    ...     _ = store.add_documents(corpus.documents, progress=False)
    ...     _ = store.score(corpus.scorer(), "Russia", progress=False)
    ...     sample = sl.draw_sample(store, 40)
    ...     coded = sample.pairs.select("item", label=pl.lit("neutral"))
    ...     gold = sl.gold_labels(store, sample, coded)
    >>> gold.height, gold["label"].unique().to_list()
    (40, ['neutral'])
    """
    check_option("treatment of undecided pairs", undecided, _UNDECIDED)
    drawn = _pairs(sample)
    known = _labels(labels, drawn)
    if (open_pairs := drawn.height - known.height) and undecided == "refuse":
        raise DataError(
            f"{open_pairs:,} of {drawn.height:,} pairs of the sample have no label; decide them "
            '(adjudicate(decisions=...)), or pass undecided="leave_out" to take them as missing '
            "at random within their stratum"
        )
    wanted = scorer if scorer is not None or not isinstance(sample, Sample) else sample.scorer
    labelled = _responding(drawn, known)
    with store.database.tables(labelled_pairs=labelled):
        gold = store.database.frame(
            "gold",
            {
                "scorer": choose_scorer(store.database, wanted),
                "voice": None if voice is None else check_option("voice", voice, VOICES),
                "part": None if part is None else check_option("part", part, PARTS),
            },
            room="stancelib.validation",
        )
    if voice is None and part is None:
        _check_scored(labelled, gold)
    return gold.select(item_of().alias("item"), pl.all())


def _pairs(sample: Sample | pl.DataFrame) -> pl.DataFrame:
    pairs = sample.pairs if isinstance(sample, Sample) else sample
    for name in _NEEDED:
        if name not in pairs.columns:
            raise DataError.missing_column(name, pairs.columns)
    alone = {"cluster": item_of(), "cluster_probability": pl.col("inclusion_probability")}
    added = {name: value for name, value in alone.items() if name not in pairs.columns}
    return pairs.with_columns(**added).select(*_DESIGN, item_of().alias("item"))


def _labels(labels: pl.DataFrame, drawn: pl.DataFrame) -> pl.DataFrame:
    """Item and label of each decided pair."""
    if "label" not in labels.columns:
        raise DataError.missing_column("label", labels.columns)
    if "item" in labels.columns:
        named = labels.select("item", "label")
    elif set(_PAIR) <= set(labels.columns):
        named = labels.select(item_of().alias("item"), "label")
    else:
        raise DataError.missing_column("item", labels.columns)
    decided = named.cast(pl.String).filter(pl.col("label").is_not_null())
    unknown = decided.filter(~pl.col("label").is_in(LABELS))
    if not unknown.is_empty():
        raise DataError(
            f"item {unknown['item'][0]!r} has the label {unknown['label'][0]!r}; known labels: "
            f"{', '.join(LABELS)}"
        )
    twice = decided.filter(pl.col("item").is_duplicated())
    if not twice.is_empty():
        raise DataError(
            f"item {twice['item'][0]!r} has {twice.filter(item=twice['item'][0]).height} labels; "
            "make one of them by adjudicate(...)"
        )
    strange = decided.join(drawn, on="item", how="anti")
    if not strange.is_empty():
        raise DataError(
            f"{strange.height:,} labels are of pairs that the sample does not hold, such as "
            f"{strange['item'][0]!r}; their probability of being drawn is not known"
        )
    return decided


def _responding(drawn: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The labelled pairs; their probability is multiplied by the weighted share with labels."""
    weight = 1 / pl.col("inclusion_probability")
    labelled = weight * pl.col("label").is_not_null()
    answered = drawn.join(known, on="item", how="left", maintain_order="left").with_columns(
        share=(labelled.sum() / weight.sum()).over("stratum")
    )
    empty = answered.filter(pl.col("share") == 0)["stratum"].unique().sort().to_list()
    if empty:
        raise ArgumentError(
            f"stratum {empty[0]} has no label at all, so that nothing is known of its pairs; code "
            "some of each stratum first"
        )
    return (
        answered.filter(pl.col("label").is_not_null())
        .with_columns(
            pl.col("inclusion_probability") * pl.col("share"),
            cluster_probability=pl.col("cluster_probability")
            * pl.when(pl.col("cluster") == pl.col("item")).then("share").otherwise(1.0),
        )
        .select(*_DESIGN, "label")
    )


def predictions_of(
    store: Store, gold: pl.DataFrame, scorer: str | Scorer | None = None
) -> pl.DataFrame:
    """The gold frame with the predictions that the store has now; by default of the same scorer."""
    for name in (*_DESIGN, "label", "scorer"):
        if name not in gold.columns:
            raise DataError.missing_column(name, gold.columns)
    wanted = choose_scorer(store.database, gold["scorer"][0] if scorer is None else scorer)
    with store.database.tables(labelled_pairs=gold.select(*_DESIGN, "label")):
        found = store.database.frame(
            "gold", {"scorer": wanted, "voice": None, "part": None}, room="stancelib.validation"
        )
    _check_scored(gold, found)
    predictions = ("p_against", "p_neutral", "p_favor", "stance", "scorer")
    return gold.drop(predictions, strict=False).join(
        found.select(*_PAIR, *predictions), on=_PAIR, maintain_order="left"
    )


def _check_scored(labelled: pl.DataFrame, found: pl.DataFrame) -> None:
    if found.height < labelled.height:
        lost = labelled.join(found, on=_PAIR, how="anti").row(0, named=True)
        raise DataError(
            f"{labelled.height - found.height:,} labelled pairs have no score in this store, such "
            f"as {lost['sentence_id']!r} on {lost['target']}; is it the store of the sample?"
        )
