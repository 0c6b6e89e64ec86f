from __future__ import annotations

import hashlib
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pooch
import pytest

import stancelib as sl
from stancelib.datasets import fetching
from stancelib.datasets.places import cache_folder
from stancelib.errors import ArgumentError, DataError, EnvironmentProblem

Registry = Callable[..., Path]
LETTERS = b"date,text\n2024-01-02,The bridge is open again.\n"
SHA256 = hashlib.sha256(LETTERS).hexdigest()
OTHER = b"date,text\n2024-01-02,The bridge is shut again.\n"


def letters_url(server: Any) -> str:
    return f"{server.url}/letters.csv"


def closed_url() -> str:
    """An address of this machine at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return f"http://127.0.0.1:{port}/letters.csv"


def put(folder: Path, content: bytes) -> Path:
    file = folder / "letters" / "letters.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return file


def test_file_is_downloaded_once_and_kept(
    server: Any, write_registry: Registry, cache: Path
) -> None:
    registry = write_registry(letters_url(server))
    first = sl.datasets.fetch("letters", registry=registry)
    second = sl.datasets.fetch("letters", registry=registry)
    assert first == second
    assert first.files["letters.csv"] == cache / "letters" / "letters.csv"
    assert first.files["letters.csv"].read_bytes() == LETTERS
    assert server.asked == ['"GET /letters.csv HTTP/1.1" 200 -']


def test_result_has_the_terms_and_cannot_be_changed(server: Any, write_registry: Registry) -> None:
    letters = sl.datasets.fetch("letters", registry=write_registry(letters_url(server)))
    assert letters.conditions == ("BY", "NC")
    assert letters.licence == "CC BY-NC 4.0"
    assert letters.citation == "The Harbour Gazette (2024). Letters."
    assert letters.url == "https://letters.example"
    with pytest.raises(FrozenInstanceError):
        letters.name = "other"  # type: ignore[misc] # what is tested
    with pytest.raises(TypeError):
        letters.files["letters.csv"] = Path()  # type: ignore[index] # what is tested


def test_own_folder_comes_first_and_needs_no_network(
    tmp_path: Path, write_registry: Registry, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = put(tmp_path / "mine", LETTERS)
    monkeypatch.setenv("STANCELIB_DATA", str(tmp_path / "mine"))
    letters = sl.datasets.fetch("letters", registry=write_registry(closed_url()))
    assert letters.files["letters.csv"] == own
    assert not cache.exists()


def test_own_folder_without_the_file_is_passed_over(
    tmp_path: Path, server: Any, write_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANCELIB_DATA", str(tmp_path / "empty"))
    letters = sl.datasets.fetch("letters", registry=write_registry(letters_url(server)))
    assert letters.files["letters.csv"].read_bytes() == LETTERS


def test_own_file_with_other_bytes_is_an_error_with_both_hashes(
    tmp_path: Path, server: Any, write_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = put(tmp_path / "mine", OTHER)
    monkeypatch.setenv("STANCELIB_DATA", str(tmp_path / "mine"))
    with pytest.raises(DataError) as caught:
        sl.datasets.fetch("letters", registry=write_registry(letters_url(server)))
    message = str(caught.value)
    assert str(own) in message
    assert SHA256 in message
    assert hashlib.sha256(OTHER).hexdigest() in message
    assert own.read_bytes() == OTHER
    assert server.asked == []


def test_file_put_by_hand_into_the_cache_needs_no_network(
    write_registry: Registry, cache: Path
) -> None:
    own = put(cache, LETTERS)
    letters = sl.datasets.fetch("letters", registry=write_registry(closed_url()))
    assert letters.files["letters.csv"] == own


def test_broken_file_in_the_cache_is_downloaded_anew(
    server: Any, write_registry: Registry, cache: Path
) -> None:
    put(cache, LETTERS[:10])
    letters = sl.datasets.fetch("letters", registry=write_registry(letters_url(server)))
    assert letters.files["letters.csv"].read_bytes() == LETTERS


def test_no_network_says_which_address_where_to_put_it_and_the_hash(
    write_registry: Registry, cache: Path
) -> None:
    url = closed_url()
    with pytest.raises(EnvironmentProblem) as caught:
        sl.datasets.fetch("letters", registry=write_registry(url))
    message = str(caught.value)
    assert f"could not download {url} (ConnectionError" in message
    assert f"as {cache / 'letters' / 'letters.csv'}" in message
    assert "letters/letters.csv in a folder named in STANCELIB_DATA" in message
    assert SHA256 in message


def test_missing_page_says_the_code_of_the_server(
    server: Any, write_registry: Registry, cache: Path
) -> None:
    with pytest.raises(EnvironmentProblem, match=r"could not download .*HTTPError: 404"):
        sl.datasets.fetch("letters", registry=write_registry(f"{server.url}/gone.csv"))
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_other_bytes_of_the_server_are_not_kept(
    server: Any, write_registry: Registry, cache: Path
) -> None:
    (server.folder / "letters.csv").write_bytes(OTHER)
    with pytest.raises(EnvironmentProblem, match="other bytes than the registry knows") as caught:
        sl.datasets.fetch("letters", registry=write_registry(letters_url(server)))
    assert SHA256 in str(caught.value)
    assert hashlib.sha256(OTHER).hexdigest() in str(caught.value)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_cache_that_cannot_be_written(server: Any, write_registry: Registry, cache: Path) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match=r"could not write .*STANCELIB_CACHE"):
        sl.datasets.fetch("letters", registry=write_registry(letters_url(server)))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_cache(server: Any, write_registry: Registry, cache: Path) -> None:
    cache.mkdir(mode=0o500)
    with pytest.raises(EnvironmentProblem, match=r"could not write .*STANCELIB_CACHE"):
        sl.datasets.fetch("letters", registry=write_registry(letters_url(server)))


def test_licence_is_shown_once(
    server: Any,
    write_registry: Registry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "_shown", set())
    registry = write_registry(letters_url(server))
    with caplog.at_level(logging.WARNING, logger="stancelib.datasets"):
        sl.datasets.fetch("letters", registry=registry)
        sl.datasets.fetch("letters", registry=registry)
    assert [record.getMessage() for record in caplog.records] == [
        "letters: CC BY-NC 4.0. Name the paper, no commercial use. Source: https://letters.example"
    ]


def test_cache_of_the_system_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STANCELIB_CACHE")
    assert cache_folder() == Path(pooch.os_cache("stancelib"))
    assert cache_folder().name == "stancelib"


def test_unknown_name_has_the_nearest_one() -> None:
    with pytest.raises(ArgumentError, match=r"unknown dataset 'rusentme'.* Did you mean 'rusentne"):
        sl.datasets.fetch("rusentme")


def test_available_needs_no_network_and_sums_the_files(write_registry: Registry) -> None:
    frame = sl.datasets.available(registry=write_registry(closed_url()))
    assert frame.rows() == [
        (
            "letters",
            "Letters to a harbour paper",
            ["en"],
            1,
            "CC BY-NC 4.0",
            "https://letters.example",
            len(LETTERS),
        )
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sha256": "abc"}, "dataset.0.file.0.sha256"),
        ({"size": "0"}, "dataset.0.file.0.bytes"),
        ({"size": "1\nmirror = 'x'"}, "dataset.0.file.0.mirror"),
        ({"size": "1 1"}, "not valid TOML"),
    ],
)
def test_bad_registry_names_its_fault(
    write_registry: Registry, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        sl.datasets.available(registry=write_registry("https://letters.example/a", **changes))


@pytest.mark.parametrize("path", ["../letters.csv", "/etc/letters.csv", "letters\\\\letters.csv"])
def test_registry_cannot_write_outside_the_cache(write_registry: Registry, path: str) -> None:
    file = write_registry("https://letters.example/a")
    text = file.read_text(encoding="utf-8").replace("letters/letters.csv", path)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="must be a relative path"):
        sl.datasets.available(registry=file)


def test_repeated_name_is_refused(write_registry: Registry) -> None:
    file = write_registry("https://letters.example/a")
    text = file.read_text(encoding="utf-8")
    file.write_text(text + text.replace("letters/letters", "letters/more"), encoding="utf-8")
    with pytest.raises(DataError, match="'letters' stands more than once"):
        sl.datasets.available(registry=file)


def test_absent_registry_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no registry of data sets at .*none\.toml"):
        sl.datasets.available(registry=tmp_path / "none.toml")
