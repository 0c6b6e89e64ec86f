"""Agreement: published examples, identities, properties and refusals."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.validation.agreement_core import (
    bootstrap_interval,
    gwet,
    interval_distance,
    krippendorff,
    linear_weights,
    nominal_distance,
    ordinal_distance,
    percent_agreement,
    quadratic_weights,
)

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: four observers,
# twelve units, missing values. The same table is Gwet's example of four raters (irrCAC).
PUBLISHED = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
FIVE = ["1", "2", "3", "4", "5"]


def codings(rows: dict[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"item": f"{place:02}", "coder": coder, "label": None if label == "." else label}
            for coder, line in rows.items()
            for place, label in enumerate(line.split())
        ]
    )


def estimates(coded: pl.DataFrame, **options: Any) -> dict[str, float]:
    table = sl.agreement(coded, n_resamples=1, **options).table
    return dict(zip(table["coefficient"], table["estimate"], strict=True))


def test_published_example() -> None:
    found = estimates(codings(PUBLISHED), labels=FIVE, values=[1, 2, 3, 4, 5])
    assert found["alpha_nominal"] == pytest.approx(0.743, abs=5e-4)
    assert found["alpha_ordinal"] == pytest.approx(0.815, abs=5e-4)
    assert found["alpha_interval"] == pytest.approx(0.849, abs=5e-4)
    # Gwet's Handbook and irrCAC: AC1 0.77544, percent agreement 0.81818.
    assert found["ac1"] == pytest.approx(0.77544, abs=5e-6)
    assert found["percent"] == pytest.approx(0.81818, abs=5e-6)


def test_binary_example_of_two_observers() -> None:
    """Krippendorff (2011), section A: alpha 0.095."""
    rows = {"Meg": "0 1 0 0 0 0 0 0 1 0", "Owen": "1 1 1 0 0 1 0 0 0 0"}
    found = estimates(codings(rows), labels=["0", "1"])
    assert found["alpha_nominal"] == pytest.approx(0.095, abs=5e-4)
    # With two labels every distance is the same.
    for name in ("alpha_ordinal", "alpha_interval"):
        assert found[name] == pytest.approx(found["alpha_nominal"])
    assert found["percent"] == pytest.approx(0.6)
    # Shares 0.3 and 0.7: chance 2 * 0.21.
    assert found["ac1"] == pytest.approx((0.6 - 0.42) / 0.58)


tables = st.lists(
    st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(any), min_size=2, max_size=8
).map(lambda rows: np.array(rows, dtype=np.float64))


@given(counts=tables)
@settings(max_examples=60)
def test_alpha_is_observed_over_expected_disagreement_of_pairs(counts: Any) -> None:
    """By the definition: all pairs within items, and all pairs of pairable codings."""
    items = [
        [label for label, n in enumerate(row) for _ in range(int(n))]
        for row in counts
        if row.sum() >= 2
    ]
    everything = [label for item in items for label in item]
    n = len(everything)
    for distance in (nominal_distance, ordinal_distance, interval_distance(np.arange(3.0))):
        squared = distance(np.array([everything.count(label) for label in range(3)], dtype=float))
        expected = (
            sum(squared[a, b] for a, b in permutations(everything, 2)) / (n * (n - 1))
            if items
            else 0
        )
        found = krippendorff(counts, distance)
        if expected == 0:
            assert np.isnan(found)
            continue
        observed = sum(
            sum(squared[a, b] for a, b in permutations(item, 2)) / (len(item) - 1) for item in items
        )
        assert found == pytest.approx(1 - observed / n / expected)


@given(counts=tables, order=st.permutations([0, 1, 2]))
@settings(max_examples=60)
def test_the_order_of_labels_matters_only_where_they_have_one(counts: Any, order: Any) -> None:
    for measure in (
        lambda table: krippendorff(table, nominal_distance),
        lambda table: gwet(table, np.eye(3)),
        lambda table: percent_agreement(table, np.eye(3)),
    ):
        assert measure(counts[:, order]) == pytest.approx(measure(counts), nan_ok=True)
    reverse = counts[:, ::-1]
    assert krippendorff(reverse, ordinal_distance) == pytest.approx(
        krippendorff(counts, ordinal_distance), nan_ok=True
    )


@given(counts=tables)
@settings(max_examples=40)
def test_perfect_agreement_is_one(counts: Any) -> None:
    agreed = np.zeros_like(counts)
    agreed[np.arange(len(counts)), counts.argmax(1)] = 3
    assert percent_agreement(agreed, np.eye(3)) == 1
    assert gwet(agreed, np.eye(3)) == pytest.approx(1)
    alpha = krippendorff(agreed, ordinal_distance)
    assert np.isnan(alpha) if len(set(counts.argmax(1))) == 1 else alpha == pytest.approx(1)


def test_ac1_by_hand_and_weights() -> None:
    counts = np.array([[2.0, 0, 0], [1, 1, 0], [0, 0, 2], [1, 0, 1], [0, 1, 0]])
    # Pairs: 1, 0, 1, 0. Shares over five items: 2/5, (1/2 + 1)/5, (1 + 1/2)/5.
    share = np.array([(1 + 0.5 + 0.5) / 5, 1.5 / 5, 1.5 / 5])
    chance = 3 / 6 * (share * (1 - share)).sum()
    assert gwet(counts, np.eye(3)) == pytest.approx((0.5 - chance) / (1 - chance))
    np.testing.assert_allclose(linear_weights(3), [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]])
    np.testing.assert_allclose(quadratic_weights(3), [[1, 0.75, 0], [0.75, 1, 0.75], [0, 0.75, 1]])
    # One step of two apart is three quarters of an agreement.
    assert percent_agreement(counts, quadratic_weights(3)) == pytest.approx((1 + 0.75 + 1 + 0) / 4)


def test_a_rare_label_hurts_alpha_and_not_ac1() -> None:
    """The paradox that Gwet's coefficient answers: 97 of 100 agree, nearly all neutral."""
    first = ["neutral"] * 98 + ["against", "neutral"]
    second = ["neutral"] * 97 + ["against", "neutral", "favor"]
    coded = pl.DataFrame(
        {
            "item": [f"{i:03}" for i in range(100)] * 2,
            "coder": ["a"] * 100 + ["b"] * 100,
            "label": first + second,
        }
    )
    found = estimates(coded)
    assert found["percent"] == pytest.approx(0.97)
    assert found["alpha_nominal"] < 0.1
    assert found["ac1"] > 0.95


def noisy_codings(n: int, seed: int, clusters: int | None = None) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    labels = np.array(["against", "neutral", "favor"])
    of_cluster = rng.integers(0, 3, clusters or n)
    cluster = np.arange(n) % (clusters or n)
    truth = of_cluster[cluster]
    said = [np.where(rng.random(n) < 0.8, truth, rng.integers(0, 3, n)) for _ in range(2)]
    return pl.DataFrame(
        {
            "item": [f"{i:04}" for i in range(n)] * 2,
            "doc_id": [f"d{i}" for i in cluster] * 2,
            "coder": ["a"] * n + ["b"] * n,
            "label": [str(label) for one in said for label in labels[one]],
        }
    )


def test_bootstrap_intervals_hold_the_coefficient_of_the_population() -> None:
    """Eight in ten codings are right, else drawn at random: pairs agree in 0.7511 of the items."""
    truth = (0.8 + 0.2 / 3) ** 2 + 2 * (0.2 / 3) ** 2
    held, runs = 0, 150
    for seed in range(runs):
        table = sl.agreement(noisy_codings(120, seed), n_resamples=199, seed=seed).table
        row = table.filter(pl.col("coefficient") == "percent").row(0, named=True)
        held += row["low"] <= truth <= row["high"]
    assert 0.88 <= held / runs <= 1


def test_clusters_are_drawn_together() -> None:
    coded = noisy_codings(200, 3, clusters=8)
    alone = sl.agreement(coded, n_resamples=300).table
    together = sl.agreement(coded, cluster="doc_id", n_resamples=300).table
    assert together["estimate"].equals(alone["estimate"])
    width = {
        name: float((table["high"] - table["low"])[1])
        for name, table in {"alone": alone, "together": together}.items()
    }
    # Articles of one label throughout leave alpha less certain than their sentences suggest.
    assert width["together"] > 1.2 * width["alone"]
    again = sl.agreement(coded, cluster="doc_id", n_resamples=300).table
    assert again.equals(together)


def test_groups_and_coders() -> None:
    coded = codings(PUBLISHED).with_columns(
        target=pl.when(pl.col("item") < "06").then(pl.lit("NATO")).otherwise(pl.lit("Russia"))
    )
    found = sl.agreement(coded, by="target", labels=FIVE, n_resamples=5)
    assert found.table["group"].unique(maintain_order=True).to_list() == ["all", "NATO", "Russia"]
    nato = estimates(coded.filter(pl.col("target") == "NATO"), labels=FIVE)
    part = found.table.filter(pl.col("group") == "NATO")
    assert dict(zip(part["coefficient"], part["estimate"], strict=True)) == pytest.approx(nato)
    assert found.by_coder["coder"].to_list() == ["A", "B", "C", "D"]
    # B against A, C and D: item by item, the share of others with the same label.
    assert found.by_coder["n_items"].to_list() == [9, 10, 10, 11]
    assert found.by_coder["percent_agreement"][2] == pytest.approx(0.7)
    assert found.by_coder["share_3"][2] == pytest.approx(0.4)
    assert found.disagreements["item"].to_list() == ["01", "05", "07"]
    assert found.sentence.startswith("4 coders gave 11 items 40 labels; 82% of pairs agree.")
    json.dumps(found.to_dict())


def test_what_is_not_defined_is_null() -> None:
    same = codings({"a": "favor favor", "b": "favor favor"})
    found = estimates(same)
    assert found["alpha_ordinal"] is None
    assert found["percent"] == 1
    assert found["ac1"] == pytest.approx(1)
    assert "all codings are the same label" in sl.agreement(same, n_resamples=1).sentence
    low, high = bootstrap_interval(
        np.array([[2.0, 0.0]]),
        np.array([0]),
        lambda table: percent_agreement(table, np.eye(2)),
        level=0.95,
        n_resamples=9,
        generator=np.random.default_rng(1),
    )
    assert np.isnan(low)
    assert np.isnan(high)


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        ({}, {"labels": ["favor"]}, ArgumentError, "at least two different ones; got"),
        ({}, {"values": [0, 1]}, ArgumentError, "as many as labels, 3; got 2"),
        ({}, {"confidence_level": 2}, ArgumentError, r"inside \(0, 1\); got 2"),
        ({}, {"n_resamples": 0}, ArgumentError, "n_resamples must be at least 1; got 0"),
        ({}, {"by": "target"}, DataError, "target not found among item, coder, label"),
        ({"label": ["for", "favor"]}, {}, DataError, "labels item '1' as 'for'; known labels: ag"),
        ({"coder": ["a", "a"]}, {}, DataError, "'a' labels item '1' twice"),
        ({"item": ["1", None]}, {}, DataError, "1 codings have no item"),
        ({"item": ["1", "2"]}, {}, NotEnoughDataError, "no item has codings of two coders"),
    ],
)
def test_refusals(
    change: dict[str, Any], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    given = {"item": ["1", "1"], "coder": ["a", "b"], "label": ["favor", "favor"]} | change
    with pytest.raises(error, match=message):
        sl.agreement(pl.DataFrame(given), **options)


def test_an_item_in_two_groups_is_refused() -> None:
    coded = codings({"a": "favor", "b": "favor"}).with_columns(target=pl.Series(["NATO", "Russia"]))
    with pytest.raises(DataError, match="item '00' has several values of target"):
        sl.agreement(coded, by="target")
