"""Cells of known articles: means, errors, gaps, filters and refusals."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError
from stancelib.schemas import Series

SeriesOf = Callable[..., pl.DataFrame]
Make = Callable[..., Any]


def noon(day: int, month: int = 3) -> datetime:
    return datetime(2022, month, day, 12, tzinfo=UTC)


def test_a_cell_is_the_mean_over_articles_of_the_mean_over_sentences(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    long = article(
        "a", sentences=[sentence(0.75, 0.25), sentence(0.75, 0.25), sentence(0.75, 0.25)]
    )
    short = article("b", sentences=[sentence(0.0, 1.0)])
    cell = series_of([long, short]).row(0, named=True)
    # (-0.5 + 1.0) / 2; over the four sentences it would be -0.125.
    assert cell["stance"] == 0.25
    assert (cell["share_against"], cell["share_neutral"], cell["share_favor"]) == (0.375, 0, 0.625)
    assert (cell["n_sentences"], cell["n_documents"], cell["n_effective"]) == (4, 2, 2.0)


def test_the_error_is_the_standard_deviation_over_articles_by_the_root_of_n(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    stances = [-0.5, 0.0, 0.25, 0.75]
    articles = [
        article(f"a{i}", sentences=[sentence(0.0, s) if s > 0 else sentence(-s, 0.0)])
        for i, s in enumerate(stances)
    ]
    cell = series_of(articles).row(0, named=True)
    # mean 0.125; sum of squares 0.390625 + 0.015625 + 0.015625 + 0.390625 = 0.8125
    assert cell["stance"] == pytest.approx(0.125)
    assert cell["se"] == pytest.approx((0.8125 / 3 / 4) ** 0.5)


def test_copies_of_a_story_are_one_cluster(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    wire = [
        article(f"w{i}", sentences=[sentence(0.0, 1.0)], duplicate_of="w0" if i else None)
        for i in range(3)
    ]
    own = article("own", sentences=[sentence(0.5, 0.5)])
    cell = series_of([*wire, own]).row(0, named=True)
    # Shares 3/4 and 1/4: Kish's number is 1 / (9/16 + 1/16).
    assert (cell["n_documents"], cell["n_effective"], cell["stance"]) == (4, 1.6, 0.75)
    # The variance of two stories, 1 and 0, is 1/2; that of their mean 10/16 of it.
    assert cell["se"] == pytest.approx(math.sqrt(0.5 * 10 / 16))
    assert cell["degrees_of_freedom"] == pytest.approx(1)


def test_one_article_has_no_error(series_of: SeriesOf, article: Make) -> None:
    assert series_of([article("a")])["se"].to_list() == [None]


def test_copies_of_one_story_alone_have_no_error(series_of: SeriesOf, article: Make) -> None:
    cell = series_of([article("a"), article("b", duplicate_of="a")]).row(0, named=True)
    assert (cell["se"], cell["n_effective"], cell["n_documents"]) == (None, 1.0, 2)


def test_a_period_without_articles_is_null_and_neutral_is_zero(
    series_of: SeriesOf, article: Make
) -> None:
    frame = series_of([article("a"), article("b", published_at=noon(15))], every="1w")
    assert frame["stance"].to_list() == [0.0, None, 0.0]
    assert frame["share_neutral"].to_list() == [0.5, None, 0.5]
    assert frame["n_documents"].to_list() == [1, 0, 1]
    assert frame["coverage"].to_list() == [1 / 7, 0, 1 / 7]


def test_every_source_has_every_period_and_coverage_counts_other_articles(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    elsewhere = sentence(target=None)
    frame = series_of(
        [
            article("a", published_at=noon(1)),
            article("b", source="Courier", published_at=noon(8), sentences=[elsewhere]),
            article("c", source="Courier", published_at=noon(9), sentences=[elsewhere]),
        ]
    )
    assert frame.select("source", "stance", "coverage").rows() == [
        ("Courier", None, 0.0),
        ("Courier", None, 2 / 7),
        ("Gazette", 0.0, 1 / 7),
        ("Gazette", None, 0.0),
    ]


def test_pooled_gives_each_article_the_same_weight(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    frame = series_of(
        [
            article("a", sentences=[sentence(0.0, 1.0)]),
            article("b", sentences=[sentence(0.0, 1.0)]),
            article("c", source="Courier", sentences=[sentence(0.5, 0.0)]),
            article("d", source="Herald", published_at=noon(8)),
        ],
        by=None,
    )
    assert frame["source"].to_list() == ["all", "all"]
    assert frame["stance"].to_list() == [0.5, 0.0]
    assert frame["coverage"].to_list() == [2 / 3, 1 / 3]


def test_a_story_is_one_cluster_across_sources(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    frame = series_of(
        [
            article("a", sentences=[sentence(0.0, 1.0)]),
            article("b", source="Courier", sentences=[sentence(0.0, 1.0)], duplicate_of="a"),
        ],
        by=None,
    )
    assert frame.select("n_documents", "n_effective", "se").rows() == [(2, 1.0, None)]


@pytest.mark.parametrize(
    ("options", "stance"),
    [
        ({}, 0.25),
        ({"voice": "author"}, 1.0),
        ({"voice": "quoted"}, -0.5),
        ({"part": "title"}, 1.0),
        ({"voice": "headline"}, 1.0),
        ({"voice": "headline", "part": "title"}, 1.0),
        ({"part": "text"}, -0.5),
        ({"kinds": ["name"]}, 1.0),
        ({"kinds": ["capital", "demonym"]}, -0.5),
        ({"kinds": ["person"]}, None),
    ],
)
def test_filters(
    series_of: SeriesOf,
    article: Make,
    sentence: Make,
    options: dict[str, Any],
    stance: float | None,
) -> None:
    sentences = [
        sentence(0.0, 1.0, part="title"),
        sentence(0.75, 0.25, voice="quoted", kind="capital"),
    ]
    assert series_of([article("a", sentences=sentences)], **options)["stance"].to_list() == [stance]


def test_targets_are_chosen_and_all_by_default(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    articles = [article("a", sentences=[sentence(), sentence(target="Russia")])]
    targets = ["NATO", "Russia", "Ukraine"]
    every = series_of(articles, targets)
    # No article names Ukraine: that is a series without coverage, not an unknown target.
    assert every.select("target", "n_documents").rows() == [
        ("NATO", 1),
        ("Russia", 1),
        ("Ukraine", 0),
    ]
    assert series_of(articles, targets, target="Russia")["target"].to_list() == ["Russia"]
    two = series_of(articles, targets, target=["Russia", "NATO"])
    assert two["target"].to_list() == ["NATO", "Russia"]


def test_sources_are_chosen(series_of: SeriesOf, article: Make) -> None:
    articles = [article("a"), article("b", source="Courier")]
    assert series_of(articles, source="Courier")["source"].to_list() == ["Courier"]


def test_start_and_end_choose_whole_periods(
    series_of: SeriesOf, article: Make, sentence: Make
) -> None:
    articles = [
        article("a", published_at=noon(7), sentences=[sentence(0.0, 1.0)]),
        article("b", published_at=noon(9), sentences=[sentence(0.0, 0.0)]),
        article("c", published_at=noon(20)),
    ]
    frame = series_of(articles, start=date(2022, 3, 9), end=date(2022, 3, 22))
    assert frame["period"].dt.date().to_list() == [
        date(2022, 3, 7),
        date(2022, 3, 14),
        date(2022, 3, 21),
    ]
    # The article of Monday, before `start`, belongs to the first week: no period is cut.
    assert frame["stance"].to_list() == [0.5, 0.0, None]


def test_start_may_lie_before_the_corpus(series_of: SeriesOf, article: Make) -> None:
    frame = series_of([article("a")], every="1mo", start=date(2022, 1, 15))
    assert frame["n_documents"].to_list() == [0, 0, 1]


@pytest.mark.parametrize(
    ("every", "periods"),
    [
        ("1d", [date(2022, 3, 30) + timedelta(days=i) for i in range(7)]),
        ("1w", [date(2022, 3, 28), date(2022, 4, 4)]),
        ("1mo", [date(2022, 3, 1), date(2022, 4, 1)]),
        ("1q", [date(2022, 1, 1), date(2022, 4, 1)]),
    ],
)
def test_periods_of_each_length(
    series_of: SeriesOf, article: Make, every: str, periods: list[date]
) -> None:
    articles = [article("a", published_at=noon(30)), article("b", published_at=noon(5, 4))]
    assert series_of(articles, every=every)["period"].dt.date().to_list() == periods


def test_the_frame_is_a_series(series_of: SeriesOf, article: Make) -> None:
    frame = series_of([article("a")], time_zone="Europe/Kyiv")
    assert Series.is_valid(frame)
    assert frame.schema["period"] == pl.Datetime("us", "Europe/Kyiv")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "Nato"}, "unknown target 'Nato'; known targets: NATO. Did you mean 'NATO'?"),
        ({"source": "Gazete"}, "unknown source 'Gazete'; known sources: Gazette. Did you mean"),
        ({"every": "1y"}, "unknown every '1y'; known everys: 1d, 1w, 1mo, 1q"),
        ({"by": "lang"}, "by='lang'; allowed are 'source' .* and None"),
        ({"time_zone": "Europe/Kyjiv"}, "unknown time_zone 'Europe/Kyjiv'; .* Europe/Kyiv"),
        ({"time_zone": "+03:00"}, "unknown time_zone"),
        ({"voice": "editor"}, "unknown voice 'editor'; known voices: author, quoted, headline"),
        ({"voice": "headline", "part": "text"}, "voice='headline' means part='title'"),
        ({"part": "lead"}, "unknown part 'lead'; known parts: title, text"),
        ({"kinds": ["city"]}, "unknown kind 'city'; known kinds: name, demonym, capital"),
        ({"kinds": []}, "list of kinds is empty"),
        ({"target": []}, "list of targets is empty"),
        ({"scorer": "embedded"}, "unknown scorer 'embedded'; known scorers: given@1"),
        ({"duplicates": "merge"}, "unknown duplicates 'merge'; known .*: cluster, drop, keep"),
        ({"interval": "normal"}, "unknown interval 'normal'"),
        ({"confidence_level": 95}, r"confidence_level must lie inside \(0, 1\); got 95"),
        ({"n_resamples": 0}, "n_resamples must be at least 1; got 0"),
        ({"sentence_weights": "lead"}, "unknown sentence_weights 'lead'"),
        ({"headline_share": 0.3}, 'headline_share=0.3 needs sentence_weights="headline"'),
        ({"sentence_weights": "headline"}, "needs headline_share, such as 0.3"),
        (
            {"sentence_weights": "headline", "headline_share": 1.0},
            r"headline_share must lie inside \(0, 1\); got 1.0",
        ),
        ({"document_weights": "reach"}, "unknown document_weights 'reach'"),
        ({"document_weights": pl.DataFrame({"reach": [1.0]})}, "needs two columns: doc_id or so"),
        (
            {"document_weights": pl.DataFrame({"source": ["Gazette"], "reach": [0]})},
            "must be above 0 and finite; source 'Gazette' has 0",
        ),
        (
            {"document_weights": pl.DataFrame({"doc_id": ["a", "a"], "reach": [1, 2]})},
            "names doc_id 'a' twice",
        ),
        (
            {"document_weights": pl.DataFrame({"source": ["Courier"], "reach": [1]})},
            "no weight for 1 articles, such as doc_id 'a' of source 'Gazette'",
        ),
        ({"source_weights": "equal"}, "for series that pool the sources; add by=None"),
        ({"by": None, "source_weights": "reach"}, "unknown source_weights 'reach'"),
        ({"by": None, "source_weights": {"Gazete": 1.0}}, "has no share for 'Gazette'"),
        (
            {"by": None, "source_weights": {"Gazette": 1.0, "Sun": 1.0}},
            "unknown source 'Sun'; known sources: Gazette",
        ),
        ({"by": None, "source_weights": {"Gazette": -1.0}}, "finite and not negative"),
        ({"by": None, "source_weights": {"Gazette": 0.0}}, "are all 0"),
        ({"start": datetime(2022, 3, 1)}, "start=2022-03-01T00:00:00 has no time zone"),  # noqa: DTZ001  (the refusal is tested)
        ({"end": "2022-03-01"}, "end='2022-03-01'; pass a datetime.date"),
        ({"start": date(2022, 3, 2), "end": date(2022, 3, 1)}, "start=.* is after end="),
    ],
)
def test_a_wrong_argument_is_named_with_what_is_allowed(
    series_of: SeriesOf, article: Make, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        series_of([article("a")], **options)


def test_nothing_scored_is_refused() -> None:
    with (
        sl.open_store(":memory:") as store,
        pytest.raises(NotEnoughDataError, match=r"run store\.score\(\) first"),
    ):
        store.series()


def test_a_scorer_must_be_named_where_there_are_several(fill: Make, article: Make) -> None:
    with sl.open_store(":memory:") as store:
        fill(store, [article("a")], ["NATO"])
        store.database.connection.execute(
            'insert into scores (doc_id, position, target, scorer, start, "end", p_against,'
            " p_neutral, p_favor, truncated) select doc_id, position, target, 'other@2', start,"
            ' "end", 0, 0, 1, false from scores'
        )
        with pytest.raises(ArgumentError, match="2 scorers; pass scorer= one of: given@1, other@2"):
            store.series()
        assert store.series(scorer="other")["stance"].to_list() == [1.0]
        assert store.series(scorer="given@1")["stance"].to_list() == [0.0]


def test_a_target_that_is_scored_in_part_is_refused(fill: Make, article: Make) -> None:
    with sl.open_store(":memory:") as store:
        fill(store, [article("a"), article("b")], ["NATO"])
        store.database.connection.execute("delete from scores where doc_id = 'b'")
        with pytest.raises(DataError, match="1 of 2 sentences lack a score by given@1"):
            store.series("NATO")


def test_an_article_that_was_not_searched_is_refused(fill: Make, article: Make) -> None:
    with sl.open_store(":memory:") as store:
        fill(store, [article("a"), article("b")], ["NATO"])
        store.database.connection.execute("delete from searches where doc_id = 'b'")
        with pytest.raises(DataError, match="1 articles were added or are unsearched"):
            store.series("NATO")
