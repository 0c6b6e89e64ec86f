"""Write the module map of the architecture page from the modules' own first lines.

Run ``python docs/update_module_map.py`` after adding, renaming or redescribing a module;
``tests/test_architecture.py`` fails until it is done.
"""

from __future__ import annotations

import ast
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "stancelib"
PAGE = ROOT / "docs" / "architecture.md"
HEADING = "\n## Module map\n"
NOTE = "Written from the modules' own first lines by `docs/update_module_map.py`."
ROOMS = (
    "notebook",
    *("corpus", "targets", "scoring", "store", "series", "effects", "charts", "report"),
    *("datasets", "simulate", "training"),
)


def first_sentence(module: Path) -> str:
    """The first paragraph of a module's docstring, in one line."""
    documentation = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return " ".join(documentation.partition("\n\n")[0].split())


def room_of(module: Path) -> str:
    """The folder of a module, or nothing for the ground floor."""
    folders = module.relative_to(PACKAGE).parts[:-1]
    return folders[0] if folders else ""


def place(module: Path) -> tuple[int, str, str]:
    """Ground floor first, then the rooms from left to right, then any other by name."""
    room = room_of(module)
    order = ("", *ROOMS, "cli")
    known = order.index(room) if room in order else len(order)
    return known, room, str(module.relative_to(PACKAGE))


def module_map() -> str:
    """A table for each room."""
    modules = sorted(PACKAGE.rglob("*.py"), key=place)
    tables = []
    for room, members in groupby(modules, key=room_of):
        rows = [f"| `{m.relative_to(PACKAGE)}` | {first_sentence(m)} |" for m in members]
        head = [f"### {room or 'the ground floor'}", "", "| module | what it holds |", "|---|---|"]
        tables.append("\n".join([*head, *rows]))
    return "\n\n".join([NOTE, *tables])


def main() -> None:
    """Replace the section of the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, heading, rest = page.partition(HEADING)
    after = rest[rest.index("\n## ") :]
    PAGE.write_text(f"{before}{heading}\n{module_map()}\n{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
