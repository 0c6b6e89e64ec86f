"""Composition: a change taken apart sums up, and the index ignores who comes and goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.series.composition_core import components, griliches_regev

Make = Callable[..., Any]

WEEK = datetime(2022, 1, 3, tzinfo=UTC)


def panel(
    stance: dict[str, list[float | None]], n: dict[str, list[int]] | int = 4, se: float = 0.1
) -> pl.DataFrame:
    rows = [
        {
            "target": "NATO",
            "source": source,
            "period": WEEK + timedelta(weeks=week),
            "stance": value,
            "se": None if value is None else se,
            "n_documents": 0 if value is None else (n if isinstance(n, int) else n[source][week]),
        }
        for source, values in stance.items()
        for week, value in enumerate(values)
    ]
    frame = pl.DataFrame(rows, schema_overrides={"stance": pl.Float64, "se": pl.Float64})
    return frame.with_columns(
        n_effective=pl.col("n_documents").cast(pl.Float64),
        period=pl.col("period").dt.cast_time_unit("us"),
    )


def parts_of(change: sl.ChangeDecomposition) -> dict[str, float]:
    return dict(zip(change.table["term"], change.table["estimate"], strict=True))


cells = st.one_of(st.none(), st.integers(-8, 8).map(lambda eighth: eighth / 8))
courses = st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=5)


@given(courses=courses, counts=st.integers(1, 50))
@settings(max_examples=60)
def test_the_parts_sum_to_the_change_of_the_mean(
    courses: list[list[float | None]], counts: int
) -> None:
    named = {f"s{i}": course for i, course in enumerate(courses)}
    sizes = {
        name: [1 + (counts * (i + 1) + j) % 7 for j in range(4)] for i, name in enumerate(named)
    }
    frame = panel(named, sizes)
    means = []
    for weeks in ((0, 1), (2, 3)):
        side = [
            (sizes[name][week], value)
            for name, course in named.items()
            for week in weeks
            if (value := course[week]) is not None
        ]
        means.append(sum(n * v for n, v in side) / sum(n for n, _ in side) if side else None)
    if None in means:
        with pytest.raises(NotEnoughDataError, match="no article on the target"):
            sl.decompose_change(frame, WEEK + timedelta(weeks=2))
        return
    change = sl.decompose_change(frame, WEEK + timedelta(weeks=2))
    parts = parts_of(change)
    assert parts["total"] == pytest.approx(means[1] - means[0], abs=1e-12)
    assert parts["within"] + parts["composition"] == pytest.approx(parts["total"], abs=1e-12)
    sums = change.by_source.select("within", "between", "entry", "exit").sum().row(0)
    assert sum(sums) == pytest.approx(parts["total"], abs=1e-12)
    assert parts["composition"] == pytest.approx(sum(sums[1:]), abs=1e-12)


def test_a_change_by_hand() -> None:
    """A third outlet, hostile, replaces a friendly one; the first moves by -0.2."""
    frame = panel({"A": [0.4, 0.2], "B": [0.5, None], "C": [None, -0.6]})
    change = sl.decompose_change(frame, date(2022, 1, 10))
    # Means 0.45 and -0.2, their average 0.125; A has half the articles on both sides.
    assert parts_of(change) == pytest.approx(
        {
            "within": 0.5 * -0.2,
            "between": 0.0,
            "entry": 0.5 * (-0.6 - 0.125),
            "exit": -0.5 * (0.5 - 0.125),
            "composition": -0.55,
            "total": -0.65,
        }
    )
    assert change.sentence == (
        "The mean stance toward NATO changed by -0.65: -0.10 because outlets moved, and -0.55 "
        "because their mix did; 1 outlet came and 1 went."
    )
    total = change.table.filter(pl.col("term") == "total").row(0, named=True)
    # Four cells with a share of a half and an error of 0.1 each.
    assert total["se"] == pytest.approx(0.1)
    assert (total["low"], total["high"]) == pytest.approx((-0.65 - 0.196, -0.65 + 0.196), abs=1e-4)
    within = change.table.filter(pl.col("term") == "within").row(0, named=True)
    assert within["se"] == pytest.approx(0.5 * np.sqrt(2) * 0.1)
    assert change.by_source.row(1, named=True)["stance_after"] is None
    json.dumps(change.to_dict())


def test_errors_of_the_parts_are_derivatives() -> None:
    rng = np.random.default_rng(5)
    means, variances = rng.normal(size=(2, 5)), rng.uniform(0.1, 1, size=(2, 5))
    shares = rng.uniform(0.1, 1, size=(2, 5))
    shares[0, 3] = shares[1, 4] = 0
    shares /= shares.sum(1, keepdims=True)

    def sums(moved: Any) -> dict[str, float]:
        parts = griliches_regev(moved, shares, variances)
        found = {
            name: getattr(parts, name).sum() for name in ("within", "between", "entry", "exit")
        }
        found["composition"] = found["between"] + found["entry"] + found["exit"]
        found["total"] = found["within"] + found["composition"]
        return found

    expected: dict[str, float] = dict.fromkeys(sums(means), 0.0)
    for place in np.ndindex(2, 5):
        moved = means.copy()
        moved[place] += 1.0
        for name, value in sums(moved).items():
            expected[name] += (value - sums(means)[name]) ** 2 * variances[place]
    assert griliches_regev(means, shares, variances).variances == pytest.approx(expected)


def test_the_period_of_the_event_counts_on_neither_side() -> None:
    frame = panel({"A": [0.0, 0.5, 1.0], "B": [0.0, 0.5, 1.0]})
    event = sl.Event("noon", WEEK + timedelta(weeks=1, days=2))
    change = sl.decompose_change(frame, event)
    # The same instant in the time of another place.
    abroad = replace(event, at=event.at.astimezone(ZoneInfo("Europe/Kyiv")))
    assert sl.decompose_change(frame, abroad).table.equals(change.table)
    assert parts_of(change)["total"] == pytest.approx(1.0)
    assert (change.before[1], change.after[0]) == (WEEK, WEEK + timedelta(weeks=2))
    near = sl.decompose_change(panel({"A": [0.9, 0.0, 0.5, 0.2]}), date(2022, 1, 17), periods=1)
    assert parts_of(near)["total"] == pytest.approx(0.5)


def test_the_total_is_what_the_store_says(fill: Make, article: Make, sentence: Make) -> None:
    """By source and taken together, or pooled by the store: the same change of the mean."""
    rng = np.random.default_rng(2)
    articles = [
        article(
            f"a{i}",
            str(rng.choice(["Gazette", "Courier", "Herald"])),
            datetime(2022, 3, int(rng.integers(1, 29)), tzinfo=UTC),
            [sentence(float(p), float(1 - p))],
        )
        for i, p in enumerate(rng.uniform(0, 1, 60))
    ]
    with sl.open_store(":memory:") as store:
        fill(store, articles, ["NATO"])
        by_source = store.series("NATO", every="1w")
        pooled = store.series("NATO", every="1w", by=None)
    at = datetime(2022, 3, 14, tzinfo=UTC)
    means = [
        (side["stance"] * side["n_documents"]).sum() / side["n_documents"].sum()
        for side in (pooled.filter(pl.col("period") < at), pooled.filter(pl.col("period") >= at))
    ]
    parts = parts_of(sl.decompose_change(by_source, at))
    assert parts["total"] == pytest.approx(means[1] - means[0], abs=1e-12)


@pytest.mark.parametrize("method", ["source_effects", "chained"])
def test_the_index_ignores_who_comes_and_goes(method: Any) -> None:
    course = [0.0, 0.1, -0.1, 0.2, 0.0, -0.2]
    levels = {"A": 0.0, "B": 0.5, "C": -0.6, "D": 0.3}
    there = {"A": (0, 6), "B": (0, 3), "C": (2, 6), "D": (1, 5)}
    frame = panel(
        {
            name: [
                level + value if there[name][0] <= week < there[name][1] else None
                for week, value in enumerate(course)
            ]
            for name, level in levels.items()
        }
    )
    found = sl.fixed_composition(frame, method=method)
    moved = (found["index"] - found["index"][0]).to_list()
    assert moved == pytest.approx([value - course[0] for value in course])
    raw = (found["raw"] - found["raw"][0]).to_list()
    assert max(abs(a - b) for a, b in zip(raw, moved, strict=True)) > 0.1
    assert found["entered"].to_list() == [[], ["D"], ["C"], [], [], []]
    assert found["left"].to_list() == [[], [], ["B"], [], ["D"], []]
    assert found["n_sources"].to_list() == [2, 3, 4, 3, 3, 2]


@pytest.mark.parametrize("method", ["source_effects", "chained"])
def test_with_the_same_outlets_throughout_it_is_their_mean(method: Any) -> None:
    frame = panel({"A": [0.1, 0.5, None], "B": [0.3, -0.5, None]}, se=0.2)
    found = sl.fixed_composition(frame, method=method)
    assert found["index"].to_list() == pytest.approx([0.2, 0.0, None])
    assert found["index"].to_list() == pytest.approx(found["raw"].to_list())
    assert found["se"].to_list() == pytest.approx([0.2 / np.sqrt(2)] * 2 + [None])
    half = 1.959964 * 0.2 / np.sqrt(2)
    assert found["high"][0] == pytest.approx(0.2 + half)


def test_source_effects_are_those_of_a_regression() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    values: dict[str, list[float | None]] = {
        name: [float(v) if rng.random() > 0.3 else None for v in rng.uniform(-1, 1, 8)]
        for name in "ABCDE"
    }
    values["A"] = [float(v) for v in rng.uniform(-1, 1, 8)]
    sizes = {name: [int(n) for n in rng.integers(1, 30, 8)] for name in "ABCDE"}
    frame = panel(values, sizes)
    found = sl.fixed_composition(frame)
    rows = frame.filter(pl.col("stance").is_not_null())
    periods = rows["period"].to_dummies().to_numpy()
    sources = rows["source"].to_dummies().to_numpy()[:, 1:]
    weights = rows["n_documents"].to_numpy()
    fit = sm.WLS(rows["stance"].to_numpy(), np.hstack([periods, sources]), weights).fit()
    shift = (weights @ sources) / weights.sum() @ fit.params[8:]
    np.testing.assert_allclose(found["index"].to_numpy(), fit.params[:8] + shift, atol=1e-10)


def test_periods_without_a_common_source_are_refused() -> None:
    frame = panel({"A": [0.1, 0.2, None, None], "B": [None, None, 0.5, 0.3]})
    with pytest.raises(DataError, match="2022-01-03 and 2022-01-17 are not connected"):
        sl.fixed_composition(frame)
    bridged = panel(
        {"A": [0.1, 0.2, None, None], "B": [None, None, 0.5, 0.3], "C": [0.0, None, None, 0.0]}
    )
    assert sl.fixed_composition(bridged)["index"].null_count() == 0
    with pytest.raises(DataError, match=r'2022-01-10 and 2022-01-17.*or method="source_effects"'):
        sl.fixed_composition(bridged, method="chained")


def test_components_join_through_sources() -> None:
    seen = np.array([[1, 1, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 1, 0, 1]], dtype=bool)
    assert components(seen).tolist() == [0, 0, 2, 0, 2]


def test_refusals() -> None:
    frame = panel({"A": [0.1, 0.2], "B": [0.1, 0.2]})
    both = pl.concat([frame, frame.with_columns(target=pl.lit("Russia"))])
    with pytest.raises(ArgumentError, match="2 targets; pass target= one of"):
        sl.fixed_composition(both)
    with pytest.raises(ArgumentError, match=r"unknown target 'Nato'.* Did you mean 'NATO'"):
        sl.decompose_change(both, WEEK, target="Nato")
    with pytest.raises(ArgumentError, match="unknown method 'paasche'"):
        sl.fixed_composition(frame, method="paasche")  # type: ignore[arg-type]  # refused
    with pytest.raises(NotEnoughDataError, match="at least two sources"):
        sl.fixed_composition(panel({"A": [0.1, 0.2]}))
    with pytest.raises(ArgumentError, match="has no time zone"):
        sl.decompose_change(frame, datetime(2022, 1, 10))  # noqa: DTZ001  (the refusal is tested)
    with pytest.raises(ArgumentError, match="periods must be at least 1; got 0"):
        sl.decompose_change(frame, WEEK, periods=0)
    with pytest.raises(DataError, match="this one has stance"):
        sl.decompose_change(frame.select("stance"), WEEK)
    assert sl.fixed_composition(both, target="Russia")["target"].unique().to_list() == ["Russia"]


def test_a_zero_has_no_minus() -> None:
    frame = panel({"A": [0.2, 0.199], "B": [0.2, 0.199]})
    change = sl.decompose_change(frame, date(2022, 1, 10))
    assert change.sentence == (
        "The mean stance toward NATO changed by +0.00: +0.00 because outlets moved, and +0.00 "
        "because their mix did."
    )


def test_change_takes_an_instant_of_another_zone() -> None:
    panel = sl.simulate_series(sources=["Beacon Wire", "Dawn Courier"], level=-0.3, seed=1)
    local = panel.series.with_columns(pl.col("period").dt.convert_time_zone("Europe/Kyiv"))
    here = sl.decompose_change(panel.series, panel.event_at).table
    assert sl.decompose_change(local, panel.event_at).table.equals(here)
