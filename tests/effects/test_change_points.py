"""`change_points` as its users see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import numpy as np
import polars as pl
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]
COLUMNS = ["term", "estimate", "se", "low", "high", "p_value", "n"]
KYIV = ZoneInfo("Europe/Kyiv")
NILE = Path(__file__).parents[1] / "reference" / "nile.csv"


def step(n: int, at: int, size: float, *, noise: float = 0.05, seed: int = 3) -> list[float]:
    """White noise around 0.1 with one shift."""
    values = np.random.default_rng(seed).normal(0.1, noise, n) + size * (np.arange(n) >= at)
    return [float(value) for value in values]


def quick(series: pl.DataFrame, **options: Any) -> sl.ChangePoints:
    """With few simulations: enough for a false-alarm rate of 5 %."""
    return sl.change_points(series, **{"n_simulations": 99, **options})


@pytest.fixture(scope="module")
def weekly() -> sl.ChangePoints:
    """Sixty weeks with a shift of -0.3 in the 31st, and a catalogue."""
    return quick(kyiv_weeks(), events=CATALOGUE)


CATALOGUE = [
    sl.Event("the <summit>", datetime(2023, 7, 31, 9, tzinfo=KYIV)),
    sl.Event("the vote", datetime(2023, 3, 6, tzinfo=KYIV)),
    sl.Event("an election", datetime(2030, 1, 1, tzinfo=KYIV)),
]


def kyiv_weeks() -> pl.DataFrame:
    stance = [None if week in {8, 9, 44} else x for week, x in enumerate(step(60, 30, -0.3))]
    first = pl.datetime(2023, 1, 2)
    periods = pl.datetime_range(first, first + pl.duration(weeks=59), "1w", eager=True)
    seen = pl.Series(stance, dtype=pl.Float64).is_not_null()
    return pl.DataFrame(
        {
            "target": "NATO",
            "source": "Beacon Wire",
            "period": periods.dt.replace_time_zone("Europe/Kyiv"),
            "stance": pl.Series(stance, dtype=pl.Float64),
            "se": pl.Series([0.05 if x is not None else None for x in stance]),
            "n_documents": seen.cast(pl.Int64) * 10,
            "n_effective": seen.cast(pl.Float64) * 10,
        }
    )


# ---- what is found ---- #


@pytest.mark.parametrize("method", ["pelt", "binary_segmentation"])
def test_nile_breaks_after_1898(make_series: Maker, method: Any) -> None:
    """Cobb (1978): the flow at Aswan fell in 1899, from 1,098 to 850 on average."""
    flow = pl.read_csv(NILE, comment_prefix="#")["flow"].to_numpy()
    scaled = [float(x) for x in (flow - 900) / 1_000]
    series = make_series(scaled, start=date(1871, 1, 1), every="1y", se=None, n=1)
    found = sl.change_points(series, method=method)
    assert found.dates["change"].to_list() == [datetime(1899, 1, 1, tzinfo=UTC)]
    # The profile likelihood of Cobb (1978) leaves 1897 to 1900.
    assert found.dates["low"][0].year >= 1896
    assert found.dates["high"][0].year <= 1900
    row = found.table.row(0, named=True)
    assert row["low"] < 0.850 - 1.098 < row["high"] < 0
    assert row["p_value"] == pytest.approx(1 / 500)


def test_known_shift_is_found(weekly: sl.ChangePoints) -> None:
    assert weekly.table.columns == COLUMNS
    assert weekly.table["term"].to_list() == ["2023-07-31"]
    assert weekly.table["n"].to_list() == [57]
    row = weekly.table.row(0, named=True)
    assert row["low"] < -0.3 < row["high"] < 0
    assert row["se"] > 0
    assert weekly.diagnostics.n_missing == 3
    assert weekly.diagnostics.strongest == datetime(2023, 7, 31, tzinfo=KYIV)
    assert weekly.diagnostics.p_value == row["p_value"] == 0.01


def test_dates_are_local_instants(weekly: sl.ChangePoints) -> None:
    date_row = weekly.dates.row(0, named=True)
    assert date_row["change"].isoformat() == "2023-07-31T00:00:00+03:00"
    assert weekly.dates.schema["allowed"] == pl.List(pl.Datetime("us", "Europe/Kyiv"))
    allowed = date_row["allowed"]
    assert allowed[0] == date_row["low"] <= date_row["change"] <= date_row["high"] == allowed[-1]
    assert weekly.time_zone == "Europe/Kyiv"


def test_segments_meet_at_the_changes(weekly: sl.ChangePoints) -> None:
    segments = weekly.segments
    assert segments["end"][0] == segments["start"][1] == weekly.dates["change"][0]
    assert segments["end"][1] == datetime(2024, 2, 26, tzinfo=KYIV)
    assert segments["n"].to_list() == [28, 29]
    assert segments["n_documents"].to_list() == [280, 290]
    assert segments["level"][1] - segments["level"][0] == pytest.approx(-0.3, abs=0.05)
    assert weekly.fitted["segment"].to_list() == [0] * 30 + [1] * 30
    assert weekly.fitted["stance"].null_count() == 3


def test_several_changes_are_found_and_keep_their_distance(make_series: Maker) -> None:
    stance = np.repeat([0.3, -0.2, 0.1], [30, 8, 30])
    stance = stance + np.random.default_rng(1).normal(0, 0.04, 68)
    found = quick(make_series(stance.tolist()))
    starts = [30, 38]
    assert found.dates["change"].to_list() == [
        datetime(2023, 1, 2, tzinfo=UTC) + timedelta(weeks=week) for week in starts
    ]
    np.testing.assert_allclose(found.table["estimate"], [-0.5, 0.3], atol=0.08)
    apart = quick(make_series(stance.tolist()), minimum_segment=12)
    lengths = apart.fitted.group_by("segment").len()["len"]
    assert lengths.min() >= 12


def test_a_series_without_a_change_has_an_empty_table_and_says_so(make_series: Maker) -> None:
    found = quick(make_series(step(60, 30, 0.0)), events=CATALOGUE)
    assert found.table.is_empty()
    assert found.table.columns == COLUMNS
    assert found.dates.is_empty()
    assert found.segments.height == 1
    assert "shows no clear change point between 2 January 2023" in found.sentence
    assert found.diagnostics.p_value > 0.05
    assert f"{100 * found.diagnostics.p_value:.0f} % of simulated" in found.sentence
    assert repr(found) == "ChangePoints(NATO in Beacon Wire: none)"


def test_same_seed_same_result(weekly: sl.ChangePoints) -> None:
    again = quick(kyiv_weeks(), events=CATALOGUE)
    assert json.dumps(again.to_dict()) == json.dumps(weekly.to_dict())
    other = quick(kyiv_weeks(), events=CATALOGUE, seed=1)
    assert other.diagnostics.penalty != weekly.diagnostics.penalty


@given(scale=st.sampled_from([-1.0, 0.5, -0.25]), shift=st.floats(-0.2, 0.2))
@settings(max_examples=5)
def test_dates_do_not_depend_on_scale_sign_and_origin(scale: float, shift: float) -> None:
    series = kyiv_weeks()
    moved = series.with_columns(pl.col("stance") * scale + shift, pl.col("se") * abs(scale))
    one, other = quick(series), quick(moved)
    assert one.dates["allowed"].to_list() == other.dates["allowed"].to_list()
    np.testing.assert_allclose(
        other.table["estimate"], one.table["estimate"] * scale, rtol=1e-6, atol=1e-9
    )


# ---- gaps and precision ---- #


def test_a_change_inside_a_gap_may_have_any_date_in_it(make_series: Maker) -> None:
    stance = [None if 28 <= week < 34 else x for week, x in enumerate(step(60, 31, -0.5))]
    found = quick(make_series(stance), every="1w")
    first = datetime(2023, 1, 2, tzinfo=UTC)
    assert found.dates["change"].to_list() == [first + timedelta(weeks=34)]
    inside = {first + timedelta(weeks=week) for week in range(28, 35)}
    assert inside <= set(found.dates["allowed"][0].to_list())


def test_nulls_at_the_ends_are_cut_off_and_rows_left_out_are_gaps(make_series: Maker) -> None:
    values = step(60, 30, -0.3)
    padded = quick(make_series([None] * 4 + values + [None] * 3), every="1w")
    assert padded.fitted.height == 60
    assert padded.diagnostics.n_missing == 0
    series = kyiv_weeks()
    dropped = quick(series.drop_nulls("stance"), every="1w")
    assert json.dumps(dropped.to_dict()) == json.dumps(quick(series, every="1w").to_dict())


def imprecise(make_series: Maker) -> pl.DataFrame:
    """Sixty weeks of 200 articles, but for six weeks of one wild article each."""
    counts = [1 if 30 <= week < 36 else 200 for week in range(60)]
    stance = np.array(step(60, 0, 0.0, noise=0.02))
    stance[30:36] += np.array([0.7, 0.1, 0.8, 0.3, 0.6, 0.5])
    errors = [None if n == 1 else 0.5 / np.sqrt(n) for n in counts]
    return make_series(stance.tolist(), n=counts, se=errors)


def test_single_articles_are_no_change_of_level(make_series: Maker) -> None:
    series = imprecise(make_series)
    assert quick(series).table.is_empty()
    # Taken for as precise as the others, these weeks are a level of their own.
    assert quick(series, weights="none").table.height == 2


def test_weights_none_ignores_precision(make_series: Maker) -> None:
    stance = step(60, 30, -0.3)
    some = quick(make_series(stance, n=[1, 50] * 30), weights="none")
    equal = quick(make_series(stance), weights="none")
    assert some.table.equals(equal.table)


def test_missing_errors_are_understood(make_series: Maker) -> None:
    found = quick(make_series(step(60, 30, -0.3), se=None, n=1))
    assert found.table["term"].to_list() == ["2023-07-31"]


# ---- events ---- #


def daily(make_series: Maker, **options: Any) -> pl.DataFrame:
    """A change on 11 March 2022."""
    stance = step(60, 30, -0.4, noise=0.03)
    return make_series(stance, start=date(2022, 2, 9), every="1d", **options)


def test_change_is_told_by_its_distance_to_the_nearest_event(make_series: Maker) -> None:
    near = sl.Event("the rally", datetime(2022, 3, 13, 15, tzinfo=UTC))
    far = sl.Event("the invasion", datetime(2022, 2, 24, tzinfo=UTC))
    found = quick(daily(make_series), events=[far, near])
    row = found.dates.row(0, named=True)
    assert (row["event"], row["event_at"], row["days"]) == (near.name, near.at, -2)
    words = "two days before the rally, interval of 11 March 2022 alone"
    assert row["words"] == f"{words}, which leaves out the event"
    assert not row["in_set"]
    assert words in found.sentence


@pytest.mark.parametrize(
    ("at", "days", "in_set", "words"),
    [
        (datetime(2022, 3, 11, tzinfo=UTC), 0, True, "on the day of"),
        (datetime(2022, 3, 11, 15, tzinfo=UTC), 0, True, "on the day of"),
        # In the afternoon before: the next day is the first that feels it in full.
        (datetime(2022, 3, 10, 15, tzinfo=UTC), 1, True, "one day after"),
        (datetime(2022, 3, 12, tzinfo=UTC), -1, False, "one day before"),
        (datetime(2022, 2, 24, tzinfo=UTC), 15, False, "15 days after"),
    ],
)
def test_event_is_in_the_set_when_the_level_may_have_begun_with_it(
    make_series: Maker, at: datetime, days: int, in_set: bool, words: str
) -> None:
    found = quick(daily(make_series), events=[sl.Event("E", at)])
    row = found.dates.row(0, named=True)
    assert (row["days"], row["in_set"]) == (days, in_set)
    assert row["words"].startswith(f"{words} E, interval of")


def test_days_are_counted_in_the_zone_of_the_series(make_series: Maker) -> None:
    # In Kyiv it was past midnight.
    event = sl.Event("E", datetime(2022, 3, 12, 23, tzinfo=UTC))
    found = quick(daily(make_series, time_zone="Europe/Kyiv"), events=[event])
    assert found.dates["days"].to_list() == [-2]
    assert quick(daily(make_series), events=[event]).dates["days"].to_list() == [-1]


def test_event_in_the_week_of_the_change_is_nearest(weekly: sl.ChangePoints) -> None:
    row = weekly.dates.row(0, named=True)
    assert row["event"] == "the <summit>"
    assert row["words"].startswith("in the week of the <summit>, interval ")


def test_events_outside_the_series_are_named_and_not_joined(weekly: sl.ChangePoints) -> None:
    assert [event.name for event in weekly.events] == ["the <summit>", "the vote"]
    assert "events outside the series were not joined: an election" in weekly.diagnostics.notes


def test_without_a_catalogue_nothing_is_joined(make_series: Maker) -> None:
    found = quick(daily(make_series))
    row = found.dates.row(0, named=True)
    assert row["event"] is row["event_at"] is row["days"] is row["in_set"] is None
    assert row["words"] == "interval of 11 March 2022 alone"


# ---- refusals ---- #


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "pely"}, r"method 'pely'.*pelt"),
        ({"weights": "size"}, r"weighting 'size'.*precision"),
        ({"minimum_segment": 1}, r"'minimum_segment' must be a whole number, 2 or more; got 1"),
        ({"false_alarm_rate": 0.0}, r"'false_alarm_rate' must lie inside \(0, 1\); got 0"),
        ({"confidence_level": 1}, r"'confidence_level' must lie inside \(0, 1\); got 1"),
        ({"n_simulations": 18}, r"at least 19 for a false-alarm rate of 0\.05; got 18"),
        ({"events": "summit"}, r"'events' must be a list of Event; got str"),
        ({"events": ["summit"]}, r"'events' must be a list of Event; got list"),
        ({"target": "Nato"}, r"target 'Nato'.*NATO"),
        ({"every": "3d"}, r"period '3d'.*1d"),
    ],
)
def test_wrong_arguments_are_refused(
    make_series: Maker, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        sl.change_points(make_series(step(30, 15, -0.3)), **options)


def test_too_few_periods_are_refused(make_series: Maker) -> None:
    with pytest.raises(NotEnoughDataError, match=r"has 15 periods with articles; .* need 16"):
        sl.change_points(make_series([*step(15, 7, -0.3), None]))
    with pytest.raises(NotEnoughDataError, match=r"has 30 periods with articles; .* need 40"):
        sl.change_points(make_series(step(30, 15, -0.3)), minimum_segment=20)


def test_a_constant_series_is_refused(make_series: Maker) -> None:
    with pytest.raises(NotEnoughDataError, match="is the same in all 30 periods"):
        sl.change_points(make_series([0.25] * 30))


def test_a_frame_without_precision_is_refused(make_series: Maker) -> None:
    with pytest.raises(DataError, match="'n_effective' is missing"):
        sl.change_points(make_series(step(30, 15, -0.3)).drop("n_effective"))


# ---- what is told ---- #


def test_sentence_can_be_quoted(weekly: sl.ChangePoints) -> None:
    assert str(weekly) == weekly.sentence
    start = "The mean stance of Beacon Wire toward NATO changed its level once between 2 January"
    assert weekly.sentence.startswith(start)
    assert "against NATO in the week from 31 July 2023" in weekly.sentence
    assert "about 5 of 100 show one" in weekly.sentence
    assert "Intervals are 95 % intervals" in weekly.sentence


def test_to_dict_is_plain_json(weekly: sl.ChangePoints) -> None:
    plain = weekly.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["dates"][0]["change"] == "2023-07-31T00:00:00+03:00"
    assert plain["table"] == weekly.table.to_dicts()
    assert plain["diagnostics"]["strongest"] == "2023-07-31T00:00:00+03:00"
    assert len(plain["fitted"]) == 60


def test_names_are_escaped_in_notebooks(weekly: sl.ChangePoints) -> None:
    html = weekly._repr_html_()
    assert "&lt;summit&gt;" in html
    assert "<summit>" not in html
    assert repr(weekly).startswith("ChangePoints(NATO in Beacon Wire: 2023-07-31 -0.")


def test_chart_builds(weekly: sl.ChangePoints) -> None:
    chart = weekly.chart(title="Levels")
    assert isinstance(chart, alt.LayerChart)
    found = chart.to_dict()
    assert found["title"]["text"] == ["Levels"]
    assert found["description"] == weekly.sentence
    assert "95 % confidence set" in " ".join(found["title"]["subtitle"])
    assert vl_convert.vegalite_to_svg(found, vl_version="6.4").startswith("<svg")


def test_rhythm_is_a_doubt_in_words(make_series: Maker) -> None:
    days = np.arange(84)
    rhythm = 0.2 * np.sin(2 * np.pi * days / 7) + np.array(step(84, 0, 0.0, noise=0.03))
    found = quick(make_series(rhythm.tolist(), every="1d"))
    assert any("look for a rhythm or a trend" in note for note in found.diagnostics.notes)


@pytest.mark.parametrize(("drifts", "doubted"), [(True, True), (False, False)])
def test_slow_drift_is_a_doubt_in_words(make_series: Maker, *, drifts: bool, doubted: bool) -> None:
    steps = np.random.default_rng(0).normal(0, 0.03, 80)
    stance = np.cumsum(steps) if drifts else steps
    found = quick(make_series(stance.tolist(), se=None, n=1))
    assert any("may drift so slowly" in note for note in found.diagnostics.notes) == doubted


def test_weak_change_may_have_any_date(make_series: Maker) -> None:
    found = quick(
        make_series(step(24, 12, -0.06, seed=5)), false_alarm_rate=0.9, confidence_level=0.999
    )
    assert found.table.height >= 1
    assert any("has no date: none that could be is rejected" in x for x in found.diagnostics.notes)
