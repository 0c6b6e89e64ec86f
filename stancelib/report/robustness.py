"""How far each effect holds: its number of rivals, other dates, other choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import altair as alt
import polars as pl

from stancelib.charts import specification_chart
from stancelib.effects import PlaceboTest, adjust, placebo_test, specification_curve
from stancelib.effects.specification_result import CHOICES
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.report.estimates import Estimate
from stancelib.report.figures import Figure, Pictures
from stancelib.report.formats import p_value

Check = Literal["placebo", "specification"]
CHECK_NAMES: dict[Check, str] = {
    "placebo": "Placebo dates",
    "specification": "Specification curve",
}
CURVE_HEIGHT = 170
REFUSALS = (NotEnoughDataError, DataError, ArgumentError)
# The level at which a placebo test or an adjusted effect is told in the answer.
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of an effect, or why it could not be made.

    Attributes
    ----------
    is_refused
        Whether `sentence` is a reason.
    p_value
        Of the check as a whole; null where it has none.
    figure
        Null where the check is told without one.
    smallest
        Below which `p_value` cannot fall; null where nothing holds it up.
    """

    check: Check
    sentence: str
    is_refused: bool
    p_value: float | None
    figure: Figure | None
    smallest: float | None = None

    @property
    def name(self) -> str:
        """The check for a reader."""
        return CHECK_NAMES[self.check]


@dataclass(frozen=True, slots=True)
class Robustness:
    """All checks of one effect.

    Attributes
    ----------
    adjusted
        p-value of the level after correction for the number of effects (Holm); null where only
        one was fitted.
    """

    adjusted: float | None
    findings: tuple[Finding, ...]

    @property
    def adjusted_words(self) -> str:
        """The adjusted p-value for a table."""
        return p_value(self.adjusted)

    @property
    def placebo_words(self) -> str:
        """The p-value among placebo dates for a table."""
        return p_value(self.placebo)

    @property
    def can_tell(self) -> bool:
        """Whether there are enough placebo dates to reach the level at all."""
        return any(
            one.smallest is not None and one.smallest <= LEVEL
            for one in self.findings
            if one.check == "placebo"
        )

    @property
    def placebo(self) -> float | None:
        """The p-value among placebo dates."""
        return next((one.p_value for one in self.findings if one.check == "placebo"), None)


_Maker = Callable[[Estimate, pl.DataFrame, Pictures], Finding]


def checked(robustness: Check | Sequence[Check] | None) -> tuple[Check, ...]:
    """The checks that were asked for, each once; refuses others.

    Examples
    --------
    >>> checked("placebo"), checked(None)
    (('placebo',), ())
    """
    asked = (robustness,) if isinstance(robustness, str) else tuple(robustness or ())
    for name in asked:
        if name not in get_args(Check):
            raise ArgumentError.unknown("robustness check", name, get_args(Check))
    return tuple(dict.fromkeys(asked))


def adjusted_p_values(estimates: Sequence[Estimate]) -> tuple[dict[int, float], str | None]:
    """Adjusted p-value by place of the estimate, with the sentence; empty with one effect."""
    fitted = [(place, e.effect) for place, e in enumerate(estimates) if e.effect is not None]
    if len(fitted) < 2:  # noqa: PLR2004 - one effect has no rivals
        return {}, None
    adjusted = adjust([effect for _, effect in fitted])
    values = adjusted.table["p_value_adjusted"].to_list()
    return {place: p for (place, _), p in zip(fitted, values, strict=True)}, adjusted.sentence


def robustness_of(
    estimate: Estimate,
    series: pl.DataFrame,
    checks: Sequence[Check],
    adjusted: float | None,
    pictures: Pictures,
) -> Robustness:
    """Make the checks of an effect; one that was refused has none."""
    if estimate.effect is None:
        return Robustness(None, ())
    makers: Mapping[Check, _Maker] = {"placebo": _placebo, "specification": _specification}
    findings = tuple(_finding(check, makers[check], estimate, series, pictures) for check in checks)
    return Robustness(adjusted, findings)


def _finding(
    check: Check, make: _Maker, estimate: Estimate, series: pl.DataFrame, pictures: Pictures
) -> Finding:
    try:
        return make(estimate, series, pictures)
    except REFUSALS as refusal:
        return Finding(check, str(refusal), is_refused=True, p_value=None, figure=None)


def _placebo(estimate: Estimate, series: pl.DataFrame, _pictures: Pictures) -> Finding:
    test: PlaceboTest = placebo_test(
        series, estimate.event, source=estimate.source, target=estimate.target
    )
    level = test.table.filter(pl.col("term") == "level")["p_value"][0]
    return Finding(
        "placebo",
        test.sentence,
        is_refused=False,
        p_value=level,
        figure=None,
        smallest=test.diagnostics.smallest_p_value,
    )


def _specification(estimate: Estimate, series: pl.DataFrame, pictures: Pictures) -> Finding:
    curve = specification_curve(
        series, estimate.event, source=estimate.source, target=estimate.target
    )

    def draw(width: int) -> alt.TopLevelMixin:
        return specification_chart(
            curve.table,
            choices=CHOICES,
            description=curve.sentence,
            width=width,
            height=CURVE_HEIGHT,
        )

    figure = pictures.add(draw, label=curve.sentence)
    joint = curve.diagnostics.joint_p_value
    return Finding("specification", curve.sentence, is_refused=False, p_value=joint, figure=figure)
