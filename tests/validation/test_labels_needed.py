"""How many labels: by hand, monotone in what is asked, and with the power that is promised."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.validation.label_planning_core import Pilot, intra_article_correlation, tuning_of

EVENT = sl.Event("a summit", datetime(2024, 3, 1, tzinfo=UTC))
SIDES = {"before": datetime(2024, 2, 1, tzinfo=UTC), "after": datetime(2024, 4, 1, tzinfo=UTC)}
NAMES = {-1: "against", 0: "neutral", 1: "favor"}
# Normal quantiles 1.959964 and 0.841621.
RATIO = 2.801585


def pilot_of(rows: list[tuple[str, int, int, str]], *, drawn: float = 1e-9) -> pl.DataFrame:
    """Rows of side, label, prediction (a class without doubt) and article."""
    said = [prediction for _, _, prediction, _ in rows]
    return pl.DataFrame(
        {
            "doc_id": [article for *_, article in rows],
            "published_at": [SIDES[side] for side, *_ in rows],
            "label": [NAMES[label] for _, label, *_ in rows],
            "p_against": [float(one == -1) for one in said],
            "p_neutral": [float(one == 0) for one in said],
            "p_favor": [float(one == 1) for one in said],
            "stratum": [0] * len(rows),
            "inclusion_probability": [drawn] * len(rows),
        }
    )


def two_sides(n: int = 40, **options: Any) -> pl.DataFrame:
    """Before the event -1 and 1 in turn, after it 0 and 1; the scorer knows the signs of half."""
    rows = [("before", 1 - 2 * (k % 2), (1 - 2 * (k % 2)) * (k % 4 < 2), f"b{k}") for k in range(n)]
    rows += [("after", k % 2, (k % 2) * (k % 4 < 2), f"a{k}") for k in range(n)]
    return pilot_of(rows, **options)


def needed(effect: float = 0.2, pilot: pl.DataFrame | None = None, **options: Any) -> Any:
    given_options = {"n_resamples": 20} | options
    chosen = two_sides() if pilot is None else pilot
    return sl.labels_needed(effect, pilot=chosen, event=EVENT, **given_options)


def test_labels_alone_by_hand() -> None:
    """Standard deviations 1 and 0.5, up to 40 / 39: n = (ratio / effect)^2 (1 + 0.5)^2."""
    found = needed(tuning=0.0)
    n = (RATIO / 0.2) ** 2 * 1.5**2 * 40 / 39
    assert found.n == found.n_without_scorer == pytest.approx(n, abs=1)
    labels = dict(found.table.select("before_after", "n_labels").iter_rows())
    assert labels["before"] == pytest.approx(2 * labels["after"], abs=2)
    assert found.table["sd_label"].to_list() == pytest.approx(
        [np.sqrt(40 / 39), 0.5 * np.sqrt(40 / 39)]
    )


def test_predictions_by_hand() -> None:
    """Half of the signs known: slope 1 and half the variance before; of 0, 1 a part after."""
    found = needed()
    x_after = np.tile([0, 1, 0, 0], 10) - 0.25
    y_after = np.tile([0, 1, 0, 1], 10) - 0.5
    slope = (20 + (x_after * y_after).sum()) / (20 + (x_after**2).sum())
    assert found.tuning == pytest.approx(slope)
    rest = np.array([(1 - slope) ** 2 * 0.5 + 0.5, ((y_after - slope * x_after) ** 2).mean()])
    spread = np.sqrt(rest * 40 / 39 * 78 / 77)
    assert found.table["sd_rest"].to_list() == pytest.approx(spread.tolist())
    assert found.n == pytest.approx((RATIO / 0.2) ** 2 * spread.sum() ** 2, abs=1)
    assert found.n < found.n_without_scorer
    assert found.n_low <= found.n <= found.n_high
    assert found.sentence.startswith("To show a change of 0.2 with a power of 80% (95% interval")
    assert f"{found.n:,} labels are needed" in found.sentence
    assert "the series' own noise is not in this" in found.sentence
    assert json.loads(json.dumps(found.to_dict()))["n"] == found.n
    assert str(found) == found.sentence
    assert "<table" in found._repr_html_()


def test_scale_and_noise_by_hand() -> None:
    base = needed(tuning=0.0).n
    assert needed(0.1, tuning=0.0).n == pytest.approx(4 * base, abs=2)
    assert needed(-0.2, tuning=0.0).n == base
    assert needed(multiplier=2.0, tuning=0.0).n == pytest.approx(4 * base, abs=2)
    assert needed(tuning=0.0, per_article=3, correlation=0.5).n == pytest.approx(2 * base, abs=2)
    # Half of the allowed variance is spent by the series.
    noise = 0.2 / RATIO * np.sqrt(0.5)
    found = needed(tuning=0.0, series_se=noise)
    assert found.n == pytest.approx(2 * base, abs=2)
    assert "own noise" not in found.sentence


def test_what_no_label_can_show_is_refused() -> None:
    smallest = 0.1 * RATIO
    assert needed(smallest * 1.01, series_se=0.1).n > needed(smallest * 1.5, series_se=0.1).n
    with pytest.raises(NotEnoughDataError, match=r"no number of labels shows .* hides what is be"):
        needed(smallest * 0.999, series_se=0.1)


def test_a_store_has_only_so_many_pairs() -> None:
    """80 of 160 pairs are labelled; the smaller the effect, the nearer to all of them."""
    pilot = two_sides(drawn=0.5)
    counts = [needed(effect, pilot, tuning=0.0).n for effect in (1.0, 0.3, 0.1, 0.001)]
    assert counts == sorted(counts)
    assert counts[-1] == 160
    # (1 / n - 1 / N) in place of 1 / n, with the same share of both sides left out.
    spread = np.array([1, 0.5]) * np.sqrt(40 / 39)
    n = spread.sum() ** 2 / ((0.3 / RATIO) ** 2 + (spread**2).sum() / 80)
    assert counts[1] == pytest.approx(n, abs=2)


@given(
    effect=st.floats(0.1, 1), more=st.floats(1, 2), wanted=st.floats(0.5, 0.9), seed=st.integers(0)
)
@settings(max_examples=25, deadline=None)
def test_more_is_asked_more_is_needed(effect: float, more: float, wanted: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows = [
        (side, int(generator.integers(-1, 2)), int(generator.integers(-1, 2)), f"{side}{k}")
        for side in SIDES
        for k in range(30)
    ]
    pilot = pilot_of(rows, drawn=0.001)
    base = needed(effect, pilot, wanted=wanted, n_resamples=1)
    assert needed(effect * more, pilot, wanted=wanted, n_resamples=1).n <= base.n
    assert needed(effect, pilot, wanted=wanted + 0.05, n_resamples=1).n >= base.n
    assert needed(effect, pilot, wanted=wanted, series_se=0.02, n_resamples=1).n >= base.n
    assert needed(effect, pilot, wanted=wanted, multiplier=more, n_resamples=1).n >= base.n
    # Useless predictions cost no more than the degree of freedom of their slope.
    assert base.n <= base.n_without_scorer * (59 / 58) * 1.02 + 2


def test_perfect_predictions_need_no_labels() -> None:
    rows = [(side, k % 3 - 1, k % 3 - 1, f"{side}{k}") for side in SIDES for k in range(30)]
    found = needed(0.1, pilot_of(rows))
    assert found.n == 4
    assert found.n_without_scorer > 100


def test_cells_within_sides() -> None:
    pilot = two_sides(48).with_columns(
        source=pl.Series(["North", "North", "North", "South"] * 24),
        inclusion_probability=pl.Series([0.002, 0.002, 0.002, 0.001] * 24),
    )
    found = needed(0.2, pilot, by="source").table
    assert found.select("before_after", "source").rows() == [
        ("before", "North"),
        ("before", "South"),
        ("after", "North"),
        ("after", "South"),
    ]
    # 36 of 1 in 500 and 12 of 1 in 1,000.
    assert found["n_population"].to_list() == [18_000, 12_000] * 2
    # South's labels are all alike on either side, so that it takes the spread of all.
    share = np.array([0.6, 0.4] * 2)
    product = share * found["sd_rest"].to_numpy()
    np.testing.assert_allclose(
        found["n_labels"] / found["n_labels"].sum(), product / product.sum(), atol=0.01
    )


def arrays(label: Any, prediction: Any, cell: Any, article: Any) -> Pilot:
    n_cells = max(cell) + 1
    return Pilot(
        label=np.array(label, float),
        prediction=np.array(prediction, float),
        weight=np.ones(len(label)),
        cell=np.array(cell),
        article=np.array(article),
        population=np.full(n_cells, 1e9),
        coefficient=np.ones(n_cells),
    )


def test_correlation_within_articles_by_hand() -> None:
    """Articles (1, 1), (1, 0), (-1, 0), (-1, -1): mean squares 11/6 and 1/4."""
    label = [1, 1, 1, 0, -1, 0, -1, -1]
    pilot = arrays(label, label, [0] * 8, [0, 0, 1, 1, 2, 2, 3, 3])
    between, within = (2 * (1 + 0.25 + 0.25 + 1)) / 3, (0.5 + 0.5) / 4
    expected = (between - within) / (between + within)
    assert intra_article_correlation(pilot.label, pilot) == pytest.approx(expected)
    alike = arrays([1, 1, 0, 0], [0] * 4, [0] * 4, [0, 0, 1, 1])
    assert intra_article_correlation(alike.label, alike) == 1
    apart = arrays([1, 0, 1, 0], [0] * 4, [0] * 4, [0, 0, 1, 1])
    assert intra_article_correlation(apart.label, apart) == 0
    single = arrays([1, 0, 1, 0], [0] * 4, [0] * 4, [0, 1, 2, 3])
    assert np.isnan(intra_article_correlation(single.label, single))


def test_the_slope_is_that_within_cells() -> None:
    """Cells at different levels would give another one over all rows."""
    pilot = arrays([0, 1, -1, 0], [0.0, 0.5, 0.5, 1.0], [0, 0, 1, 1], range(4))
    assert tuning_of(pilot) == pytest.approx(2)
    assert tuning_of(arrays([0, 1], [0.3, 0.3], [0, 0], range(2))) == 0


def test_pairs_of_an_article_need_their_correlation() -> None:
    with pytest.raises(NotEnoughDataError, match="no article of the pilot has two labels"):
        needed(per_article=2)
    rows = [(side, (k // 2) % 3 - 1, 0, f"{side}{k // 2}") for side in SIDES for k in range(60)]
    found = needed(0.2, pilot_of(rows), per_article=2)
    assert found.correlation == 1
    assert found.n == pytest.approx(2 * needed(0.2, pilot_of(rows)).n, abs=2)


def test_a_larger_pilot_says_more_and_the_seed_decides() -> None:
    def width(n: int) -> float:
        found = needed(pilot=two_sides(n), n_resamples=300)
        return float(found.n_high - found.n_low)

    assert width(160) < 0.7 * width(40)
    ends = [needed(n_resamples=50, seed=seed).to_dict() for seed in (1, 1, 2)]
    assert ends[0] == ends[1]
    assert (ends[0]["n_low"], ends[0]["n_high"]) != (ends[2]["n_low"], ends[2]["n_high"])


def drawn_pairs(generator: np.random.Generator, n: int, mean: float, spread: float) -> Any:
    """Labels of -1, 0, 1 and a scorer's stance that goes with them, and errs by 0.2."""
    latent = mean + spread * generator.standard_normal(n)
    label = np.clip(np.round(latent), -1, 1)
    prediction = np.tanh(latent + 0.6 * generator.standard_normal(n)) * 0.8 + 0.2
    return label, prediction


@pytest.mark.parametrize("noise", [0.0, 0.04])
def test_the_power_is_as_promised(noise: float) -> None:
    """With n labels of fresh pairs, divided as said, the corrected change is shown in 80 %."""
    generator = np.random.default_rng(7)
    sides = {"before": (-0.3, 1.2), "after": (-0.05, 0.6)}
    many = {side: drawn_pairs(generator, 200_000, *moments) for side, moments in sides.items()}
    effect = float(many["after"][0].mean() - many["before"][0].mean())
    frames = []
    for side, (label, prediction) in many.items():
        kept = slice(0, 3000)
        p_favor = (1 + prediction[kept]) / 2
        frames.append(
            pl.DataFrame(
                {
                    "doc_id": [f"{side}{k}" for k in range(3000)],
                    "published_at": [SIDES[side]] * 3000,
                    "label": [NAMES[int(one)] for one in label[kept]],
                    "p_against": 1 - p_favor,
                    "p_neutral": 0.0,
                    "p_favor": p_favor,
                    "stratum": 0,
                    "inclusion_probability": 1e-6,
                }
            )
        )
    found = needed(effect, pl.concat(frames), series_se=noise, n_resamples=1)
    taken = dict(found.table.select("before_after", "n_labels").iter_rows())
    runs, estimates, variances = 3000, np.zeros(3000), np.full(3000, noise**2)
    for side, sign in (("before", -1), ("after", 1)):
        label, prediction = many[side]
        rows = generator.integers(0, len(label), (runs, taken[side]))
        rest = label[rows] - found.tuning * prediction[rows]
        estimates += sign * (found.tuning * prediction.mean() + rest.mean(1))
        variances += rest.var(1, ddof=1) / taken[side]
    estimates += noise * generator.standard_normal(runs)
    shown = (np.abs(estimates) / np.sqrt(variances) > 1.959964).mean()
    # Simulation, and the pilot's own error, which 6,000 labels keep small.
    assert shown == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / runs))
    assert found.n < 0.8 * found.n_without_scorer
    assert effect == pytest.approx(estimates.mean(), abs=4 * estimates.std() / np.sqrt(runs))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"effect": 0}, ArgumentError, "effect must be a change of up to 2, and not 0; got 0"),
        ({"effect": 2.5}, ArgumentError, "and not 0; got 2.5"),
        ({"series_se": -0.1}, ArgumentError, "series_se must be 0 or more; got -0.1"),
        ({"multiplier": 0}, ArgumentError, "multiplier must be above 0; got 0"),
        ({"per_article": 0.5}, ArgumentError, "per_article must be 1 or more; got 0.5"),
        ({"correlation": 2}, ArgumentError, r"correlation must lie in \[0, 1\]; got 2"),
        ({"wanted": 1}, ArgumentError, r"wanted must lie inside \(0, 1\); got 1"),
        ({"confidence_level": 0}, ArgumentError, r"confidence_level must lie inside \(0, 1\)"),
        ({"n_resamples": 0}, ArgumentError, "n_resamples must be at least 1; got 0"),
        ({"by": "outlet"}, ArgumentError, "unknown cell 'outlet'; known cells: source, target"),
        ({"by": "source"}, DataError, "column 'source' is missing"),
        ({"pilot": two_sides().head(40)}, DataError, "no label from after the event"),
        ({"pilot": two_sides().head(41)}, NotEnoughDataError, "has 1 label of the cell after; a v"),
    ],
)
def test_refusals(options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        needed(**options)
