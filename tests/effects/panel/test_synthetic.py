"""Synthetic control and synthetic difference in differences."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from stancelib.effects import Event
from stancelib.effects.simplex_core import simplex_weights
from stancelib.effects.synthetic_control import synthetic_control
from stancelib.effects.synthetic_difference_in_differences import (
    synthetic_difference_in_differences,
)
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Maker = Callable[..., pl.DataFrame]
Instant = Callable[..., datetime]

METHODS = (synthetic_control, synthetic_difference_in_differences)
COLUMNS = ["term", "estimate", "se", "low", "high", "p_value", "n"]
SCALE = 400.0


def noisy(n_sources: int = 10, *, shift: float = -0.4, seed: int = 2) -> Array:
    """Twenty periods of sources that share two currents; the first shifts from period 10 on."""
    rng = np.random.default_rng(seed)
    currents = rng.normal(0, 0.1, (2, 20)).cumsum(1)
    stance = rng.uniform(0, 1, (n_sources, 2)) @ currents * 0.5 + rng.normal(
        0, 0.02, (n_sources, 20)
    )
    stance[0, 10:] += shift
    return np.asarray(stance.clip(-1, 1))


@pytest.fixture
def proposition_99(make_panel: Maker, data_folder: Path) -> tuple[pl.DataFrame, Event]:
    """Packs of cigarettes per head in 39 states, 1970 to 2000, in units of 400."""
    path = data_folder / "reference" / "california_prop99.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    states = sorted({row["State"] for row in rows})
    packs = np.array(
        [[float(r["PacksPerCapita"]) for r in rows if r["State"] == state] for state in states]
    )
    series = make_panel(packs / SCALE, names=states, every="1y", start=date(1970, 1, 1))
    return series, Event("Proposition 99", datetime(1989, 1, 1, tzinfo=UTC))


@pytest.mark.data
def test_proposition_99_synthetic_control(proposition_99: tuple[pl.DataFrame, Event]) -> None:
    """Arkhangelsky et al. (2021), table 1: -19.6 (9.9)."""
    found = synthetic_control(*proposition_99, treated="California")
    row = found.table.row(0, named=True)
    assert SCALE * row["estimate"] == pytest.approx(-19.6, abs=1)
    assert SCALE * row["se"] == pytest.approx(9.9, abs=1.5)
    # Abadie, Diamond and Hainmueller (2010): Utah, Nevada, Montana, Colorado, Connecticut.
    named = set(found.donors.filter(pl.col("weight") > 0.02)["source"])
    assert {"Utah", "Nevada", "Montana", "Connecticut"} <= named
    assert found.diagnostics.n_donors == 38
    assert (found.diagnostics.n_before, found.diagnostics.n_after) == (19, 12)


@pytest.mark.data
def test_proposition_99_synthetic_difference(proposition_99: tuple[pl.DataFrame, Event]) -> None:
    """Arkhangelsky et al. (2021), table 1: -15.6 (8.4); their software prints -15.604."""
    found = synthetic_difference_in_differences(*proposition_99, treated="California")
    row = found.table.row(0, named=True)
    assert SCALE * row["estimate"] == pytest.approx(-15.604, abs=0.01)
    assert SCALE * row["se"] == pytest.approx(8.4, abs=1.5)
    # Their software weighs 1986, 1987 and 1988.
    weighed = found.period_weights.filter(pl.col("weight") > 0.01)["period"].dt.year().to_list()
    assert weighed == [1986, 1987, 1988]


# ---- weights ---- #


@given(st.integers(0, 500), st.sampled_from([0.0, 0.1]), st.booleans())
def test_weights_are_the_best_on_the_simplex(seed: int, ridge: float, intercept: bool) -> None:
    rng = np.random.default_rng(seed)
    columns, wanted = rng.normal(size=(12, 5)), rng.normal(size=12)
    weights = simplex_weights(columns, wanted, ridge, intercept=intercept)

    def loss(candidate: Array) -> float:
        left = columns @ candidate - wanted
        left = left - left.mean() if intercept else left
        return float((left**2).mean() + ridge**2 * (candidate**2).sum())

    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    reference = minimize(
        loss,
        np.full(5, 0.2),
        method="SLSQP",
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-13, "maxiter": 500},
    )
    assert loss(weights) <= reference.fun + 1e-9


def test_mixture_of_donors_is_recovered(make_panel: Maker, tenth: Event) -> None:
    stance = noisy(shift=0.0)
    stance[0] = 0.3 * stance[2] + 0.7 * stance[5]
    stance[0, 10:] -= 0.25
    found = synthetic_control(make_panel(stance), tenth, treated="Outlet 00")
    assert found.table["estimate"][0] == pytest.approx(-0.25)
    weights = dict(zip(found.donors["source"], found.donors["weight"], strict=True))
    assert weights["Outlet 05"] == pytest.approx(0.7)
    assert weights["Outlet 02"] == pytest.approx(0.3)
    assert found.donors["source"][0] == "Outlet 05"
    assert found.diagnostics.error_before == pytest.approx(0, abs=1e-9)


def test_level_of_the_outlet_matters_to_one_of_them_only(make_panel: Maker, tenth: Event) -> None:
    """No average of donors reaches an outlet that lies far off; its changes they reach."""
    stance = noisy(shift=-0.2)
    further = stance.copy()
    further[0] += 0.5
    series = [make_panel(values.clip(-1, 1)) for values in (stance, further)]
    near, far = (
        synthetic_difference_in_differences(one, tenth, treated="Outlet 00") for one in series
    )
    assert far.table["estimate"][0] == pytest.approx(near.table["estimate"][0], abs=1e-9)
    lost = synthetic_control(series[1], tenth, treated="Outlet 00")
    assert any("follows it poorly" in note for note in lost.diagnostics.notes)


def test_estimate_is_the_double_difference_with_its_weights(
    make_panel: Maker, tenth: Event
) -> None:
    stance = noisy()
    found = synthetic_difference_in_differences(make_panel(stance), tenth, treated="Outlet 00")
    donors = found.donors.sort("source")
    difference = stance[0] - donors["weight"].to_numpy() @ stance[1:]
    weights = found.period_weights["weight"].to_numpy()
    assert weights.sum() == pytest.approx(1)
    expected = difference[10:].mean() - weights @ difference[:10]
    assert found.table["estimate"][0] == pytest.approx(expected)
    assert found.course["gap"].slice(10).mean() == pytest.approx(expected)


# ---- placebos ---- #


def test_placebo_test_ranks_the_outlet_among_its_donors(make_panel: Maker, tenth: Event) -> None:
    stance = noisy(8, shift=-0.05)
    found = synthetic_control(make_panel(stance), tenth, treated="Outlet 00")
    sizes = []
    for one in range(8):
        others = np.delete(stance, one, axis=0)
        weights = simplex_weights(others[:, :10].T, stance[one, :10], 0.0, intercept=False)
        gap = stance[one] - weights @ others
        sizes.append(abs(gap[10:].mean()) / np.sqrt((gap[:10] ** 2).mean()))
    rank = (np.array(sizes) >= sizes[0] - 1e-12).mean()
    assert found.table["p_value"][0] == pytest.approx(rank)
    assert found.placebos["source"].to_list() == [f"Outlet {place:02d}" for place in range(1, 8)]


@pytest.mark.parametrize("method", METHODS)
def test_too_few_donors_give_no_interval_and_say_so(
    make_panel: Maker, tenth: Event, method: Callable[..., Any]
) -> None:
    found = method(make_panel(noisy()), tenth, treated="Outlet 00")
    row = found.table.row(0, named=True)
    assert (row["low"], row["high"]) == (None, None)
    assert row["p_value"] == pytest.approx(1 / 10)
    assert found.diagnostics.smallest_p_value == pytest.approx(1 / 10)
    assert any("with 9 donors no p-value can be below 0.1" in n for n in found.diagnostics.notes)
    assert "no 95 % interval can be given" in found.sentence


@pytest.mark.parametrize("method", METHODS)
def test_interval_holds_the_effect_and_ends_where_it_is_rejected(
    make_panel: Maker, tenth: Event, method: Callable[..., Any]
) -> None:
    stance = noisy(25)
    row = method(make_panel(stance), tenth, treated="Outlet 00").table.row(0, named=True)
    assert row["p_value"] == pytest.approx(1 / 25)
    assert row["low"] < -0.4 < row["high"] < 0
    for end, outward in ((row["low"], -1e-6), (row["high"], 1e-6)):
        p_values = []
        for null in (end + outward, end - outward):
            moved = stance.copy()
            moved[0, 10:] -= null
            found = method(make_panel(moved.clip(-1, 1)), tenth, treated="Outlet 00")
            p_values.append(found.table["p_value"][0])
        assert p_values[0] <= 0.05 < p_values[1]


# ---- gaps, periods, the result ---- #


@pytest.mark.parametrize("method", METHODS)
def test_gaps_leave_out_donors_and_periods(
    make_panel: Maker, tenth: Event, instant: Instant, method: Callable[..., Any]
) -> None:
    stance = noisy()
    stance[0, [3, 14]] = np.nan
    stance[4, 3] = np.nan
    stance[7, [5, 6]] = np.nan
    found = method(make_panel(stance), tenth, treated="Outlet 00")
    assert found.diagnostics.donors_left_out == {"Outlet 07": "no articles in 2 of 18 periods"}
    assert found.diagnostics.n_left_out == 2
    assert found.table["n"][0] == 18
    kept = np.delete(np.delete(stance, 7, axis=0), [3, 14], axis=1)
    assert found.donors.height == 8
    rest = method(
        make_panel(kept),
        Event("E", instant(9)),
        treated="Outlet 00",
    )
    assert rest.table["estimate"][0] == pytest.approx(found.table["estimate"][0])
    assert found.course["gap"].is_null().to_list() == [p in {3, 14} for p in range(20)]
    assert isinstance(found.chart(), alt.LayerChart)


@pytest.mark.parametrize("method", METHODS)
def test_split_event_period_is_left_out(
    make_panel: Maker, instant: Instant, method: Callable[..., Any]
) -> None:
    event = Event("E", instant(10, 3.5))
    found = {
        how: method(make_panel(noisy()), event, treated="Outlet 00", event_period=how)
        for how in ("fraction", "pre", "post", "drop")
    }
    sides = {h: (f.diagnostics.n_before, f.diagnostics.n_after) for h, f in found.items()}
    assert sides == {"fraction": (10, 9), "pre": (11, 9), "post": (10, 10), "drop": (10, 9)}
    words = found["fraction"].diagnostics.event_period_treatment
    assert words == "split: 0.500 of it lies after the event, and it is left out"


@pytest.mark.parametrize("method", METHODS)
def test_leave_one_out(make_panel: Maker, tenth: Event, method: Callable[..., Any]) -> None:
    stance = noisy()
    found = method(make_panel(stance), tenth, treated="Outlet 00")
    heaviest = found.donors.row(0, named=True)
    others = [n for n in found.donors["source"].sort() if n != heaviest["source"]]
    without = method(make_panel(stance), tenth, treated="Outlet 00", donors=others)
    expected = found.table["estimate"][0] - without.table["estimate"][0]
    assert heaviest["change"] == pytest.approx(expected, abs=1e-12)
    assert found.diagnostics.periods.height == 20


@pytest.mark.parametrize("method", METHODS)
def test_plain_values_and_words(
    make_panel: Maker, instant: Instant, method: Callable[..., Any]
) -> None:
    event = Event("<b>Summit</b>", instant(10))
    found = method(make_panel(noisy(25)), event, treated="Outlet 00")
    assert found.table.columns == COLUMNS
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["method"] == method.__name__
    assert plain["course"][0]["period"] == "2023-01-02T00:00:00+00:00"
    assert sum(donor["weight"] for donor in plain["donors"]) == pytest.approx(1)
    assert plain["diagnostics"]["event_period"] == "2023-03-13T00:00:00+00:00"
    assert "&lt;b&gt;Summit" in found._repr_html_()
    assert "the stance of Outlet 00 toward NATO shifted against NATO" in found.sentence
    assert "made for 24 outlets that were not treated puts it at p = 0.040" in found.sentence
    drawn = json.dumps(found.chart().to_dict())
    assert "Summit" in drawn
    assert ("in parallel" in drawn) == (method is synthetic_difference_in_differences)


# ---- refusals ---- #


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"treated": ["Outlet 00"]}, "must be the name of one source; got .'Outlet 00'."),
        ({"treated": "Outlet 0"}, "unknown source 'Outlet 0'; known sources: Outlet 00"),
        ({"donors": ["Outlet 00"]}, "'Outlet 00' is named in 'treated' and in 'donors'"),
        (
            {"donors": "Outlet 01"},
            "'donors' must be a list of one or more sources; got 'Out",
        ),
        ({"event": "soon"}, "'event' must be one Event; got str"),
        ({"event_period": "half"}, "unknown event_period treatment 'half'"),
        ({"confidence_level": 1}, r"must lie inside \(0, 1\); got 1"),
    ],
)
def test_arguments_that_are_refused(
    make_panel: Maker,
    tenth: Event,
    method: Callable[..., Any],
    options: dict[str, Any],
    message: str,
) -> None:
    arguments = {"series": make_panel(noisy()), "event": tenth, "treated": "Outlet 00"} | options
    with pytest.raises(ArgumentError, match=message):
        method(**arguments)


@pytest.mark.parametrize("method", METHODS)
def test_too_little_says_what_is_needed(
    make_panel: Maker, tenth: Event, instant: Instant, method: Callable[..., Any]
) -> None:
    stance = noisy()
    with pytest.raises(NotEnoughDataError, match=r"4 periods wholly before and 16 wholly after"):
        method(make_panel(stance), Event("E", instant(4)), treated="Outlet 00")
    stance[2:, 7] = np.nan
    with pytest.raises(NotEnoughDataError, match="1 of 9 donors have articles in all 20 periods"):
        method(make_panel(stance), tenth, treated="Outlet 00")
    still = noisy()
    still[0] = 0.1
    with pytest.raises(NotEnoughDataError, match="never changes in Outlet 00"):
        method(make_panel(still), tenth, treated="Outlet 00")
