"""The domain set keeps the promises of its datasheet."""

from __future__ import annotations

import json
import re
from itertools import combinations

import polars as pl
import pytest

from stancelib.corpus.language import LANGUAGES
from stancelib.training import domain

PARTS = {part: domain.sentences(part) for part in ("train", "dev", "test")}
ROWS = pl.concat(PARTS.values())
FURTHER = domain.further_sentences()
DATASHEET = (domain.FOLDER / "DATASHEET.md").read_text(encoding="utf-8")
WRITTEN = sorted(ROWS["lang"].unique())


def test_it_is_large_and_says_which_languages_it_has() -> None:
    assert ROWS.height >= 3000
    assert set(WRITTEN) == set(LANGUAGES)
    assert f"languages are written: {', '.join(WRITTEN)}." in DATASHEET


def test_every_part_has_every_language_target_and_label() -> None:
    for part in PARTS.values():
        cells = part.group_by("lang", "label").len()
        assert cells.height == 3 * len(WRITTEN)
        assert part.group_by("target", "label").len().height == 4 * 3


def test_no_family_and_no_text_is_in_two_parts() -> None:
    for column in ("family", "text"):
        values = [set(part[column]) for part in PARTS.values()]
        assert all(a.isdisjoint(b) for a, b in combinations(values, 2))


def test_a_mention_is_a_place_in_its_text() -> None:
    assert ROWS.select("text", "start", "end").is_unique().all()
    mention = ROWS.select(
        pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    ).to_series()
    assert (mention.str.len_chars() == ROWS["end"] - ROWS["start"]).all()
    assert (mention == mention.str.strip_chars()).all()
    assert not ROWS["text"].str.contains("[⟦⟧]").any()
    assert ROWS["id"].is_unique().all()


def test_labels_are_balanced_within_each_target() -> None:
    shares = (
        ROWS.group_by("lang", "target", "label")
        .len()
        .with_columns(share=pl.col("len") / pl.col("len").sum().over("lang", "target"))
    )
    assert shares["share"].min() > 0.24  # type: ignore[operator]  # a float
    assert shares["share"].max() < 0.44  # type: ignore[operator]  # a float


def test_a_third_of_the_sentences_has_several_mentions() -> None:
    several = ROWS.group_by("lang", "text").len().group_by("lang").agg((pl.col("len") > 1).mean())
    assert several["len"].min() > 0.33  # type: ignore[operator]  # a float


@pytest.mark.parametrize("trait", ["mood", "contrast", "irony", "strengthening", "blame"])
def test_every_language_has_the_hard_cases(trait: str) -> None:
    assert set(ROWS.filter(pl.col("trait") == trait)["lang"]) == set(WRITTEN)


def test_names_have_their_frames_and_placeholders() -> None:
    table = json.loads((domain.FOLDER / "names.json").read_text(encoding="utf-8"))
    assert set(table) == set(WRITTEN)
    for content in table.values():
        assert len(content["frames"]) == 12
        assert all(len(re.findall(r"\{X\}", frame)) == 1 for frame in content["frames"])
        assert len(set(content["names"]["others"])) == 47
        assert len(content["placeholders"]) == 2
    assert all(len(names) == 50 for names in domain.names().values())


def test_the_datasheet_says_which_languages_were_read_twice() -> None:
    read = ROWS.group_by("lang").agg(pl.col("mood").is_not_null().all()).filter("mood")
    assert f"is done for: {', '.join(sorted(read['lang']))}." in " ".join(DATASHEET.split())
    others = ROWS.filter(~pl.col("lang").is_in(read["lang"].to_list()))
    assert others["mood"].is_null().all()
    # One mood a sentence, whichever of its mentions is marked.
    assert ROWS.group_by("text").agg(pl.col("mood").n_unique())["mood"].max() == 1


def test_further_sentences_are_none_of_the_domain_set() -> None:
    assert set(FURTHER["lang"]) == set(WRITTEN)
    assert set(FURTHER["text"]).isdisjoint(ROWS["text"])
    assert FURTHER["id"].is_unique().all()
    assert FURTHER.select("text", "start", "end").is_unique().all()
    assert set(FURTHER["style"]) == {"domain", "newsmtsc", "rusentne", "gerntsa"}
    assert FURTHER.group_by("lang", "label").len().height == 3 * len(WRITTEN)


def test_no_further_sentence_is_close_to_a_held_out_one() -> None:
    held_out = pl.concat([PARTS["dev"], PARTS["test"]]).unique(["lang", "text"])
    for lang in WRITTEN:
        held = [shingles(text) for text in held_out.filter(lang=lang)["text"]]
        for text in FURTHER.filter(lang=lang)["text"].unique():
            own = shingles(text)
            assert max(len(own & other) / len(own | other) for other in held) <= 0.5, text


def shingles(text: str) -> set[str]:
    plain = re.sub(r"\W+", " ", text.lower())
    return {plain[i : i + 5] for i in range(max(1, len(plain) - 4))}


def test_a_mention_of_a_further_sentence_is_a_place_in_its_text() -> None:
    mention = FURTHER.select(
        pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    ).to_series()
    assert (mention.str.len_chars() == FURTHER["end"] - FURTHER["start"]).all()
    assert (mention == mention.str.strip_chars()).all()


def test_the_datasheet_counts_the_further_sentences_and_the_readings() -> None:
    places = (domain.FOLDER / "readings.jsonl").read_text(encoding="utf-8").splitlines()
    assert f"{FURTHER.height:,} rows" in DATASHEET
    assert f"{len(places)} labels" in DATASHEET
    assert not any("text" in json.loads(line) for line in places)
