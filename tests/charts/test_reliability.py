"""The reliability diagram: a panel a set, and what was counted."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from stancelib.charts import reliability_diagram
from stancelib.errors import DataError, NotEnoughDataError

BINS = pl.DataFrame(
    {
        "set": ["news", "news", "tweets", "tweets"],
        "n": [50, 80, 4, 0],
        "confidence": [0.5, 0.9, 0.8, 0.95],
        "accuracy": [0.4, 0.85, 1.0, 0.0],
    }
)


def panels(**options: Any) -> list[dict[str, Any]]:
    found = reliability_diagram(BINS, **options).to_dict()
    return [panel for row in found["vconcat"] for panel in row["hconcat"]]


def rows_of(panel: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, Any] = reliability_diagram(BINS).to_dict()["datasets"]
    named = panel.get("data") or panel["layer"][0]["data"]
    return found[named["name"]]  # type: ignore[no-any-return]  # rows


def test_every_set_has_its_panel_and_its_own_bins() -> None:
    found = panels()
    assert [panel["title"]["text"] for panel in found] == ["news", "tweets"]
    assert [row["accuracy"] for row in rows_of(found[0])] == [0.4, 0.85]


def test_a_bin_without_a_mention_is_not_drawn() -> None:
    assert [row["n"] for row in rows_of(panels()[1])] == [4]


def test_intervals_are_those_of_wilson() -> None:
    """Of statsmodels: ``proportion_confint(20, 50, method="wilson")``."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(20, 50, method="wilson")
    row = rows_of(panels()[0])[0]
    assert (row["low"], row["high"]) == (
        pytest.approx(low, abs=1e-3),
        pytest.approx(high, abs=1e-3),
    )


def test_only_the_first_column_names_its_axis() -> None:
    titles = [panel["layer"][2]["encoding"]["y"]["axis"]["title"] for panel in panels(columns=2)]
    assert titles == ["share right", None]
    titles = [panel["layer"][2]["encoding"]["y"]["axis"]["title"] for panel in panels(columns=1)]
    assert titles == ["share right", "share right"]


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(DataError, match="'accuracy'"):
        reliability_diagram(BINS.drop("accuracy"))
    with pytest.raises(NotEnoughDataError, match="no bin holds a mention"):
        reliability_diagram(BINS.filter(n=0))
