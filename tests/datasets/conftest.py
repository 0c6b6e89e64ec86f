"""A server on this machine, a registry that points to it, and folders of its own."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

LETTERS = b"date,text\n2024-01-02,The bridge is open again.\n"
SHEET = """
[[dataset]]
name = "letters"
description = "Letters to a harbour paper"
kind = "articles"
languages = ["en"]
rows = 1
row_is = "a letter"
licence = "CC BY-NC 4.0"
conditions = ["BY", "NC"]
terms = "Name the paper, no commercial use."
limits = "One letter."
url = "https://letters.example"
citation = "The Harbour Gazette (2024). Letters."

[[dataset.file]]
name = "letters.csv"
path = "letters/letters.csv"
url = "{url}"
bytes = {size}
sha256 = "{sha256}"
hash_from = "local copy"
seen = "this test"
"""


@dataclass
class Server:
    """A server, what it gives, and what it was asked for."""

    url: str
    folder: Path
    asked: list[str] = field(default_factory=list)


class Handler(SimpleHTTPRequestHandler):
    """Files of a folder; requests are noted and not printed."""

    asked: list[str]

    def __init__(self, *rest: object, asked: list[str], **named: object) -> None:
        self.asked = asked
        super().__init__(*rest, **named)  # type: ignore[arg-type] # handed on

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        self.asked.append(format % arguments)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "letters.csv").write_bytes(LETTERS)
    asked: list[str] = []
    handler = partial(Handler, asked=asked, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield Server(f"http://127.0.0.1:{http.server_port}", folder, asked)
        http.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no folder of the user's, no proxy between this machine and itself."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("STANCELIB_CACHE", str(folder))
    monkeypatch.delenv("STANCELIB_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


@pytest.fixture
def write_registry(tmp_path: Path) -> Callable[..., Path]:
    def write(url: str, **changes: str) -> Path:
        values = {"size": str(len(LETTERS)), "sha256": hashlib.sha256(LETTERS).hexdigest()}
        file = tmp_path / "registry.toml"
        file.write_text(SHEET.format(url=url, **(values | changes)), encoding="utf-8")
        return file

    return write
