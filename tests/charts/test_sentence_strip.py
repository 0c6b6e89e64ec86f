"""The sentence strip: places of sentences, empty and quoted tiles, wrapping, what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import vl_convert

from stancelib.charts import save, sentence_strip
from stancelib.charts.theme import LIGHT
from stancelib.errors import ArgumentError, DataError, NotEnoughDataError

ARTICLE = pl.DataFrame(
    {
        "position": [0, 1, 1, 2, 4],
        "target": ["NATO", "NATO", "Росія", None, "NATO"],
        "stance": [-0.7, 0.2, -0.9, None, 0.0],
        "voice": ["author", "quoted", "quoted", "author", "author"],
        "text": [
            "The alliance has lost its way.",
            "“NATO helped us when Росія did not,” the mayor said.",
            "“NATO helped us when Росія did not,” the mayor said.",
            "Rain fell on the square.",
            "NATO meets again on Friday.",
        ],
    }
)


def table(chart: Any, field: str) -> list[dict[str, Any]]:
    tables = chart.to_dict()["datasets"].values()
    return next(rows for rows in tables if rows and field in rows[0])


def drawn(chart: Any) -> str:
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict(), vl_version="6.4")
    return svg


def test_each_sentence_has_its_place_and_an_empty_one_no_stance() -> None:
    rows = table(sentence_strip(ARTICLE), "stance")
    places = {(row["target"], row["left"]): row["stance"] for row in rows}
    assert places == {
        ("NATO", 0): -0.7,
        ("NATO", 1): 0.2,
        ("NATO", 2): None,
        ("NATO", 3): None,
        ("NATO", 4): 0.0,
        ("Росія", 0): None,
        ("Росія", 1): -0.9,
        ("Росія", 2): None,
        ("Росія", 3): None,
        ("Росія", 4): None,
    }
    by_place = {(row["target"], row["left"]): row for row in rows}
    assert by_place["NATO", 2]["text"] == "Rain fell on the square."
    assert by_place["NATO", 3]["text"] == "not in the frame"
    assert by_place["Росія", 0]["stance_words"] == "not named, or not scored"
    assert by_place["Росія", 1]["voice_words"] == "quoted"
    assert by_place["NATO", 1]["short_words"] == "+0.2"


def test_quoted_tiles_have_an_outline_and_the_note_says_so() -> None:
    chart = sentence_strip(ARTICLE)
    svg = drawn(chart)
    assert svg.count(f'stroke="{LIGHT.ink}"') == 2
    note = " ".join(chart.title.subtitle)
    assert "Outlined: somebody is quoted" in note
    assert "A dot: does not name the target." in note
    own = sentence_strip(ARTICLE.head(1))
    assert f'stroke="{LIGHT.ink}"' not in drawn(own)
    assert "All are the article's own words." in " ".join(own.title.subtitle)
    assert "A dot" not in " ".join(own.title.subtitle)


def test_it_is_told_in_words() -> None:
    assert sentence_strip(ARTICLE, title="A town").description == (
        "A town. NATO: 3 of 5 sentences, mean −0.17, 1 of them quoted. "
        "Росія: 1 of 5 sentences, mean −0.90, 1 of them quoted."
    )


def test_long_articles_go_on_in_a_further_line() -> None:
    long = pl.DataFrame({"position": range(61)}).with_columns(
        target=pl.lit("NATO"), stance=0.5, voice=pl.lit("author"), text=pl.lit("NATO met.")
    )
    chart = sentence_strip(long, width=400)
    tiles = table(chart, "stance")
    assert len({row["row"] for row in tiles}) == 3
    assert max(row["left"] for row in tiles) == 24
    numbers = [
        row["text"]
        for rows in chart.to_dict()["datasets"].values()
        for row in rows
        if "middle" in row and "stance" not in row
    ]
    assert numbers[:4] == ["1", "5", "10", "15"]
    assert numbers[-1] == "60"
    # As wide as asked: tiles do not get narrower than a finger on a projector can point at.
    assert chart.to_dict()["width"] == 400


def test_articles_have_headings_in_their_own_order() -> None:
    two = pl.concat(
        [
            ARTICLE.with_columns(doc_id=pl.lit("b"), title=pl.lit("Площадь"), source=pl.lit("X")),
            ARTICLE.with_columns(doc_id=pl.lit("a"), title=pl.lit("B" * 300), source=pl.lit("Y")),
        ]
    )
    svg = drawn(sentence_strip(two, width=340))
    assert svg.index("X: Площадь") < svg.index("Y: BBB")
    assert "BBB…" in svg
    described = sentence_strip(two, targets=["NATO"]).description
    assert described.startswith("Stance sentence by sentence. Article b, NATO: 3 of 5")
    numbered = ARTICLE.rename({"text": "sentence"}).with_columns(text_index=pl.lit(4))
    other = numbered.with_columns(text_index=pl.lit(7))
    assert "Article 7" in drawn(sentence_strip(pl.concat([numbered, other])))


def test_targets_stand_as_asked() -> None:
    rows = table(sentence_strip(ARTICLE, targets=["Росія", "NATO"]), "stance")
    assert list(dict.fromkeys(row["target"] for row in rows)) == ["Росія", "NATO"]
    assert {
        row["target"] for row in table(sentence_strip(ARTICLE, targets=["NATO"]), "stance")
    } == {"NATO"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 830])
def test_it_is_drawn(theme: Any, width: int, tmp_path: Path) -> None:
    place = save(sentence_strip(ARTICLE, theme=theme, width=width), tmp_path / "strip.png")
    assert place.stat().st_size > 5_000


def test_refusals() -> None:
    with pytest.raises(DataError, match="voice"):
        sentence_strip(ARTICLE.drop("voice"))
    with pytest.raises(DataError, match="text"):
        sentence_strip(ARTICLE.drop("text"))
    with pytest.raises(DataError, match="unknown voice 'narrator'; allowed: author, quoted"):
        sentence_strip(ARTICLE.with_columns(voice=pl.lit("narrator")))
    with pytest.raises(DataError, match="several stances toward NATO; keep one scorer"):
        sentence_strip(pl.concat([ARTICLE, ARTICLE.head(1)]))
    with pytest.raises(DataError, match="outside"):
        sentence_strip(ARTICLE.with_columns(stance=pl.lit(1.5)))
    with pytest.raises(NotEnoughDataError, match="there is no sentence"):
        sentence_strip(ARTICLE.clear())
    with pytest.raises(NotEnoughDataError, match="none of 1 sentences names a target"):
        sentence_strip(ARTICLE.filter(pl.col("target").is_null()))
    with pytest.raises(ArgumentError, match="unknown target 'NAT'"):
        sentence_strip(ARTICLE, targets=["NAT"])
    with pytest.raises(ArgumentError, match="unknown theme 'sepia'"):
        sentence_strip(ARTICLE, theme="sepia")  # type: ignore[arg-type]  # wrong on purpose
