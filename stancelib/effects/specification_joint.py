"""The joint test of a specification curve: the whole curve at every admissible date."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from stancelib.effects.error_model import ErrorModel
from stancelib.effects.event import Event
from stancelib.effects.periods import ChosenSeries
from stancelib.effects.placebo_members import Question, member
from stancelib.effects.placebo_refits import refit_members
from stancelib.effects.placement import MINIMUM_PERIODS, EventPeriod
from stancelib.effects.specification_curve_core import joint_p_value
from stancelib.errors import NotEnoughDataError


def joint_test(
    chosen: ChosenSeries,
    event: Event,
    windows: Sequence[timedelta | None],
    models: Sequence[ErrorModel],
    event_period: EventPeriod,
) -> tuple[float | None, int]:
    """p-value of the median statistic over specifications, and the number of dates.

    The specifications are those of the series' own periods. Robust errors rescale the statistic
    of least squares, whose refits stand for both.
    """
    length = (chosen.bounds[-1] - chosen.bounds[0]) / chosen.frame.height
    reaches = {None if window is None else round(window / length) for window in windows}
    reaches = {reach for reach in reaches if reach is None or reach >= MINIMUM_PERIODS}
    kinds = sorted({"gls" if model.kind == "gls" else "ols" for model in models})
    weights = sorted({model.weights for model in models})
    members, options = [], []
    ordered = sorted(reaches, key=lambda reach: (reach is not None, reach or 0))
    for weighting, reach in itertools.product(weights, ordered):
        question = Question(event, event_period, weighting, reach, None)
        try:
            members.append(member(chosen, question, "stance"))
        except NotEnoughDataError:
            # Named among the skipped specifications already, unless there is but one date.
            continue
        options.append(reach)
    if not members:
        return None, 0
    common = set(members[0].starts).intersection(*(one.starts for one in members[1:]))
    if len(common) == 1:
        return None, 1
    statistics = []
    event_at = 0
    for one, reach in zip(members, options, strict=True):
        kept = one.at(np.array([i for i, start in enumerate(one.starts) if start in common]))
        event_at = kept.event
        for kind in kinds:
            (fit,) = refit_members([kept], "date", kind, reach)
            statistics.append(fit.statistics[:, 0])
    return joint_p_value(np.stack(statistics), event_at), len(common)
