"""Feeds: items to rows, stamps with their zone, and nothing expanded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stancelib as sl
from stancelib.corpus.markup import fragment_text

FEEDS = Path(__file__).parent / "fixtures" / "feeds"
NOW = datetime(2024, 1, 1, tzinfo=UTC)

ITEM = (
    "<item><title>{0}</title><guid>{0}</guid><description>Ships wait off the port.</description>"
    "<pubDate>Thu, 09 Mar 2023 10:00:00 GMT</pubDate></item>"
)
RSS = (
    "<rss version='2.0'><channel><title>Port News</title>"
    "<link>https://port.example/</link>{}</channel></rss>"
)
BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">
<!ENTITY lol4 "&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;&lol3;">
]>
"""
EXTERNAL = '<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
PUBLIC = (
    '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://a.example/x.dtd">'
)


@pytest.fixture(scope="module")
def folder() -> sl.Ingest:
    return sl.read_documents(FEEDS, now=NOW)


def test_items_are_rows(folder: sl.Ingest) -> None:
    columns = ["doc_id", "source", "title", "lang", "url"]
    assert folder.accepted.select(columns).rows() == [
        (
            "www.harbour-gazette.example#811",
            "The Harbour Gazette",
            "Parliament backs the treaty & adjourns",
            "en",
            "https://www.harbour-gazette.example/p/811",
        ),
        (
            "https://www.harbour-gazette.example/p/812",
            "The Harbour Gazette",
            "Ferry strike enters its second week",
            "en",
            "https://www.harbour-gazette.example/p/812",
        ),
        (
            "https://www.harbour-gazette.example/p/813",
            "The Harbour Gazette",
            None,
            "en",
            "https://www.harbour-gazette.example/p/813",
        ),
        (
            "tag:elbe-kurier.example,2023:4711",
            "Elbe-Kurier",
            "Gipfel ohne Ergebnis",
            "de",
            "https://elbe-kurier.example/gipfel",
        ),
        (
            "elbe-kurier.example#4712",
            "Głos Portu",
            "Notatka z Warszawy",
            "pl",
            "https://elbe-kurier.example/warszawa",
        ),
        (
            "https://tribuna.example/1",
            "Северная трибуна",
            "Мост открыли",
            "ru",
            "https://tribuna.example/1",
        ),
    ]


def test_stamps_keep_their_zone(folder: sl.Ingest) -> None:
    assert folder.accepted["published_at"].to_list() == [
        datetime(2023, 3, 10, 4, 40, tzinfo=UTC),  # 23:40 of the 9th, five hours west
        datetime(2023, 3, 10, 5, 30, tzinfo=UTC),
        datetime(2023, 3, 10, 8, 0, tzinfo=UTC),
        datetime(2023, 3, 11, 22, 50, tzinfo=UTC),  # published, not updated
        datetime(2023, 3, 12, 8, 15, tzinfo=UTC),
        datetime(2023, 2, 28, 22, 30, tzinfo=UTC),
    ]
    assert folder.n_zone_assumed == 0


def test_texts_are_those_of_the_items(folder: sl.Ingest) -> None:
    assert folder.accepted["text"].to_list() == [
        (
            "Members voted late on Thursday to ratify the treaty, and the chamber emptied before "
            "the count was read out.\nThe opposition said NATO had “asked for everything and "
            "offered nothing”."
        ),
        "Crews refused a fourth offer.\nTalks resume on Monday.",
        "A headline alone",
        (
            "Die Gespräche in Brüssel endeten nach neun Stunden ohne Erklärung.\n"
            "Ein neuer Termin steht nicht fest."
        ),
        "Rząd mówi: 2 < 3, a opozycja się śmieje.",
        "Мост через залив открыли в присутствии двух министров.",
    ]
    assert folder.n_title_only == 1


def test_an_item_without_a_date_is_refused(folder: sl.Ingest) -> None:
    assert folder.rejected.select("row", "reason", "title").rows() == [(3, "no date", "Weather")]
    assert folder.n_rows == 7


# ---- what is refused ---- #


@pytest.mark.parametrize("declaration", [BILLION_LAUGHS, EXTERNAL, PUBLIC])
def test_a_document_type_is_refused(declaration: str, tmp_path: Path) -> None:
    item = ITEM.format("&lol4;" if declaration is BILLION_LAUGHS else "a")
    (tmp_path / "a.xml").write_text(declaration + RSS.format(item))
    (tmp_path / "b.xml").write_text(RSS.format(ITEM.format("b")))
    ingest = sl.read_documents(tmp_path, now=NOW)
    assert ingest.accepted["title"].to_list() == ["b"]
    assert ingest.rejected.select("row", "reason").rows() == [
        (0, "refused feed: it declares a document type (DTD), which may hold entities")
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_document_type_is_refused_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    written = EXTERNAL + RSS.format(ITEM.format("&file;"))
    (tmp_path / "a.xml").write_bytes(written.encode(encoding))
    ingest = sl.read_documents(tmp_path, now=NOW)
    assert ingest.rejected["reason"][0].startswith("refused feed")
    assert ingest.accepted.is_empty()


@pytest.mark.parametrize(
    ("written", "reason", "value"),
    [
        ("<urlset><url/></urlset>", "not a feed", "<urlset>"),
        ("", "broken feed", "no element found"),
        ("no xml", "broken feed", "syntax error"),
        ('<?xml version="1.0" encoding="nonsense"?><rss/>', "broken feed", "nonsense"),
        (RSS.format("<item>&nbsp;</item>"), "broken feed", "undefined entity"),
    ],
)
def test_what_is_no_feed_says_why(written: str, reason: str, value: str, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(written)
    ingest = sl.read_documents(tmp_path / "a.xml", now=NOW)
    assert ingest.rejected["reason"][0].startswith(reason)
    assert value in ingest.rejected["value"][0]
    assert ingest.n_rows == 1


def test_items_before_a_fault_are_kept(tmp_path: Path) -> None:
    whole = RSS.format("".join(ITEM.format(name) for name in "abc"))
    (tmp_path / "a.rss").write_text(whole[: whole.index("<title>c")])
    ingest = sl.read_documents(tmp_path / "a.rss", now=NOW)
    assert ingest.accepted["title"].to_list() == ["a", "b"]
    assert ingest.accepted["source"].unique().to_list() == ["Port News"]
    assert ingest.rejected["row"].to_list() == [2]
    assert ingest.rejected["reason"].to_list() == ["broken feed: nothing after this can be read"]


def test_an_empty_feed_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.rss").write_text(RSS.format(""))
    assert sl.read_documents(tmp_path / "a.rss").n_rows == 0


def test_the_outlet_that_an_aggregator_names(tmp_path: Path) -> None:
    named = '<item><source url="https://quay.example">The Quay</source>'
    (tmp_path / "a.rss").write_text(RSS.format(ITEM.format("a").replace("<item>", named)))
    assert sl.read_documents(tmp_path, now=NOW).accepted["source"].to_list() == ["The Quay"]


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("plain, 2 < 3 & 4 > 1", "plain, 2 < 3 & 4 > 1"),
        ("one<br>two<p>three", "one\ntwo\nthree"),
        ("<p>a  <b>b</b>\n c</p><style>p {}</style>", "a b c"),
        ("<ul><li><a href='x'>link</a></li></ul>", "link"),
        ("<p>Related:</p><p><a href='x'>One</a></p><p>Text.</p>", "Text."),
        ("</a></p><p>unclosed <a href='x'>link", "unclosed link"),
        ("", ""),
    ],
)
def test_fragments(fragment: str, text: str) -> None:
    assert fragment_text(fragment) == text


@given(st.integers(0, 2_000), st.binary(max_size=12), st.integers(0, 40))
@settings(max_examples=60)
def test_no_noise_stops_the_call_and_no_row_is_lost(
    tmp_path_factory: pytest.TempPathFactory, place: int, noise: bytes, cut: int
) -> None:
    data = (FEEDS / "harbour.rss").read_bytes()
    path = tmp_path_factory.mktemp("noise") / "a.rss"
    path.write_bytes(data[:place] + noise + data[place + cut :])
    ingest = sl.read_documents(path, now=NOW)
    assert ingest.accepted.height + ingest.rejected.height + ingest.n_repeats == ingest.n_rows
    assert ingest.rejected["row"].n_unique() == ingest.rejected.height
