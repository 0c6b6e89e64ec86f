"""What every test shares: the data folder, a closed network, a browser, settings of hypothesis."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
# Only against a hang: no test is timed.
PATIENCE = 600_000
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOPBACK = ("127.", "::1", "localhost")

# No deadline: two shared cores make single examples slow by chance, and no test is timed.
settings.register_profile("house", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")


@pytest.fixture(scope="session")
def root_folder() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The corpora of STANCELIB_DATA (default ``../shared/data``), else the test is skipped."""
    folder = Path(os.environ.get("STANCELIB_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the data is absent: no folder {folder}; set STANCELIB_DATA to where it lies")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's Chromium, closed after the last test; one process can hold one driver."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium is installed, so the page was not opened in a browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=BROWSER_OPTIONS, timeout=PATIENCE
        )
        yield browser
        browser.close()


def _is_local(address: object) -> bool:
    """Unix sockets have a path for an address; the others a host first."""
    if not isinstance(address, tuple):
        return True
    return str(address[0]).startswith(LOOPBACK)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every address but this machine's own, in this process."""

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: object) -> object:
            if not _is_local(address):
                raise PermissionError(f"a test tried to reach {address!r}; tests use no network")
            return original(self, address)

        return call

    def local_names_only(host: str | bytes | None, *rest: Any, **named: Any) -> object:
        if host and not _is_local((host if isinstance(host, str) else host.decode(),)):
            raise PermissionError(f"a test tried to look up {host!r}; tests use no network")
        return look_up(host, *rest, **named)

    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", local_names_only)
