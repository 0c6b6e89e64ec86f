"""Web pages: text, outlet, language, address and the publisher's own stamp."""

from __future__ import annotations

import gzip
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stancelib as sl
from stancelib.corpus.pages import decode_page, read_page
from stancelib.corpus.related_links import lines_to_drop
from stancelib.errors import DataError, EnvironmentProblem

PAGES = Path(__file__).parent / "fixtures" / "pages"
NOW = datetime(2024, 1, 1, tzinfo=UTC)

BODY = "<p>{}</p>".format("Ships waited off the port for a second night. " * 4)


def page(head: str = "", body: str = BODY, lang: str = ' lang="en"') -> bytes:
    html = f"<html{lang}><head><title>Ships wait</title>{head}</head><body>{body}</body></html>"
    return html.encode()


def stamp_of(head: str, body: str = BODY) -> str | None:
    record, fault = read_page(page(head, body))
    assert fault == ""
    return record["published_at"]


@pytest.fixture(scope="module")
def folder() -> sl.Ingest:
    return sl.read_documents(PAGES, time_zone="Europe/Berlin", now=NOW)


@pytest.fixture(scope="module")
def by_source(folder: sl.Ingest) -> dict[str, dict[str, object]]:
    return {row["source"]: row for row in folder.accepted.to_dicts()}


def test_a_folder_of_pages(folder: sl.Ingest, by_source: dict[str, dict[str, object]]) -> None:
    found = {name: (row["lang"], row["title"], row["url"]) for name, row in by_source.items()}
    assert found == {
        "Elbe-Kurier": ("de", "Regierung vertagt das Hilfspaket", None),
        "Le Courrier des Quais": (
            "fr",
            "Le sommet s’achève sans accord",
            "https://courrier-quais.example/monde/sommet",
        ),
        "Северная трибуна": ("ru", "Переговоры продолжатся весной", None),
        "The Harbour Gazette": (
            "en",
            "Ministers weigh a longer mission",
            "https://www.harbour-gazette.example/world/ministers-weigh-longer-mission",
        ),
        "vechirniy-dnipro.example": (
            "uk",
            "Громада зустріла перший потяг",
            "https://vechirniy-dnipro.example/novyny/pershyi-potiah",
        ),
    }
    assert folder.n_rows == 6
    assert folder.n_detected == 0
    assert folder.guessed == ()


def test_the_publishers_stamp_is_kept_with_its_zone(
    folder: sl.Ingest, by_source: dict[str, dict[str, object]]
) -> None:
    instants = {name: row["published_at"] for name, row in by_source.items()}
    assert instants == {
        # 23:30 of the 8th in New York is the 9th in UTC.
        "The Harbour Gazette": datetime(2023, 3, 9, 4, 30, tzinfo=UTC),
        # A quarter past midnight in Kyiv is the day before in UTC.
        "vechirniy-dnipro.example": datetime(2023, 3, 25, 22, 15, tzinfo=UTC),
        "Le Courrier des Quais": datetime(2023, 7, 12, 17, 5, tzinfo=UTC),
        "Северная трибуна": datetime(2023, 2, 1, 20, 50, tzinfo=UTC),
        # A day alone begins at midnight in the zone that the caller names.
        "Elbe-Kurier": datetime(2023, 5, 3, 22, 0, tzinfo=UTC),
    }
    assert folder.n_zone_assumed == 1


def test_a_page_without_a_date_is_refused(folder: sl.Ingest) -> None:
    undated = sorted(PAGES.rglob("*.htm*")).index(PAGES / "2023" / "undated.html")
    assert folder.rejected.select("row", "reason", "value", "title").rows() == [
        (undated, "no date", None, "About the outlet")
    ]
    assert folder.files["name"].to_list()[undated].endswith("undated.html")


def test_the_text_has_the_article_and_nothing_else(by_source: dict[str, dict[str, object]]) -> None:
    assert str(by_source["The Harbour Gazette"]["text"]).split("\n") == [
        (
            "Defence ministers of the alliance spent most of Wednesday arguing over how long their "
            "troops should stay in the Baltic states, and went home without an answer."
        ),
        (
            "“Nobody around the table wants to leave,” said one diplomat, who asked not to be "
            "named because the talks were private. Her government, she added, would pay its share."
        ),
        (
            "Moscow called the plan a provocation. The full statement runs to two pages and names "
            "no measures of its own."
        ),
        "A decision is now expected in July, when heads of government meet.",
    ]


def test_a_sentence_that_is_one_link_stays(by_source: dict[str, dict[str, object]]) -> None:
    text = str(by_source["vechirniy-dnipro.example"]["text"])
    assert "Читайте також" not in text
    assert "Скільки коштувала" not in text
    assert text.endswith("повідомили в її пресслужбі.")


def test_the_same_page_three_times_gives_the_same_text() -> None:
    data = (PAGES / "json_ld.html").read_bytes()
    texts = {read_page(data)[0]["text"] for _ in range(3)}
    others = [read_page(path.read_bytes())[0]["text"] for path in sorted(PAGES.rglob("*.htm*"))]
    assert len(texts) == 1
    assert texts <= set(others)
    assert None not in others


def test_a_packed_page_and_a_glob(tmp_path: Path, folder: sl.Ingest) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress((PAGES / "json_ld.html").read_bytes()))
    packed = sl.read_documents(tmp_path / "a.html.gz", now=NOW).accepted
    gazette = folder.accepted.filter(pl.col("source") == "The Harbour Gazette")
    assert_frame_equal(packed, gazette)
    glob = sl.read_documents(str(PAGES / "**" / "*.htm*"), time_zone="Europe/Berlin", now=NOW)
    assert_frame_equal(glob.accepted, folder.accepted)


def test_a_broken_page_costs_itself(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page('<meta charset="utf-8">')[:-9] + b"caf\xff")
    (tmp_path / "b.html").write_bytes(b"")
    (tmp_path / "c.html.gz").write_bytes(b"no gzip")
    (tmp_path / "d.html").write_bytes(page('<meta name="date" content="2023-05-04T10:00Z">'))
    ingest = sl.read_documents(tmp_path, source="Port News", now=NOW)
    assert ingest.rejected.select("row", "reason").rows() == [
        (0, "invalid UTF-8"),
        (1, "not a page: no HTML in it"),
        (2, "broken html: cannot unpack"),
    ]
    assert ingest.accepted["source"].to_list() == ["Port News"]
    assert ingest.n_rows == 4


def test_a_page_of_another_ending_is_read_as_told(tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes((PAGES / "json_ld.html").read_bytes())
    with pytest.raises(DataError, match="Or tell its format"):
        sl.read_documents(tmp_path / "index")
    assert sl.read_documents(tmp_path / "index", format="html", now=NOW).accepted.height == 1


def test_the_language_of_the_page_may_be_left_to_detection() -> None:
    told = sl.read_documents(PAGES / "meta_zone.htm", columns={"lang": None}, now=NOW)
    assert told.n_detected == 1
    assert told.accepted["lang"].to_list() == ["uk"]


# ---- which stamp ---- #

LD = '<script type="application/ld+json">{}</script>'
META = '<meta property="article:published_time" content="{}">'
ITEM = '<span itemprop="datePublished" content="{}"></span>'
TIME = '<article><time datetime="{}"></time></article>'


@pytest.mark.parametrize(
    ("head", "body", "stamp"),
    [
        (
            LD.format('{"@type": "NewsArticle", "datePublished": "2023-01-01T01:00:00Z"}')
            + META.format("2023-01-02T01:00:00Z"),
            ITEM.format("2023-01-03T01:00:00Z"),
            "2023-01-01T01:00:00Z",
        ),
        (
            META.format("2023-01-02T01:00:00Z"),
            ITEM.format("2023-01-03T01:00:00Z"),
            "2023-01-02T01:00:00Z",
        ),
        (
            "",
            TIME.format("2023-01-04T01:00:00Z") + ITEM.format("2023-01-03T01:00:00Z"),
            "2023-01-03T01:00:00Z",
        ),
        ("", TIME.format("2023-01-04T01:00:00Z"), "2023-01-04T01:00:00Z"),
        # A stamp with a zone goes before one without, and a time before a day.
        (META.format("2023-01-02 01:00"), TIME.format("2023-01-04T01:00+02:00"), None),
        (META.format("2023-01-02"), TIME.format("2023-01-04T01:00"), "2023-01-04T01:00"),
        ('<meta name="pubdate" content="20230104T010000Z">', "", "20230104T010000Z"),
        # A list of nodes, an HTML entity, a raw line break and a comment around the JSON.
        (
            LD.format(
                '<!--\n[{"@type": "WebSite"}, {"@type": ["BlogPosting"], "headline": "A\nB",'
                ' "datePublished": "2023-01-01T01:00:00&#43;02:00"}]\n-->'
            ),
            "",
            "2023-01-01T01:00:00+02:00",
        ),
        (LD.format('{"@type": "WebPage", "datePublished": "2023-01-05"}'), "", "2023-01-05"),
    ],
)
def test_the_order_of_stamps(head: str, body: str, stamp: str | None) -> None:
    assert stamp_of(head, body + BODY) == (stamp or "2023-01-04T01:00+02:00")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (LD.format('{"@type": "NewsArticle", "dateModified": "2023-01-01"}'), ""),
        (LD.format('{"@type": "ItemList", "itemListElement": [{"@type": "Article"}]}'), ""),
        (LD.format('{"@type": "Organization", "datePublished": "2023-01-01"}'), ""),
        (LD.format("{broken"), ""),
        ("", '<aside><time datetime="2023-01-01"></time></aside>'),
        ("", '<header><time datetime="2023-01-01"></time></header>'),
        ("", "<footer>© 2023. Last updated 1 January 2023</footer>"),
        ('<link rel="canonical" href="https://a.example/2023/01/01/ships">', ""),
        ('<meta name="last-modified" content="2023-01-01">', ""),
    ],
)
def test_what_is_no_date_of_publication(head: str, body: str) -> None:
    assert stamp_of(head, body + BODY) is None


# ---- encodings ---- #


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_tells_the_encoding(encoding: str) -> None:
    assert decode_page("<html>Київ</html>".encode(encoding)) == "<html>Київ</html>"


def test_utf_8_goes_before_what_is_said_and_the_server_before_the_page() -> None:
    said = '<meta charset="koi8-r">Киев'
    assert decode_page(said.encode(), "windows-1251") == said
    assert decode_page(said.encode("cp1251"), "windows-1251") == said
    assert decode_page(said.encode("koi8-r")) == said
    latin = '<meta charset="ISO-8859-1">“café”'
    assert decode_page(latin.encode("cp1252")) == latin
    assert decode_page(b'<meta charset="nonsense">caf\xe9') is None


# ---- links to other articles ---- #


@pytest.mark.parametrize(
    ("lines", "dropped"),
    [
        ([("Read also: ", "The other summit")], [True]),
        ([("", "READ ALSO: The other summit")], [True]),
        ([("Читайте також:", ""), ("•", "Перша"), ("", "Друга"), ("Далі.", "")], [1, 1, 1, 0]),
        ([("", "The whole sentence is a link.")], [False]),
        ([("Read also what he said in", "May")], [False]),
        ([("He said: read also", "this")], [False]),
        ([("The post", "Ships wait"), ("", "next")], [False, False]),
        ([("The post  appeared first on .", "Ships wait Port News")], [True]),
    ],
)
def test_lines_that_lead_elsewhere(lines: list[tuple[str, str]], dropped: list[bool]) -> None:
    assert lines_to_drop(lines) == dropped


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(EnvironmentProblem, match=r"pip install 'stancelib\[html\]'"):
        sl.read_documents(PAGES / "json_ld.html")
