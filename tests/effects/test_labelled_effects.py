"""Interrupted time series corrected by labels, through the public function."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.effects.words import ASSUMPTION
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Maker = Callable[..., Any]
ENDS = ["estimate", "se", "low", "high"]
METHODS = ["uncorrected", "corrected", "labels_only"]
TRUE_SHIFT = -0.1
WEEK = timedelta(weeks=1)
RUNS = 150


def fit(corpus: Any, gold: pl.DataFrame | None, **options: Any) -> sl.InterruptedTimeSeries:
    return sl.interrupted_time_series(corpus.series(), corpus.event, labels=gold, **options)


def corrected(effect: sl.InterruptedTimeSeries) -> sl.Correction:
    assert effect.correction is not None
    return effect.correction


def level_of(effect: sl.InterruptedTimeSeries, method: str) -> dict[str, Any]:
    term = effect.table["term"][0]
    return corrected(effect).table.filter(method=method, term=term).row(0, named=True)


def width(row: dict[str, Any]) -> float:
    return float(row["high"] - row["low"])


@pytest.fixture(scope="module")
def jumping(draw_corpus: Maker) -> Any:
    """A scorer whose mean error jumps by 0.3 at the event."""
    return draw_corpus(jump=0.3)


@pytest.fixture(scope="module")
def effect(jumping: Any) -> sl.InterruptedTimeSeries:
    return fit(jumping, jumping.gold(400))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"error": "hac", "maximum_lags": 3},
        {"error": "ols"},
        {"weights": "none"},
        {"confidence_level": 0.8, "event_period": "post"},
    ],
)
def test_labels_of_all_pairs_give_the_effect_of_the_labels(
    jumping: Any, options: dict[str, Any]
) -> None:
    found = fit(jumping, jumping.gold(), **options)
    classical = sl.interrupted_time_series(jumping.series("truth"), jumping.event, **options)
    for table in (found.table, corrected(found).table.filter(method="labels_only")):
        np.testing.assert_allclose(table.select(ENDS), classical.table.select(ENDS), atol=1e-6)
    np.testing.assert_allclose(found.fitted["stance"], classical.fitted["stance"], atol=1e-9)
    raw = sl.interrupted_time_series(jumping.series(), jumping.event, **options)
    of_raw = corrected(found).table.filter(method="uncorrected")
    assert of_raw.select(ENDS).equals(raw.table.select(ENDS))
    assert corrected(found).effective_labels == pytest.approx(corrected(found).n_labels)


def test_labels_of_all_pairs_where_the_event_period_is_left_out(jumping: Any) -> None:
    options: dict[str, Any] = {"event_period": "drop"}
    found = fit(jumping, jumping.gold(), **options)
    classical = sl.interrupted_time_series(jumping.series("truth"), jumping.event, **options).table
    np.testing.assert_allclose(found.table.select(ENDS), classical.select(ENDS), atol=1e-6)
    assert (~found.fitted["used"]).sum() == 1
    assert corrected(found).n_outside == 0


def test_labels_of_all_pairs_with_season_and_gaps(draw_corpus: Maker) -> None:
    corpus = draw_corpus(weeks=80, articles=5)
    gone = corpus.pairs.filter(~pl.col("week").is_in([3, 40, 61]))
    thinned = type(corpus)(gone, corpus.event)
    found = fit(thinned, thinned.gold(), season=["yearly"], every="1w")
    classical = sl.interrupted_time_series(
        thinned.series("truth"), corpus.event, season=["yearly"], every="1w"
    )
    np.testing.assert_allclose(found.table.select(ENDS), classical.table.select(ENDS), atol=1e-6)
    np.testing.assert_allclose(
        found.coefficients["estimate"], classical.coefficients["estimate"], atol=1e-6
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_useless_predictions_cost_nothing(draw_corpus: Maker, seed: int) -> None:
    corpus = draw_corpus(follows=0.0, blur=0.5, seed=seed)
    found = fit(corpus, corpus.gold(500, seed))
    assert width(level_of(found, "corrected")) <= 1.02 * width(level_of(found, "labels_only"))


def test_a_constant_scorer_gives_the_labels(draw_corpus: Maker) -> None:
    corpus = draw_corpus(follows=0.0, blur=0.0)
    # Articles of several lengths, so that equal predictions have means with rounding errors.
    same = type(corpus)(corpus.pairs.with_columns(stance=pl.lit(0.1)), corpus.event)
    wavy = same.series().with_columns(stance=0.1 + 1e-3 * (pl.int_range(pl.len()) % 2))
    found = sl.interrupted_time_series(wavy, corpus.event, labels=same.gold(400))
    assert corrected(found).tuning == 0.0
    tables = [corrected(found).table.filter(method=name).drop("method") for name in METHODS[1:]]
    np.testing.assert_allclose(tables[0].select(ENDS), tables[1].select(ENDS), atol=1e-12)


def test_a_scorer_that_is_right_is_left_as_it_is(draw_corpus: Maker) -> None:
    corpus = draw_corpus(follows=1.0, blur=0.0)
    found = fit(corpus, corpus.gold(300))
    assert corrected(found).tuning == pytest.approx(1.0)
    assert corrected(found).effective_labels == pytest.approx(corpus.pairs.height)
    raw, with_labels, alone = (level_of(found, name) for name in METHODS)
    np.testing.assert_allclose(found.fitted["stance"], corpus.series()["stance"], atol=1e-9)
    assert with_labels["estimate"] == pytest.approx(raw["estimate"], abs=0.02)
    assert width(with_labels) < 1.1 * width(raw)
    assert width(with_labels) < 0.8 * width(alone)


def test_a_jump_of_the_error_is_corrected(effect: sl.InterruptedTimeSeries) -> None:
    raw, with_labels, alone = (level_of(effect, name) for name in METHODS)
    assert raw["low"] > TRUE_SHIFT
    assert with_labels["low"] < TRUE_SHIFT < with_labels["high"]
    assert width(with_labels) < width(alone)
    assert effect.table.row(0, named=True)["estimate"] == with_labels["estimate"]
    drift = corrected(effect).drift
    assert drift is not None
    row = drift.table.row(0, named=True)
    assert row["low"] < 0.3 < row["high"]
    assert row["p_value"] < 0.001


def test_corrected_intervals_hold_the_truth_as_often_as_promised(draw_corpus: Maker) -> None:
    held = np.zeros(3)
    for seed in range(RUNS):
        corpus = draw_corpus(seed=100 + seed, weeks=32, articles=8, jump=0.3)
        # Errors that take periods for independent are right here, and quick.
        found = fit(corpus, corpus.gold(300, seed), error="ols")
        rows = [level_of(found, name) for name in METHODS]
        held += [row["low"] < TRUE_SHIFT < row["high"] for row in rows]
    uncorrected, with_labels, alone = held / RUNS
    bound = 3.5 * np.sqrt(0.95 * 0.05 / RUNS)
    assert abs(with_labels - 0.95) < bound
    assert abs(alone - 0.95) < bound
    assert uncorrected < 0.5


def test_sentence_and_values(effect: sl.InterruptedTimeSeries, jumping: Any) -> None:
    correction = corrected(effect)
    assert ASSUMPTION not in effect.sentence
    assert effect.sentence.endswith(correction.sentence)
    assert correction.n_labels == 400
    assert correction.n_articles == jumping.gold(400)["doc_id"].n_unique()
    width = dict(
        correction.table.filter(term="level")
        .select("method", pl.col("high") - pl.col("low"))
        .rows()
    )
    percent = round(100 * (1 - width["corrected"] / width["labels_only"]))
    assert correction.sentence.startswith(
        f"Corrected with 400 labels of {correction.n_articles} articles, which leave an interval "
        f"{percent} % shorter than labels alone would; uncorrected +0."
    )
    assert "; labels alone " in correction.sentence
    assert "The scorer's error drifted (0." in correction.sentence
    assert repr(correction) == f"Correction({correction.sentence})"
    assert str(correction) == correction.sentence
    assert "labels_only" in correction._repr_html_()
    assert correction.table["method"].to_list() == [m for m in METHODS for _ in range(2)]
    assert correction.table.columns == ["method", *effect.table.columns]
    plain = json.loads(json.dumps(effect.to_dict(), allow_nan=False))
    assert len(plain["correction"]["table"]) == 6
    assert plain["correction"]["tuning"] == pytest.approx(correction.tuning)
    assert plain["correction"]["drift"]["table"][0]["level"] == "all"
    without = fit(jumping, None)
    assert without.correction is None
    assert without.sentence.endswith(ASSUMPTION)
    assert without.to_dict()["correction"] is None


def test_labels_elsewhere_are_counted_and_change_nothing(
    jumping: Any, effect: sl.InterruptedTimeSeries
) -> None:
    gold = jumping.gold(400)
    strange = [
        gold.head(5).with_columns(target=pl.lit("Russia")),
        gold.head(4).with_columns(source=pl.lit("Fjord Daily")),
        gold.head(3).with_columns(pl.col("published_at") + 400 * WEEK),
    ]
    found = fit(jumping, pl.concat([gold, *strange]))
    assert corrected(found).n_outside == 12
    assert corrected(found).n_labels == 400
    assert found.table.equals(effect.table)
    assert found.sentence == effect.sentence


def test_a_series_of_all_sources_takes_labels_of_each(jumping: Any) -> None:
    named = jumping.gold(400).with_columns(
        source=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("Dune")).otherwise(pl.lit("Fa"))
    )
    together = jumping.series().with_columns(source=pl.lit("all"))
    found = sl.interrupted_time_series(together, jumping.event, labels=named)
    assert corrected(found).n_labels == 400
    assert corrected(found).n_outside == 0


def test_one_voice_is_corrected_by_labels_of_that_voice(draw_corpus: Maker) -> None:
    corpus = draw_corpus(jump=0.3, articles=16)
    quoted = corpus.pairs.filter(voice="author").with_columns(
        n_sentences=pl.len().over("doc_id").cast(pl.Int64)
    )
    own = type(corpus)(quoted, corpus.event)
    found = fit(own, own.gold())
    classical = sl.interrupted_time_series(own.series("truth"), own.event)
    np.testing.assert_allclose(found.table.select(ENDS), classical.table.select(ENDS), atol=1e-6)


def test_several_events_lags_and_courses(draw_corpus: Maker) -> None:
    corpus = draw_corpus(weeks=60, jump=0.3)
    second = sl.Event("Second pledge", corpus.event.at + 15 * WEEK)
    gold = corpus.gold(500)
    found = sl.interrupted_time_series(corpus.series(), [corpus.event, second], labels=gold)
    assert corrected(found).table.height == 12
    # The sentence and the drift are of the first event.
    assert found.table["term"][0] == "level: Riga pledge"
    row = level_of(found, "uncorrected")
    assert f"uncorrected {row['estimate']:+.2f}".replace("-", "−") in found.sentence
    slow = sl.Event("Riga pledge", corpus.event.at, anticipation=WEEK, lag=3 * WEEK)
    lagging = sl.interrupted_time_series(corpus.series(), slow, labels=gold)
    assert lagging.diagnostics.n_left_out == 4
    fading = sl.Interruption(corpus.event, shape="decaying", half_life=4 * WEEK)
    short = sl.interrupted_time_series(corpus.series(), fading, labels=gold)
    assert corrected(short).table.height == 3


def test_many_effects_are_adjusted_together(effect: sl.InterruptedTimeSeries, jumping: Any) -> None:
    for method in ("holm", "max_t"):
        adjusted = sl.adjust([effect, fit(jumping, None)], method=method)
        assert adjusted.table["estimate"][0] == effect.table["estimate"][0]
        assert (adjusted.table["p_value_adjusted"] >= adjusted.table["p_value"]).all()


def test_the_picture_shows_stances_beyond_the_scale(draw_corpus: Maker) -> None:
    corpus = draw_corpus(follows=0.1)
    found = fit(corpus, corpus.gold(90), error="ols")
    stance = found.fitted["stance"].drop_nulls().to_numpy()
    assert np.abs(stance).max() > 1
    drawn = found.chart().to_dict()
    domains = [
        layer["encoding"]["y"]["scale"]["domain"]
        for layer in drawn["layer"]
        if "scale" in layer.get("encoding", {}).get("y", {})
    ]
    assert domains
    for low, high in domains:
        assert low <= stance.min()
        assert stance.max() <= high


def test_labels_that_do_not_scatter_within_weeks_still_fit(draw_corpus: Maker) -> None:
    corpus = draw_corpus()
    by_week = pl.when(pl.col("week") % 3 == 0).then(pl.lit("favor")).otherwise(pl.lit("neutral"))
    found = fit(corpus, corpus.gold(400).with_columns(label=by_week))
    # What is left within weeks is how heavy the articles are, which predictions do not know.
    assert corrected(found).tuning < 0.02
    assert np.isfinite(found.table.select(ENDS).to_numpy()).all()
    same = corpus.gold(400).with_columns(label=pl.lit("neutral"))
    with pytest.raises(NotEnoughDataError, match="the stance toward NATO in 00 is the same in all"):
        fit(corpus, same)


def test_labels_that_cannot_correct_are_refused(jumping: Any) -> None:
    gold = jumping.gold(400)
    with pytest.raises(NotEnoughDataError, match="none of the 400 labels is of NATO in 00"):
        fit(jumping, gold.with_columns(source=pl.lit("Fjord Daily")))
    with pytest.raises(NotEnoughDataError, match="are too thin"):
        fit(jumping, jumping.gold(12))
    few = gold.filter(pl.col("week") % 5 == 0)
    with pytest.raises(
        NotEnoughDataError, match=r"labels lie in 8 of 40 cells with articles, and only these are"
    ):
        fit(jumping, few)
    thinned = jumping.series().filter(pl.col("period") != pl.col("period").max() - 5 * WEEK)
    with pytest.raises(DataError, match="labels lie in cells where the series has no articles"):
        sl.interrupted_time_series(thinned, jumping.event, labels=gold)
    with pytest.raises(DataError, match="column 'inclusion_probability' is missing"):
        fit(jumping, gold.drop("inclusion_probability"))
    with pytest.raises(DataError, match="must be a datetime with a time zone"):
        fit(jumping, gold.with_columns(pl.col("published_at").dt.replace_time_zone(None)))
    with pytest.raises(DataError, match="'stance' must be a finite number"):
        fit(jumping, gold.with_columns(stance=pl.lit(float("nan"))))
    with pytest.raises(ArgumentError, match="as gold_labels returns it; got str"):
        fit(jumping, "gold.parquet")  # type: ignore[arg-type]  # wrong on purpose


def test_correction_draws_its_three_methods(effect: sl.InterruptedTimeSeries) -> None:
    correction = corrected(effect)
    chart = correction.chart(term="slope")
    assert chart.description == correction.sentence
    rows = next(iter(chart.datasets.values()))
    drawn = [row["label"] for row in rows if "label" in row]
    assert drawn == ["Predictions alone", "Corrected by labels", "Labels alone"]
    with pytest.raises(ArgumentError, match="unknown term 'jump'; known terms: level, slope"):
        correction.chart(term="jump")
