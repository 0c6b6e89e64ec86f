"""The grid of a coverage study: verdicts with the simulation's error, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stancelib.charts import coverage_grid, save
from stancelib.charts.coverage_core import Promise, grids_of
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

RECORDS = pl.DataFrame(
    {
        "noise": ["Авторегресія", "Авторегресія", "AR 0", "AR 0", "walk"],
        "n_periods": [160, 40, 160, 40, 40],
        "share": [0.1] * 5,
        "runs": [2000] * 5,
        "gls": [0.95, 0.93, 0.97, 0.99, None],
        "ordinary": [0.60, 0.925, 0.80, 0.975, 0.915],
    }
)
RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


def grids(records: pl.DataFrame = RECORDS, **options: Any) -> list[Any]:
    coverage = options.pop("coverage", ["gls", "ordinary"])
    chosen = {"facet": None, "runs": "runs", "promise": Promise.checked(0.95, 0.02), **options}
    return grids_of(records, ("noise", "n_periods"), coverage, **chosen)


def drawn(records: pl.DataFrame = RECORDS, **options: Any) -> Any:
    chosen = {"rows": "noise", "columns": "n_periods", "coverage": ["gls", "ordinary"], **options}
    return coverage_grid(records, **chosen)


def test_verdicts_count_the_error_of_the_simulation() -> None:
    gls, ordinary = grids()
    # 93 and 97 % exactly are within 93 to 97 %; null is no verdict to speak of.
    assert gls.frame["verdict"].head(4).to_list() == [
        "within the tolerance",
        "within the tolerance",
        "within the tolerance",
        "too high",
    ]
    assert ordinary.frame["verdict"].to_list() == [
        "too low",
        "too low",
        "too low",
        "too high",
        "too low",
    ]
    # Wilson's intervals of 1850 and of 1830 of 2000: 91.3 to 93.6 %, and 90.2 to 92.6 %.
    assert ordinary.frame["interval"].to_list()[1] == "91.3 to 93.6 %"
    assert ordinary.frame["interval"].to_list()[4] == "90.2 to 92.6 %"
    assert ordinary.frame["clear"].to_list() == [True, False, True, False, True]
    few = RECORDS.with_columns(runs=pl.lit(100))
    assert grids(few)[1].frame["clear"].to_list() == [True, False, True, False, False]


def test_numbers_stand_in_order_and_words_as_they_come() -> None:
    gls = grids()[0]
    assert gls.columns == ["40", "160"]
    assert gls.rows == ["Авторегресія", "AR 0", "walk"]
    assert gls.frame["coverage_words"].to_list() == ["95.0", "93.0", "97.0", "99.0", None]


def test_a_panel_a_method_and_a_third_factor() -> None:
    two = pl.concat([RECORDS, RECORDS.with_columns(share=pl.lit(0.0))])
    assert [grid.heading for grid in grids(two, facet="share")] == [
        "gls · share 0",
        "gls · share 0.1",
        "ordinary · share 0",
        "ordinary · share 0.1",
    ]
    assert [grid.heading for grid in grids(two, facet="share", coverage=["gls"])] == [
        "share 0",
        "share 0.1",
    ]
    specification = drawn(two, facet="share", panels=3).to_dict()
    assert [len(row["hconcat"]) for row in specification["vconcat"]] == [3, 1]


def test_every_cell_tells_its_number_and_which_way_it_misses_without_colour() -> None:
    chart = drawn()
    panel = chart.to_dict()["vconcat"][0]["hconcat"][1]
    assert [layer["mark"]["type"] for layer in panel["layer"]] == ["rect", "text", "point", "point"]
    assert panel["layer"][1]["encoding"]["text"]["field"] == "coverage_words"
    filled, hollow = panel["layer"][2:]
    assert (filled["mark"]["filled"], hollow["mark"]["filled"]) == (True, False)
    assert filled["encoding"]["shape"]["scale"] == {
        "domain": ["too low", "too high"],
        "range": ["triangle-down", "triangle-up"],
    }
    note = " ".join(chart.title.subtitle)
    assert "% of 2,000 simulated series" in note
    assert "Empty: not simulated." in note
    assert chart.description == (
        "How often the intervals held the truth, against 95 %. "
        "gls: 3 of 4 cells within 93 to 97 %, 1 too high, lowest 93.0 % "
        "(noise Авторегресія, n_periods 40). "
        "ordinary: 0 of 5 cells within 93 to 97 %, 4 too low, 1 too high, lowest 60.0 % "
        "(noise Авторегресія, n_periods 160)."
    )


def test_another_level_can_be_promised() -> None:
    chart = drawn(coverage="ordinary", nominal=0.9, tolerance=0.03)
    assert "ordinary: 2 of 5 cells within 87 to 93 %" in chart.description
    assert Promise.checked(0.99, 0.02).high == 1.0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_drawn(theme: Any, tmp_path: Path) -> None:
    for frame in (RECORDS, RECORDS.head(1)):
        chart = drawn(frame, theme=theme, panels=1)
        assert save(chart, tmp_path / "grid.png").stat().st_size > 5_000


def test_the_library_s_own_record_can_be_drawn() -> None:
    records = pl.read_ndjson(RESULTS / "coverage_interrupted_time_series.jsonl")
    cells = records.filter(articles="1 to 200", missing=0.0, season="none", shift=0.15)
    chart = drawn(cells, coverage=["stancelib gls", "statsmodels OLS"])
    assert f"of {cells.height} cells" in chart.description
    with pytest.raises(DataError, match=r"records have noise .*they differ in articles"):
        drawn(records, coverage="stancelib gls")


def test_refusals() -> None:
    with pytest.raises(DataError, match="'hac' is missing"):
        drawn(coverage="hac")
    with pytest.raises(ArgumentError, match="coverage names no column"):
        drawn(coverage=[])
    with pytest.raises(ArgumentError, match="must be three factors"):
        drawn(columns="noise")
    with pytest.raises(DataError, match=r"'gls' must lie in \[0, 1\]; got 95"):
        drawn(RECORDS.with_columns(gls=pl.lit(95.0)))
    for bad in (0, None):
        with pytest.raises(DataError, match="'runs' must be above 0"):
            drawn(RECORDS.with_columns(runs=pl.lit(bad, dtype=pl.Int64)))
    with pytest.raises(DataError, match=r"2 records have noise AR 0, n_periods 160.*share"):
        drawn(pl.concat([RECORDS, RECORDS[2:3].with_columns(share=pl.lit(0.0))]))
    for level in (0.0, 1.0, 95.0):
        with pytest.raises(ArgumentError, match="nominal must lie inside"):
            drawn(nominal=level)
    with pytest.raises(ArgumentError, match="tolerance must lie in"):
        drawn(tolerance=-0.1)
    with pytest.raises(ArgumentError, match="panels must be at least 1"):
        drawn(panels=0)
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        drawn(theme="sepia")
    unknown = pl.lit(None, dtype=pl.Float64)
    for empty in (RECORDS.clear(), RECORDS.with_columns(gls=unknown, ordinary=unknown)):
        with pytest.raises(NotEnoughDataError, match="nothing to draw"):
            drawn(empty)
