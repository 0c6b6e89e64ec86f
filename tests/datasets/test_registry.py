"""The registry that ships: fixed commits, and hashes of the copies that the authors hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stancelib as sl
from stancelib.datasets.places import sha256_of
from stancelib.datasets.registry import RegisteredFile, read_registry

FILES = [file for one in read_registry().values() for file in one.file]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_address_is_a_file_at_a_full_commit(file: RegisteredFile) -> None:
    pattern = r"https://raw\.githubusercontent\.com/[\w.-]+/[\w.-]+/[0-9a-f]{40}/\S+"
    assert re.fullmatch(pattern, file.url)
    assert file.seen in {"public index", "record of the copy"}


@pytest.mark.parametrize("name", list(read_registry()))
def test_files_lie_in_the_folder_of_their_data_set(name: str) -> None:
    assert [f.path for f in read_registry()[name].file] == [
        f"{name}/{file.name}" for file in read_registry()[name].file
    ]


@pytest.mark.parametrize("name", list(read_registry()))
def test_conditions_are_those_that_the_licence_names(name: str) -> None:
    sheet = read_registry()[name]
    named = re.findall(r"\b(?:BY|NC|ND|SA)\b", sheet.licence)
    assert set(sheet.conditions) == set(named)


@pytest.mark.data
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_hash_and_size_are_those_of_the_copy(file: RegisteredFile, data_folder: Path) -> None:
    copy = data_folder / file.path
    assert copy.stat().st_size == file.bytes
    assert sha256_of(copy) == file.sha256


@pytest.mark.data
@pytest.mark.parametrize("name", list(read_registry()))
def test_data_set_is_found_without_a_network(
    name: str, data_folder: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.setenv("STANCELIB_DATA", str(data_folder))
    dataset = sl.datasets.fetch(name)
    assert all(path.is_relative_to(data_folder) for path in dataset.files.values())
    assert not cache.exists()
