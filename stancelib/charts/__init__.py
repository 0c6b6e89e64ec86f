"""Pictures: one function each, frames in, Altair charts out.

Nothing here reads a store or computes an effect, so that other people's series can be drawn.
Every chart carries the theme itself; altair's global theme is never touched.
"""

from __future__ import annotations

from stancelib.charts.adjusted import adjusted_chart
from stancelib.charts.brushed import series_with_sentences
from stancelib.charts.confusion import confusion_chart
from stancelib.charts.counterfactual import counterfactual_chart
from stancelib.charts.counts import interrupted_counts_chart
from stancelib.charts.coverage import coverage_grid
from stancelib.charts.difference_in_differences import difference_in_differences_chart
from stancelib.charts.event_study import event_study_chart
from stancelib.charts.forest import forest_plot
from stancelib.charts.heat_map import stance_heat_map
from stancelib.charts.interrupted import interrupted_time_series_chart
from stancelib.charts.output import save
from stancelib.charts.over_time import stance_over_time
from stancelib.charts.placebo import placebo_chart
from stancelib.charts.power import power_chart
from stancelib.charts.reliability import reliability_diagram
from stancelib.charts.salience import salience_against_stance
from stancelib.charts.sentence_strip import sentence_strip
from stancelib.charts.specification import specification_chart
from stancelib.charts.synthetic_control import synthetic_control_chart
from stancelib.charts.theme import register_themes
from stancelib.charts.voices import stance_by_voice
from stancelib.charts.waterfall import decomposition_waterfall
from stancelib.charts.words import describe_series

register_themes()

__all__ = [
    "adjusted_chart",
    "confusion_chart",
    "counterfactual_chart",
    "coverage_grid",
    "decomposition_waterfall",
    "describe_series",
    "difference_in_differences_chart",
    "event_study_chart",
    "forest_plot",
    "interrupted_counts_chart",
    "interrupted_time_series_chart",
    "placebo_chart",
    "power_chart",
    "reliability_diagram",
    "salience_against_stance",
    "save",
    "sentence_strip",
    "series_with_sentences",
    "specification_chart",
    "stance_by_voice",
    "stance_heat_map",
    "stance_over_time",
    "synthetic_control_chart",
]
