"""Plain-text tables of the command line, at most 100 columns wide."""

from __future__ import annotations

import numpy as np
import polars as pl

NOT_ESTIMATED = "not estimated"


def effect_table(effects: pl.DataFrame) -> str:
    """One line a (target, source) for each event, with the truth beside it where it is known.

    Parameters
    ----------
    effects : polars.DataFrame
        Columns event, target, source, term, estimate, low, high, p_value, not_estimated, and
        optionally truth (of the term `level`).
    """
    blocks = []
    for (event,), rows in effects.group_by("event", maintain_order=True):
        lines = [
            f"{event}: change of stance (scale -1 to 1) at the event, and per period after it",
            "",
            _effect_line("target", "source", "level", "95 % interval", "p", "slope", "truth"),
        ]
        pairs = rows.group_by("target", "source", maintain_order=True)
        lines += [_pair_line(str(target), str(source), pair) for (target, source), pair in pairs]
        if "truth" not in rows.columns:
            lines = [line.removesuffix("truth").rstrip() for line in lines]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def hits(effects: pl.DataFrame) -> str:
    """Say how many intervals of the level hold the truth, and why fewer may."""
    level = effects.filter(term="level").drop_nulls("truth")
    held = level.filter(pl.col("truth").is_between(pl.col("low"), pl.col("high"))).height
    return (
        f"{held} of {level.height} intervals hold the truth that was simulated. A scorer that "
        "takes one class for another\npulls estimates toward 0; the intervals do not know that."
    )


def measure_table(scored: pl.DataFrame) -> str:
    """Accuracy, F1, calibration and bias over all rows, by language and by target.

    Parameters
    ----------
    scored : polars.DataFrame
        Columns lang, target, truth and said (-1, 0, 1), stance, p_against, p_neutral, p_favor.
    """
    lines = [
        _measure_line(
            *("group", "n", "accuracy", "macro-F1", "F1(P,N)"),
            *("calibration error", "bias of the mean"),
        )
    ]
    lines.append(_measures("all", scored))
    for column in ("lang", "target"):
        groups = scored.group_by(column, maintain_order=True)
        lines += [_measures(str(value), rows) for (value,), rows in groups]
    return "\n".join(lines)


def confusion_table(scored: pl.DataFrame) -> str:
    """How often each true label was taken for which, by language and target."""
    from stancelib.training.gold import LABELS  # noqa: PLC0415 - only one command needs them

    lines = [_confusion_line("lang", "target", "truth", "against", "neutral", "favor")]
    for (lang, target), rows in scored.group_by("lang", "target", maintain_order=True):
        for label, value in LABELS.items():
            said = rows.filter(truth=value)["said"].to_list()
            counts = [said.count(other) for other in LABELS.values()]
            lines.append(_confusion_line(str(lang), str(target), label, *map(str, counts)))
    return "\n".join(["rows: true label; columns: what the scorer said", "", *lines])


def _pair_line(target: str, source: str, rows: pl.DataFrame) -> str:
    by_term = {row["term"]: row for row in rows.iter_rows(named=True)}
    truth = _signed(rows.row(0, named=True).get("truth"))
    if "level" not in by_term:
        return _effect_line(target, source, "", NOT_ESTIMATED, "", "", truth)
    level, slope = by_term["level"], by_term.get("slope")
    interval = f"{_signed(level['low'])} to {_signed(level['high'])}"
    p_value = "< .001" if level["p_value"] < 0.001 else f"{level['p_value']:.3f}"  # noqa: PLR2004
    return _effect_line(
        target,
        source,
        _signed(level["estimate"]),
        interval,
        p_value,
        _signed(slope["estimate"], 3) if slope else "",
        truth,
    )


def _effect_line(*cells: str) -> str:
    target, source, level, interval, p_value, slope, truth = cells
    line = (
        f"{_cut(target, 12):12} {_cut(source, 26):26} {level:>6} {interval:>16} {p_value:>7} "
        f"{slope:>7} {truth:>6}"
    )
    return line.rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _signed(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:+.{digits}f}"


def _measures(name: str, rows: pl.DataFrame) -> str:
    from stancelib.training.metrics import (  # noqa: PLC0415 - only one command needs them
        expected_calibration_error,
        f1_positive_negative,
        macro_f1,
    )

    truth = rows["truth"].to_numpy().astype(np.int64)
    said = rows["said"].to_numpy().astype(np.int64)
    bias = float(np.mean(rows["stance"].to_numpy() - truth))
    probabilities = rows.select("p_against", "p_neutral", "p_favor").to_numpy()
    return _measure_line(
        name,
        str(rows.height),
        f"{np.mean(truth == said):.3f}",
        f"{macro_f1(truth, said):.3f}",
        f"{f1_positive_negative(truth, said):.3f}",
        f"{expected_calibration_error(probabilities, truth):.3f}",
        f"{bias:+.3f}",
    )


def _measure_line(*cells: str) -> str:
    name, n, accuracy, macro, polar, calibration, bias = cells
    return (
        f"{_cut(name, 20):20} {n:>7} {accuracy:>9} {macro:>9} {polar:>8} {calibration:>18} "
        f"{bias:>17}"
    )


def _confusion_line(*cells: str) -> str:
    lang, target, truth, against, neutral, favor = cells
    return f"{lang:5} {_cut(target, 20):20} {truth:8} {against:>8} {neutral:>8} {favor:>8}"
