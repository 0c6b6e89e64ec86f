"""`Audit`: which items a scorer fails, with examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from stancelib.notebook import Shown
from stancelib.validation.audit_core import ALL


@dataclass(frozen=True, repr=False)
class Audit(Shown):
    """What a scorer does with pairs of sentences whose difference is known.

    Attributes
    ----------
    table : polars.DataFrame
        A row for each audit and language, and for all languages ("all"): `audit`, `lang`, `n`
        (items), `n_failed` (one of whose pairs fails), `failure_rate` with a 95 % interval of
        Wilson `low`, `high`, `n_pairs`, `n_pairs_failed`, `mean_shift`, `worst_shift`, `tolerance`
        and `expected` in words. `mean_shift` is the mean size of the shift in target_swap,
        masking, name_prior and translation, the mean shift in the expected direction in negation,
        quote and role, and the mean stance in mood; `worst_shift` is the shift farthest from
        what is expected, with its sign (in mood, the lowest stance). Items, not
        pairs, are counted: the pairs of one item share a sentence. In name_prior an item is a name.
    failures : polars.DataFrame
        The worst pair of each failing item, the worst items of an audit first: `audit`, `lang`,
        `item`, `sentence_a`, `sentence_b` (null in mood), `target_a`, `target_b`, `lang_a`,
        `lang_b`, `stance_a`, `stance_b`, `shift` (b minus a; in mood, the stance), `tolerance`,
        `direction` (of the expected shift; 0 where nothing may move) and `expected`. In
        name_prior the stances are means over sentences, and the two sentences an example.
    pairs : polars.DataFrame
        Every pair with the same columns, and `failed` in place of `expected`.
    unusable : polars.DataFrame
        Rows of the caller's texts that gave no pair: `row` (from 0), `target`, `audit` (both null
        where the whole row could not be used) and `reason`.
    sentence : str
        What stands in a methods section.
    scorer : str
        Its name with its hash.
    seed : int
        Of the draw of texts.

    Examples
    --------
    >>> Audit.__name__
    'Audit'
    """

    table: pl.DataFrame
    failures: pl.DataFrame
    pairs: pl.DataFrame
    unusable: pl.DataFrame
    sentence: str
    scorer: str
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as json takes them; without the pairs that pass."""
        return {
            "method": "audit_scorer",
            "scorer": self.scorer,
            "seed": self.seed,
            "sentence": self.sentence,
            "table": self.table.to_dicts(),
            "failures": self.failures.to_dicts(),
            "unusable": self.unusable.to_dicts(),
        }

    def __str__(self) -> str:
        lines = [f"Audit of {self.scorer}", f"{'audit':<12} failed of items  95 % interval  shift"]
        for row in self.table.filter(lang=ALL).iter_rows(named=True):
            lines.append(
                f"{row['audit']:<12} {row['n_failed']:>6} of {row['n']:<5}  "
                f"{row['low']:>4.0%} to {row['high']:>4.0%}  {row['mean_shift']:+.2f}"
            )
            example = self.failures.filter(audit=row["audit"]).head(1)
            for worst in example.iter_rows(named=True):
                lines.append(
                    f"    {worst['target_a']} {worst['stance_a']:+.2f}: {_cited(worst, 'a')}"
                )
                if worst["sentence_b"] is not None:
                    lines.append(
                        f"    {worst['target_b']} {worst['stance_b']:+.2f}: {_cited(worst, 'b')}"
                    )
        return "\n".join(lines)

    _formats = dict.fromkeys(("low", "high"), "share")

    def _tables(self) -> dict[str, pl.DataFrame]:
        return {"": self.table, "Worst of the failing items": self.failures}


def audit_sentence(scorer: str, table: pl.DataFrame) -> str:
    """Say in a sentence how many items fail, audit by audit."""
    rows = table.filter(lang=ALL).to_dicts()
    if not rows:
        return f"{scorer} was not audited: no sentence could be used."
    told = "; ".join(
        f"{row['audit'].replace('_', ' ')} {row['n_failed']} of {row['n']} "
        f"({row['failure_rate']:.0%}, {row['low']:.0%} to {row['high']:.0%})"
        for row in rows
    )
    return f"Items that {scorer} fails, with 95 % intervals (Wilson): {told}."


def _cited(row: dict[str, Any], side: str) -> str:
    return f"{row[f'sentence_{side}']} [{row[f'lang_{side}']}]"
