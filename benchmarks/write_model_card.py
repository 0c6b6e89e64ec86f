"""Put the figures of benchmarks/results/accuracy.json into the model card.

python benchmarks/write_model_card.py
"""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parent.parent
CARD = ROOT / "stancelib" / "scoring" / "model" / "MODEL_CARD.md"
RESULTS = ROOT / "benchmarks" / "results" / "accuracy.json"
BEGIN, END = "<!-- accuracy -->", "<!-- end of accuracy -->"
MEASURES = {
    "macro_f1": "macro-F1",
    "f1_positive_negative": "F1(P,N)",
    "accuracy": "accuracy",
    "calibration_error": "calibration error",
    "bias_of_mean": "bias of the mean",
    "area_under_curve": "area under the curve",
}


def table(results: dict[str, dict[str, float | list[float]]]) -> str:
    """The figures as a Markdown table, one row a set; a measure that a set lacks stays empty."""
    lines = [
        f"| set | n | {' | '.join(MEASURES.values())} |",
        f"|---|---|{'---|' * len(MEASURES)}",
    ]
    for name, row in results.items():
        if "n" not in row:
            continue
        cells = [_cell(row, measure) for measure in MEASURES]
        lines.append(f"| {name} | {row['n']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(row: dict[str, float | list[float]], measure: str) -> str:
    if measure not in row:
        return ""
    if f"{measure}_interval" not in row:
        return f"{row[measure]:.3f}"
    low, high = row[f"{measure}_interval"]  # type: ignore[misc]  # a list of two
    return f"{row[measure]:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Replace what stands between the two comments."""
    card = CARD.read_text(encoding="utf-8")
    record = json.loads(RESULTS.read_text(encoding="utf-8"))
    before, _, after = card.partition(BEGIN)
    rest = after.partition(END)[2] or after
    block = f"{BEGIN}\nModel `{record['scorer']}`.\n\n{table(record['results'])}\n{END}"
    CARD.write_text(f"{before}{block}{rest}", encoding="utf-8")


if __name__ == "__main__":
    main()
