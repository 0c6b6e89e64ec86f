"""`placebo_test`: in date, in target, in source, in outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.effects.placebo_result import PlaceboTest
from stancelib.effects.placebo_test import placebo_test
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Maker = Callable[..., pl.DataFrame]
COLUMNS = ["term", "estimate", "se", "low", "high", "p_value", "n"]


def noise(seed: int, size: int = 60) -> list[float]:
    return [float(x) for x in np.random.default_rng(seed).normal(0.1, 0.05, size)]


@pytest.fixture
def panel(make_series: Maker, noisy: list[float]) -> pl.DataFrame:
    """The shift of `noisy` toward NATO; no shift toward the others, or in the other source."""
    parts = [make_series(noisy)]
    parts += [make_series(noise(i), target=name) for i, name in enumerate(("Japan", "Peru"))]
    parts += [make_series(noise(7), source="Harbor Post")]
    return pl.concat(parts)


def level(found: PlaceboTest) -> dict[str, Any]:
    return found.table.row(0, named=True)


# ---- in date ---- #


def test_shift_is_found_among_dates(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    found = placebo_test(make_series(noisy), summit)
    assert found.table.columns == COLUMNS
    assert found.table["term"].to_list() == ["level", "slope"]
    assert found.diagnostics.n_dates == 60 - 16 + 1
    assert level(found)["p_value"] == pytest.approx(1 / 45)
    assert level(found)["low"] < -0.3 < level(found)["high"] < 0
    assert level(found)["n"] == 60
    assert "no other shows a shift as large" in found.sentence
    assert "rare in this series" in found.sentence
    assert found.diagnostics.notes == ()
    assert found.diagnostics.most_conspicuous == "2023-07-31"


def test_every_date_as_the_event_gives_every_rank_once(make_series: Maker) -> None:
    """The exact test: over all dates at which the event might stand, p is uniform."""
    series = make_series(noise(3, 32))
    first = datetime(2023, 1, 2, tzinfo=UTC)
    for error in ("ols", "gls"):
        p_values = [
            level(placebo_test(series, sl.Event("E", first + timedelta(weeks=w)), error=error))[
                "p_value"
            ]
            for w in range(8, 25)
        ]
        np.testing.assert_allclose(sorted(p_values), np.arange(1, 18) / 17)


def test_least_squares_at_the_event_is_that_of_the_interrupted_series(
    make_series: Maker, noisy: list[float]
) -> None:
    event = sl.Event("Summit", datetime(2023, 8, 2, 15, tzinfo=UTC))
    stance = [None if week in {4, 33} else x for week, x in enumerate(noisy)]
    series = make_series(stance, n=np.tile([2, 9, 40], 20).tolist())
    for treatment in ("fraction", "pre", "post", "drop"):
        options: dict[str, Any] = {"error": "ols", "weights": "none", "event_period": treatment}
        one = sl.interrupted_time_series(series, event, **options)
        found = placebo_test(series, event, **options)
        for column in ("estimate", "se", "n"):
            np.testing.assert_allclose(found.table[column], one.table[column], rtol=1e-8)


def test_anticipation_and_lag_are_left_out_at_every_date(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    event = sl.Event("Summit", summit.at, anticipation=timedelta(days=10), lag=timedelta(weeks=2))
    options: dict[str, Any] = {"error": "ols", "weights": "none"}
    found = placebo_test(make_series(noisy), event, **options)
    one = sl.interrupted_time_series(make_series(noisy), event, **options)
    np.testing.assert_allclose(found.table["estimate"], one.table["estimate"], rtol=1e-8)
    assert found.table["n"].to_list() == [56, 56]
    assert found.diagnostics.n_dates == 60 - 16 - 4 + 1


def test_defaults_come_close_to_the_interrupted_series(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    series = make_series(noisy)
    one = sl.interrupted_time_series(series, summit)
    found = placebo_test(series, summit)
    assert level(found)["estimate"] == pytest.approx(one.table["estimate"][0], abs=0.01)
    assert level(found)["se"] == pytest.approx(one.table["se"][0], rel=0.25)


def test_window_uses_periods_near_each_date(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    found = placebo_test(make_series(noisy), summit, window=10)
    assert level(found)["n"] == 20
    assert level(found)["p_value"] == pytest.approx(1 / 45)
    far = [x + 5 * (week < 15) * 0.1 for week, x in enumerate(noisy)]
    moved = placebo_test(make_series(far), summit, window=10, error="ols", weights="none")
    plain = placebo_test(make_series(noisy), summit, window=10, error="ols", weights="none")
    assert level(moved)["estimate"] == pytest.approx(level(plain)["estimate"], abs=1e-12)


def test_nothing_is_made_of_noise(make_series: Maker, summit: sl.Event) -> None:
    found = placebo_test(make_series(noise(5)), summit)
    assert level(found)["p_value"] > 0.05
    assert level(found)["low"] < 0 < level(found)["high"]
    assert "not unusual in this series" in found.sentence
    assert any(
        "the largest shift relative to its noise is at" in x for x in found.diagnostics.notes
    )


def test_few_dates_are_told(make_series: Maker) -> None:
    event = sl.Event("Summit", datetime(2023, 3, 13, tzinfo=UTC))
    found = placebo_test(make_series(noise(6, 24)), event)
    assert found.diagnostics.smallest_p_value == pytest.approx(1 / 9)
    assert "cannot reject at 0.05" in found.diagnostics.notes[0]
    assert level(found)["low"] == -np.inf
    assert "no interval can be given" in found.sentence
    assert found.to_dict()["table"][0]["low"] is None


def test_periods_are_in_the_zone_of_the_series(make_series: Maker, noisy: list[float]) -> None:
    series = make_series(noisy, time_zone="Europe/Kyiv")
    event = sl.Event("Summit", datetime(2023, 7, 30, 21, tzinfo=UTC))
    found = placebo_test(series, event)
    assert found.time_zone == "Europe/Kyiv"
    own = found.placebos.filter(pl.col("is_event"), term="level")
    assert own["period"][0].isoformat() == "2023-07-31T00:00:00+03:00"
    assert level(found)["n"] == 60


@pytest.mark.data
def test_nile_breaks_between_1898_and_1899(make_series: Maker, data_folder: Path) -> None:
    """Cobb (1978): the flow at Aswan fell in 1899; no other of 85 years looks like it."""
    file = data_folder / "reference" / "tcpd" / "nile.json"
    flow = np.array(json.loads(file.read_text())["series"][0]["raw"], dtype=np.float64)
    scaled = [float(x) for x in (flow - 900) / 1_000]
    series = make_series(scaled, start=date(1871, 1, 1), every="1y", se=None, n=1)
    for error in ("gls", "ols"):
        true = placebo_test(
            series, sl.Event("Dam", datetime(1899, 1, 1, tzinfo=UTC)), error=error, weights="none"
        )
        assert level(true)["p_value"] == pytest.approx(1 / 85)
        # The mean fell from 1,098 to 850 (Durbin and Koopman 2012): by 0.248 in these units.
        assert level(true)["low"] < -0.248 < level(true)["high"] < 0
        false = placebo_test(
            series, sl.Event("None", datetime(1913, 1, 1, tzinfo=UTC)), error=error, weights="none"
        )
        assert false.diagnostics.most_conspicuous == "1899-01-01"
        assert level(false)["p_value"] > 0.5


# ---- in target, source, outcome ---- #


def test_other_targets_did_not_move(panel: pl.DataFrame, summit: sl.Event) -> None:
    found = placebo_test(panel, summit, kind="target", target="NATO", source="Beacon Wire")
    family = found.placebos.filter(term="level")
    assert family["placebo"].to_list() == ["NATO", "Japan", "Peru"]
    assert family["is_event"].to_list() == [True, False, False]
    assert level(found)["p_value"] == pytest.approx(1 / 3)
    assert level(found)["low"] is None
    assert family["p_value_adjusted"][0] == pytest.approx(1 / 45)
    assert (family["p_value_adjusted"] >= family["p_value"]).all()
    assert family["p_value_adjusted"][1] > 0.05
    assert "ranks 1 of 3 targets" in found.sentence
    assert "no target that should not have moved did so clearly" in found.sentence


def test_placebo_that_moved_is_named(
    panel: pl.DataFrame, make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    mirrored = make_series([-x for x in noisy], target="Chile")
    found = placebo_test(
        pl.concat([panel, mirrored]),
        summit,
        kind="target",
        target="NATO",
        source="Beacon Wire",
        placebos=["Chile", "Peru"],
    )
    assert "Chile, which should not have moved, moved as well" in found.sentence
    assert level(found)["p_value"] == pytest.approx(2 / 3)


def test_other_sources_did_not_move(panel: pl.DataFrame, summit: sl.Event) -> None:
    found = placebo_test(panel, summit, kind="source", target="NATO", source="Beacon Wire")
    assert found.placebos["placebo"].unique().sort().to_list() == ["Beacon Wire", "Harbor Post"]
    assert level(found)["p_value"] == pytest.approx(1 / 2)
    assert found.diagnostics.n_dates == 45


def test_family_is_compared_at_dates_that_all_share(
    panel: pl.DataFrame, make_series: Maker, summit: sl.Event
) -> None:
    late = make_series(noise(9, 45), source="Late Star", start=date(2023, 4, 17))
    found = placebo_test(
        pl.concat([panel, late]), summit, kind="source", target="NATO", source="Beacon Wire"
    )
    assert found.diagnostics.n_dates == 45 - 16 + 1
    assert found.diagnostics.first_date.date().isoformat() == "2023-06-12"


def test_placebo_that_cannot_be_fitted_is_left_out_and_named(
    panel: pl.DataFrame, make_series: Maker, summit: sl.Event
) -> None:
    short = make_series(noise(9, 33), source="Short Star")
    found = placebo_test(
        pl.concat([panel, short]), summit, kind="source", target="NATO", source="Beacon Wire"
    )
    assert found.diagnostics.n_placebos == 1
    assert any(note.startswith("Short Star is left out: ") for note in found.diagnostics.notes)
    with pytest.raises(NotEnoughDataError, match="none of the placebo sources can be fitted"):
        placebo_test(
            pl.concat([panel, short]),
            summit,
            kind="source",
            target="NATO",
            source="Beacon Wire",
            placebos=["Short Star"],
        )


def test_outcomes_beside_the_stance(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    rng = np.random.default_rng(4)
    series = make_series(noisy).with_columns(
        length=pl.Series(rng.normal(400, 30, 60)), coverage=pl.Series(rng.uniform(0.8, 1, 60))
    )
    found = placebo_test(series, summit, kind="outcome", placebos=["length", "coverage"])
    family = found.placebos.filter(term="level")
    assert family["placebo"].to_list() == ["stance", "length", "coverage"]
    assert level(found)["p_value"] == pytest.approx(1 / 3)
    plain = sl.interrupted_time_series(
        series.with_columns(stance=pl.col("coverage")), summit, error="ols", weights="none"
    )
    same = placebo_test(series, summit, kind="outcome", placebos=["coverage"], error="ols")
    row = same.placebos.filter(term="level", placebo="coverage").row(0, named=True)
    assert row["estimate"] == pytest.approx(plain.table["estimate"][0], rel=1e-8)


def test_shares_are_weighted_by_articles(
    make_series: Maker, summit: sl.Event, noisy: list[float]
) -> None:
    counts = np.tile([1, 90], 30).tolist()
    series = make_series(noisy, n=counts)
    options: dict[str, Any] = {"kind": "outcome", "placebos": ["share_favor"], "error": "ols"}
    weighed = placebo_test(series, summit, **options)
    alike = placebo_test(series, summit, weights="none", **options)
    assert weighed.placebos["estimate"][1] != alike.placebos["estimate"][1]


# ---- results ---- #


def test_plain_values_html_and_chart(panel: pl.DataFrame, summit: sl.Event) -> None:
    event = sl.Event("<b>Summit</b>", summit.at)
    for kind in ("date", "target"):
        found = placebo_test(panel, event, kind=kind, target="NATO", source="Beacon Wire")
        plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        assert plain["method"] == "placebo_test"
        assert len(plain["placebos"]) == found.placebos.height
        assert plain["diagnostics"]["first_date"] == "2023-02-27T00:00:00+00:00"
        assert "&lt;b&gt;" in found._repr_html_()
        assert "<b>" not in found._repr_html_()
        assert str(found) == found.sentence
        assert repr(found).startswith(f"PlaceboTest(in {kind}, NATO in Beacon Wire, level -0.")
        assert isinstance(found.chart(), alt.LayerChart)
        assert isinstance(found.chart(term="slope", title="A"), alt.LayerChart)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"event": [1]}, ArgumentError, "'event' must be one Event; got list"),
        ({"kind": "dates"}, ArgumentError, "unknown kind of placebo 'dates'.*Did you mean 'date'"),
        ({"error": "hac"}, ArgumentError, "unknown error 'hac'; known errors: gls, ols"),
        ({"weights": "se"}, ArgumentError, "unknown weighting 'se'"),
        ({"event_period": "after"}, ArgumentError, "unknown event_period treatment 'after'"),
        ({"window": 3}, ArgumentError, "'window' must be a whole number, 8 or more; got 3"),
        ({"confidence_level": 95}, ArgumentError, r"must lie inside \(0, 1\); got 95"),
        ({"placebos": ["Peru"]}, ArgumentError, "a test in date .* needs none"),
        ({"kind": "target", "placebos": ["Perú"]}, ArgumentError, "unknown target 'Perú'"),
        ({"kind": "target", "placebos": ["NATO"]}, ArgumentError, "cannot be its own placebo"),
        ({"kind": "outcome"}, ArgumentError, "columns that the event should not have moved"),
        ({"kind": "outcome", "placebos": ["stance"]}, ArgumentError, "unknown outcome 'stance'"),
    ],
)
def test_what_is_refused(
    panel: pl.DataFrame,
    summit: sl.Event,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    arguments = {"series": panel, "event": summit, "target": "NATO", "source": "Beacon Wire"}
    with pytest.raises(error, match=message):
        placebo_test(**arguments | options)


def test_data_that_is_refused(make_series: Maker, summit: sl.Event, noisy: list[float]) -> None:
    series = make_series(noisy)
    with pytest.raises(ArgumentError, match="the frame holds no other source than 'Beacon Wire'"):
        placebo_test(series, summit, kind="source")
    broken = series.with_columns(length=pl.lit(float("inf")))
    with pytest.raises(DataError, match="outcome 'length' holds a value that is not finite"):
        placebo_test(broken, summit, kind="outcome", placebos=["length"])
    still = series.with_columns(length=pl.lit(1.0))
    with pytest.raises(NotEnoughDataError, match="length is left out: it never changes"):
        placebo_test(still, summit, kind="outcome", placebos=["length"])
    short = [None if week >= 37 else x for week, x in enumerate(noisy)]
    with pytest.raises(NotEnoughDataError, match="at least 8 are needed on each side"):
        placebo_test(make_series(short), summit)
    only = sl.Event("Summit", datetime(2023, 2, 27, tzinfo=UTC))
    with pytest.raises(NotEnoughDataError, match="stands at the only date with 8 periods"):
        placebo_test(make_series(noise(1, 16)), only)
    gapped = [None if 26 <= week < 30 else x for week, x in enumerate(noisy)]
    with pytest.raises(NotEnoughDataError, match="take a longer window"):
        placebo_test(make_series(gapped), summit, window=8)
