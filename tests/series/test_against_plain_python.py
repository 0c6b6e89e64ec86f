"""Every number of a series, computed again from sentences and articles without the library."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from scipy import stats

import stancelib as sl

Make = Callable[..., Any]

ZONE = ZoneInfo("Europe/Kyiv")
REACH = {"Gazette": 3.0, "Courier": 0.5, "Herald": 1.25, "Mirror": 8.0}


@dataclass(frozen=True)
class Options:
    """What a series is asked, and what the test computes by hand."""

    pooled: bool = False
    duplicates: str = "cluster"
    within: str = "uniform"
    across: str = "equal"
    sources: str | Mapping[str, float] = "volume"

    def as_arguments(self) -> dict[str, Any]:
        given: dict[str, Any] = {
            "by": None if self.pooled else "source",
            "duplicates": self.duplicates,
            "sentence_weights": self.within,
            "document_weights": self.across,
            "source_weights": self.sources,
        }
        if self.within == "headline":
            given["headline_share"] = 0.3
        if self.across == "reach":
            given["document_weights"] = pl.DataFrame(
                {"source": list(REACH), "reach": list(REACH.values())}
            )
        return given


OPTIONS = [
    Options(),
    Options(pooled=True),
    Options(duplicates="drop"),
    Options(duplicates="keep"),
    Options(within="position"),
    Options(within="headline"),
    Options(across="length"),
    Options(pooled=True, across="reach"),
    Options(pooled=True, sources="equal"),
    Options(pooled=True, across="length", sources="equal", duplicates="keep"),
    Options(
        pooled=True,
        within="position",
        across="length",
        sources={"Gazette": 0.5, "Courier": 0.25, "Herald": 0.25, "Mirror": 0.0},
    ),
]


def week_of(at: datetime) -> datetime:
    day = at.astimezone(ZONE).date()
    return datetime.combine(day - timedelta(days=day.weekday()), datetime.min.time(), tzinfo=ZONE)


def article_mean(article: Any, name: str, within: str) -> float:
    """The weighted mean over the sentences on NATO."""
    places = [(i, s) for i, s in enumerate(article.sentences) if s.target == "NATO"]
    parts = [s.part for _, s in places]
    weights = {
        "uniform": [1.0 for _ in places],
        "position": [1 - i / len(article.sentences) for i, _ in places],
        "headline": [(0.3 if part == "title" else 0.7) / parts.count(part) for part in parts],
    }[within]
    values = [getattr(s, name) for _, s in places]
    return math.fsum(w * v for w, v in zip(weights, values, strict=True)) / math.fsum(weights)


def article_weight(article: Any, across: str) -> float:
    return {"equal": 1.0, "length": len(article.sentences), "reach": REACH[article.source]}[across]


def stratum_error(omega: np.ndarray, values: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Bias correction, Satterthwaite's freedom, and deviations of the stories of one stratum.

    The freedom comes from the matrix of the quadratic form, not from sums of powers.
    """
    n = len(omega)
    residual_maker = np.eye(n) - np.outer(np.ones(n), omega)
    form = residual_maker.T @ np.diag(omega**2) @ residual_maker
    trace = np.trace(form)
    return (omega**2).sum() / trace, trace**2 / np.trace(form @ form), omega * values


def cell_errors(articles: list[Any], stance: dict[str, float], options: Options) -> dict[str, Any]:
    """Standard error, degrees of freedom and effective number of articles of one cell."""
    stories = {
        a.doc_id: a.doc_id if options.duplicates == "keep" else (a.duplicate_of or a.doc_id)
        for a in articles
    }
    strata: dict[str, list[Any]] = defaultdict(list)
    for a in articles:
        strata[a.source if options.sources != "volume" else ""].append(a)
    shares = options.sources if isinstance(options.sources, Mapping) else dict.fromkeys(strata, 1.0)
    total = sum(shares[name] for name in strata)
    strata = {name: own for name, own in strata.items() if shares[name] > 0}

    def weighted(own: list[Any]) -> tuple[dict[str, float], dict[str, float]]:
        weight: dict[str, float] = defaultdict(float)
        stance_sum: dict[str, float] = defaultdict(float)
        whole = sum(article_weight(a, options.across) for a in own)
        for a in own:
            share = article_weight(a, options.across) / whole
            weight[stories[a.doc_id]] += share
            stance_sum[stories[a.doc_id]] += share * stance[a.doc_id]
        return weight, stance_sum

    means = {name: sum(weighted(own)[1].values()) for name, own in strata.items()}
    centre = sum(shares[name] / total * means[name] for name in strata)
    lonely = [name for name, own in strata.items() if len(weighted(own)[0]) == 1]
    deviations: dict[str, float] = defaultdict(float)
    omegas: dict[str, float] = defaultdict(float)
    pieces: list[tuple[float, float]] = []
    lonely_variance = 0.0
    for name, own in strata.items():
        portion = shares[name] / total
        weight, stance_sum = weighted(own)
        omega = np.array(list(weight.values()))
        middle = centre if name in lonely else means[name]
        values = np.array([stance_sum[g] / weight[g] - middle for g in weight])
        if name in lonely:
            correction = 1.0
            if len(lonely) == len(strata) > 1:
                p = np.array([shares[k] / total for k in strata])
                correction = (p**2).sum() / np.trace(
                    (np.eye(len(p)) - np.outer(p, np.ones(len(p))))
                    @ np.diag(p**2)
                    @ (np.eye(len(p)) - np.outer(np.ones(len(p)), p))
                )
            scaled = omega * values
            lonely_variance += portion**2 * correction * float((scaled**2).sum())
        else:
            correction, freedom, scaled = stratum_error(omega, values)
            pieces.append((portion**2 * correction * float((scaled**2).sum()), freedom))
        for g, one, share in zip(weight, scaled, omega, strict=True):
            deviations[g] += portion * math.sqrt(correction) * one
            omegas[g] += portion * share
    if lonely and len(strata) > 1:
        pieces.append((lonely_variance, max(len(lonely) - (len(lonely) == len(strata)), 1)))
    squares = math.fsum(share**2 for share in omegas.values())
    known = bool(pieces)
    variance = math.fsum(one for one, _ in pieces)
    freedom = (
        (variance**2 / math.fsum(one**2 / f for one, f in pieces) if variance else None)
        if known
        else None
    )
    se = math.sqrt(math.fsum(one**2 for one in deviations.values())) if known else None
    return {"se": se, "degrees_of_freedom": freedom, "n_effective": 1 / squares}


def expected_cell(articles: list[Any], options: Options) -> dict[str, Any]:
    """Every number of a cell, from the articles that count in it."""
    naming = [a for a in articles if any(s.target == "NATO" for s in a.sentences)]
    present = {a.source for a in naming}
    weights = {}
    for a in naming:
        own = article_weight(a, options.across)
        if options.sources != "volume":
            share = options.sources[a.source] if isinstance(options.sources, Mapping) else 1.0
            whole = sum(article_weight(b, options.across) for b in naming if b.source == a.source)
            own *= share / whole
        weights[a.doc_id] = own
    assert present
    total = math.fsum(weights.values())
    means = {
        name: {a.doc_id: article_mean(a, name, options.within) for a in naming}
        for name in ("p_against", "p_favor")
    }
    against, favor = (
        math.fsum(weights[d] * value for d, value in means[name].items()) / total
        for name in ("p_against", "p_favor")
    )
    stance = {d: means["p_favor"][d] - means["p_against"][d] for d in weights}
    counted = [a for a in naming if weights[a.doc_id] > 0]
    errors = cell_errors(naming, stance, options)
    cell = {
        "stance": favor - against,
        **errors,
        "n_sentences": sum(s.target == "NATO" for a in counted for s in a.sentences),
        "n_documents": len(counted),
        "n_published": len(articles),
        "salience": len(counted) / len(articles),
        "share_against": against,
        "share_neutral": 1 - against - favor,
        "share_favor": favor,
    }
    if errors["se"] is None:
        return {**cell, "low": None, "high": None}
    reach = stats.t.ppf(0.975, errors["degrees_of_freedom"]) * errors["se"]
    return {
        **cell,
        "low": max(favor - against - reach, -1.0),
        "high": min(favor - against + reach, 1.0),
    }


def corpus(seed: int, article: Make, sentence: Make) -> list[Any]:
    draw = random.Random(seed)  # noqa: S311  (a test corpus, no secret)
    articles: list[Any] = []
    for i in range(110):
        sentences = []
        for place in range(draw.randint(1, 5)):
            against = draw.random()
            favor = (1 - against) * draw.random()
            part = "title" if place == 0 and draw.random() < 0.7 else "text"
            target = draw.choice(["NATO", "NATO", "Russia"])
            sentences.append(sentence(against, favor, target, part=part))
        at = datetime(2022, 3, 10, tzinfo=UTC) + timedelta(minutes=draw.randrange(60 * 24 * 30))
        originals = [one.doc_id for one in articles if one.duplicate_of is None]
        copy_of = draw.choice(originals) if originals and draw.random() < 0.35 else None
        source = draw.choice(["Gazette", "Gazette", "Gazette", "Courier", "Herald", "Mirror"])
        articles.append(article(f"a{i}", source, at, sentences, copy_of))
    return articles


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_cell(fill: Make, article: Make, sentence: Make, options: Options, seed: int) -> None:
    articles = corpus(seed, article, sentence)
    with sl.open_store(":memory:") as store:
        fill(store, articles, ["NATO", "Russia"])
        found = store.series("NATO", time_zone="Europe/Kyiv", **options.as_arguments())
    cells: dict[Any, list[Any]] = defaultdict(list)
    for a in articles:
        if options.duplicates != "drop" or a.duplicate_of is None:
            cells["all" if options.pooled else a.source, week_of(a.published_at)].append(a)
    naming = {
        key
        for key, own in cells.items()
        if any(s.target == "NATO" for a in own for s in a.sentences)
    }
    filled = found.filter(found["n_documents"] > 0)
    assert {(row["source"], row["period"]) for row in filled.to_dicts()} == naming
    for row in filled.to_dicts():
        expected = expected_cell(cells[row["source"], row["period"]], options)
        assert set(expected) == set(row) - {"target", "source", "period", "coverage"}
        for name, value in expected.items():
            if value is None and name == "degrees_of_freedom" and row["se"] == 0:
                continue
            wanted = None if value is None else pytest.approx(value, rel=1e-9, abs=1e-11)
            assert row[name] == wanted, (name, row)
