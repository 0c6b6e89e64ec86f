"""Bars on terminals and in notebooks, lines in logs where asked for, nothing else anywhere."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import tqdm

import stancelib as sl
from stancelib.notebook import progress, progress_bar


class Stream(io.StringIO):
    """A terminal, or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Stream]:
    """Directs stderr to a terminal or a log, and shows bars at once."""
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(progress, "_DELAY", 0)

    def direct(*, terminal: bool) -> Stream:
        stream = Stream(terminal=terminal)
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    return direct


@pytest.fixture
def in_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython, as a notebook's kernel has it."""
    module = ModuleType("IPython")
    module.get_ipython = lambda: SimpleNamespace(config={"IPKernelApp": {}})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", module)


def work(shown: bool | None, steps: int = 3) -> None:
    with progress_bar("add", total=3, unit="articles", shown=shown) as advance:
        for _ in range(steps):
            advance(1)


def break_off() -> None:
    with progress_bar("add", total=3, unit="articles", shown=True) as advance:
        advance(2)
        raise RuntimeError


def test_terminal_has_a_bar_that_is_gone_at_the_end(to: Callable[..., Stream]) -> None:
    stream = to(terminal=True)
    work(None)
    written = stream.getvalue()
    assert "add:" in written
    assert "\n" not in written
    assert written.endswith("\r")
    assert written.rsplit("\r", 2)[1].strip() == ""


def test_log_is_silent_unless_asked(to: Callable[..., Stream]) -> None:
    stream = to(terminal=False)
    work(None)
    assert stream.getvalue() == ""
    work(True)
    assert re.fullmatch(r"add: 3 articles in \d+\.\d s\n", stream.getvalue())


def test_log_says_where_a_step_broke_off(to: Callable[..., Stream]) -> None:
    stream = to(terminal=False)
    with pytest.raises(RuntimeError):
        break_off()
    assert stream.getvalue().startswith("add: 2 of 3 articles in ")


@pytest.mark.parametrize("terminal", [True, False])
def test_no_is_no(to: Callable[..., Stream], terminal: bool) -> None:
    stream = to(terminal=terminal)
    work(False)
    assert stream.getvalue() == ""


def test_tqdm_can_be_disabled_for_a_whole_process(
    to: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = to(terminal=True)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    work(True)
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("in_a_kernel")
def test_notebook_without_widgets_has_a_bar_of_text(
    to: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "find_spec", lambda _name: None)
    stream = to(terminal=False)
    assert progress.where() == "notebook"
    work(None)
    assert "add:" in stream.getvalue()
    assert stream.getvalue().rsplit("\r", 2)[1].strip() == ""


@pytest.mark.usefixtures("in_a_kernel")
def test_notebook_with_widgets_has_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = ModuleType("tqdm.notebook")
    widget.tqdm = object()  # type: ignore[attr-defined]
    monkeypatch.setattr(progress, "find_spec", lambda _name: object())
    monkeypatch.setitem(sys.modules, "tqdm.notebook", widget)
    assert progress._bar("notebook") is widget.tqdm  # noqa: SLF001
    assert progress._bar("terminal") is tqdm.tqdm  # noqa: SLF001


def test_short_steps_show_no_bar(
    to: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = to(terminal=True)
    monkeypatch.setattr(progress, "_DELAY", 60)
    work(None)
    assert stream.getvalue().strip("\r ") == ""


def test_store_says_its_steps_in_a_log_where_asked(to: Callable[..., Stream]) -> None:
    corpus = sl.simulate_corpus(20, seed=1)
    stream = to(terminal=False)
    with sl.open_store(":memory:") as store:
        store.add_documents(corpus.documents, progress=True)
        store.score(corpus.scorer(), progress=True)
        store.find_mentions()
    steps = [line.partition(":")[0] for line in stream.getvalue().splitlines()]
    assert steps[:2] == ["add", "mentions"]
    assert len(steps) == 3


def test_one_function_shows_progress_everywhere(root_folder: Path) -> None:
    files = (root_folder / "stancelib").rglob("*.py")
    users = {file.name for file in files if "tqdm" in file.read_text(encoding="utf-8")}
    assert users <= {"progress.py"}
