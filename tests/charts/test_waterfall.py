"""The waterfall: steps from the mean before to the mean after, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.charts import decomposition_waterfall, save
from stancelib.charts.diverging import DIVERGING
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

# Griliches and Regev by hand: means -0.06 and +0.07, half of their sum 0.005.
BY_SOURCE = pl.DataFrame(
    {
        "source": ["Beacon Wire", "Вечірній вісник", "Courrier"],
        "share_before": [0.4, 0.6, 0.0],
        "share_after": [0.5, 0.0, 0.5],
        "stance_before": [-0.3, 0.1, None],
        "stance_after": [-0.2, None, 0.34],
        "within": [0.045, 0.0, 0.0],
        "between": [-0.0255, 0.0, 0.0],
        "entry": [0.0, 0.0, 0.1675],
        "exit": [0.0, -0.057, 0.0],
    }
)
TABLE = pl.DataFrame(
    {
        "term": ["within", "between", "entry", "exit", "composition", "total"],
        "low": [0.02, None, 0.1, -0.09, 0.01, 0.06],
        "high": [0.07, None, 0.2, -0.03, 0.15, 0.2],
    }
)


def rows_of(chart: Any) -> list[dict[str, Any]]:
    datasets = chart.to_dict()["datasets"].values()
    return [row for rows in datasets for row in rows if "value_words" in row]


def test_every_step_begins_where_the_last_ended() -> None:
    rows = rows_of(decomposition_waterfall(BY_SOURCE))
    assert [row["name"] for row in rows] == [
        "Before",
        "Outlets moved",
        "Shares moved",
        "Outlets came",
        "Outlets went",
        "After",
    ]
    assert rows[0]["end"] == -0.06
    assert rows[-1]["end"] == 0.07
    ends = [row["end"] for row in rows]
    assert [row["start"] for row in rows[1:-1]] == ends[:-2]
    assert rows[-2]["end"] == pytest.approx(0.07, abs=1e-9)
    assert [row["toward"] for row in rows[1:-1]] == [
        "toward favor",
        "toward against",
        "toward favor",
        "toward against",
    ]


def test_intervals_stand_where_their_steps_end() -> None:
    chart = decomposition_waterfall(BY_SOURCE, TABLE, confidence_level=0.9)
    within, between, entry, _exit, after = rows_of(chart)[1:]
    assert (within["low"], within["high"]) == (-0.04, 0.01)
    assert within["interval"] == "+0.02 to +0.07"
    assert (between["low"], between["interval"]) == (None, "none")
    assert entry["low"] == pytest.approx(entry["start"] + 0.1)
    # That of the whole change begins at the mean before.
    assert (after["low"], after["high"]) == (0.0, 0.14)
    assert after["interval"] == "+0.06 to +0.20 (of the change)"
    assert "Lines: 90 % intervals" in " ".join(chart.title.subtitle)
    assert "intervals" not in " ".join(decomposition_waterfall(BY_SOURCE).title.subtitle)


def test_outlets_that_moved_most_have_their_own_steps() -> None:
    three = pl.DataFrame(
        {
            "source": ["Перший", "Second", "Third"],
            "share_before": [0.5, 0.25, 0.25],
            "share_after": [0.5, 0.25, 0.25],
            "stance_before": [0.0, 0.0, 0.0],
            "stance_after": [-0.4, 0.12, 0.04],
            "within": [-0.2, 0.03, 0.01],
        }
    ).with_columns(between=pl.lit(0.0), entry=pl.lit(0.0), exit=pl.lit(0.0))
    chart = decomposition_waterfall(three, outlets=2)
    rows = rows_of(chart)
    # Nobody came or went, hence no such step.
    assert [(row["name"], row["value_words"]) for row in rows] == [
        ("Before", "0.00"),
        ("Перший", "−0.20"),
        ("Second", "+0.03"),
        ("Other outlets moved", "+0.01"),
        ("Shares moved", "0.00"),
        ("After", "−0.16"),
    ]
    assert chart.description == (
        "What moved the mean stance: before 0.00; Перший −0.20; Second +0.03; "
        "other outlets moved +0.01; shares moved 0.00; after −0.16."
    )
    assert "Other outlets moved" not in str(rows_of(decomposition_waterfall(three, outlets=3)))


def test_colours_say_toward_which_side_in_both_themes() -> None:
    for theme in ("light", "dark"):
        layers = decomposition_waterfall(BY_SOURCE, theme=theme).to_dict()["layer"]
        (bars,) = [layer for layer in layers if layer["mark"]["type"] == "bar"]
        assert bars["encoding"]["color"]["scale"] == {
            "domain": ["toward against", "toward favor"],
            "range": [DIVERGING[theme][0], DIVERGING[theme][4]],
        }


def test_it_draws_what_the_library_decomposes() -> None:
    panel = sl.simulate_series(sources=["Beacon Wire", "Dawn Courier"], level=-0.3, seed=1)
    change = sl.decompose_change(panel.series, panel.event_at)
    rows = rows_of(decomposition_waterfall(change.by_source, change.table))
    total = change.table.filter(term="total")["estimate"][0]
    assert rows[-1]["end"] - rows[0]["end"] == pytest.approx(total, abs=1e-3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn(theme: Any, tmp_path: Path) -> None:
    one = BY_SOURCE.head(1).with_columns(share_before=1.0, share_after=1.0, within=0.1, between=0.0)
    for frame in (BY_SOURCE, one):
        chart = decomposition_waterfall(frame, TABLE, theme=theme, width=230, outlets=1)
        assert save(chart, tmp_path / "waterfall.png").stat().st_size > 5_000


def test_refusals() -> None:
    with pytest.raises(DataError, match="'within' is missing"):
        decomposition_waterfall(BY_SOURCE.drop("within"))
    with pytest.raises(DataError, match="'low' is missing"):
        decomposition_waterfall(BY_SOURCE, TABLE.drop("low"))
    with pytest.raises(DataError, match=r"sum to \+0.085, but the mean changed by \+0.130"):
        decomposition_waterfall(BY_SOURCE.with_columns(within=pl.lit(0.0)))
    with pytest.raises(DataError, match="'stance_before' of 'Beacon Wire' is null"):
        decomposition_waterfall(
            BY_SOURCE.with_columns(stance_before=pl.lit(None, dtype=pl.Float64))
        )
    with pytest.raises(NotEnoughDataError, match="no outlet has articles before"):
        decomposition_waterfall(BY_SOURCE.clear())
    with pytest.raises(ArgumentError, match="outlets must not be negative"):
        decomposition_waterfall(BY_SOURCE, outlets=-1)
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        decomposition_waterfall(BY_SOURCE, theme="sepia")  # type: ignore[arg-type]  # wrong on purpose
