"""Event study and difference in differences corrected by labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.effects.words import ASSUMPTION
from stancelib.errors import NotEnoughDataError

Maker = Callable[..., Any]
ENDS = ["estimate", "se", "low", "high"]
METHODS = ["uncorrected", "corrected", "labels_only"]
TREATED = ["00", "01", "02", "03"]
TRUE_SHIFT = -0.1
RUNS = 16


@pytest.fixture(scope="module")
def panel(draw_corpus: Maker) -> Any:
    """Eight outlets; the error jumps by 0.3 in the treated half."""
    return draw_corpus(outlets=8, weeks=20, articles=5, jump=0.3)


def numbers(table: pl.DataFrame) -> Any:
    return table.select(pl.col(ENDS).cast(pl.Float64).fill_null(np.nan)).to_numpy()


def of(effect: Any, method: str) -> dict[str, Any]:
    table = effect.correction.table
    return dict(table.filter(method=method, term=effect.table["term"][-1]).row(0, named=True))


@pytest.mark.parametrize(
    ("method", "options"),
    [
        (sl.difference_in_differences, {"error": "bias_reduced"}),
        (sl.difference_in_differences, {"error": "wild_bootstrap", "draws": 299}),
        (sl.difference_in_differences, {"error": "permutation", "weights": "none"}),
        (sl.event_study, {"window": (-10, 9), "error": "bias_reduced"}),
        (sl.event_study, {"window": (-10, 9), "weights": "none", "error": "cluster"}),
        (sl.event_study, {"error": "bias_reduced"}),
        (sl.event_study, {"window": (-6, 6), "error": "bias_reduced", "event_period": "drop"}),
        (sl.difference_in_differences, {"error": "bias_reduced", "event_period": "drop"}),
    ],
)
def test_labels_of_all_pairs_give_the_effect_of_the_labels(
    panel: Any, method: Any, options: dict[str, Any]
) -> None:
    found = method(panel.series(), panel.event, treated=TREATED, labels=panel.gold(), **options)
    classical = method(panel.series("truth"), panel.event, treated=TREATED, **options)
    np.testing.assert_allclose(numbers(found.table), numbers(classical.table), atol=1e-6)
    alone = found.correction.table.filter(method="labels_only")
    np.testing.assert_allclose(numbers(alone), numbers(classical.table), atol=1e-6)
    raw = method(panel.series(), panel.event, treated=TREATED, **options)
    before = found.correction.table.filter(method="uncorrected")
    np.testing.assert_array_equal(numbers(before), numbers(raw.table))


def test_outlets_without_controls(panel: Any) -> None:
    found = sl.event_study(panel.series(), panel.event, labels=panel.gold(), window=(-10, 9))
    classical = sl.event_study(panel.series("truth"), panel.event, window=(-10, 9))
    np.testing.assert_allclose(numbers(found.table), numbers(classical.table), atol=1e-6)


def test_useless_predictions_cost_nothing(draw_corpus: Maker) -> None:
    for seed in (1, 2, 3):
        corpus = draw_corpus(outlets=8, weeks=20, articles=5, follows=0, blur=0.5, seed=seed)
        found = sl.difference_in_differences(
            corpus.series(),
            corpus.event,
            treated=TREATED,
            labels=corpus.gold(700, seed),
            error="bias_reduced",
        )
        rows = [of(found, name) for name in METHODS[1:]]
        # A residual more or less in one cell moves an error of eight outlets by some hundredths.
        widths = [row["high"] - row["low"] for row in rows]
        assert widths[0] <= 1.1 * widths[1]
        assert found.correction.tuning < 0.15


@pytest.mark.parametrize("method", [sl.difference_in_differences, sl.event_study])
def test_a_jump_of_the_error_in_the_treated_is_corrected(panel: Any, method: Any) -> None:
    found = method(
        panel.series(),
        panel.event,
        treated=TREATED,
        labels=panel.gold(900),
        error="bias_reduced",
    )
    with_labels = of(found, "corrected")
    assert of(found, "uncorrected")["low"] > TRUE_SHIFT
    assert with_labels["low"] < TRUE_SHIFT < with_labels["high"]
    assert found.table["estimate"][-1] == with_labels["estimate"]
    assert ASSUMPTION not in found.sentence
    assert found.sentence.endswith(found.correction.sentence)
    assert found.correction.n_labels == 900
    apart = found.correction.drift.table.filter(level="difference").row(0, named=True)
    assert apart["low"] < 0.3 < apart["high"]
    assert "in treated sources less that in controls" in found.sentence
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert len(plain["correction"]["table"]) == 3 * found.table.height
    assert found.chart().to_dict()["layer"]
    without = method(panel.series(), panel.event, treated=TREATED, error="bias_reduced")
    assert without.correction is None
    assert without.sentence.endswith(ASSUMPTION)


def test_corrected_estimates_center_on_the_truth(draw_corpus: Maker) -> None:
    """Coverage is counted in benchmarks/coverage_corrected.py; here, a bias would show."""
    found = []
    for seed in range(RUNS):
        corpus = draw_corpus(seed=seed, outlets=8, weeks=16, articles=4, jump=0.3)
        gold = corpus.gold(500, seed)
        options: dict[str, Any] = {"treated": TREATED, "error": "bias_reduced", "labels": gold}
        effect = sl.difference_in_differences(corpus.series(), corpus.event, **options)
        rows = [of(effect, name) for name in METHODS]
        found.append([[row["estimate"], row["high"] - row["low"]] for row in rows])
    values, widths = np.moveaxis(np.array(found), -1, 0)
    errors = (values.mean(0) - TRUE_SHIFT) / (values.std(0, ddof=1) / np.sqrt(RUNS))
    assert (np.abs(errors[1:]) < 3.5).all()
    assert errors[0] > 10
    assert widths[:, 1].mean() < widths[:, 2].mean()


def test_labels_of_one_side_are_refused(panel: Any) -> None:
    gold = panel.gold(900).filter(~pl.col("source").is_in(TREATED))
    for method, reason in (
        (sl.difference_in_differences, "no treated source can be used"),
        (sl.event_study, "no treated source can be used"),
    ):
        with pytest.raises(
            NotEnoughDataError, match=f"cells with articles, and only these are .* {reason}"
        ):
            method(panel.series(), panel.event, treated=TREATED, labels=gold)


def test_outlets_without_labels_are_named(panel: Any) -> None:
    gold = panel.gold(900).filter(pl.col("source") != "05")
    found = sl.difference_in_differences(
        panel.series(), panel.event, treated=TREATED, labels=gold, error="bias_reduced"
    )
    assert set(found.diagnostics.sources_left_out) == {"05"}
    assert "05" not in found.controls


def test_panels_are_adjusted_together(panel: Any) -> None:
    found = sl.difference_in_differences(
        panel.series(), panel.event, treated=TREATED, labels=panel.gold(900), error="bias_reduced"
    )
    adjusted = sl.adjust([found, found], terms=["effect_on_treated"], method="holm")
    assert adjusted.table["p_value_adjusted"].to_list() == pytest.approx(
        [min(2 * found.table["p_value"][0], 1.0)] * 2
    )
