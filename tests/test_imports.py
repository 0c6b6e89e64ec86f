"""Importing stancelib is light, its names resolve, and the suite has no network."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import stancelib

HEAVY = {
    *("torch", "transformers", "altair", "duckdb"),
    *("onnxruntime", "statsmodels", "pandas", "ruptures", "pooch", "requests"),
    *("great_tables", "tqdm"),
}
LIGHT_ROOMS = ("corpus", "targets", "store", "series", "effects", "datasets")


def packages_after(code: str, folder: Path) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after some code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_importing_stancelib_loads_nothing_heavy(root_folder: Path) -> None:
    loaded = packages_after("import stancelib; stancelib.__version__", root_folder)
    assert "stancelib" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("room", LIGHT_ROOMS)
def test_room_loads_neither_models_nor_charts(room: str, root_folder: Path) -> None:
    loaded = packages_after(f"import stancelib.{room}", root_folder)
    assert loaded & {"torch", "transformers", "altair", "great_tables", "tqdm"} == set()


@pytest.mark.parametrize("name", stancelib.__all__)
def test_public_name_resolves(name: str) -> None:
    assert getattr(stancelib, name) is not None


def test_public_names_are_sorted_and_listed() -> None:
    capitals_first = sorted(stancelib.__all__, key=lambda name: (not name.isupper(), name))
    assert stancelib.__all__ == capitals_first
    assert set(stancelib.__all__) <= set(dir(stancelib))


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'read_document'"):
        stancelib.read_document  # noqa: B018 - the access is what is tested


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_suite_refuses_the_network(host: str) -> None:
    with pytest.raises(PermissionError, match="tests use no network"):
        socket.create_connection((host, 80), timeout=1)


def test_suite_allows_loopback() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2], timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_public_names_are_not_hidden_by_rooms_of_the_same_name(root_folder: Path) -> None:
    rooms = sorted({f"stancelib.{room}" for room in stancelib._ROOM_OF.values()})  # noqa: SLF001
    hidden = (
        "modules = [n for n in stancelib.__all__ if not callable(getattr(stancelib, n))"
        " and isinstance(getattr(stancelib, n), type(stancelib))]"
    )
    packages_after(
        f"import stancelib, {', '.join(rooms)}\n{hidden}\nassert not modules, modules", root_folder
    )


def test_help_on_report_is_about_the_function(root_folder: Path) -> None:
    code = "import stancelib.report\nassert 'Examples' in stancelib.report.__doc__"
    assert "stancelib" in packages_after(code, root_folder)
