"""The project's texts agree with the code: versions, the README, the reference, the pages."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import yaml

import stancelib

REFERENCE = "docs/api.rst"


@pytest.fixture(scope="module")
def readme(root_folder: Path) -> str:
    return (root_folder / "README.md").read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    """What stands in the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def test_version_is_the_same_everywhere(root_folder: Path) -> None:
    citation = yaml.safe_load((root_folder / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (root_folder / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## \[(\d[^\]]*)\] - (\S+)$", changes, flags=re.MULTILINE)[0]
    assert (citation["version"], citation["date-released"]) == newest
    assert citation["version"] == stancelib.__version__


def test_citation_has_what_the_format_requires(root_folder: Path) -> None:
    citation = yaml.safe_load((root_folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert all(author["name"] for author in citation["authors"])


def test_commands_of_the_readme_are_run_by_ci(readme: str, root_folder: Path) -> None:
    commands = "".join(code_blocks(readme, "sh")).splitlines()
    checked = (root_folder / ".ci" / "run").read_text(encoding="utf-8")
    assert len(commands) == 2
    assert [command for command in commands if f"'{command}'" not in checked] == []


def test_pictures_and_files_named_in_the_readme_exist(readme: str, root_folder: Path) -> None:
    named = re.findall(r"\]\(([^):]+)\)", readme)
    assert any(path.startswith("docs/_static/") for path in named)
    assert [path for path in named if not (root_folder / path).exists()] == []


def test_python_of_the_readme_runs(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = code_blocks(readme, "python")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - the project's own text
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "The Harbour Ledger" in page
    assert (tmp_path / "effect.svg").read_text(encoding="utf-8").startswith("<svg")


def test_reference_lists_every_public_name(root_folder: Path) -> None:
    text = (root_folder / REFERENCE).read_text(encoding="utf-8")
    listed = re.findall(r"^(?:   |\.\. py:data:: )(\w+)$", text, flags=re.MULTILINE)
    assert sorted(listed) == sorted(stancelib.__all__)


# A mapping has no docstring of its own: the reference describes it, with an example that runs.
DOCUMENTED = [name for name in stancelib.__all__ if name != "TARGETS"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_public_docstring_has_examples(name: str) -> None:
    documentation = inspect.getdoc(getattr(stancelib, name)) or ""
    assert re.search(r"^Examples\n-{8}$", documentation, flags=re.MULTILINE)
    assert ">>> " in documentation


@pytest.mark.parametrize("name", DOCUMENTED)
def test_public_docstring_begins_with_a_sentence(name: str) -> None:
    documentation = inspect.getdoc(getattr(stancelib, name)) or ""
    assert documentation.splitlines()[0].endswith(".")


def test_every_page_is_in_a_table_of_contents(root_folder: Path) -> None:
    pages = {path.stem for path in (root_folder / "docs").glob("*.md")} | {"api"}
    index = (root_folder / "docs" / "index.md").read_text(encoding="utf-8")
    listed = re.findall(
        r"^(?:.*<)?(\w+)>?$", code_blocks(index, "{toctree}")[0], flags=re.MULTILINE
    )
    assert sorted(listed) == sorted(pages - {"index"})
