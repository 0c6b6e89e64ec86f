"""`adjust`: Holm and Benjamini-Hochberg as statsmodels, max_t by simulation."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

import stancelib as sl
from stancelib.effects.adjust import adjust
from stancelib.effects.adjust_core import (
    Hypothesis,
    benjamini_hochberg,
    correlation_root,
    holm,
    innovation_correlations,
    joint_statistics,
    max_t,
)
from stancelib.errors import ArgumentError, DataError

Array = NDArray[np.float64]
Maker = Callable[..., pl.DataFrame]
P_VALUES = arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1))

# Benjamini and Hochberg (1995), section 4.1: 15 comparisons of thrombolysis trials.
# fmt: off
THROMBOLYSIS = np.array([
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
])
# fmt: on


# ---- holm and bh ---- #


@given(P_VALUES)
def test_holm_equals_statsmodels(p_values: Array) -> None:
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])


@given(P_VALUES)
def test_benjamini_hochberg_equals_statsmodels(p_values: Array) -> None:
    expected = multipletests(p_values, method="fdr_bh")[1]
    np.testing.assert_allclose(benjamini_hochberg(p_values), expected)


def test_published_example_rejects_what_its_authors_say() -> None:
    assert (benjamini_hochberg(THROMBOLYSIS) <= 0.05).sum() == 4
    assert (holm(THROMBOLYSIS) <= 0.05).sum() == 3


# ---- max_t ---- #


def hypothesis_of(seed: int, *, common: Array | None = None, rows: int = 60) -> Hypothesis:
    """Level of a segmented design with white noise, or with the noise that is handed in."""
    time = np.arange(rows, dtype=np.float64)
    after = (time >= rows // 2).astype(np.float64)
    design = np.column_stack([np.ones(rows), time - rows / 2, after, after * (time - rows / 2)])
    noise = np.random.default_rng(seed).normal(size=rows) if common is None else common
    q, _ = np.linalg.qr(design)
    return Hypothesis(np.arange(rows), design, noise - q @ (q.T @ noise), 2)


def test_one_statistic_follows_student() -> None:
    drawn = joint_statistics([hypothesis_of(1)], 4_000, np.random.default_rng(2))[0]
    assert stats.kstest(drawn, stats.t(56).cdf).pvalue > 1e-3


def test_one_effect_is_not_corrected() -> None:
    raw = np.array([0.03])
    adjusted = max_t(raw, [hypothesis_of(1)], 9_999, np.random.default_rng(3))
    assert adjusted[0] == pytest.approx(0.03, abs=4 * np.sqrt(0.03 * 0.97 / 9_999))


def test_copies_cost_nothing_and_strangers_cost_their_number() -> None:
    raw = np.full(4, 0.02)
    same = [hypothesis_of(1)] * 4
    spread = 4 * np.sqrt(0.08 * 0.92 / 9_999)
    adjusted = max_t(raw, same, 9_999, np.random.default_rng(4))
    np.testing.assert_allclose(adjusted, 0.02, atol=spread)
    strangers = [replace(hypothesis_of(i), rows=np.arange(60) + 60 * i) for i in range(4)]
    adjusted = max_t(raw, strangers, 9_999, np.random.default_rng(5))
    np.testing.assert_allclose(adjusted, 1 - 0.98**4, atol=spread)


def test_no_p_value_gets_smaller_and_order_is_kept() -> None:
    raw = np.array([0.5, 1e-9, 0.03, 0.03, 1.0, 0.0])
    hypotheses = [hypothesis_of(i) for i in range(6)]
    adjusted = max_t(raw, hypotheses, 999, np.random.default_rng(6))
    assert (adjusted >= raw).all()
    assert adjusted[5] == pytest.approx(1 / 1_000)
    assert (np.diff(adjusted[np.argsort(raw, kind="stable")]) >= 0).all()


def test_draws_in_blocks_are_joint_too(monkeypatch: pytest.MonkeyPatch) -> None:
    hypotheses = [hypothesis_of(1), hypothesis_of(1)]
    monkeypatch.setattr("stancelib.effects.adjust_core._VALUES_AT_ONCE", 2 * 60 * 7)
    drawn = joint_statistics(hypotheses, 50, np.random.default_rng(7))
    assert drawn.shape == (2, 50)
    np.testing.assert_allclose(drawn[0], drawn[1], rtol=1e-6)


def test_correlations_use_the_periods_that_two_series_share() -> None:
    noise = np.random.default_rng(8).normal(size=60)
    one, other = hypothesis_of(0, common=noise), hypothesis_of(0, common=-noise)
    apart = replace(hypothesis_of(3), rows=np.arange(60) + 60)
    found = innovation_correlations([one, other, apart])
    np.testing.assert_allclose(found, [[1, -1, 0], [-1, 1, 0], [0, 0, 1]], atol=1e-12)


def test_correlations_that_do_not_fit_together_are_mended() -> None:
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    root = correlation_root(impossible)
    mended = root @ root.T
    np.testing.assert_allclose(np.diag(mended), 1)
    assert np.linalg.eigvalsh(mended).min() > -1e-12
    fitting = np.array([[1, 0.5], [0.5, 1]])
    np.testing.assert_allclose(correlation_root(fitting) @ correlation_root(fitting).T, fitting)


def p_value_of(one: Hypothesis, noise: Array) -> float:
    """Of the level, in the outcome that the residuals of the hypothesis come from."""
    q, r = np.linalg.qr(one.design)
    row = np.linalg.inv(r)[one.column]
    freedom = np.subtract(*one.design.shape)
    se = np.sqrt(one.residuals @ one.residuals / freedom * (row @ row))
    return float(2 * special.stdtr(freedom, -abs(row @ (q.T @ noise) / se)))


def test_false_alarms_of_a_correlated_family_keep_their_level() -> None:
    """Six outlets that share two thirds of their noise: the raw minimum alarms far too often."""
    runs, level, n_series = 250, 0.1, 6
    rng = np.random.default_rng(9)
    alarms, by_holm, raw_alarms = 0, 0, 0
    for _ in range(runs):
        common = rng.normal(size=60) * np.sqrt(2 / 3)
        noises = [common + rng.normal(size=60) * np.sqrt(1 / 3) for _ in range(n_series)]
        family = [hypothesis_of(0, common=noise) for noise in noises]
        raw = np.array([p_value_of(one, x) for one, x in zip(family, noises, strict=True)])
        alarms += max_t(raw, family, 199, rng).min() <= level
        by_holm += holm(raw).min() <= level
        raw_alarms += raw.min() <= level
    low, high = stats.binom.ppf([0.001, 0.999], runs, level)
    assert low <= alarms <= high
    assert by_holm < alarms
    assert raw_alarms > high


# ---- the public function ---- #


@pytest.fixture(scope="module")
def effects() -> list[sl.InterruptedTimeSeries]:
    """Two targets, two sources, two events; one of the sources shifts at the first event."""
    panel = sl.simulate_series(
        targets=("NATO", "Russia"),
        sources=("Beacon Wire", "Harbor Post"),
        n_periods=100,
        level={"Beacon Wire": -0.25, "Harbor Post": 0.0},
        rho=0.3,
        missing=0.05,
        seed=6,
    )
    events = [
        sl.Event("Vilnius summit", panel.event_at),
        sl.Event("Snap election", panel.event_at - dt.timedelta(weeks=30)),
    ]
    return [
        sl.interrupted_time_series(panel.series, event, target=target, source=source)
        for event in events
        for target in ("NATO", "Russia")
        for source in ("Beacon Wire", "Harbor Post")
    ]


def test_raw_and_adjusted_stand_in_one_table(effects: list[sl.InterruptedTimeSeries]) -> None:
    adjusted = adjust(effects)
    assert adjusted.table.columns == [
        *("target", "source", "event", "term"),
        *("estimate", "se", "low", "high", "p_value", "p_value_adjusted", "n"),
    ]
    assert adjusted.table.height == 8
    assert adjusted.table["event"][4] == "Snap election"
    raw = [effect.table["p_value"][0] for effect in effects]
    assert adjusted.table["p_value"].to_list() == raw
    expected = multipletests(raw, method="holm")[1]
    np.testing.assert_allclose(adjusted.table["p_value_adjusted"], expected)
    by_rate = adjust(effects, method="bh").table["p_value_adjusted"]
    np.testing.assert_allclose(by_rate, multipletests(raw, method="fdr_bh")[1])


def test_max_t_is_sharper_than_holm_and_deterministic(
    effects: list[sl.InterruptedTimeSeries],
) -> None:
    adjusted = adjust(effects, method="max_t", runs=1_999, seed=3)
    again = adjust(effects, method="max_t", runs=1_999, seed=3)
    other = adjust(effects, method="max_t", runs=1_999, seed=4)
    assert adjusted.table.equals(again.table)
    assert not adjusted.table.equals(other.table)
    values = adjusted.table["p_value_adjusted"]
    assert (values >= adjusted.table["p_value"]).all()
    assert values.sum() < adjust(effects).table["p_value_adjusted"].sum()
    clear = adjusted.table.filter(pl.col("p_value_adjusted") < 0.05)
    assert set(clear["source"]) == {"Beacon Wire"}
    assert "Vilnius summit" in clear["event"].to_list()
    assert adjusted.diagnostics.runs == 1_999


def test_sentence_says_what_is_left(effects: list[sl.InterruptedTimeSeries]) -> None:
    adjusted = adjust(effects)
    kept = adjusted.table.filter(pl.col("p_value_adjusted") <= 0.05).height
    assert adjusted.diagnostics.n_adjusted == kept > 0
    assert (
        f"Of 8 effects that were looked at, {adjusted.diagnostics.n_raw} have" in adjusted.sentence
    )
    assert f"and {kept} after correction for their number by Holm's method" in adjusted.sentence
    assert "NATO in Beacon Wire after Vilnius summit" in adjusted.sentence
    both = adjust(effects, terms=["level", "slope"], method="bh")
    assert both.table.height == 16
    assert "is expected to be false" in both.sentence
    assert both.diagnostics.notes
    none = adjust(effects[5:6])
    assert "none after correction" in none.sentence


def test_terms_of_one_regression_are_drawn_together(
    effects: list[sl.InterruptedTimeSeries],
) -> None:
    both = adjust(effects[:2], terms=["slope", "level"], method="max_t", runs=499)
    assert both.table["term"].to_list() == ["level", "slope"] * 2
    assert both.table["p_value_adjusted"].is_between(0, 1).all()


def test_repeated_effects_are_noted(effects: list[sl.InterruptedTimeSeries]) -> None:
    assert "2 rows repeat" in adjust([effects[0], effects[0]]).diagnostics.notes[0]


def test_plain_values_html_and_chart(effects: list[sl.InterruptedTimeSeries]) -> None:
    adjusted = adjust(effects, terms=["level", "slope"])
    plain = json.loads(json.dumps(adjusted.to_dict(), allow_nan=False))
    assert plain["correction"] == "holm"
    assert len(plain["table"]) == 16
    assert "<table" in adjusted._repr_html_()
    assert str(adjusted) == adjusted.sentence
    assert repr(adjusted).startswith("AdjustedEffects(16 effects by holm: ")
    assert isinstance(adjusted.chart(), alt.LayerChart)


@dataclass(frozen=True)
class Foreign:
    """A result of another library, with the same table."""

    table: pl.DataFrame


def test_any_result_with_a_table_can_be_adjusted() -> None:
    table = pl.DataFrame(
        {
            "term": ["level"],
            "estimate": [0.1],
            "se": [0.04],
            "low": [0.0],
            "high": [0.2],
            "p_value": [0.02],
            "n": [40],
        }
    )
    adjusted = adjust([Foreign(table), Foreign(table)])
    assert adjusted.table["target"].to_list() == [None, None]
    assert adjusted.table["p_value_adjusted"].to_list() == [0.04, 0.04]
    assert isinstance(adjusted.chart(), alt.LayerChart)
    with pytest.raises(ArgumentError, match=r"effect 1 \(Foreign, error=None\) has none"):
        adjust([Foreign(table)], method="max_t")
    unknown = table.with_columns(p_value=pl.lit(None, pl.Float64))
    with pytest.raises(DataError, match="effect 2 has no p-value between 0 and 1"):
        adjust([Foreign(table), Foreign(unknown)])
    with pytest.raises(DataError, match="column 'p_value' is missing"):
        adjust([Foreign(table.drop("p_value"))])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "bonferroni"}, "unknown method 'bonferroni'; known methods: holm, bh, max_t"),
        ({"effects": []}, "'effects' must be a list of results with at least one; got list"),
        ({"effects": [1]}, "effect 1 has no table; got int"),
        ({"terms": "level"}, "'terms' must be a list of names of terms; got 'level'"),
        ({"terms": ["levl"]}, "unknown term 'levl'.*Did you mean 'level'"),
        ({"runs": 10}, "'runs' must be a whole number, 99 or more; got 10"),
        ({"seed": -1}, "'seed' must be a whole number, 0 or more; got -1"),
        ({"confidence_level": 95}, r"must lie inside \(0, 1\); got 95"),
    ],
)
def test_what_is_refused(
    effects: list[sl.InterruptedTimeSeries], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        adjust(**{"effects": effects} | options)


def test_max_t_refuses_what_it_cannot_resample(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    weekly = sl.interrupted_time_series(make_series(noisy), summit)
    robust = sl.interrupted_time_series(make_series(noisy), summit, error="hac")
    with pytest.raises(ArgumentError, match=r"effect 2 \(InterruptedTimeSeries, error='hac'\)"):
        adjust([weekly, robust], method="max_t")
    fortnights = make_series(noisy, every="2w")
    later = sl.Event("Later", summit.at + dt.timedelta(weeks=30))
    other = sl.interrupted_time_series(fortnights, later)
    with pytest.raises(ArgumentError, match="these have periods of 1w and 2w"):
        adjust([weekly, other], method="max_t")
