from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.effects.counterfactual import counterfactual
from stancelib.effects.counterfactual_result import Counterfactual
from stancelib.effects.words import Quantity
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]
COLUMNS = ["term", "estimate", "se", "low", "high", "p_value", "n"]
FEW = {"draws": 500}


def average(effect: Counterfactual) -> dict[str, Any]:
    return effect.table.row(0, named=True)


@pytest.fixture
def two_outlets(make_series: Maker, noisy: list[float]) -> pl.DataFrame:
    """Beacon Wire, shifted by -0.3, and Harbour Post, which it follows up to noise."""
    rng = np.random.default_rng(8)
    course = np.cumsum(rng.normal(0, 0.06, 60))
    shifted = [float(a + b) for a, b in zip(course, noisy, strict=True)]
    other = [float(x) for x in course + rng.normal(0, 0.02, 60)]
    return pl.concat([make_series(shifted), make_series(other, source="Harbour Post")])


# ---- what is found ---- #


def test_known_shift_is_found(make_series: Maker, summit: sl.Event, noisy: list[float]) -> None:
    effect = counterfactual(make_series(noisy), summit)
    assert effect.table.columns == COLUMNS
    assert effect.table["term"].to_list() == ["average effect", "cumulative effect"]
    assert effect.table["n"].to_list() == [30, 30]
    row = average(effect)
    assert row["low"] < -0.3 < row["high"] < 0
    assert row["p_value"] == pytest.approx(2 / 4001)
    np.testing.assert_allclose(effect.table.row(1)[1:5], 30 * np.array(effect.table.row(0)[1:5]))
    assert "was more against NATO than expected from its own course before" in effect.sentence
    assert "(30 weeks before and 30 weeks after, 600 articles)" in effect.sentence
    assert effect.diagnostics.effective_number > 100


def test_control_explains_what_outlets_share(two_outlets: pl.DataFrame, summit: sl.Event) -> None:
    options: dict[str, Any] = {"source": "Beacon Wire", **FEW}
    alone = counterfactual(two_outlets, summit, **options)
    beside = counterfactual(two_outlets, summit, controls=["Harbour Post"], **options)
    assert average(beside)["se"] < 0.5 * average(alone)["se"]
    assert average(beside)["low"] < -0.3 < average(beside)["high"] < 0
    control = beside.diagnostics.controls.row(0, named=True)
    assert control["control"] == "Harbour Post"
    assert control["inclusion"] == 1
    assert control["low"] < 1 < control["high"]
    assert "and that of Harbour Post" in beside.sentence
    assert "did not move Harbour Post" in beside.sentence


def test_controls_that_do_not_matter_are_left_out(
    make_series: Maker, two_outlets: pl.DataFrame, summit: sl.Event
) -> None:
    rng = np.random.default_rng(31)
    strangers = [
        make_series([float(x) for x in rng.normal(0, 0.1, 60)], source=name)
        for name in ("Delta Daily", "East Echo", "Field Gazette")
    ]
    effect = counterfactual(
        two_outlets,
        summit,
        source="Beacon Wire",
        controls=["Harbour Post", *strangers],
        **FEW,
    )
    inclusion = dict(effect.diagnostics.controls.select("control", "inclusion").iter_rows())
    assert inclusion["Harbour Post"] > 0.99
    assert max(inclusion[name] for name in inclusion if name != "Harbour Post") < 0.5


def test_same_seed_same_result_in_any_unit_of_stance(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    first = counterfactual(make_series(noisy), summit, **FEW)
    again = counterfactual(make_series(noisy), summit, **FEW)
    assert first.table.equals(again.table)
    np.testing.assert_array_equal(first.draws, again.draws)
    other = counterfactual(make_series(noisy), summit, seed=2, **FEW)
    assert not first.table.equals(other.table)
    assert abs(average(first)["estimate"] - average(other)["estimate"]) < average(first)["se"] / 3
    halved = make_series([x / 2 + 0.2 for x in noisy], se=0.025)
    half = counterfactual(halved, summit, **FEW)
    for column in ("estimate", "se", "low", "high"):
        np.testing.assert_allclose(half.table[column], first.table[column] / 2, rtol=1e-6)


def test_draws_are_what_the_table_says(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    stance = [None if week in {5, 40} else x for week, x in enumerate(noisy)]
    effect = counterfactual(make_series(stance), summit, **FEW)
    assert effect.draws.shape == (500, 30)
    assert np.isnan(effect.draws[:, 10]).all()
    assert np.nanmean(effect.draws) == pytest.approx(average(effect)["estimate"])
    assert effect.table["n"].to_list() == [29, 29]
    gap = effect.course.row(40, named=True)
    assert gap["expected"] is not None
    assert gap["effect"] is None
    assert gap["cumulative"] == pytest.approx(effect.course["cumulative"][39])
    assert effect.diagnostics.n_missing == 2
    assert (effect.diagnostics.n_before, effect.diagnostics.n_after) == (29, 29)


def test_periods_of_one_article_count_less(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    counts = [25] * 60
    errors: list[float | None] = [0.05] * 60
    noisy[27], counts[27], errors[27] = 0.9, 1, None
    series = make_series(noisy, n=counts, se=errors)
    weighed = counterfactual(series, summit, **FEW).diagnostics.periods
    alike = counterfactual(series, summit, weights="none", **FEW).diagnostics.periods
    assert weighed["weight"][27] < 0.5 * alike["weight"][27]
    assert weighed["weight"][27] < 0.5 * weighed["weight"][26]


def test_season_is_followed(make_series: Maker) -> None:
    rng = np.random.default_rng(5)
    days = np.arange(84)
    week = np.array([0.2, 0.1, 0, 0, 0, -0.1, -0.2])[days % 7]
    stance = [float(x) for x in week + rng.normal(0, 0.03, 84) + 0.1 * (days >= 56)]
    series = make_series(stance, every="1d", se=0.02)
    event = sl.Event("Summit", datetime(2023, 2, 27, tzinfo=UTC))
    plain = counterfactual(series, event, **FEW)
    seasonal = counterfactual(series, event, season=7, **FEW)
    band = {
        name: float((effect.course["expected_high"] - effect.course["expected_low"])[60])
        for name, effect in {"plain": plain, "seasonal": seasonal}.items()
    }
    assert band["seasonal"] < 0.6 * band["plain"]
    expected = seasonal.course["expected"][56:63].to_numpy()
    np.testing.assert_allclose(expected - expected.mean(), week[56:63], atol=0.04)
    assert average(seasonal)["low"] < 0.1 < average(seasonal)["high"]


def test_trend_goes_on(make_series: Maker, summit: sl.Event) -> None:
    rng = np.random.default_rng(6)
    line = 0.008 * np.arange(60) - 0.2
    series = make_series([float(x) for x in line + rng.normal(0, 0.03, 60)], se=0.02)
    level = counterfactual(series, summit, **FEW)
    trend = counterfactual(series, summit, trend=True, **FEW)
    assert average(level)["estimate"] > 0.08
    assert average(trend)["low"] < 0 < average(trend)["high"]
    assert "did not clearly depart" in trend.sentence


# ---- events and windows ---- #


def test_several_events_have_a_window_each(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    stance = [x - 0.2 * (week >= 45) for week, x in enumerate(noisy)]
    later = sl.Event("Offensive", datetime(2023, 11, 15, 12, tzinfo=UTC))
    effect = counterfactual(make_series(stance), [later, summit], **FEW)
    assert [event.name for event in effect.events] == ["Vilnius summit", "Offensive"]
    found = dict(effect.table.select("term", "estimate").iter_rows())
    assert found["average effect after Vilnius summit"] == pytest.approx(-0.3, abs=0.08)
    assert found["average effect after Offensive"] == pytest.approx(-0.5, abs=0.08)
    parts = [found[f"cumulative effect after {name}"] for name in ("Vilnius summit", "Offensive")]
    assert sum(parts) == pytest.approx(found["cumulative effect"])
    # Both windows hold a part of the week of the second event.
    assert effect.table["n"].to_list()[::2] == [30, 16, 15]
    windows = effect.course["window"].to_list()
    assert windows[:30] == [None] * 30
    assert windows[30:45] == ["Vilnius summit"] * 15
    assert windows[46:] == ["Offensive"] * 14
    assert "after Vilnius summit and" in effect.sentence


def test_event_period_is_treated_as_asked(make_series: Maker, noisy: list[float]) -> None:
    event = sl.Event("Summit", datetime(2023, 7, 31, tzinfo=UTC) + timedelta(days=1.75))
    series = make_series(noisy)
    sides = {}
    for how in ("fraction", "pre", "post", "drop"):
        effect = counterfactual(series, event, event_period=how, **FEW)
        diagnostics = effect.diagnostics
        sides[how] = (diagnostics.n_before, diagnostics.n_after, diagnostics.n_left_out)
        assert diagnostics.event_periods == (datetime(2023, 7, 31, tzinfo=UTC),)
        average_rows = effect.table["estimate"]
        exposure = average_rows[1] / average_rows[0]
        weeks = {"fraction": 29.75, "pre": 29, "post": 30, "drop": 29}[how]
        assert exposure == pytest.approx(weeks)
    assert sides == {
        "fraction": (30, 30, 0),
        "pre": (31, 29, 0),
        "post": (30, 30, 0),
        "drop": (30, 29, 1),
    }


def test_anticipation_lag_and_window_length(make_series: Maker, noisy: list[float]) -> None:
    spoilt = [0.9 if 28 <= week <= 32 else x for week, x in enumerate(noisy)]
    event = sl.Event(
        "Summit",
        datetime(2023, 7, 31, tzinfo=UTC),
        anticipation=timedelta(days=10),
        lag=timedelta(weeks=3),
    )
    effect = counterfactual(make_series(spoilt), event, periods_after=4, **FEW)
    used = effect.course.filter("used")["period"]
    assert used.max() == datetime(2023, 9, 11, tzinfo=UTC)
    assert effect.table["n"].to_list() == [4, 4]
    assert effect.diagnostics.n_left_out == 28
    assert effect.course["window"].null_count() == 56
    assert average(effect)["low"] < -0.3 < average(effect)["high"]


def test_time_zone_of_the_periods_counts(make_series: Maker, noisy: list[float]) -> None:
    # Midnight in Kyiv is two hours before that in UTC: the event opens the 31st week.
    series = make_series(noisy, time_zone="Europe/Kyiv")
    event = sl.Event("Summit", datetime(2023, 7, 30, 21, tzinfo=UTC))
    effect = counterfactual(series, event, **FEW)
    assert effect.time_zone == "Europe/Kyiv"
    assert effect.diagnostics.event_period_treatments == (
        "begins with the event: counts as after it",
    )
    assert effect.diagnostics.n_after == 30


# ---- controls ---- #


def test_controls_by_name_by_pair_and_as_frame_are_the_same(
    two_outlets: pl.DataFrame, summit: sl.Event
) -> None:
    frame = two_outlets.filter(pl.col("source") == "Harbour Post")
    results = [
        counterfactual(two_outlets, summit, source="Beacon Wire", controls=[control], **FEW)
        for control in ("Harbour Post", ("NATO", "Harbour Post"), frame)
    ]
    assert results[0].table.equals(results[1].table)
    assert results[0].table.equals(results[2].table)
    assert results[2].controls == ("Harbour Post",)


def test_another_target_of_the_source_can_be_a_control(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    other = make_series(noisy[::-1], target="Russia")
    both = pl.concat([make_series(noisy), other])
    effect = counterfactual(both, summit, target="NATO", controls=["Russia"], **FEW)
    assert effect.controls == ("Russia",)
    assert any("'Russia' left its range" in note for note in effect.diagnostics.notes)


def test_period_without_a_control_is_not_used(two_outlets: pl.DataFrame, summit: sl.Event) -> None:
    gone = [datetime(2023, 3, 6, tzinfo=UTC), datetime(2023, 9, 4, tzinfo=UTC)]
    lost = (pl.col("source") == "Harbour Post") & pl.col("period").is_in(gone)
    series = two_outlets.filter(~lost)
    effect = counterfactual(series, summit, source="Beacon Wire", controls=["Harbour Post"], **FEW)
    rows = effect.course.filter(pl.col("period").is_in(gone))
    assert rows["used"].to_list() == [False, False]
    assert rows["effect"].to_list() == [None, None]
    assert effect.diagnostics.n_control_missing == 2
    assert effect.table["n"][0] == 29
    assert any(note.startswith("2 periods with articles") for note in effect.diagnostics.notes)


# ---- what comes back ---- #


def test_plain_values_html_repr_and_chart(make_series: Maker, noisy: list[float]) -> None:
    event = sl.Event("<b>Summit</b>", datetime(2023, 7, 31, tzinfo=UTC))
    effect = counterfactual(make_series(noisy, source="A & B"), event, **FEW)
    plain = json.loads(json.dumps(effect.to_dict(), allow_nan=False))
    assert plain["table"][0]["term"] == "average effect"
    assert plain["course"][0]["period"] == "2023-01-02T00:00:00+00:00"
    assert plain["diagnostics"]["event_periods"] == ["2023-07-31T00:00:00+00:00"]
    assert len(plain["diagnostics"]["periods"]) == 60
    html = effect._repr_html_()
    assert "&lt;b&gt;Summit" in html
    assert "<b>" not in html
    assert str(effect) == effect.sentence
    assert "average effect -0." in repr(effect)
    assert isinstance(effect.chart(), alt.VConcatChart)
    assert "Summit" in json.dumps(effect.chart(title="Summit").to_dict())


def test_doubts_are_named(make_series: Maker, summit: sl.Event) -> None:
    weeks = np.arange(70)
    noise = np.random.default_rng(12).normal(0, 0.01, 70)
    rhythm = [float(x) for x in 0.64 + 0.33 * (weeks % 4 == 0) + noise]
    effect = counterfactual(make_series(rhythm, se=0.01), summit, **FEW)
    notes = " ".join(effect.diagnostics.notes)
    assert "look for a rhythm" in notes
    assert "leaves the scale from −1 to 1" in notes
    assert "40 periods are forecast from 30" in notes


def test_a_level_that_wanders_is_named_where_it_is_held_to_stay(
    make_series: Maker, summit: sl.Event
) -> None:
    walk = np.cumsum(np.random.default_rng(6).normal(0, 0.04, 60))
    series = make_series([float(x) for x in walk], se=0.005)
    steady = counterfactual(series, summit, level_sd=0.01, **FEW)
    assert any("without level_sd the bands" in note for note in steady.diagnostics.notes)
    assert steady.diagnostics.if_level_stays is None
    learnt = counterfactual(series, summit, **FEW)
    assert average(learnt)["se"] > 1.2 * average(steady)["se"]
    assert learnt.diagnostics.level_sd > 3 * steady.diagnostics.level_sd
    stays = learnt.diagnostics.if_level_stays
    assert stays is not None
    assert (stays.low, stays.high) == (average(steady)["low"], average(steady)["high"])


def test_effect_that_hangs_on_a_level_that_stays_says_so(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    small = [x + 0.245 * (week >= 30) for week, x in enumerate(noisy)]
    effect = counterfactual(make_series(small), summit, **FEW)
    stays = effect.diagnostics.if_level_stays
    assert stays is not None
    assert stays.clear
    assert not Quantity(*(average(effect)[name] for name in ("estimate", "low", "high"))).clear
    assert any("periods before the event cannot tell" in note for note in effect.diagnostics.notes)


def test_one_period_that_carries_the_effect_is_named(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    calm = [x + 0.3 * (week >= 30) for week, x in enumerate(noisy[:34])]
    calm[32] = 0.95
    effect = counterfactual(make_series(calm), summit, **FEW)
    assert any("without the period 2023-08-14" in note for note in effect.diagnostics.notes)
    change = effect.diagnostics.periods.sort("average_effect_change")["average_effect_change"][-1]
    rest = [calm[week] for week in (30, 31, 33)]
    assert change == pytest.approx(
        average(effect)["estimate"]
        - (np.mean(rest) - effect.course["expected"].to_numpy()[[30, 31, 33]].mean()),
        abs=1e-9,
    )


# ---- what is refused ---- #


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event": "summit"}, "'event' must be one Event or a list of them; got str"),
        ({"event": []}, "'event' is an empty list"),
        ({"event": [1]}, "'event' must be one Event"),
        ({"event": sl.Event("E", datetime(2020, 1, 1, tzinfo=UTC))}, "outside the series, which"),
        ({"noise": "arma"}, "unknown noise 'arma'; known noises: autoregression, white"),
        ({"weights": "se"}, "unknown weighting 'se'; known weightings: precision, none"),
        ({"event_period": "after"}, "unknown event_period treatment 'after'"),
        ({"season": 1}, "'season' must be a whole number, 2 or more; got 1"),
        ({"season": 7.5}, "'season' must be a whole number"),
        ({"level_sd": 0}, r"'level_sd' must lie in \(0, 1\].*got 0"),
        ({"expected_controls": 0}, "'expected_controls' must be above 0; got 0"),
        ({"periods_after": 0}, "'periods_after' must be a whole number, 1 or more; got 0"),
        ({"draws": 100}, "'draws' must be a whole number, 500 or more; got 100"),
        ({"seed": -1}, "'seed' must be a whole number, 0 or more; got -1"),
        ({"confidence_level": 95}, r"must lie inside \(0, 1\); got 95"),
        ({"target": "Nato"}, "unknown target 'Nato'; .*Did you mean 'NATO'"),
        ({"controls": "Harbour Post"}, r"'controls' must be a list; got str. Write controls="),
        ({"controls": ["Harbor Post"]}, "unknown control 'Harbor Post'.*Did you mean 'Harbour"),
        ({"controls": [3]}, "a control must be the name of a source or target.*got 3"),
        ({"controls": ["Beacon Wire"]}, "'Beacon Wire' belongs to the series itself"),
        ({"controls": [("NATO", "Beacon Wire")]}, "is the series itself, it cannot be a control"),
        ({"controls": ["Harbour Post"] * 2}, "control 'Harbour Post' is named more than once"),
        ({"controls": ["Harbour Post"] * 11}, "11 controls are more than the 10"),
    ],
)
def test_arguments_that_are_refused(
    two_outlets: pl.DataFrame, summit: sl.Event, options: dict[str, Any], message: str
) -> None:
    arguments: dict[str, Any] = {"series": two_outlets, "event": summit, "source": "Beacon Wire"}
    arguments |= options
    with pytest.raises(ArgumentError, match=message):
        counterfactual(**arguments)


def test_events_of_one_name_are_refused(two_outlets: pl.DataFrame, summit: sl.Event) -> None:
    later = sl.Event(summit.name, summit.at + timedelta(weeks=4))
    with pytest.raises(ArgumentError, match="two events are called 'Vilnius summit'"):
        counterfactual(two_outlets, [summit, later], source="Beacon Wire")


def test_events_without_a_period_between_are_refused(
    two_outlets: pl.DataFrame, summit: sl.Event
) -> None:
    next_day = sl.Event("Next day", summit.at + timedelta(days=1))
    with pytest.raises(
        NotEnoughDataError, match="no period with articles that lies wholly in the window of 'Viln"
    ):
        counterfactual(two_outlets, [summit, next_day], source="Beacon Wire")


def test_control_frames_are_checked(
    make_series: Maker, two_outlets: pl.DataFrame, summit: sl.Event, noisy: list[float]
) -> None:
    series = make_series(noisy)
    with pytest.raises(ArgumentError, match="a control frame holds 2 sources; filter it"):
        counterfactual(series, summit, controls=[two_outlets])
    kyiv = make_series(noisy, source="Kyiv Post", time_zone="Europe/Kyiv")
    with pytest.raises(DataError, match="is cut in Europe/Kyiv, the series in UTC"):
        counterfactual(series, summit, controls=[kyiv])
    late = make_series(noisy, source="Late Post", start=date(2025, 1, 6))
    with pytest.raises(NotEnoughDataError, match="'Late Post' has no articles in any period"):
        counterfactual(series, summit, controls=[late])
    flat = make_series([0.1] * 60, source="Flat Post")
    with pytest.raises(NotEnoughDataError, match="stance of Flat Post is the same in all 30"):
        counterfactual(series, summit, controls=[flat])


def test_name_that_is_source_and_target_is_refused(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    series = pl.concat(
        [
            make_series(noisy),
            make_series(noisy, source="Russia"),
            make_series(noisy, target="Russia"),
        ]
    )
    with pytest.raises(ArgumentError, match="both a source and a target; write the control as"):
        counterfactual(series, summit, target="NATO", source="Beacon Wire", controls=["Russia"])


def test_too_little_before_says_what_is_needed(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    short = [None if week < 23 else x for week, x in enumerate(noisy)]
    other = make_series(noisy, source="Harbour Post")
    with pytest.raises(NotEnoughDataError, match=r"has 7 periods with articles before.*least 8"):
        counterfactual(make_series(short), summit)
    with pytest.raises(NotEnoughDataError, match=r"in every control before.*least 10.*2 for each"):
        counterfactual(make_series(short), summit, controls=[other])
    with pytest.raises(NotEnoughDataError, match=r"a season of 20 needs at least 40 \(2 seasons"):
        counterfactual(make_series(noisy), summit, season=20)
    with pytest.raises(NotEnoughDataError, match="is the same in all 30 periods before"):
        counterfactual(make_series([0.1] * 30 + noisy[30:]), summit)
    with pytest.raises(NotEnoughDataError, match="lies wholly in the window of 'Vilnius summit'"):
        counterfactual(
            make_series([*noisy[:30], *[None] * 10, *noisy[40:]]), summit, periods_after=5
        )
