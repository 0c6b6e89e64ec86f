"""`event_study`: parity with pyfixest, the test before the event, gaps, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from stancelib.effects import Event
from stancelib.effects.event_study import event_study
from stancelib.effects.event_study_result import EventStudy
from stancelib.errors import ArgumentError, NotEnoughDataError

Array = NDArray[np.float64]
Maker = Callable[..., pl.DataFrame]
Wave = Callable[[int, int], Array]
Instant = Callable[..., datetime]

COLUMNS = ["term", "estimate", "se", "low", "high", "p_value", "n"]
REFERENCE = Path(__file__).parents[2] / "reference" / "event_study_pyfixest.json"
NAMES = [f"Outlet {place:02d}" for place in range(14)]


def noisy(n_sources: int = 12, n_periods: int = 20, *, shift: float = -0.3, seed: int = 2) -> Array:
    """Noise, and a shift of the first half of the sources from period 10 on."""
    rng = np.random.default_rng(seed)
    stance = rng.normal(0, 0.05, (n_sources, n_periods)) + 0.02 * np.arange(n_sources)[:, None]
    stance[: n_sources // 2, 10:] += shift
    return np.asarray(stance)


def rows_of(study: EventStudy) -> dict[str, dict[str, Any]]:
    return {row["term"]: row for row in study.table.iter_rows(named=True)}


@pytest.mark.parametrize("compares", [True, False])
def test_coefficients_and_clustered_errors_equal_pyfixest(
    make_panel: Maker, wave: Wave, instant: Instant, compares: bool
) -> None:
    """Recorded with pyfixest 0.60.0, whose factor with k_fixef='full' counts source effects."""
    recorded = json.loads(REFERENCE.read_text(encoding="utf-8"))
    stance = wave(14, 18)
    stance[:6, 9:] -= 0.2
    stance[np.arange(stance.size).reshape(stance.shape) % 11 == 5] = np.nan
    study = event_study(
        make_panel(stance),
        Event("E", instant(9)),
        treated=NAMES[:6] if compares else None,
        window=(-9, 8),
        weights="none",
        error="cluster",
    )
    expected = recorded["compared" if compares else "alone"]
    cells, effects = recorded["n_cells"], len(recorded["relative"]) + (18 if compares else 1)
    ratio = np.sqrt((cells - effects - 13) / (cells - effects))
    table = study.table.head(-1)
    terms = [f"lead_{-r}" if r < 0 else f"lag_{r}" for r in recorded["relative"]]
    assert table["term"].to_list() == terms
    np.testing.assert_allclose(table["estimate"], expected["coefficients"], rtol=1e-6)
    np.testing.assert_allclose(
        table["se"], np.array(expected["clustered_errors"]) * ratio, rtol=1e-6
    )


def test_known_shift_is_found(make_panel: Maker, tenth: Event) -> None:
    study = event_study(
        make_panel(noisy()), tenth, treated=NAMES[:6], draws=999, error="wild_bootstrap"
    )
    assert study.table.columns == COLUMNS
    assert study.table["term"].to_list() == [
        *(f"lead_{r}" for r in range(8, 1, -1)),
        *(f"lag_{r}" for r in range(10)),
        "average_after",
    ]
    after = rows_of(study)["average_after"]
    assert after["low"] < -0.3 < after["high"] < 0
    assert after["p_value"] < 0.01
    assert after["estimate"] == pytest.approx(study.table["estimate"].slice(7, 10).mean())
    assert study.reference == -1
    assert study.diagnostics.error == "wild_bootstrap"
    assert study.diagnostics.draws == "999 draws of Rademacher weights, seed 0"
    assert "shifted against NATO" in study.sentence
    assert "one time in five" in study.sentence


def test_balanced_coefficients_are_differences_of_means(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    options: dict[str, Any] = {"weights": "none", "error": "cluster", "window": (-10, 9)}
    compared = event_study(make_panel(stance), tenth, treated=NAMES[:6], **options)
    gap = stance[:6].mean(0) - stance[6:].mean(0)
    expected = np.delete(gap - gap[9], 9)
    np.testing.assert_allclose(compared.table["estimate"][:-1], expected, atol=1e-12)
    alone = event_study(make_panel(stance), tenth, **options)
    mean = stance.mean(0)
    np.testing.assert_allclose(
        alone.table["estimate"][:-1], np.delete(mean - mean[9], 9), atol=1e-12
    )
    assert alone.controls == ()
    assert "Whatever else happened in that time is part of it" in alone.sentence


def test_bootstrap_is_the_share_of_all_sign_flips(make_panel: Maker, tenth: Event) -> None:
    """Refits of all 2,048 panels by dense least squares; the null is imposed."""
    stance = noisy(shift=-0.05)
    study = event_study(
        make_panel(stance),
        tenth,
        treated=NAMES[:6],
        window=(-3, 2),
        weights="none",
        error="wild_bootstrap",
    )
    y = stance[:, 7:13].ravel()
    source, period = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    nuisance = [source == s for s in range(12)] + [period == t for t in range(1, 6)]
    lags = [(source < 6) & (period == t) for t in (0, 1, 3, 4, 5)]
    design = np.column_stack([*lags, *nuisance]).astype(float)
    contrast = np.zeros(design.shape[1])
    contrast[2:5] = 1 / 3
    inverse = np.linalg.inv(design.T @ design)
    direction = inverse @ contrast
    size = contrast @ direction
    beta = inverse @ design.T @ y
    restricted = design @ (beta - direction * (contrast @ beta) / size)
    number = np.arange(2**11)
    signs = np.vstack([np.ones(2**11), 1 - 2 * ((number >> np.arange(11)[:, None]) & 1)])
    panels = restricted[:, None] + (y - restricted)[:, None] * signs[source]
    panels = np.column_stack([y, panels])
    left = panels - design @ (inverse @ (design.T @ panels))
    parts = (design @ direction)[:, None] * left
    scores = np.stack([parts[source == s].sum(0) for s in range(12)])
    statistics = np.abs(contrast @ inverse @ design.T @ panels) / np.sqrt((scores**2).sum(0))
    share = (statistics[1:] >= statistics[0] * (1 - 1e-9)).mean()
    assert 0.01 < share < 0.9
    assert rows_of(study)["average_after"]["p_value"] == pytest.approx(share, abs=1e-12)
    assert study.diagnostics.draws == "2,048 draws of Rademacher weights, all of them"


def test_default_error_follows_the_number_of_outlets(make_panel: Maker, tenth: Event) -> None:
    def error(n_sources: int, n_treated: int) -> str:
        stance = noisy(n_sources)
        names = [f"Outlet {place:02d}" for place in range(n_treated)]
        study = event_study(make_panel(stance), tenth, treated=names, window=(-2, 1), draws=99)
        return study.diagnostics.error

    found = {sizes: error(*sizes) for sizes in ((4, 2), (6, 3), (14, 3), (12, 6), (30, 15))}
    assert found == {
        (4, 2): "wild_bootstrap",
        (6, 3): "bias_reduced",
        (14, 3): "bias_reduced",
        (12, 6): "bias_reduced",
        (30, 15): "two_way",
    }


def test_two_way_error_is_never_below_the_one_way(make_panel: Maker, tenth: Event) -> None:
    series = make_panel(noisy())
    found = {
        kind: event_study(series, tenth, treated=NAMES[:6], error=kind).table["se"].to_numpy()
        for kind in ("cluster", "two_way")
    }
    assert (found["two_way"] >= found["cluster"] * (1 - 1e-12)).all()


# ---- before the event ---- #


def test_trend_before_is_found_and_said(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    calm = event_study(make_panel(stance), tenth, treated=NAMES[:6], draws=999)
    stance[:6] += 0.03 * np.arange(20)
    drifting = event_study(make_panel(stance), tenth, treated=NAMES[:6], draws=999)
    assert calm.pre_trend is not None
    assert drifting.pre_trend is not None
    assert calm.pre_trend.p_value > 0.05 > drifting.pre_trend.p_value
    assert calm.pre_trend.n_leads == 7
    assert drifting.pre_trend.slope == pytest.approx(calm.pre_trend.slope + 0.03)
    assert drifting.pre_trend.slope_low is not None
    assert drifting.pre_trend.slope_high is not None
    assert drifting.pre_trend.slope_low < 0.03 < drifting.pre_trend.slope_high
    assert "the courses did not differ clearly" in calm.sentence
    assert "the shift may be older than the event" in drifting.sentence


def test_bias_of_a_drift_is_its_slope_times_its_reach(make_panel: Maker, tenth: Event) -> None:
    found = event_study(make_panel(noisy()), tenth, treated=NAMES[:6], draws=999).pre_trend
    assert found is not None
    assert found.power == 0.8
    # Lags 0 to 9 are on average 5.5 weeks from the reference, which is -1.
    assert found.detectable_bias == pytest.approx(5.5 * found.detectable_slope)


def test_noisier_panels_would_miss_larger_drifts(make_panel: Maker, tenth: Event) -> None:
    small, large = (
        event_study(make_panel(scale * noisy()), tenth, treated=NAMES[:6], draws=999).pre_trend
        for scale in (1.0, 2.0)
    )
    assert small is not None
    assert large is not None
    assert large.detectable_slope == pytest.approx(2 * small.detectable_slope, rel=1e-6)
    assert large.p_value == pytest.approx(small.p_value)


def test_without_leads_there_is_nothing_to_test(make_panel: Maker, tenth: Event) -> None:
    study = event_study(make_panel(noisy()), tenth, treated=NAMES[:6], window=(-1, 3), draws=99)
    assert study.pre_trend is None
    assert "cannot be tested" in study.sentence
    assert study.to_dict()["pre_trend"] is None


# ---- gaps, weights, periods ---- #


def test_period_without_controls_has_null_estimates(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[6:, 12] = np.nan
    stance[:6, 5] = np.nan
    study = event_study(make_panel(stance), tenth, treated=NAMES[:6], draws=99)
    rows = rows_of(study)
    for term, n in (("lag_2", 6), ("lead_5", 0)):
        assert rows[term] == {"term": term, **dict.fromkeys(COLUMNS[1:-1]), "n": n}
    assert rows["average_after"]["estimate"] == pytest.approx(-0.3, abs=0.1)
    assert study.diagnostics.notes[0] == "nobody who could tell published in lead_5, lag_2"
    assert study.diagnostics.n_missing == 12
    unknown = study.course.filter(pl.col("estimate").is_null())
    assert unknown["relative"].to_list() == [-5, 2]
    assert isinstance(study.chart(), alt.LayerChart)


def test_source_that_hardly_publishes_is_left_out_and_named(
    make_panel: Maker, tenth: Event
) -> None:
    stance = noisy()
    stance[11, :13] = np.nan
    stance[11, 14:] = np.nan
    study = event_study(make_panel(stance), tenth, treated=NAMES[:6], draws=99)
    rest = event_study(make_panel(stance), tenth, treated=NAMES[:6], controls=NAMES[6:11], draws=99)
    assert study.table.equals(rest.table)
    assert study.diagnostics.sources_left_out == {
        "Outlet 11": "articles in fewer than 2 periods of the window"
    }
    assert any(note.startswith("Outlet 11 is left out") for note in study.diagnostics.notes)


def test_cells_of_one_article_count_less(make_panel: Maker, tenth: Event) -> None:
    stance, counts = noisy(), np.full((12, 20), 25)
    errors = np.full((12, 20), 0.06)
    stance[0, 12:16], counts[0, 12:16], errors[0, 12:16] = 0.9, 1, np.nan
    series = make_panel(stance, n=counts, se=errors)
    weighed, alike = (
        rows_of(event_study(series, tenth, treated=NAMES[:6], weights=weights, draws=99))
        for weights in ("precision", "none")
    )
    truth = -0.3
    distance = [abs(rows["lag_3"]["estimate"] - truth) for rows in (weighed, alike)]
    assert distance[0] < 0.6 * distance[1]


def test_without_known_scatter_all_cells_count_alike(make_panel: Maker, tenth: Event) -> None:
    series = make_panel(noisy(), n=1, se=np.nan)
    weighed = event_study(series, tenth, treated=NAMES[:6], draws=99)
    alike = event_study(series, tenth, treated=NAMES[:6], weights="none", draws=99)
    assert weighed.table.equals(alike.table)
    assert weighed.diagnostics.sampling_share is None


def test_event_period_is_treated_as_asked_and_named(make_panel: Maker, instant: Instant) -> None:
    event = Event("Summit", instant(10, 1.75))
    found = {
        how: event_study(
            make_panel(noisy()), event, treated=NAMES[:6], event_period=how, error="cluster"
        )
        for how in ("fraction", "pre", "post", "drop")
    }
    words = {how: study.diagnostics.event_period_treatment for how, study in found.items()}
    assert words == {
        "fraction": "split: 0.750 of it lies after the event",
        "pre": "counts as before the event",
        "post": "counts as after the event",
        "drop": "left out",
    }
    parts = {
        how: dict(zip(study.course["relative"], study.course["part"], strict=True)).get(0)
        for how, study in found.items()
    }
    assert parts == {"fraction": "transition", "pre": "after", "post": "after", "drop": None}
    assert {study.diagnostics.event_period for study in found.values()} == {instant(10)}


def test_anticipation_and_lag_are_neither_before_nor_after(
    make_panel: Maker, instant: Instant
) -> None:
    stance = noisy()
    stance[:6, 8:12] = 0.9
    event = Event("E", instant(10), anticipation=timedelta(weeks=2), lag=timedelta(weeks=2))
    study = event_study(make_panel(stance), event, treated=NAMES[:6], draws=99)
    assert study.reference == -3
    transition = study.course.filter(pl.col("part") == "transition")
    assert transition["relative"].to_list() == [-2, -1, 0, 1]
    assert rows_of(study)["average_after"]["estimate"] == pytest.approx(-0.3, abs=0.1)
    assert study.diagnostics.n_transition == 4


def test_periods_are_those_of_the_named_time_zone(make_panel: Maker) -> None:
    series = make_panel(noisy(), time_zone="Europe/Kyiv")
    # Monday 13 March in Kyiv, Sunday still in UTC: the event's week is the eleventh.
    event = Event("E", datetime(2023, 3, 12, 22, 30, tzinfo=UTC))
    study = event_study(series, event, treated=NAMES[:6], draws=99)
    assert study.time_zone == "Europe/Kyiv"
    assert study.diagnostics.event_period.isoformat() == "2023-03-13T00:00:00+02:00"
    assert "(13 March 2023)" in study.sentence


def test_reference_can_be_moved(make_panel: Maker, tenth: Event) -> None:
    series = make_panel(noisy())
    options: dict[str, Any] = {"treated": NAMES[:6], "error": "cluster", "weights": "none"}
    last, other = (
        rows_of(event_study(series, tenth, reference=place, **options)) for place in (-1, -4)
    )
    moved = last["lag_3"]["estimate"] - last["lead_4"]["estimate"]
    assert other["lag_3"]["estimate"] == pytest.approx(moved)
    assert "lead_4" not in other
    assert other["lead_1"]["estimate"] == pytest.approx(-last["lead_4"]["estimate"])


# ---- the result ---- #


def test_the_seed_decides_the_draws(make_panel: Maker, tenth: Event) -> None:
    # Six sources on a side would be enumerated; 14 sources have 8,192 draws of signs.
    stance = noisy(14, shift=-0.03)
    one, again, other = (
        event_study(
            make_panel(stance),
            tenth,
            treated=NAMES[:7],
            draws=499,
            seed=seed,
            error="wild_bootstrap",
        )
        for seed in (1, 1, 2)
    )
    assert one.table.equals(again.table)
    assert one.table["estimate"].equals(other.table["estimate"])
    assert not one.table["p_value"].equals(other.table["p_value"])


def test_plain_values_html_and_repr(make_panel: Maker, instant: Instant) -> None:
    event = Event("<b>Summit</b>", instant(10))
    study = event_study(make_panel(noisy()), event, treated=NAMES[:6], draws=99)
    plain = json.loads(json.dumps(study.to_dict(), allow_nan=False))
    assert plain["method"] == "event_study"
    assert plain["table"][-1]["term"] == "average_after"
    assert plain["course"][0]["period"] == "2023-01-16T00:00:00+00:00"
    assert plain["diagnostics"]["sources"][0]["source"] == "Outlet 00"
    assert plain["pre_trend"]["n_leads"] == 7
    html = study._repr_html_()
    assert "&lt;b&gt;Summit" in html
    assert "<b>" not in html
    assert html.count("<tr") == 19
    assert str(study) == study.sentence
    assert repr(study).startswith("EventStudy(average_after -0.")
    assert "Summit" in json.dumps(study.chart().to_dict())


# ---- refusals ---- #


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event": "2023"}, "'event' must be one Event; got str"),
        ({"error": "hc3"}, "unknown error 'hc3'; known errors: wild_bootstrap, bias_reduced"),
        ({"error": "permutation"}, "belongs to difference_in_differences"),
        ({"weights": "se"}, "unknown weighting 'se'; known weightings: precision, none"),
        ({"event_period": "after"}, "unknown event_period treatment 'after'"),
        ({"confidence_level": 95}, r"must lie inside \(0, 1\); got 95"),
        ({"draws": 10}, "'draws' must be at least 99; got 10"),
        ({"window": (2, 5)}, r"must begin before the event's period, which is 0.*got \(2, 5\)"),
        ({"window": (-30, 5)}, r"10 periods before the event's own and 9 after it; .*\(-10, 5\)"),
        ({"reference": 2}, "the reference period 2 cannot be used: .* Take reference=-1"),
        ({"treated": "Outlet 00"}, r"must be a list of one or more sources; got 'Outlet 00'"),
        ({"treated": ["Outlet 0"]}, "unknown source 'Outlet 0'; .*Did you mean 'Outlet"),
        ({"treated": None, "controls": ["Outlet 03"]}, "but no 'treated' sources to compare"),
        ({"controls": ["Outlet 00"]}, "'Outlet 00' is named in 'treated' and in 'controls'"),
        ({"target": "Nato"}, "unknown target 'Nato'; .*Did you mean 'NATO'"),
        ({"event": Event("E", datetime(2020, 1, 1, tzinfo=UTC))}, "lies outside the panel, which"),
    ],
)
def test_arguments_that_are_refused(
    make_panel: Maker, tenth: Event, options: dict[str, Any], message: str
) -> None:
    arguments = {"series": make_panel(noisy()), "event": tenth, "treated": NAMES[:6]} | options
    with pytest.raises(ArgumentError, match=message):
        event_study(**arguments)


@pytest.mark.parametrize("error", ["cluster", "two_way", "bias_reduced"])
def test_fewer_than_six_clusters_need_the_bootstrap(
    make_panel: Maker, tenth: Event, error: Any
) -> None:
    series = make_panel(noisy(5))
    with pytest.raises(
        NotEnoughDataError, match=f"5 sources are too few clusters for error='{error}'; at least 6"
    ):
        event_study(series, tenth, treated=NAMES[:2], error=error)
    study = event_study(series, tenth, treated=NAMES[:2], draws=999)
    assert study.diagnostics.error == "wild_bootstrap"
    assert event_study(make_panel(noisy(6)), tenth, treated=NAMES[:3], error=error)


@pytest.mark.parametrize("error", [None, "wild_bootstrap", "cluster"])
@pytest.mark.parametrize("n_sources", [4, 12])
def test_one_treated_source_is_refused(
    make_panel: Maker, tenth: Event, error: Any, n_sources: int
) -> None:
    with pytest.raises(NotEnoughDataError, match=r"with one treated source the errors of .*void"):
        event_study(make_panel(noisy(n_sources)), tenth, treated=NAMES[:1], error=error)


def test_too_few_sources_say_how_many_are_needed(make_panel: Maker, tenth: Event) -> None:
    with pytest.raises(NotEnoughDataError, match="2 sources have what is needed; at least 3"):
        event_study(make_panel(noisy(2)), tenth)
    with pytest.raises(NotEnoughDataError, match="holds one source on NATO"):
        event_study(make_panel(noisy(1)), tenth)
    with pytest.raises(NotEnoughDataError, match="all 12 sources on NATO are treated"):
        event_study(make_panel(noisy()), tenth, treated=NAMES[:12])


def test_stance_that_never_changes_is_refused(make_panel: Maker, tenth: Event) -> None:
    with pytest.raises(NotEnoughDataError, match="is the same in all 216 cells"):
        event_study(make_panel(np.full((12, 20), 0.2)), tenth, treated=NAMES[:6])


def test_nobody_after_the_event_is_refused(make_panel: Maker, tenth: Event) -> None:
    stance = noisy()
    stance[:6, 10:] = np.nan
    with pytest.raises(NotEnoughDataError, match="lies wholly after the event has articles of all"):
        event_study(make_panel(stance), tenth, treated=NAMES[:6])
