"""Each different (sentence, mention, target) is scored once, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError
from stancelib.schemas import Mentions, Scores
from stancelib.store import Store
from stancelib.targets import Alias, Target

Make = Callable[..., Any]


def pairs(store: Store) -> list[tuple[str, str, float]]:
    return store.scores().select("sentence_id", "target", "stance").rows()


def test_every_sentence_that_names_a_target_gets_its_score(
    store: Store, articles: pl.DataFrame, cue_words: Make
) -> None:
    store.add_documents(articles, progress=False)
    scored = store.score(cue_words(), progress=False)
    assert pairs(store) == [
        ("a1#0", "NATO", 0.5),
        ("a1#2", "Russia", -0.625),
        ("a2#0", "NATO", -0.625),
        ("a2#1", "Ukraine", 0.5),
        ("b1#0", "NATO", 0.0),
        ("b1#1", "Russia", -0.625),
    ]
    assert (scored.pairs, scored.scored, scored.skipped, scored.documents) == (6, 6, 0, 3)
    assert scored.targets == ("NATO", "Russia", "Ukraine")
    assert Scores.is_valid(store.scores())
    assert Mentions.is_valid(store.mentions())


def test_the_same_words_are_shown_once(
    store: Store, articles: pl.DataFrame, cue_words: Make
) -> None:
    store.add_documents(articles, progress=False)
    scorer = cue_words()
    assert store.score(scorer, progress=False).distinct == 5
    assert scorer.shown.count(("Russia is bad.", 0, 6, "Russia")) == 1


def test_the_same_words_in_another_language_are_another_pair(
    store: Store, make_documents: Make, cue_words: Make
) -> None:
    rows = [("a", "G", 1, "NATO!"), ("b", "G", 1, "NATO!")]
    store.add_documents(make_documents(rows, lang=["en", "de"]), progress=False)
    assert store.score(cue_words(), progress=False).distinct == 2


def test_words_scored_before_are_copied_to_new_articles(
    scored_store: Store, make_documents: Make, cue_words: Make
) -> None:
    scored_store.add_documents(
        make_documents([("c1", "Herald", 3, "NATO is bad.")]), progress=False
    )
    scorer = cue_words()
    scored = scored_store.score(scorer, progress=False)
    assert (scored.scored, scored.distinct, scored.skipped) == (1, 0, 6)
    assert scorer.shown == []
    assert ("c1#0", "NATO", -0.625) in pairs(scored_store)


def test_a_second_run_shows_nothing(scored_store: Store, cue_words: Make) -> None:
    before = scored_store.scores()
    scorer = cue_words()
    again = scored_store.score(scorer, progress=False)
    assert (again.scored, again.skipped, scorer.shown) == (0, 6, [])
    assert scored_store.scores().equals(before)


def test_scorers_live_side_by_side(scored_store: Store, cue_words: Make) -> None:
    scored_store.score(cue_words("cues@2"), progress=False)
    assert scored_store.scores()["scorer"].value_counts().sort("scorer").rows() == [
        ("cues@1", 6),
        ("cues@2", 6),
    ]


@pytest.mark.parametrize("batch_size", [1, 2, 5, 100])
def test_the_size_of_a_batch_changes_no_score(
    scored_store: Store, articles: pl.DataFrame, cue_words: Make, batch_size: int
) -> None:
    with sl.open_store(":memory:") as other:
        other.add_documents(articles.reverse(), progress=False)
        other.score(cue_words(), batch_size=batch_size, progress=False)
        assert other.scores().equals(scored_store.scores())


def test_a_sentence_is_scored_at_the_mention_of_the_highest_kind(
    store: Store, make_documents: Make, cue_words: Make
) -> None:
    text = "Moscow and the Russians say that the Kremlin, that is Russia, will answer."
    store.add_documents(make_documents([("a", "G", 1, text)]), progress=False)
    scorer = cue_words()
    store.score(scorer, targets="Russia", progress=False)
    assert store.mentions().height == 4
    ((_, start, end, _),) = scorer.shown
    assert text[start:end] == "Russia"


def test_of_equal_kinds_the_first_mention_is_scored(
    store: Store, make_documents: Make, cue_words: Make
) -> None:
    store.add_documents(make_documents([("a", "G", 1, "NATO told NATO.")]), progress=False)
    scorer = cue_words()
    store.score(scorer, targets="NATO", progress=False)
    assert [(start, end) for _, start, end, _ in scorer.shown] == [(0, 4)]


def test_only_the_chosen_targets_are_scored(
    store: Store, articles: pl.DataFrame, cue_words: Make
) -> None:
    store.add_documents(articles, progress=False)
    scored = store.score(cue_words(), targets=["NATO"], progress=False)
    assert (scored.targets, scored.pairs) == (("NATO",), 3)
    assert store.score(cue_words(), progress=False).skipped == 3
    assert store.series()["target"].unique().sort().to_list() == ["NATO", "Russia", "Ukraine"]


def test_a_target_of_the_users_own(store: Store, make_documents: Make, cue_words: Make) -> None:
    store.add_documents(make_documents([("a", "G", 1, "Moldova is good.")]), progress=False)
    moldova = Target(name="Moldova", aliases=(Alias(form="Moldova"),))
    store.score(cue_words(), targets={"Moldova": moldova}, progress=False)
    assert store.series("Moldova")["stance"].to_list() == [0.5]


def test_a_changed_alias_table_finds_and_scores_again(
    store: Store, make_documents: Make, cue_words: Make
) -> None:
    rows = [("a", "G", 1, "Chisinau told Moldova."), ("b", "G", 1, "Moldova met.")]
    store.add_documents(make_documents(rows), progress=False)
    scorer = cue_words()

    def score(*forms: str) -> None:
        aliases = tuple(Alias(form=form) for form in forms)
        target = Target(name="Moldova", aliases=aliases)
        store.score(scorer, targets={"Moldova": target}, progress=False)

    score("Moldova")
    score("Moldova", "Chisinau")
    assert scorer.shown == [
        ("Chisinau told Moldova.", 14, 21, "Moldova"),
        ("Moldova met.", 0, 7, "Moldova"),
        # Now another form comes first in the sentence, so that the mention moved.
        ("Chisinau told Moldova.", 0, 8, "Moldova"),
    ]
    assert [row[0] for row in pairs(store)] == ["a#0", "b#0"]
    score("Chisinau")
    assert [row[0] for row in pairs(store)] == ["a#0"]


def test_new_articles_are_searched_and_old_ones_are_not(
    scored_store: Store, make_documents: Make, cue_words: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stancelib.store import mentions

    seen: list[str] = []
    original = mentions.find_mentions

    def find(sentences: pl.DataFrame, **options: Any) -> pl.DataFrame:
        seen.extend(sentences["doc_id"].unique())
        return original(sentences, **options)

    monkeypatch.setattr(mentions, "find_mentions", find)
    scored_store.add_documents(
        make_documents([("c1", "Herald", 3, "NATO is new.")]), progress=False
    )
    scored_store.score(cue_words(), progress=False)
    assert seen == ["c1"]


def test_a_failing_batch_keeps_the_batches_before_it(
    store: Store, articles: pl.DataFrame, cue_words: Make
) -> None:
    store.add_documents(articles, progress=False)

    class Failing(type(cue_words())):  # type: ignore[misc]  # the class comes from a fixture
        def score(self, frame: pl.DataFrame) -> pl.DataFrame:
            if len(self.shown) == 4:
                raise OSError("the model is gone")
            return super().score(frame)

    with pytest.raises(OSError, match="model is gone"):
        store.score(Failing(), batch_size=2, progress=False)
    # Four different pairs; one of them stands in two articles.
    assert store.scores().height == 5
    rest = cue_words()
    store.score(rest, batch_size=2, progress=False)
    assert len(rest.shown) == 1
    assert store.scores().height == 6


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda frame: frame.drop("p_favor"), "returned no p_favor"),
        (lambda frame: frame.drop("truncated"), "returned no truncated"),
        (lambda frame: frame.head(1), "returned 1 rows for 5 sentences"),
        (lambda frame: frame.with_columns(p_favor=pl.lit(0.9)), "probabilities that sum to 1"),
        (lambda frame: frame.with_columns(p_favor=pl.lit(float("nan"))), "that sum to 1"),
        (lambda frame: frame.with_columns(p_favor=pl.lit(None, pl.Float64)), "that sum to 1"),
        (
            lambda frame: frame.with_columns(
                p_against=pl.lit(-0.5), p_neutral=pl.lit(0.5), p_favor=pl.lit(1.0)
            ),
            "that sum to 1",
        ),
    ],
)
def test_an_answer_that_is_none_is_refused_and_not_kept(
    store: Store,
    articles: pl.DataFrame,
    cue_words: Make,
    answer: Callable[[pl.DataFrame], pl.DataFrame],
    message: str,
) -> None:
    store.add_documents(articles, progress=False)

    class Wrong(type(cue_words())):  # type: ignore[misc]  # the class comes from a fixture
        def score(self, frame: pl.DataFrame) -> pl.DataFrame:
            return answer(super().score(frame))

    with pytest.raises(ArgumentError, match=message):
        store.score(Wrong(), progress=False)
    assert store.scores().height == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"targets": ["Nato"]}, "unknown target 'Nato'.*Did you mean 'NATO'"),
        ({"targets": []}, "list of targets is empty"),
        ({"targets": {}}, "targets is empty"),
        ({"batch_size": 0}, "batch_size=0; it must be at least 1"),
        ({"scorer": "embeded"}, "unknown scorer 'embeded'"),
        ({"scorer": 7}, "scorer=7 is neither"),
    ],
)
def test_a_wrong_argument_is_named(
    store: Store, cue_words: Make, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        store.score(**{"scorer": cue_words(), "progress": False, **options})


def test_progress_is_silent_where_there_is_no_terminal(
    store: Store, articles: pl.DataFrame, cue_words: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    store.add_documents(articles)
    store.score(cue_words())
    assert capfd.readouterr() == ("", "")
