from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from stancelib.errors import ArgumentError, DataError
from stancelib.simulate import SimulatedCorpus, simulate_corpus
from stancelib.simulate.bank import LABELS, TARGETS, load_bank, load_world
from stancelib.simulate.corpus_core import article_shares, class_shares, daily_weights, mood
from stancelib.simulate.defects import DEFECTS

LANGUAGES = ("en", "fr", "de", "ru", "uk")


@pytest.fixture(scope="module")
def corpus() -> SimulatedCorpus:
    return simulate_corpus(2_000, seed=1)


def own_labels(corpus: SimulatedCorpus) -> pl.DataFrame:
    """Sentences on a target in the outlets' own articles, with what was expected that day."""
    return (
        corpus.labels.drop_nulls("target")
        .join(corpus.copies, on="doc_id", how="anti")
        .with_columns(pl.col("published_at").dt.date().alias("date"))
        .join(corpus.truth, on=["target", "source", "date"])
    )


def test_same_seed_same_bytes_and_another_seed_other_ones() -> None:
    once, again, other = (simulate_corpus(60, seed=seed) for seed in (2, 2, 3))
    for name in ("documents", "truth", "labels", "copies", "defects", "parameters"):
        assert getattr(once, name).equals(getattr(again, name)), name
    assert once.documents.write_csv() != other.documents.write_csv()


def test_labels_are_drawn_around_what_is_expected(corpus: SimulatedCorpus) -> None:
    articles = (
        own_labels(corpus)
        .group_by("doc_id", "source", "target")
        .agg((pl.col("value") - pl.col("expected_stance")).mean().alias("error"))
    )
    cells = articles.group_by("source", "target").agg(
        (pl.col("error").mean() / (pl.col("error").std() / pl.len().sqrt())).alias("z")
    )
    assert cells.height == 8 * 3
    # The mean squared z of 24 cells is a chi-squared / 24: below 2 except once in 400 seeds.
    assert 0.2 < cells["z"].pow(2).mean() < 2


def test_neutral_sentences_are_as_frequent_as_the_outlet_says(corpus: SimulatedCorpus) -> None:
    shares = (
        own_labels(corpus)
        .group_by("source")
        .agg((pl.col("label") == "neutral").mean().alias("share"))
        .join(corpus.parameters.select("source", "neutral").unique(), on="source")
    )
    assert (shares["share"] - shares["neutral"]).abs().max() < 0.07


def test_the_line_shifts_by_the_level_on_the_day_of_the_event(corpus: SimulatedCorpus) -> None:
    event_date = corpus.event_at.date()
    change = (
        corpus.truth.with_columns((pl.col("date") >= event_date).alias("after"))
        .group_by("target", "source", "after")
        .agg(pl.col("line").sort_by("date").first().alias("first"))
        .pivot("after", index=["target", "source"], values="first")
        .join(corpus.parameters, on=["target", "source"])
    )
    assert (change["true"] - change["false"]).to_list() == pytest.approx(change["level"].to_list())
    same_day = corpus.labels.filter(pl.col("published_at").dt.date() == event_date)
    assert same_day.height > 0
    assert same_day["published_at"].min() > corpus.event_at


def test_without_effect_nothing_shifts() -> None:
    null = simulate_corpus(50, effect=0.0)
    assert null.parameters.select("level", "slope").unique().rows() == [(0.0, 0.0)]
    per_pair = null.truth.group_by("target", "source").agg(pl.col("line").n_unique())
    assert per_pair["line"].max() == 1


def test_sentences_of_one_article_lean_the_same_way() -> None:
    rng = np.random.default_rng(4)
    shares = class_shares(0.2, 0.3)
    assert shares == pytest.approx([0.25, 0.3, 0.45])
    drawn = np.array([article_shares(rng, shares, 6.0) for _ in range(20_000)])
    assert drawn.mean(axis=0) == pytest.approx(shares, abs=0.005)
    # Variance of a Dirichlet component over that of one draw: 1 / (1 + concentration).
    correlation = drawn.var(axis=0) / (shares * (1 - shares))
    assert correlation == pytest.approx(np.full(3, 1 / 7), rel=0.05)


def test_mood_jumps_then_changes_per_week() -> None:
    found = mood(
        np.random.default_rng(1),
        30,
        14,
        stance=0.1,
        level=0.3,
        slope=-0.07,
        rho=0.5,
        noise=0.02,
    )
    assert found.line[[13, 14, 15, 21]] == pytest.approx([0.1, 0.4, 0.39, 0.33])
    assert np.abs(found.expected - found.line).max() <= 0.06 + 1e-12


def test_no_mood_can_leave_the_range_of_its_outlet() -> None:
    world = load_world()
    largest_noise = 3 * 0.06
    weeks_after = 24
    for outlet in world.outlets:
        for path in outlet.paths.values():
            end = path.stance + path.level + weeks_after * path.slope
            extreme = max(abs(path.stance), abs(path.stance + path.level), abs(end))
            # 0.05 keeps a share of the opposite label.
            assert extreme + largest_noise < 1 - outlet.neutral + 0.05, outlet.name


def test_weekends_are_quiet_and_gaps_are_gaps() -> None:
    weights = daily_weights(np.random.default_rng(1), 364, first_weekday=0, event_day=197)
    assert weights.sum() == pytest.approx(1)
    assert 6 <= (weights == 0).sum() <= 20
    by_weekday = weights.reshape(52, 7).sum(axis=0)
    assert by_weekday[5:].max() < 0.6 * by_weekday[:5].min()


def test_documents_are_a_users_file(corpus: SimulatedCorpus) -> None:
    documents = corpus.documents
    assert documents.columns == ["doc_id", "source", "published_at", "title", "text", "url"]
    assert documents.height == 2_000 + corpus.copies.height + corpus.defects.height
    good = documents.head(documents.height - corpus.defects.height)
    assert good["doc_id"].n_unique() == good.height
    assert good["published_at"].str.contains(r"[+-]\d\d:\d\d$").all()
    assert good["published_at"].str.slice(-6).n_unique() > 3
    assert good["source"].n_unique() == 8


def test_every_defect_is_there_and_says_where(corpus: SimulatedCorpus) -> None:
    assert corpus.defects["defect"].unique().sort().to_list() == sorted(DEFECTS)
    rows = corpus.documents.with_row_index("row").join(
        corpus.defects.with_columns(pl.col("row").cast(pl.UInt32)), on="row"
    )
    assert rows.height == 2 * len(DEFECTS)
    assert rows["doc_id"].to_list() == rows["doc_id_right"].to_list()
    spoiled = dict(zip(rows["defect"], rows.iter_rows(named=True), strict=True))
    assert spoiled["no date"]["published_at"] is None
    assert spoiled["empty text"]["text"] == ""
    assert spoiled["missing source"]["source"] is None
    twins = corpus.documents.filter(doc_id=spoiled["duplicate doc_id with other content"]["doc_id"])
    assert twins.height == 2
    assert twins["text"].n_unique() == 2


def test_copies_differ_a_little_and_come_later(corpus: SimulatedCorpus) -> None:
    assert corpus.copies.height == 80
    assert set(corpus.copies["kind"]) == {"update", "republished"}
    documents = corpus.documents.head(corpus.documents.height - corpus.defects.height).select(
        "doc_id",
        "source",
        "title",
        "text",
        pl.col("published_at").str.to_datetime(time_zone="UTC").alias("at"),
    )
    pairs = corpus.copies.join(documents, on="doc_id").join(
        documents, left_on="copy_of", right_on="doc_id", suffix="_first"
    )
    assert pairs.height == 80
    assert (pairs["title"] == pairs["title_first"]).all()
    assert pairs.select(pl.col("text").str.starts_with(pl.col("text_first"))).to_series().all()
    assert (pairs["text"] != pairs["text_first"]).all()
    assert (pairs["at"] > pairs["at_first"]).all()
    same = pairs["source"] == pairs["source_first"]
    assert (same == (pairs["kind"] == "update")).all()


def test_labels_are_found_in_the_documents(corpus: SimulatedCorpus) -> None:
    good = corpus.documents.head(corpus.documents.height - corpus.defects.height)
    both = corpus.labels.rename({"text": "sentence"}).join(good, on="doc_id")
    assert both.height == corpus.labels.height
    where = pl.when(part="title").then("title").otherwise("text")
    found = both.select(where.str.contains(pl.col("sentence"), literal=True)).to_series()
    assert found.all()


def test_perfect_scorer_gives_back_the_labels(corpus: SimulatedCorpus) -> None:
    labels = corpus.labels.drop_nulls("target").head(500)
    scored = corpus.scorer().score(labels.select("text", "target"))
    assert scored["stance"].to_list() == labels["value"].to_list()
    assert scored.select(pl.sum_horizontal("^p_.*$")).to_series().unique().to_list() == [1.0]
    with pytest.raises(DataError, match="no sentence"):
        corpus.scorer().score(pl.DataFrame({"text": ["Unheard of."], "target": ["NATO"]}))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_banks_are_large_and_have_no_sentence_twice(lang: str) -> None:
    bank = load_bank(lang)
    everything = [text for texts in bank.sentences.values() for text in texts]
    everything += [*bank.filler, *bank.filler_title]
    assert len(set(everything)) == len(everything)
    for target in TARGETS:
        for label in LABELS:
            assert len(bank.sentences[target, label]) >= 25
    assert len(bank.filler) >= 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_documents": 0}, "'n_documents' must be at least 1; got 0"),
        ({"n_days": 200}, "must lie at least 28 days inside the corpus; it is day 197 of 200"),
        ({"effect": 2.0}, "'effect' must lie in"),
        ({"noise": 0.3}, "'noise' must lie in"),
        ({"copies": -0.1}, "'copies' must lie in"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        simulate_corpus(**arguments)  # type: ignore[arg-type]  # one name each, of its own type
