"""Put the figures of benchmarks/results into the model card.

python benchmarks/write_model_card.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CARD = ROOT / "stancelib" / "scoring" / "model" / "MODEL_CARD.md"
RESULTS = ROOT / "benchmarks" / "results"
RECORDS = ("accuracy", "name_prior", "footprint")
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


def names_table(rows: list[dict[str, float | str]]) -> str:
    """What the names of the three targets are worth, one row a language."""
    lines = ["| language | NATO | Russia | Ukraine | sd of 50 names |", "|---|---|---|---|---|"]
    for row in rows:
        cells = [f"{row[column]:+.3f}" for column in ("NATO", "Russia", "Ukraine")]
        lines.append(f"| {row['lang']} | {' | '.join(cells)} | {row['sd_of_names']:.3f} |")
    return "\n".join(lines)


def footprint_table(record: dict[str, Any]) -> str:
    """Sizes, and the words that the vocabulary lacks."""
    rates = record["unknown_token_rate"]
    lacking = ", ".join(f"{lang} {rate:.3%}" for lang, rate in rates.items() if rate)
    return "\n".join(
        (
            "| what | figure |",
            "|---|---|",
            f"| model files | {record['model_megabytes']:.1f} MB |",
            f"| wheel | {record['wheel_megabytes']:.1f} MB |",
            f"| pieces in the vocabulary | {record['vocabulary']:,} |",
            f"| unknown tokens in the domain set | {lacking or 'none'}; 0 in the others |",
        )
    )


def put(card: str, name: str, block: str) -> str:
    """The card with a block between the two comments of its name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = card.partition(begin)
    return f"{before}{begin}\n{block}\n{end}{rest.partition(end)[2]}"


def main() -> None:
    """Replace what stands between the pairs of comments."""
    read = {name: json.loads((RESULTS / f"{name}.json").read_text("utf-8")) for name in RECORDS}
    accuracy = read["accuracy"]
    card = CARD.read_text(encoding="utf-8")
    shown = f"Model `{accuracy['scorer']}`.\n\n{table(accuracy['results'])}"
    card = put(card, "accuracy", shown)
    card = put(card, "names", names_table(read["name_prior"]["table"]))
    card = put(card, "footprint", footprint_table(read["footprint"]))
    CARD.write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
