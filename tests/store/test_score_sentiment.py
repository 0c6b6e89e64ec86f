"""Sentiment in the store: every sentence once, apart from stance."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError
from stancelib.store import Store


class Weather:
    """A mood of few words; counts what it was shown."""

    name = "weather@1"

    def __init__(self) -> None:
        self.shown: list[str] = []

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError(f"no stance was asked for, but {frame.height} pairs were shown")

    def sentiment(self, frame: pl.DataFrame) -> pl.DataFrame:
        self.shown += frame["text"].to_list()
        gloomy = pl.when(pl.col("text").str.contains("rained")).then(0.75).otherwise(0.25)
        return frame.with_columns(p_negative=gloomy, p_positive=0.125).with_columns(
            p_neutral=1 - pl.col("p_negative") - pl.col("p_positive"),
            truncated=pl.lit(value=False),
        )


def test_every_sentence_has_a_mood_and_equal_words_are_shown_once(
    store: Store, articles: pl.DataFrame
) -> None:
    store.add_documents(articles, progress=False)
    weather = Weather()
    done = store.score_sentiment(weather, batch_size=2, progress=False)
    sentences = store.sentences()
    assert int(done) == done.sentences == sentences.height == 8
    assert done.distinct == len(set(weather.shown)) == len(weather.shown) == 7
    moods = sentences.join(store.sentiments(), on="sentence_id", how="left")
    rainy = pl.col("text").str.contains("rained")
    assert set(moods.filter(rainy)["sentiment"]) == {-0.625}
    assert set(moods.filter(~rainy)["sentiment"]) == {-0.125}
    assert set(moods["scorer"]) == {"weather@1"}


def test_only_new_sentences_are_shown_again(
    store: Store, articles: pl.DataFrame, make_documents: Callable[..., pl.DataFrame]
) -> None:
    store.add_documents(articles, progress=False)
    weather = Weather()
    store.score_sentiment(weather, progress=False)
    weather.shown.clear()
    later = make_documents([("c1", "Courier", 10, "It rained. The sun came out.")])
    store.add_documents(later, progress=False)
    done = store.score_sentiment(weather, progress=False)
    assert weather.shown == ["The sun came out."]
    assert (done.scored, done.skipped, done.distinct) == (2, 8, 1)
    assert store.sentiments().height == 10
    assert str(done).startswith("2 sentences scored by weather@1 (1 different ones), 8 scored")


def test_sentiment_and_stance_do_not_touch_each_other(scored_store: Store) -> None:
    before = scored_store.scores()
    scored_store.score_sentiment(Weather(), progress=False)
    assert scored_store.scores().equals(before)
    names = scored_store.manifest()["name"].to_list()
    assert names[-1] == "score_sentiment"


def test_a_scorer_of_stance_alone_is_refused(
    store: Store, cue_words: Callable[..., object]
) -> None:
    with pytest.raises(ArgumentError, match="scores stance only"):
        store.score_sentiment(cue_words(), progress=False)  # type: ignore[arg-type]  # on purpose


def test_an_answer_that_is_no_table_of_probabilities_is_refused(
    store: Store, articles: pl.DataFrame
) -> None:
    class Broken(Weather):
        def sentiment(self, frame: pl.DataFrame) -> pl.DataFrame:
            return super().sentiment(frame).with_columns(p_positive=0.5)

    store.add_documents(articles, progress=False)
    with pytest.raises(ArgumentError, match="three probabilities that sum to 1"):
        store.score_sentiment(Broken(), progress=False)
    assert store.sentiments().is_empty()


def test_a_store_of_the_first_schema_version_is_upgraded(
    tmp_path: object, articles: pl.DataFrame
) -> None:
    path = f"{tmp_path}/old.duckdb"
    with sl.open_store(path) as store:
        store.add_documents(articles, progress=False)
    with duckdb.connect(path) as connection:
        connection.execute("drop table sentiments")
        connection.execute("drop table completed")
        connection.execute("alter table sentences drop column speaker_side")
        connection.execute("update meta set value = '1' where name = 'schema_version'")
    with sl.open_store(path) as store:
        assert store.documents().height == articles.height
        assert int(store.score_sentiment(Weather(), progress=False)) == 8
    with sl.open_store(path) as store:
        assert store.sentiments().height == 8
