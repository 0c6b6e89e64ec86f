from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from types import MappingProxyType

import polars as pl
import pytest

import stancelib as sl
from stancelib.datasets import articles
from stancelib.errors import ArgumentError

COLUMNS = ["source", "published_at", "title", "text", "lang", "url"]
RUWA_HEADER = ",Unnamed: 0,src,desc,title,ref,Date,Site,Event,KW\n"


def dataset_of(files: dict[str, Path]) -> sl.datasets.Dataset:
    return sl.datasets.Dataset("made", MappingProxyType(files), "none", (), "-", "-", "-", "-")


@pytest.fixture
def ruwa(tmp_path: Path) -> pl.DataFrame:
    rows = [
        (
            '0,1,https://censor.net/en/n1,"01.03.22 09:30 - Ferries wait: ""Nobody leaves"". PHOTO'
            '. Nobody left the port today. View photo news.","Ferries wait: ""Nobody leaves"". PHO'
            'TO (01.03.22 09:30) « War in Ukraine | Censor.NET",-,03/01/2022,censor.net,beginning,-'
        ),
        "1,2,tass.com/n2,,A ship arrives,-,03/02/2022,www.tass.com,beginning,-",
        (
            "2,3,https://www.ukrinform.net/n3,The port opened. — Ukrinform.,The port is open,-,"
            "03/03/2022,ukrinform.net,beginning,-"
        ),
        "3,4,https://www.bbc.co.uk/n4,,,-,03/04/2022,bbc.co.uk,beginning,-",
    ]
    file = tmp_path / "RUWA_01.08.23.csv.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__MACOSX/._made.csv", "no table")
        archive.writestr("made.csv", RUWA_HEADER + "\n".join(rows) + "\n")
    return articles._ruwa(dataset_of({file.name: file}))  # noqa: SLF001 - without the real file


def test_ruwa_is_cleaned_of_what_sites_put_around_their_texts(ruwa: pl.DataFrame) -> None:
    assert ruwa.columns == COLUMNS
    assert ruwa["title"].to_list() == [
        'Ferries wait: "Nobody leaves". PHOTO',
        "A ship arrives",
        "The port is open",
        None,
    ]
    assert ruwa["text"].to_list() == [
        "Nobody left the port today.",
        None,
        "The port opened.",
        None,
    ]
    assert ruwa["source"].to_list() == ["censor.net", "tass.com", "ukrinform.net", "bbc.co.uk"]
    assert ruwa["published_at"].to_list()[0] == dt.date(2022, 3, 1)
    assert ruwa["url"].to_list()[1] == "https://tass.com/n2"


def test_ruwa_without_a_word_comes_back_with_its_reason(ruwa: pl.DataFrame) -> None:
    ingest = sl.read_documents(ruwa)
    assert ingest.accepted.height == 3
    assert ingest.rejected.select("row", "reason").rows() == [(3, "empty text")]


def test_press_releases_are_read_in_the_time_of_their_city(tmp_path: Path) -> None:
    kremlin = tmp_path / "putin.csv"
    kremlin.write_text(
        "link,headline,date,location,summary,body\n"
        "http://k.example/1,On ports,2022-02-24T06:00:00Z,Moscow,-,The ports are shut.\n",
        encoding="utf-8",
    )
    office = tmp_path / "zelenskyy.csv"
    office.write_text(
        "link,headline,date,body\n"
        "http://u.example/1,On ferries,2022-02-24T06:00:00Z,The ferries wait.\n"
        "http://u.example/2,,2022-06-24T06:00:00Z,They still wait.\n",
        encoding="utf-8",
    )
    frame = articles._press(dataset_of({"putin.csv": kremlin, "zelenskyy.csv": office}))  # noqa: SLF001
    assert frame.columns == COLUMNS
    assert [moment.isoformat() for moment in frame["published_at"]] == [
        "2022-02-24T03:00:00+00:00",
        "2022-02-24T04:00:00+00:00",
        "2022-06-24T03:00:00+00:00",
    ]
    assert sl.read_documents(frame).accepted.height == 3


def test_labelled_sets_are_no_articles() -> None:
    with pytest.raises(ArgumentError, match=r"use fetch\('gerntsa'\)"):
        sl.datasets.load("gerntsa")


def test_unknown_corpus_has_the_nearest_one() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'ruwa'"):
        sl.datasets.load("ruwe")


@pytest.mark.data
def test_speech_of_the_invasion_is_at_six_in_moscow(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hour is known from elsewhere; read as the files say, it would be three hours later."""
    monkeypatch.setenv("STANCELIB_DATA", str(data_folder))
    frame = sl.datasets.load("putin_zelenskyy_press")
    ingest = sl.read_documents(frame)
    assert ingest.accepted.height == frame.height == 1_796
    day = ingest.accepted.filter(pl.col("published_at").dt.date() == dt.date(2022, 2, 24))
    first = day.sort("published_at").row(0, named=True)
    assert first["source"] == "Kremlin"
    assert first["published_at"] == dt.datetime(2022, 2, 24, 3, 0, tzinfo=dt.UTC)


@pytest.mark.data
def test_ruwa_is_read_whole(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCELIB_DATA", str(data_folder))
    frame = sl.datasets.load("ruwa")
    ingest = sl.read_documents(frame)
    assert frame.height == 16_545
    assert ingest.rejected["reason"].value_counts().rows() == [("empty text", 194)]
    assert frame["source"].n_unique() == 9
    rubric = pl.col("title").str.contains(r"\| Censor\.NET$")
    assert frame.filter(rubric).is_empty()
