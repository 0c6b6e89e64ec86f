"""The share of a budget: published values, the optimum by search, and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, NotEnoughDataError
from stancelib.validation.label_budget_core import effective_labels


def found(correlation: float, **options: float) -> tuple[int, int, float, int]:
    budget = sl.labels_for_budget(correlation, **options)  # type: ignore[arg-type] # mixed options
    return budget.n_labels, budget.n_unlabelled, budget.cost, budget.effective_n


# ppi-python 0.2.3, ppi_power(correlation, cost_X=0, cost_Y=cost_label, cost_Yhat=cost_prediction,
# budget or effective_n, n_max=n_items).
@pytest.mark.parametrize(
    ("correlation", "options", "expected"),
    [
        (0.9, {"budget": 1000, "cost_prediction": 0.1}, (605, 3345, 1000.0, 1926)),
        (0.7, {"budget": 500, "cost_label": 2, "cost_prediction": 0.01}, (234, 3007, 500.41, 429)),
        (
            0.7,
            {"effective_n": 400, "cost_label": 2, "cost_prediction": 0.01},
            (218, 2806, 466.24, 400),
        ),
        (0.9, {"budget": 1000, "cost_prediction": 0.1, "n_items": 2000}, (800, 1200, 1000.0, 1556)),
        (
            0.9,
            {"effective_n": 1500, "cost_prediction": 0.1, "n_items": 2000},
            (726, 1274, 926.0, 1500),
        ),
        (0.2, {"budget": 300, "cost_prediction": 0.5}, (300, 0, 300.0, 300)),
        (0.9, {"budget": 5000, "cost_prediction": 0.1, "n_items": 2000}, (2000, 0, 2000.0, 2000)),
    ],
)
def test_equals_ppi_python(
    correlation: float, options: dict[str, float], expected: tuple[int, int, float, int]
) -> None:
    assert found(correlation, **options) == pytest.approx(expected)


@given(
    correlation=st.floats(-0.95, 0.95),
    price=st.floats(0.001, 0.5),
    budget=st.integers(500, 5_000),
    share=st.floats(0.05, 1),
)
def test_no_other_share_of_the_budget_is_better(
    correlation: float, price: float, budget: int, share: float
) -> None:
    best = sl.labels_for_budget(correlation, budget=budget, cost_prediction=price)
    assert best.cost <= budget + 1
    n_labels = budget * share / (1 + price)
    n_unlabelled = (budget - n_labels * (1 + price)) / price
    other = effective_labels(n_labels, n_unlabelled, correlation**2)
    assert best.effective_n >= other - 3


def test_free_predictions_go_to_all_items() -> None:
    assert found(0.8, budget=200, n_items=5_000)[:3] == (200, 4_800, 200.0)
    asked = sl.labels_for_budget(0.8, effective_n=450, n_items=5_000)
    assert asked.effective_n == pytest.approx(450, abs=2)
    assert asked.n_labels < 450


def test_useless_predictions_are_not_bought() -> None:
    assert found(0.0, budget=200, cost_prediction=0.01) == (200, 0, 200.0, 200)


@pytest.mark.parametrize(
    ("correlation", "options", "words"),
    [
        (1.0, {"budget": 10}, r"inside \(-1, 1\); got 1.0"),
        (0.5, {}, "one of budget= and effective_n="),
        (0.5, {"budget": 10, "effective_n": 10}, "not both"),
        (0.5, {"budget": 0}, "budget must be a number above 0; got 0"),
        (0.5, {"budget": 10, "cost_label": 0}, "cost_label must be above 0"),
        (0.5, {"budget": 10}, "need n_items="),
        (0.5, {"budget": 10, "n_items": 0}, "at least 1; got 0"),
    ],
)
def test_refusals(correlation: float, options: dict[str, float], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        found(correlation, **options)


def test_too_little() -> None:
    with pytest.raises(NotEnoughDataError, match="50 items, all labelled"):
        sl.labels_for_budget(0.5, effective_n=100, n_items=50, cost_prediction=0.1)
    with pytest.raises(NotEnoughDataError, match="too small for one label"):
        sl.labels_for_budget(0.5, budget=0.2, cost_prediction=0.1)
