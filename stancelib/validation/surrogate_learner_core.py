"""Labels from predictions: ridge regression that never sees the labels of the rows it predicts."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_PENALTIES: Final = np.logspace(-6, 2, 33)


def surrogate_features(prediction: Array, covariates: Array) -> Array:
    """Prediction (n,), its square, covariates (n, p), and the prediction times each of them."""
    main = prediction[:, None]
    return np.concatenate([main, main**2, covariates, main * covariates], axis=1)


def deal_folds(
    clusters: Integers, labelled: Flags, n_folds: int, generator: np.random.Generator
) -> Integers:
    """Fold (n,) of each row; clusters stay whole, and those with labels are dealt out evenly."""
    n_clusters = int(clusters.max()) + 1
    has_label = np.zeros(n_clusters, dtype=bool)
    has_label[clusters[labelled]] = True
    fold = np.empty(n_clusters, dtype=np.int64)
    for members in (np.flatnonzero(has_label), np.flatnonzero(~has_label)):
        fold[generator.permutation(members)] = np.arange(len(members)) % n_folds
    return np.asarray(fold[clusters], dtype=np.int64)


def cross_fitted(truth: Array, labelled: Flags, features: Array, folds: Integers) -> Array:
    """Expected truth (n,) of each row, learnt from labelled rows of the other folds.

    `truth` counts where `labelled`; expectations stay within the range of what was learnt from.
    """
    found = np.empty(len(truth))
    for fold in np.unique(folds):
        inside = folds == fold
        known = labelled & ~inside
        found[inside] = ridge(features[known], truth[known], features[inside])
    return found


def ridge(features: Array, truth: Array, wanted: Array) -> Array:
    """Predict rows (m, p) by ridge regression on rows (n, p).

    Features are standardized; the penalty has the least generalized cross-validation error (Golub,
    Heath and Wahba 1979).
    """
    centre, spread = features.mean(0), features.std(0)
    spread = np.where(spread > 0, spread, np.inf)
    left, sizes, right = np.linalg.svd((features - centre) / spread, full_matrices=False)
    n, middle = len(truth), float(truth.mean())
    projected = left.T @ (truth - middle)
    rest = float(((truth - middle) ** 2).sum() - (projected**2).sum())
    shrink = sizes**2 / (sizes**2 + n * _PENALTIES[:, None])
    residual = rest + (((1 - shrink) * projected) ** 2).sum(1)
    freedom = np.maximum(n - 1 - shrink.sum(1), 1e-9)
    best = int(np.argmin(residual / freedom**2))
    inverse = np.divide(shrink[best], sizes, out=np.zeros_like(sizes), where=sizes > 0)
    slopes = right.T @ (inverse * projected)
    found = middle + (wanted - centre) / spread @ slopes
    return np.asarray(np.clip(found, truth.min(), truth.max()), dtype=np.float64)
