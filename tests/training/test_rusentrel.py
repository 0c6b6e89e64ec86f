"""RuSentRel as marked sentences, on a small article of the same layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stancelib.training.readings import readings
from stancelib.training.rusentrel import rusentrel

LINES = (
    "{Author, Unknown} Альфа хвалит Бету.",
    "{Author, Unknown} Гамма молчит.",
    "{Author, Unknown} Бета и Альфа спорят с Гаммой.",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    article = "\ufeff" + "\r\n".join(LINES)
    root = tmp_path / "rusentrel"
    (root / "train").mkdir(parents=True)
    (root / "train" / "art1.txt").write_bytes(article.encode())
    names = {
        "Author": "Author",
        "Unknown": "Unknown",
        "Альфа": "Альфа",
        "Бет": "Бета",
        "Гамм": "Гамма",
    }
    spans = []
    for written in names:
        start = article.find(written)
        while start >= 0:
            end = start + len(written) + (written in {"Бет", "Гамм"})
            spans.append(f"T{len(spans)}\tPER {start} {end}\t{article[start:end]}")
            start = article.find(written, end)
    (root / "train" / "art1.ann").write_text("\n".join(spans), encoding="utf-8")
    opinions = "Альфа, Бета, pos, current\nБета, Гамма, neg, current\nАльфа, Гамма, pos, current\n"
    (root / "train" / "art1.opin.txt").write_text(opinions, encoding="utf-8")
    (root / "synonyms.txt").write_text("бета, бету, беты\nгамма, гаммой\n", encoding="utf-8")
    return tmp_path


def test_a_sentence_with_both_sides_marks_the_one_toward_which_the_attitude_is(
    folder: Path,
) -> None:
    rows = rusentrel(folder).select("text", "start", "end", "label").rows()
    marked = [(text[start:end], text, label) for text, start, end, label in rows]
    assert marked == [
        ("Бету", "Альфа хвалит Бету.", 1),
        # Two attitudes of different sign toward Gamma: which one the sentence means is open.
        ("Бета", "Бета и Альфа спорят с Гаммой.", 1),
    ]


@pytest.mark.data
def test_every_reading_is_found_again(data_folder: Any) -> None:
    found = readings(data_folder)
    assert found["text"].null_count() == 0
    mention = found["text"].str.slice(found["start"][0], 1)
    assert mention.null_count() == 0
    assert found.height == 816
    assert (found["end"] <= found["text"].str.len_chars()).all()
