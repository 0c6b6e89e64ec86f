"""`difference_in_differences`: Proposition 99, parity, permutation, gaps, refusals."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats

from stancelib.effects import Event
from stancelib.effects.difference_in_differences import difference_in_differences
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Array = NDArray[np.float64]
Maker = Callable[..., pl.DataFrame]
Wave = Callable[[int, int], Array]
Instant = Callable[..., datetime]

COLUMNS = ["term", "estimate", "se", "low", "high", "p_value", "n"]
REFERENCE = Path(__file__).parents[2] / "reference" / "event_study_pyfixest.json"
NAMES = [f"Outlet {place:02d}" for place in range(14)]
# One block of all periods before: what blocks say is in test_parallel_trends.py.
PLAIN: dict[str, Any] = {"weights": "none", "draws": 999, "block": 10}


def noisy(n_sources: int = 12, n_treated: int = 6, *, shift: float = -0.3, seed: int = 2) -> Array:
    """Noise over 20 periods, and a shift of the first sources from period 10 on."""
    rng = np.random.default_rng(seed)
    stance = rng.normal(0, 0.05, (n_sources, 20)) + 0.02 * np.arange(n_sources)[:, None]
    stance[:n_treated, 10:] += shift
    return np.asarray(stance)


def changes_of(stance: Array) -> Array:
    return np.asarray(stance[:, 10:].mean(1) - stance[:, :10].mean(1))


@pytest.mark.data
def test_proposition_99(make_panel: Maker, data_folder: Path) -> None:
    """Arkhangelsky et al. (2021), table 1, and synthdid's did_estimate: -27.349 packs."""
    path = data_folder / "reference" / "california_prop99.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    states = sorted({row["State"] for row in rows})
    packs = np.array(
        [[float(r["PacksPerCapita"]) for r in rows if r["State"] == state] for state in states]
    )
    scale = 400.0
    series = make_panel(packs / scale, names=states, every="1y", start=date(1970, 1, 1))
    event = Event("Proposition 99", datetime(1989, 1, 1, tzinfo=UTC))
    found = difference_in_differences(series, event, treated=["California"], weights="none")
    row = found.table.row(0, named=True)
    assert round(scale * row["estimate"], 3) == -27.349
    assert row["n"] == 39 * 31
    # The rank of California among the 39 states, each in turn taken for the treated one.
    single = [packs[s, 19:].mean() - packs[s, :19].mean() for s in range(39)]
    distance = np.abs([x - np.delete(single, s).mean() for s, x in enumerate(single)])
    assert row["p_value"] == pytest.approx((distance >= distance[2] - 1e-9).mean())
    assert found.diagnostics.error == "permutation"


def test_estimate_and_errors_equal_pyfixest(
    make_panel: Maker, wave: Wave, instant: Instant
) -> None:
    """Recorded with pyfixest 0.60.0, whose factor with k_fixef='full' counts source effects."""
    recorded = json.loads(REFERENCE.read_text(encoding="utf-8"))
    stance = wave(14, 18)
    stance[:6, 9:] -= 0.2
    stance[np.arange(stance.size).reshape(stance.shape) % 11 == 5] = np.nan
    cells, expected = recorded["n_cells"], recorded["difference"]
    ratio = np.sqrt((cells - 19 - 13) / (cells - 19))
    for error, name in (("cluster", "clustered_error"), ("two_way", "two_way_error")):
        row = difference_in_differences(
            make_panel(stance), Event("E", instant(9)), treated=NAMES[:6], error=error, **PLAIN
        ).table.row(0, named=True)
        assert row["n"] == cells
        assert row["estimate"] == pytest.approx(expected["coefficient"], rel=1e-6)
        # The two-way error is the smaller one here, and not taken.
        larger = max(expected[name], expected["clustered_error"])
        assert row["se"] == pytest.approx(larger * ratio, rel=1e-6)


def test_known_shift_is_found(make_panel: Maker, tenth: Event) -> None:
    found = difference_in_differences(make_panel(noisy()), tenth, treated=NAMES[:6], draws=999)
    assert found.table.columns == COLUMNS
    row = found.table.row(0, named=True)
    assert row["term"] == "effect_on_treated"
    assert row["low"] < -0.3 < row["high"] < 0
    assert row["n"] == 240
    assert found.controls == tuple(NAMES[6:12])
    assert "shifted against NATO compared with 6 outlets" in found.sentence


def test_bias_reduced_variance_is_that_of_welch(make_panel: Maker, tenth: Event) -> None:
    """Bell and McCaffrey: Welch's variance, and his degrees of freedom for equal variances."""
    stance = noisy(10, 4)
    found = difference_in_differences(
        make_panel(stance), tenth, treated=NAMES[:4], error="bias_reduced", **PLAIN
    )
    changes = changes_of(stance)
    welch = stats.ttest_ind(changes[:4], changes[4:], equal_var=False)
    estimate = changes[:4].mean() - changes[4:].mean()
    se = estimate / welch.statistic
    freedom = (1 / 4 + 1 / 6) ** 2 / (1 / (4**2 * 3) + 1 / (6**2 * 5))
    half = stats.t.ppf(0.975, freedom) * se
    row = found.table.row(0, named=True)
    assert found.diagnostics.degrees_of_freedom == pytest.approx(freedom)
    expected = [estimate, se, estimate - half, estimate + half]
    np.testing.assert_allclose([row[c] for c in ("estimate", "se", "low", "high")], expected)


def test_permutation_is_the_share_of_all_assignments(make_panel: Maker, tenth: Event) -> None:
    stance = noisy(9, 3, shift=-0.02)
    found = difference_in_differences(
        make_panel(stance), tenth, treated=NAMES[:3], error="permutation", **PLAIN
    )
    changes = changes_of(stance)
    statistics = []
    for chosen in combinations(range(9), 3):
        groups = [changes[list(chosen)], np.delete(changes, chosen)]
        variance = sum(((g - g.mean()) ** 2).sum() / len(g) ** 2 for g in groups)
        statistics.append(abs(groups[0].mean() - groups[1].mean()) / np.sqrt(variance))
    share = (np.array(statistics) >= statistics[0] * (1 - 1e-9)).mean()
    assert 0.05 < share < 0.9
    assert found.table["p_value"][0] == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("error", ["wild_bootstrap", "permutation", "bias_reduced"])
def test_a_constant_added_to_the_treated_after_moves_the_interval(
    make_panel: Maker, tenth: Event, error: Any
) -> None:
    stance, further = noisy(10, 5), noisy(10, 5)
    further[:5, 10:] += 0.07
    one, other = (
        difference_in_differences(
            make_panel(values), tenth, treated=NAMES[:5], error=error, **PLAIN
        ).table.row(0, named=True)
        for values in (stance, further)
    )
    for column in ("estimate", "low", "high"):
        assert other[column] == pytest.approx(one[column] + 0.07, abs=1e-9)
    assert other["se"] == pytest.approx(one["se"])


def test_interval_ends_where_the_permutation_begins_to_reject(
    make_panel: Maker, tenth: Event
) -> None:
    options = PLAIN | {"treated": NAMES[:5], "error": "permutation"}
    stance = noisy(10, 5)
    row = difference_in_differences(make_panel(stance), tenth, **options).table.row(0, named=True)
    for end, outward in ((row["low"], -1e-6), (row["high"], 1e-6)):
        p_values = []
        for null in (end + outward, end - outward):
            moved = stance.copy()
            moved[:5, 10:] -= null
            found = difference_in_differences(make_panel(moved), tenth, **options)
            p_values.append(found.table["p_value"][0])
        assert p_values[0] < 0.05 <= p_values[1]


def test_default_error_follows_the_number_of_outlets(make_panel: Maker, tenth: Event) -> None:
    def error(n_sources: int, n_treated: int) -> str:
        names = [f"Outlet {place:02d}" for place in range(n_treated)]
        found = difference_in_differences(
            make_panel(noisy(n_sources, n_treated)), tenth, treated=names, draws=99
        )
        return found.diagnostics.error

    sizes = ((5, 1), (14, 1), (4, 2), (6, 3), (14, 3), (12, 6), (30, 15))
    assert {size: error(*size) for size in sizes} == {
        (5, 1): "permutation",
        (14, 1): "permutation",
        (4, 2): "wild_bootstrap",
        (6, 3): "bias_reduced",
        (14, 3): "bias_reduced",
        (12, 6): "wild_bootstrap",
        (30, 15): "two_way",
    }


# ---- gaps, weights, periods ---- #


def test_panel_without_noise_gives_the_shift_by_the_share_of_the_period(
    make_panel: Maker, instant: Instant
) -> None:
    """Gaps and unequal weights change nothing in a panel that the model fits exactly."""
    stance = 0.02 * np.arange(12)[:, None] + 0.01 * np.sin(np.arange(20))[None]
    stance[:6, 11:] -= 0.3
    stance[:6, 10] -= 0.3 * 0.75
    stance[np.arange(stance.size).reshape(stance.shape) % 13 == 4] = np.nan
    counts = np.tile([1, 8, 90, 12], 60).reshape(12, 20)
    found = difference_in_differences(
        make_panel(stance, n=counts),
        Event("E", instant(10, 1.75)),
        treated=NAMES[:6],
        error="cluster",
    )
    assert found.table["estimate"][0] == pytest.approx(-0.3, abs=1e-9)
    assert found.diagnostics.n_missing == 19
    assert found.table["n"][0] == 240 - 19
    assert found.diagnostics.event_period_treatment == "split: 0.750 of it lies after the event"


def test_transition_is_left_out(make_panel: Maker, instant: Instant) -> None:
    stance = noisy()
    spoilt = stance.copy()
    spoilt[:6, 8:12] = 0.9
    event = Event("E", instant(10), anticipation=timedelta(weeks=2), lag=timedelta(weeks=2))
    rows = [
        difference_in_differences(make_panel(values), event, treated=NAMES[:6], **PLAIN)
        for values in (stance, spoilt)
    ]
    assert rows[0].table.equals(rows[1].table)
    assert rows[0].table["n"][0] == 12 * 16
    assert rows[0].diagnostics.n_transition == 4


def test_source_of_one_side_is_left_out_and_named(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[0, 10:] = np.nan
    stance[11, :10] = np.nan
    found = difference_in_differences(make_panel(stance), tenth, treated=NAMES[:6], **PLAIN)
    assert found.diagnostics.sources_left_out == {
        "Outlet 00": "no articles in a period after the event",
        "Outlet 11": "no articles in a period before the event",
    }
    rest = difference_in_differences(
        make_panel(stance), tenth, treated=NAMES[1:6], controls=NAMES[6:11], **PLAIN
    )
    assert found.table.equals(rest.table)


def test_precise_cells_count_more(make_panel: Maker, tenth: Event) -> None:
    """Half of the periods have one article each, whose scatter is large."""
    rng = np.random.default_rng(5)
    counts = np.tile([1, 100], 120).reshape(12, 20)
    stance = noisy() + rng.normal(0, 0.3, (12, 20)) / np.sqrt(counts)
    series = make_panel(stance.clip(-1, 1), n=counts, se=np.where(counts > 1, 0.03, np.nan))
    weighed, alike = (
        difference_in_differences(
            series, tenth, treated=NAMES[:6], weights=weights, error="bias_reduced"
        )
        for weights in ("precision", "none")
    )
    assert weighed.table["se"][0] < 0.8 * alike.table["se"][0]
    assert weighed.diagnostics.sampling_share is not None
    assert 0 < weighed.diagnostics.sampling_share < 1
    assert alike.diagnostics.sampling_share is None


def test_course_holds_what_was_expected(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[:6, 4] = np.nan
    found = difference_in_differences(make_panel(stance), tenth, treated=NAMES[:6], **PLAIN)
    course = found.course
    assert course["treated"].is_null().to_list() == [place == 4 for place in range(20)]
    np.testing.assert_allclose(course["controls"], stance[6:].mean(0))
    before = course.filter((pl.col("part") == "before") & pl.col("treated").is_not_null())
    gap = (before["treated"] - before["controls"]).mean()
    np.testing.assert_allclose(course["expected"] - course["controls"], np.full(20, gap))
    late = course.filter(pl.col("part") == "after")
    effect = (late["treated"] - late["expected"]).mean()
    assert effect == pytest.approx(found.table["estimate"][0])


# ---- diagnostics and the result ---- #


def test_sources_that_move_together_are_named(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[:6] += np.random.default_rng(4).normal(0, 0.1, 20)
    found = difference_in_differences(make_panel(stance), tenth, treated=NAMES[:6], **PLAIN)
    assert found.diagnostics.common_movement is not None
    assert found.diagnostics.common_movement > 0.3
    assert any("fewer independent witnesses" in note for note in found.diagnostics.notes)


def test_influence_of_single_sources_and_periods(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[3, 10:] += 0.8
    found = difference_in_differences(make_panel(stance), tenth, treated=NAMES[:6], **PLAIN)
    sources, periods = found.diagnostics.sources, found.diagnostics.periods
    changes = changes_of(stance)
    without = np.delete(changes[:6], 3).mean() - changes[6:].mean()
    assert sources["change"][3] == pytest.approx(found.table["estimate"][0] - without)
    assert periods.columns == ["period", "n_sources", "change"]
    assert periods.height == 20
    assert sources["change"].abs().arg_max() == 3


def test_plain_values_html_and_chart(make_panel: Maker, instant: Instant) -> None:
    event = Event("<b>Summit</b>", instant(10))
    options = PLAIN | {"block": None}
    found = difference_in_differences(make_panel(noisy()), event, treated=NAMES[:6], **options)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["method"] == "difference_in_differences"
    assert plain["table"][0]["term"] == "effect_on_treated"
    assert plain["blocks"][0]["first"] == "2023-01-02T00:00:00+00:00"
    assert plain["sensitivity"][0]["magnitude"] == 0
    html = found._repr_html_()
    assert "&lt;b&gt;Summit" in html
    assert "<b>" not in html
    assert str(found) == found.sentence
    assert repr(found).startswith("DifferenceInDifferences(effect_on_treated -0.")
    assert isinstance(found.chart(), alt.LayerChart)


# ---- refusals ---- #


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event": None}, "'event' must be one Event; got NoneType"),
        ({"error": "ols"}, "unknown error 'ols'; known errors: wild_bootstrap, bias_reduced"),
        ({"weights": "se"}, "unknown weighting 'se'; known weightings: precision, none"),
        ({"block": 0}, "'block' must be 1 or more periods; got 0"),
        ({"confidence_level": 0}, r"must lie inside \(0, 1\); got 0"),
        ({"treated": []}, "must be a list of one or more sources"),
        ({"controls": ["Outlet 00"]}, "'Outlet 00' is named in 'treated' and in 'controls'"),
        ({"every": "3d"}, "unknown period '3d'; known periods: .*1w"),
        ({"event": Event("E", datetime(2024, 1, 1, tzinfo=UTC))}, "lies outside the panel, which"),
    ],
)
def test_arguments_that_are_refused(
    make_panel: Maker, tenth: Event, options: dict[str, Any], message: str
) -> None:
    arguments = {"series": make_panel(noisy()), "event": tenth, "treated": NAMES[:6]} | options
    with pytest.raises(ArgumentError, match=message):
        difference_in_differences(**arguments)


@pytest.mark.parametrize("error", ["cluster", "two_way", "bias_reduced"])
def test_fewer_than_six_clusters_need_draws(make_panel: Maker, tenth: Event, error: Any) -> None:
    series = make_panel(noisy(5, 2))
    with pytest.raises(NotEnoughDataError, match=f"too few clusters for error='{error}'"):
        difference_in_differences(series, tenth, treated=NAMES[:2], error=error)
    for draws in ("wild_bootstrap", "permutation"):
        found = difference_in_differences(series, tenth, treated=NAMES[:2], error=draws, **PLAIN)
        assert 0 < found.table["p_value"][0] <= 1


def test_one_treated_source_needs_the_permutation(make_panel: Maker, tenth: Event) -> None:
    series = make_panel(noisy(8, 1))
    with pytest.raises(NotEnoughDataError, match="with one treated source the errors of 'cluster'"):
        difference_in_differences(series, tenth, treated=NAMES[:1], error="cluster")
    found = difference_in_differences(series, tenth, treated=NAMES[:1])
    assert found.table["p_value"][0] == pytest.approx(1 / 8)
    assert found.table["low"][0] is None
    assert "with so few outlets no 95 % interval can be given" in found.sentence
    json.dumps(found.to_dict(), allow_nan=False)


def test_groups_that_never_publish_together_are_refused(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[:6, ::2] = np.nan
    stance[6:, 1::2] = np.nan
    with pytest.raises(NotEnoughDataError, match="hardly publish in the same periods"):
        difference_in_differences(make_panel(stance), tenth, treated=NAMES[:6])


def test_no_treated_source_on_both_sides_is_refused(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[:6, 10:] = np.nan
    with pytest.raises(NotEnoughDataError, match=r"no treated source can be used .Outlet 00: no"):
        difference_in_differences(make_panel(stance), tenth, treated=NAMES[:6])


def test_frames_that_are_refused(make_panel: Maker, tenth: Event) -> None:
    series = make_panel(noisy())
    options: dict[str, Any] = {"treated": NAMES[:6]}
    with pytest.raises(DataError, match="column 'se' is missing; found columns: target"):
        difference_in_differences(series.drop("se"), tenth, **options)
    with pytest.raises(DataError, match="of Outlet 02 stands in more than one row"):
        difference_in_differences(pl.concat([series, series[45:46]]), tenth, **options)
    whole = series.filter(pl.col("source") == "Outlet 01").with_columns(source=pl.lit("all"))
    with pytest.raises(DataError, match="would count twice"):
        difference_in_differences(pl.concat([series, whole]), tenth, **options)
    with pytest.raises(NotEnoughDataError, match="the frame has 1 period"):
        difference_in_differences(series.filter(pl.col("period") == tenth.at), tenth, **options)
    outside = series.with_columns(stance=pl.col("stance") + 3)
    with pytest.raises(DataError, match="must be null or lie in"):
        difference_in_differences(outside, tenth, **options)
