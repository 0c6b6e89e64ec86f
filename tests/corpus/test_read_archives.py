"""Web archives: their pages are read as pages are, and no capture becomes a publication."""

from __future__ import annotations

import gzip
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

import stancelib as sl
from stancelib.errors import EnvironmentProblem

FIXTURES = Path(__file__).parent / "fixtures"
CRAWL = FIXTURES / "archives" / "crawl.warc.gz"
NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def crawl() -> sl.Ingest:
    return sl.read_documents(CRAWL, now=NOW)


def test_html_responses_are_rows_under_the_address_they_came_from(crawl: sl.Ingest) -> None:
    assert crawl.accepted.select("source", "lang", "url").rows() == [
        ("The Harbour Gazette", "en", "https://mirror.harbour-gazette.example/world/ministers"),
        ("Северная трибуна", "ru", "https://tribuna.example/peregovory"),
        ("Le Courrier des Quais", "fr", "https://www.courrier-quais.example/monde/sommet?x=1"),
    ]
    assert crawl.n_rows == 6


def test_everything_but_the_address_is_as_in_the_page_itself(crawl: sl.Ingest) -> None:
    pages = [FIXTURES / "pages" / name for name in ("json_ld.html", "2023/windows_1251.html")]
    alone = [sl.read_documents(page, now=NOW).accepted.drop("url") for page in pages]
    for position, page in enumerate(alone):
        assert_frame_equal(crawl.accepted.drop("url")[position : position + 1], page)


def test_the_date_of_capture_is_no_date_of_publication(crawl: sl.Ingest) -> None:
    captured = datetime(2023, 9, 1, 12, tzinfo=UTC)
    assert captured not in crawl.accepted["published_at"].to_list()
    assert crawl.rejected.select("row", "reason", "value", "title").rows() == [
        (1, "not a page: HTTP status 301", "https://mirror.harbour-gazette.example/old", None),
        (3, "no date", None, "About the outlet"),
        (5, "invalid UTF-8", "https://mirror.harbour-gazette.example/broken", None),
    ]
    assert "the date of capture is not used" in crawl.summary()


def test_an_unpacked_archive_reads_the_same(crawl: sl.Ingest, tmp_path: Path) -> None:
    (tmp_path / "crawl.warc").write_bytes(gzip.decompress(CRAWL.read_bytes()))
    plain = sl.read_documents(tmp_path, now=NOW)
    assert_frame_equal(plain.accepted, crawl.accepted)
    assert_frame_equal(plain.rejected, crawl.rejected)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_torn_archive_says_so_and_keeps_what_came_before(
    crawl: sl.Ingest, packed: bool, share: float, tmp_path: Path
) -> None:
    data = CRAWL.read_bytes()
    data = data if packed else gzip.decompress(data)
    (tmp_path / "torn.warc").write_bytes(data[: int(len(data) * share)])
    ingest = sl.read_documents(tmp_path, now=NOW)
    assert_frame_equal(ingest.accepted, crawl.accepted[: ingest.accepted.height])
    assert ingest.accepted.height + ingest.rejected.height == ingest.n_rows
    assert ingest.rejected["reason"].to_list()[-1] == (
        "broken web archive: not all of it could be read"
    )


def test_a_record_of_a_wrong_length_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = gzip.decompress(CRAWL.read_bytes())
    longer = data.replace(b"</body></html>\r\n\r\n", b"</body></html><!-- more -->\r\n\r\n", 1)
    assert len(longer) > len(data)
    (tmp_path / "a.warc").write_bytes(longer)
    ingest = sl.read_documents(tmp_path, now=NOW)
    assert ingest.rejected.select("reason", "value").rows()[-1] == (
        "broken web archive: not all of it could be read",
        "records of a wrong length: 1",
    )
    assert "Content-Length is invalid" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"no archive at all\r\n", b"\x1f\x8b\x08\x00broken"])
def test_what_is_no_archive_says_so(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(data)
    ingest = sl.read_documents(tmp_path / "a.warc", now=NOW)
    assert ingest.rejected["reason"].to_list() == [
        "broken web archive: not all of it could be read"
    ]


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    with pytest.raises(EnvironmentProblem, match=r"pip install 'stancelib\[html\]'"):
        sl.read_documents(CRAWL)
