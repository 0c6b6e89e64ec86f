"""Prediction-powered estimates: values of ppi-python, identities, properties and refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

Array = NDArray[np.float64]
LABELLED = 120


@dataclass(frozen=True)
class Arrays:
    """120 labelled and 900 further rows."""

    design: Array
    truth: Array
    predicted: Array
    binary: Array
    share: Array
    weights: Array

    def regression(self, **options: Any) -> sl.PredictionPowered:
        n = LABELLED
        outcome = (self.truth, self.predicted)
        if options.get("kind") == "logistic":
            outcome = (self.binary, self.share)
        return sl.prediction_powered_regression(
            self.design[:n],
            outcome[0][:n],
            outcome[1][:n],
            self.design[n:],
            outcome[1][n:],
            **options,
        )

    def mean(self, **options: Any) -> sl.PredictionPowered:
        n = LABELLED
        return sl.prediction_powered_mean(
            self.truth[:n], self.predicted[:n], self.predicted[n:], **options
        )

    @property
    def both_weights(self) -> dict[str, Array]:
        return {"weights": self.weights[:LABELLED], "unlabelled_weights": self.weights[LABELLED:]}


def generate(seed: int = 20_240) -> Arrays:
    generator = np.random.default_rng(seed)
    n, further = LABELLED, 900
    design = np.column_stack([np.ones(n + further), generator.normal(size=(n + further, 2))])
    line = design @ np.array([0.2, 0.5, -0.3])
    truth = line + generator.normal(size=n + further)
    predicted = 0.7 * truth + 0.3 + 0.2 * design[:, 1] + generator.normal(0, 0.6, n + further)
    binary = (truth + generator.logistic(size=n + further) > 0).astype(float)
    share = 1 / (1 + np.exp(-1.5 * predicted))
    weights = generator.uniform(0.5, 2, n + further)
    return Arrays(design, truth, predicted, binary, share, weights)


ARRAYS = generate()

# Made with ppi-python 0.2.3 on the arrays of `generate()`, n = 120, X, t, f, b, s, w for design,
# truth, predicted, binary, share, weights:
# ppi_mean_pointestimate and ppi_mean_ci of t[:n], f[:n] and f[n:], with alpha=0.1;
# the same with lam=1 and alpha=0.05; the same of b and s, alpha=0.05; the first with the weights
# w[:n] and w[n:] (its estimate alone).
MEAN = (0.2035743841498605, 0.08988271725768855, 0.3172660510420325)
MEAN_UNTUNED = (0.20627067726439222, 0.06767943542043633, 0.34486191910834807)
SHARE = (0.5279322468707077, 0.44611486473973316, 0.6097496290016823)
WEIGHTED_MEAN = 0.18934473734274812
# ppi_ols_ci of X[:n], t[:n], f[:n], X[n:] and f[n:], with alpha=0.05: low and high; then
# ppi_ols_pointestimate and ppi_ols_ci with lam=0.5; then ppi_ols_ci with the weights.
OLS = (
    (0.11574362828146112, 0.3432656991433528, -0.45460280133177455),
    (0.3676266146745637, 0.6040197438633618, -0.18362524396598232),
)
OLS_HALF_ESTIMATE = (0.25589125677719304, 0.5121442337440538, -0.32736315839251673)
OLS_HALF = (
    (0.12409125263995999, 0.38165914378800325, -0.4674541389048498),
    (0.3876912609144261, 0.6426293237001052, -0.18727217788018363),
)
WLS = (
    (0.11047499705357838, 0.38072154623858945, -0.4364385991587234),
    (0.374180439092923, 0.6163473350715456, -0.1510901428482043),
)
# ppi_logistic_ci of X[:n], b[:n], s[:n], X[n:] and s[n:], with alpha=0.05; then with lam=1.
LOGIT = (
    (-0.1836845343907267, 0.31485105905456345, -0.43204846811967207),
    (0.5644022498768086, 1.3402332169309028, 0.3432653482899161),
)
LOGIT_UNTUNED = (
    (-0.17908551403904724, 0.2581423788120061, -0.46640939846842094),
    (0.5928879089515968, 1.2678269911965472, 0.34048591358187846),
)


def bounds(result: sl.PredictionPowered) -> tuple[list[float], list[float]]:
    return result.table["low"].to_list(), result.table["high"].to_list()


def near(found: Any, expected: Any, tolerance: float = 1e-8) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def test_mean_equals_ppi_python() -> None:
    of = ["estimate", "low", "high"]
    near(ARRAYS.mean(confidence_level=0.9).table.select(of).row(0), MEAN)
    near(ARRAYS.mean(tuning=1).table.select(of).row(0), MEAN_UNTUNED)
    near(ARRAYS.mean(**ARRAYS.both_weights).table["estimate"][0], WEIGHTED_MEAN)
    n = LABELLED
    share = sl.prediction_powered_mean(ARRAYS.binary[:n], ARRAYS.share[:n], ARRAYS.share[n:])
    near(share.table.select(of).row(0), SHARE)


def test_least_squares_equal_ppi_python() -> None:
    near(bounds(ARRAYS.regression()), OLS)
    near(bounds(ARRAYS.regression(**ARRAYS.both_weights)), WLS)
    half = ARRAYS.regression(tuning=0.5)
    near(bounds(half), OLS_HALF)
    near(half.table["estimate"], OLS_HALF_ESTIMATE)


def test_logit_equals_ppi_python_as_far_as_its_optimizer_goes() -> None:
    """ppi-python stops L-BFGS at a relative change of the loss of 1e-15: errors near 1e-8."""
    near(bounds(ARRAYS.regression(kind="logistic")), LOGIT, 1e-7)
    near(bounds(ARRAYS.regression(kind="logistic", tuning=1)), LOGIT_UNTUNED, 1e-7)


def names(n: int, start: int = 0) -> list[str]:
    return [f"article {place}" for place in range(start, start + n)]


@pytest.mark.parametrize("kind", ["mean", "linear", "logistic"])
@pytest.mark.parametrize("weighted", [False, True])
def test_clusters_of_one_row_are_no_clusters(kind: str, weighted: bool) -> None:
    options: dict[str, Any] = ARRAYS.both_weights if weighted else {}
    if kind != "mean":
        options = {**options, "kind": kind}
    estimate = ARRAYS.mean if kind == "mean" else ARRAYS.regression
    alone = estimate(**options)
    clustered = estimate(
        clusters=names(LABELLED)[::-1], unlabelled_clusters=names(900, LABELLED), **options
    )
    assert clustered.tuning == pytest.approx(alone.tuning, abs=1e-12)
    for column in ("estimate", "se", "effective_n"):
        near(clustered.table[column] / alone.table[column], 1, 1e-12)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
def test_rows_that_are_repeated_within_clusters_say_nothing_new(kind: Any) -> None:
    once = ARRAYS.regression(kind=kind, tuning=0.6)
    n, twice = LABELLED, Arrays(**{k: np.repeat(v, 2, axis=0) for k, v in vars(ARRAYS).items()})
    outcome = twice.binary if kind == "logistic" else twice.truth
    predicted = twice.share if kind == "logistic" else twice.predicted
    of = np.repeat(np.arange(len(ARRAYS.truth)), 2)
    found = sl.prediction_powered_regression(
        twice.design[: 2 * n],
        outcome[: 2 * n],
        predicted[: 2 * n],
        twice.design[2 * n :],
        predicted[2 * n :],
        kind=kind,
        tuning=0.6,
        clusters=of[: 2 * n],
        unlabelled_clusters=of[2 * n :],
    )
    near(found.table["estimate"], once.table["estimate"], 1e-9)
    near(found.table["se"], once.table["se"], 1e-9)
    assert found.n_clusters == n


def test_a_cluster_with_rows_of_both_kinds_is_one_cluster() -> None:
    """By hand: sums of influences over articles that have labelled and further rows."""
    labels, predicted = np.array([1.0, 0, -1, 1]), np.array([0.5, 0.5, -0.5, 1.5])
    further = np.array([0.5, -1, 1, 0, 2, -1])
    near_of, far_of = ["a", "b", "c", "d"], ["a", "a", "b", "c", "d", "e"]
    result = sl.prediction_powered_mean(
        labels, predicted, further, tuning=1, clusters=near_of, unlabelled_clusters=far_of
    )
    rectifier = (labels - predicted) - (labels - predicted).mean()
    centred = (further - further.mean()) / 6 * np.sqrt(5 / 4 * 5 / 6)
    sums = {name: rectifier[place] / 4 for place, name in enumerate(near_of)} | {"e": 0.0}
    for name, value in zip(far_of, centred, strict=True):
        sums[name] += value
    assert result.table["se"][0] == pytest.approx(np.sqrt(sum(v**2 for v in sums.values())))


def test_labels_for_all_rows_give_the_classical_estimate() -> None:
    nothing = np.empty(0)
    mean = sl.prediction_powered_mean(ARRAYS.truth, ARRAYS.predicted, nothing)
    assert mean.tuning == 0
    near(mean.table["estimate"], ARRAYS.truth.mean())
    near(mean.table["se"], ARRAYS.truth.std() / np.sqrt(len(ARRAYS.truth)))
    near(mean.effective_n["mean"], len(ARRAYS.truth))
    linear = sl.prediction_powered_regression(
        ARRAYS.design, ARRAYS.truth, ARRAYS.predicted, np.empty((0, 3)), nothing
    )
    robust = sm.OLS(ARRAYS.truth, ARRAYS.design).fit(cov_type="HC0")
    near(linear.table["estimate"], robust.params)
    near(linear.table["se"], robust.bse * np.sqrt(1_020 / 1_019))
    logit = sl.prediction_powered_regression(
        ARRAYS.design, ARRAYS.binary, ARRAYS.share, [], nothing, kind="logistic"
    )
    reference = sm.Logit(ARRAYS.binary, ARRAYS.design).fit(disp=False, cov_type="HC0")
    near(logit.table["estimate"], reference.params)
    near(logit.table["se"], reference.bse * np.sqrt(1_020 / 1_019))


@pytest.mark.parametrize("tuning", [0, 0.0])
def test_no_weight_for_predictions_gives_labels_only(tuning: float) -> None:
    for result in (ARRAYS.mean(tuning=tuning), ARRAYS.regression(tuning=tuning)):
        columns = ["term", "estimate", "se", "low", "high"]
        alone = result.comparison.filter(method="labels only").select(columns)
        assert result.table.select(columns).equals(alone)


@pytest.mark.parametrize("seed", range(12))
def test_useless_predictions_give_the_classical_interval(seed: int) -> None:
    """Further rows repeat the labelled design, so that errors differ by predictions alone."""
    n, generator = 8 * LABELLED, np.random.default_rng(seed)
    arrays = Arrays(**{name: values[:n] for name, values in vars(generate(seed)).items()})
    design = np.tile(arrays.design[:LABELLED], (8, 1))
    noise = generator.permutation(arrays.predicted)
    share = 1 / (1 + np.exp(-noise))
    useless = Arrays(**{**vars(arrays), "design": design, "predicted": noise, "share": share})
    for result in (useless.mean(), useless.regression(), useless.regression(kind="logistic")):
        errors = result.comparison.pivot("method", index="term", values="se")
        totals = errors.select(pl.col("corrected", "labels only").pow(2).sum().sqrt())
        # Tuning sees to the sum of variances; by chance, on 120 rows, it may find a use of noise.
        assert 0.9 < totals.select(pl.col("corrected") / pl.col("labels only")).item() < 1.02


def test_perfect_predictions_give_the_estimate_of_all_rows() -> None:
    arrays = Arrays(**{**vars(ARRAYS), "predicted": ARRAYS.truth})
    result = arrays.mean(tuning=1)
    assert result.table["estimate"][0] == pytest.approx(ARRAYS.truth[LABELLED:].mean())
    tuned = arrays.mean()
    assert tuned.tuning > 0.75
    known, further = ARRAYS.truth[:LABELLED], ARRAYS.truth[LABELLED:]
    assert result.effective_n["mean"] == pytest.approx(900 * known.var() / further.var())


@given(shift=st.floats(-5, 5), factor=st.floats(0.1, 10), weighted=st.booleans())
@settings(max_examples=25)
def test_units_do_not_matter(shift: float, factor: float, weighted: bool) -> None:
    weights = ARRAYS.both_weights if weighted else {}
    moved = Arrays(
        **{
            **vars(ARRAYS),
            "truth": shift + factor * ARRAYS.truth,
            "predicted": shift + factor * ARRAYS.predicted,
        }
    )
    before, after = ARRAYS.mean(**weights), moved.mean(**weights)
    near(after.table["estimate"], shift + factor * before.table["estimate"], 1e-6)
    near(after.table["se"] / factor, before.table["se"], 1e-6)


@given(bias=st.floats(-3, 3))
@settings(max_examples=15)
def test_a_bias_of_the_scorer_is_taken_out(bias: float) -> None:
    biased = Arrays(**{**vars(ARRAYS), "predicted": ARRAYS.predicted + bias})
    for of in ("mean", "linear"):
        before = ARRAYS.mean() if of == "mean" else ARRAYS.regression(tuning=0.5)
        after = biased.mean() if of == "mean" else biased.regression(tuning=0.5)
        near(after.table["estimate"], before.table["estimate"], 1e-9)
    shifted = biased.mean(**ARRAYS.both_weights, tuning=0.5).table["se"]
    near(shifted, ARRAYS.mean(**ARRAYS.both_weights, tuning=0.5).table["se"], 1e-9)


def test_units_of_a_column_do_not_matter_to_a_logit() -> None:
    before = ARRAYS.regression(kind="logistic", tuning=0.5).table
    scales = np.array([1, 1e6, 1e-5])
    scaled = ARRAYS.design * scales
    moved = Arrays(**{**vars(ARRAYS), "design": scaled})
    after = moved.regression(kind="logistic", tuning=0.5).table
    np.testing.assert_allclose(after["estimate"].to_numpy() * scales, before["estimate"], rtol=1e-7)
    np.testing.assert_allclose(after["p_value"], before["p_value"], rtol=1e-6)


def test_intervals_cover_with_clusters_and_not_without_them() -> None:
    generator, covered, covered_without, runs = np.random.default_rng(5), 0, 0, 200
    for _ in range(runs):
        effect = np.repeat(generator.normal(0, 0.5, 500), 4)
        truth = effect + generator.normal(0, 0.5, 2_000)
        predicted = truth + 0.3 + np.repeat(generator.normal(0, 0.4, 500), 4)
        of = np.repeat(np.arange(500), 4)
        part = (slice(0, 240), slice(240, None))
        args = (truth[part[0]], predicted[part[0]], predicted[part[1]])
        row = sl.prediction_powered_mean(
            *args, clusters=of[part[0]], unlabelled_clusters=of[part[1]], reference="t"
        ).table.row(0, named=True)
        covered += row["low"] <= 0 <= row["high"]
        row = sl.prediction_powered_mean(*args).table.row(0, named=True)
        covered_without += row["low"] <= 0 <= row["high"]
    # Three standard errors of a share of 0.95 in 200 runs are 0.046.
    assert covered / runs == pytest.approx(0.95, abs=0.046)
    assert covered_without / runs < 0.85


def test_result_is_complete_and_plain() -> None:
    result = ARRAYS.regression(terms=["constant", "after", "length"])
    assert result.table.columns == [
        *("term", "estimate", "se", "low", "high", "p_value", "n", "effective_n"),
    ]
    assert result.comparison["method"].unique(maintain_order=True).to_list() == [
        *("raw", "corrected", "labels only"),
    ]
    assert result.comparison.columns == ["method", "term", "estimate", "se", "low", "high"]
    raw = result.comparison.filter(method="raw")["estimate"]
    near(raw, sm.OLS(ARRAYS.predicted, ARRAYS.design).fit().params)
    assert (result.n_labelled, result.n_unlabelled, result.n_clusters) == (120, 900, 120)
    assert set(result.effective_n) == {"constant", "after", "length"}
    assert "120 labels correct the predictions of 1,020 rows" in result.sentence
    assert json.loads(json.dumps(result.to_dict()))["tuning"] == result.tuning
    polars = sl.prediction_powered_mean(pl.Series([1, 0, 1]), [1, 0, 0], pl.Series([1, 0, 1, 0]))
    assert polars.n_labelled == 3


def test_student_intervals_are_wider() -> None:
    normal, student = ARRAYS.mean().table, ARRAYS.mean(reference="t").table
    assert student["high"][0] > normal["high"][0]
    assert student["se"].equals(normal["se"])


X3 = np.column_stack([np.ones(4), [0.0, 1, 0, 1]])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: sl.prediction_powered_mean([1, 0], [1], [1]), DataError, "must have 2 rows"),
        (
            lambda: sl.prediction_powered_mean([1, np.nan], [1, 0], [1, 0]),
            DataError,
            "'labels' has 1 missing",
        ),
        (lambda: sl.prediction_powered_mean(["a"], [1], [1]), DataError, "must be numbers"),
        (lambda: sl.prediction_powered_mean([[1]], [1], [1]), DataError, r"shape \(n,\)"),
        (lambda: sl.prediction_powered_mean([1], [1], [1, 0]), NotEnoughDataError, "1 cluster"),
        (lambda: ARRAYS.mean(tuning="best"), ArgumentError, "unknown tuning 'best'"),
        (lambda: ARRAYS.mean(tuning=1.5), ArgumentError, "got 1.5"),
        (lambda: ARRAYS.mean(confidence_level=95), ArgumentError, "got 95"),
        (lambda: ARRAYS.mean(reference="z"), ArgumentError, "unknown reference 'z'"),
        (lambda: ARRAYS.mean(clusters=names(120)), ArgumentError, "unlabelled_clusters= is missi"),
        (
            lambda: ARRAYS.mean(clusters=names(9), unlabelled_clusters=names(900)),
            DataError,
            "'clusters' must have 120 rows; got 9",
        ),
        (
            lambda: ARRAYS.mean(clusters=[None] * 120, unlabelled_clusters=names(900)),
            DataError,
            "name a cluster for each row",
        ),
        (lambda: ARRAYS.mean(weights=[-1.0] * 120), DataError, "at least 0"),
        (lambda: ARRAYS.regression(kind="probit"), ArgumentError, "unknown kind 'probit'"),
        (lambda: ARRAYS.regression(terms=["one"]), ArgumentError, "3 different names"),
        (
            lambda: sl.prediction_powered_regression(
                np.ones((9, 2)), [1.0] * 9, [1.0] * 9, np.ones((9, 2)), [1.0] * 9
            ),
            DataError,
            "rank 1",
        ),
        (
            lambda: sl.prediction_powered_regression(
                X3, [0, 1, 0, 1], [0, 2, 0, 1], X3, [0] * 4, kind="logistic"
            ),
            DataError,
            r"'predictions' must lie in \[0, 1\].*got 2",
        ),
        (
            lambda: sl.prediction_powered_regression(
                X3, [0, 1, 0, 1], [0, 1, 0, 1], X3, [0, 1, 0, 1], kind="logistic"
            ),
            NotEnoughDataError,
            "no solution",
        ),
        (
            lambda: sl.prediction_powered_regression(X3[:2], [0, 1], [0, 1], X3, [0, 1, 0, 1]),
            NotEnoughDataError,
            "2 rows for 2 coefficients",
        ),
    ],
)
def test_refusals(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()
