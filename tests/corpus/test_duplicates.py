"""Near-copies are found, and what only looks like one is not."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import duplicates as benchmark
import polars as pl
import pytest
from simulated_copies import simulate_copies

import stancelib as sl
from stancelib.errors import ArgumentError, DataError

WIRE = (
    "The ferry to the northern islands will sail again from Monday, the harbour office said. "
    "A storm had damaged the pier in March and torn two cranes from their rails. Repairs took "
    "six weeks and cost less than the council had feared.\n\n"
    "Islanders had been supplied by a fishing boat that carried post, medicine and bread. The "
    "school teacher, who crosses every morning, had stayed with her sister on the mainland. "
    "“We learned to wait,” said the keeper of the only shop, whose shelves were bare by Easter.\n\n"
    "The council wants to raise the pier by a metre before the autumn. Engineers doubt that "
    "there is time, because the stone comes from a quarry that is busy with a railway bridge."
)
OTHER = (
    "Voters in the valley decide on Sunday whether the old mill becomes a museum. Friends of the "
    "mill have collected signatures for two years and speak of a place for children and schools. "
    "The mayor would rather have flats built there, since rents have risen faster than wages. A "
    "survey of the newspaper sees both sides level, and the post office has run out of ballots."
)
UKRAINIAN = (
    "Пором до північних островів знову ходитиме з понеділка, повідомили в управлінні порту. У "
    "березні шторм пошкодив причал і зірвав із рейок два крани. Ремонт тривав шість тижнів і "
    "обійшовся дешевше, ніж побоювалася рада. Острів’ян увесь цей час забезпечував рибальський "
    "човен, який возив пошту, ліки та хліб. Учителька жила в сестри на материку."
)
CHINESE = (
    "港务局表示，开往北方群岛的渡轮将从星期一起恢复航行。三月的一场风暴损坏了码头，并把两台起重机"
    "从轨道上掀翻。维修花了六个星期，费用比议会担心的要少。岛上居民这段时间靠一艘渔船供应邮件、"
    "药品和面包。每天早晨渡海上班的女教师住在大陆的姐姐家里。"
)


def frame(*texts: str, hours: list[float] | None = None) -> pl.DataFrame:
    """Articles a, b, c ... of one outlet each, an hour apart."""
    at = hours if hours is not None else [float(i) for i in range(len(texts))]
    return pl.DataFrame(
        {
            "doc_id": [chr(ord("a") + i) for i in range(len(texts))],
            "published_at": [datetime(2022, 5, 1, tzinfo=UTC) + timedelta(hours=h) for h in at],
            "text": list(texts),
        },
        schema={"doc_id": pl.String, "published_at": pl.Datetime("us", "UTC"), "text": pl.String},
    )


def originals(articles: pl.DataFrame, **options: Any) -> dict[str, str | None]:
    found = sl.find_duplicates(articles, **options)
    return dict(found.select("doc_id", "duplicate_of").iter_rows())


def test_case_punctuation_and_white_space_make_no_difference() -> None:
    changed = WIRE.upper().replace("“", "«").replace("”", "»").replace(". ", " –\u00a0 ")
    found = sl.find_duplicates(frame(WIRE, changed))
    assert found.rows() == [("a", None, None), ("b", "a", 1.0)]


@pytest.mark.parametrize("text", [WIRE, OTHER, UKRAINIAN, CHINESE])
def test_a_copy_that_was_cut_or_added_to_keeps_all_words(text: str) -> None:
    half = text[: len(text) // 2].rsplit(maxsplit=1)[0]
    more = {CHINESE: "渡轮公司说，船票将在明天早上开始出售，学生半价。"}.get(
        text, "Tickets are sold from tomorrow on, the company says, at half the price for pupils."
    )
    found = sl.find_duplicates(frame(text, half, f"{more}\n\n{text}\n\n{more}"))
    assert found["duplicate_of"].to_list() == [None, "a", "a"]
    assert found["similarity"].to_list()[1:] == pytest.approx([1.0, 1.0], abs=0.02)


def test_a_first_paragraph_is_a_copy_of_the_whole_and_the_other_way_round() -> None:
    paragraph = WIRE.split("\n\n", maxsplit=1)[0]
    assert originals(frame(WIRE, paragraph)) == {"a": None, "b": "a"}
    assert originals(frame(paragraph, WIRE)) == {"a": None, "b": "a"}


def test_the_similarity_is_the_share_of_words_that_is_kept() -> None:
    words = [f"word{i}" for i in range(100)]
    edited = words.copy()
    edited[20:25] = ["new"] * 5
    edited[60] = "single"
    found = sl.find_duplicates(frame(" ".join(words), " ".join(edited)))
    assert found["similarity"][1] == pytest.approx(0.94)


def test_the_earliest_is_the_original_and_ties_go_by_name() -> None:
    late_first = frame(WIRE, WIRE, WIRE, OTHER, hours=[5, 3, 3, 0])
    assert originals(late_first) == {"a": "b", "b": None, "c": "b", "d": None}
    assert sl.find_duplicates(late_first)["doc_id"].to_list() == ["d", "b", "c", "a"]


def test_copies_make_no_chains() -> None:
    words = [f"word{i}" for i in range(120)]
    versions = [words]
    for turn in range(5):
        edited = versions[-1].copy()
        for place in range(turn, 120, 5):
            edited[place] = f"version{turn}x{place}"
        versions.append(edited)
    found = originals(frame(*(" ".join(version) for version in versions)))
    assert found["b"] == "a"
    assert found["f"] != "a"
    assert all(found[original] is None for original in found.values() if original)


def test_a_copy_of_two_originals_goes_to_the_more_similar() -> None:
    roundup = f"{OTHER} {' '.join(WIRE.split()[:100])}"
    assert originals(frame(WIRE, OTHER, roundup))["c"] == "b"


def test_a_late_copy_is_none() -> None:
    articles = frame(WIRE, WIRE, hours=[0, 24 * 8])
    assert originals(articles)["b"] is None
    assert originals(articles, within_days=8)["b"] == "a"


def test_the_same_few_words_are_no_copies() -> None:
    short = "Weather: rain in the north, sunny in the south, mild in the evening."
    assert originals(frame(short, short, short)) == {"a": None, "b": None, "c": None}
    assert originals(frame(short, short), min_words=10) == {"a": None, "b": "a"}


def test_another_article_with_the_same_background_is_no_copy() -> None:
    background = WIRE.split("\n\n")[1]
    assert originals(frame(WIRE, f"{OTHER}\n\n{background}")) == {"a": None, "b": None}


def test_a_form_that_is_filled_each_day_is_no_copy() -> None:
    day = (
        "In {} the temperature rises to {} degrees today and falls to {} at night. The wind comes "
        "from the {}. In the afternoon there will be {}. The office warns of wet roads near {}."
    )
    places = ("Saltmere", "Lowick", "Dunford", "Redcliff", "Harrowby", "Wexbridge", "Marsh")
    texts = [
        day.format(
            places[i % 7],
            (7 * i) % 30,
            (11 * i) % 20,
            ("north", "south", "east", "west")[i % 4],
            ("showers", "thunder", "long sunny spells", "fog on the coast", "snow")[i % 5],
            places[(3 * i + 1) % 7],
        )
        for i in range(20)
    ]
    found = originals(frame(*texts, hours=[24 * i for i in range(20)]))
    assert set(found.values()) == {None}


@pytest.mark.parametrize("edits", ["mixed", "replace"])
def test_precision_and_recall_on_the_labelled_set(edits: str) -> None:
    cell = benchmark.measure(simulate_copies(70, 0.3, seed=21, days=20, edits=edits))
    assert cell["precision"] >= 0.97, cell
    assert cell["recall"] >= 0.97, cell


def test_the_order_of_rows_makes_no_difference() -> None:
    articles = simulate_copies(20, 0.2, seed=5, days=10)
    found = sl.find_duplicates(articles)
    assert found.equals(sl.find_duplicates(articles.reverse()))
    assert found.equals(sl.find_duplicates(articles.sample(fraction=1, shuffle=True, seed=1)))
    assert found["duplicate_of"].is_not_null().sum() >= 38


def test_another_seed_finds_the_same_clear_copies() -> None:
    articles = frame(WIRE, OTHER, WIRE, UKRAINIAN, OTHER[:250])
    assert originals(articles, seed=1) == originals(articles, seed=2)


def test_hash_seeds_make_no_difference() -> None:
    code = (
        "import hashlib, stancelib as sl; from simulated_copies import simulate_copies;"
        "found = sl.find_duplicates(simulate_copies(6, 0.3, seed=2, days=5));"
        "print(hashlib.sha256(repr(found.rows()).encode()).hexdigest())"
    )
    answers = set()
    for seed in ("0", "1", "random"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        command = [sys.executable, "-c", code]
        answers.add(subprocess.check_output(command, env=environment, text=True))
    assert len(answers) == 1


def test_nothing_gives_nothing() -> None:
    found = sl.find_duplicates(frame())
    assert found.is_empty()
    assert found.columns == ["doc_id", "duplicate_of", "similarity"]
    assert found.schema == sl.find_duplicates(frame(WIRE)).schema
    assert originals(frame("…", "!")) == {"a": None, "b": None}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("threshold", 0.4),
        ("threshold", 1.1),
        ("within_days", -1),
        ("min_words", 5),
        ("shingle", 1),
        ("n_permutations", 8),
        ("seed", -1),
    ],
)
def test_options_out_of_range_are_refused(option: str, value: float) -> None:
    with pytest.raises(ArgumentError, match=rf"{option}={value}; it must be from"):
        sl.find_duplicates(frame(WIRE), **{option: value})


def test_parts_of_a_word_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"shingle=2\.5; it must be a whole number"):
        sl.find_duplicates(frame(WIRE), shingle=2.5)  # type: ignore[arg-type] # on purpose


def test_faulty_frames_are_refused() -> None:
    articles = frame(WIRE, OTHER)
    with pytest.raises(DataError, match="column 'text' is missing"):
        sl.find_duplicates(articles.drop("text"))
    with pytest.raises(DataError, match="doc_id stands twice"):
        sl.find_duplicates(pl.concat([articles, articles]))
    with pytest.raises(DataError, match="text: null in some documents"):
        sl.find_duplicates(articles.with_columns(text=pl.lit(None, pl.String)))
    with pytest.raises(DataError, match="it must be a Datetime"):
        sl.find_duplicates(articles.with_columns(pl.col("published_at").cast(pl.String)))
