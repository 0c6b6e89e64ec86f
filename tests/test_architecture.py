"""docs/architecture.md says what the code is: modules, public names, frames, imports, sizes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import dataframely as dy
import pytest

import stancelib
from stancelib import schemas

PACKAGE = Path(__file__).parents[1] / "stancelib"
PAGE = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def rows(heading: str) -> list[list[str]]:
    """The body rows of the tables under a heading, up to the next one of the same level."""
    _, _, rest = PAGE.partition(f"\n## {heading}\n")
    section = rest.partition("\n## ")[0]
    lines = [line.strip() for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = [i for i, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
    return [row for i, row in enumerate(cells) if i not in rules and i + 1 not in rules]


def quoted(cell: str) -> list[str]:
    """What stands in backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def room_of(module: Path) -> str:
    """The room of a file: its folder, or its own name on the ground floor."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_module_map_is_complete_both_ways() -> None:
    """Mended by ``python docs/update_module_map.py``."""
    listed = [quoted(row[0])[0] for row in rows("Module map")]
    assert sorted(listed) == sorted(str(path.relative_to(PACKAGE)) for path in MODULES)


def test_module_map_says_what_the_modules_say() -> None:
    """Mended by ``python docs/update_module_map.py``."""
    listed = {quoted(row[0])[0]: row[1] for row in rows("Module map")}
    for module in MODULES:
        documentation = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
        first = " ".join(documentation.partition("\n\n")[0].split())
        assert first
        assert listed[str(module.relative_to(PACKAGE))] == first


def test_public_names_are_those_of_the_package() -> None:
    listed = {quoted(row[0])[0]: quoted(row[1])[0] for row in rows("Public names")}
    assert sorted(listed) == sorted(stancelib.__all__)
    assert listed == stancelib._ROOM_OF  # noqa: SLF001 - the page says where each name lives


def frame_schemas() -> dict[str, type[dy.Schema]]:
    """Every schema of the ground floor by name."""
    found = vars(schemas).items()
    return {n: s for n, s in found if isinstance(s, type) and issubclass(s, dy.Schema)}


def test_frames_have_the_columns_of_the_schemas() -> None:
    listed = {quoted(row[0])[0]: re.findall(r"`(\w+)`(\??)", row[2]) for row in rows("The frames")}
    actual = {
        name: [(key, "?" if column.nullable else "") for key, column in schema.columns().items()]
        for name, schema in frame_schemas().items()
    }
    assert listed == actual


# ---- imports between rooms ---- #


def deferred_nodes(tree: ast.Module) -> set[ast.AST]:
    """Nodes that do not run when the module is imported: in functions, or for types only."""
    late: set[ast.AST] = set()
    for node in ast.walk(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if is_function or is_typing:
            late.update(ast.walk(node))
    return late


def package_aliases(tree: ast.Module) -> set[str]:
    """The names under which a module knows the package itself."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    aliases = [alias for node in imports for alias in node.names]
    return {alias.asname or alias.name for alias in aliases if alias.name == PACKAGE.name}


def names_loaded(node: ast.AST, module: Path, aliases: set[str]) -> Iterator[str]:
    """Dotted names below the package that a node loads; ``sl.report`` loads like an import."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        here = (PACKAGE.name, *module.relative_to(PACKAGE).parts[:-1])
        base = here[: len(here) + 1 - node.level] if node.level else ()
        stem = ".".join([*base, *filter(None, [node.module])])
        yield from (f"{stem}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in aliases:
        yield f"{PACKAGE.name}.{node.attr}"


def rooms_imported(module: Path) -> Iterator[tuple[str, bool]]:
    """Each other room that a module imports, and whether only when used."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    late, aliases = deferred_nodes(tree), package_aliases(tree)
    for node in ast.walk(tree):
        for name in names_loaded(node, module, aliases):
            package, *parts = name.split(".")
            if package != PACKAGE.name or not parts or parts[0] == "__version__":
                continue
            room = stancelib._ROOM_OF.get(parts[0], parts[0])  # noqa: SLF001
            if room != room_of(module):
                yield room, node in late


def allowed_imports() -> dict[str, tuple[set[str], set[str]]]:
    """Room -> (rooms it may import at the top, rooms it may import only when used)."""
    return {
        quoted(row[0])[0]: (set(quoted(row[1])), set(quoted(row[2])))
        for row in rows("Allowed imports")
    }


def test_every_room_is_in_the_table_of_imports() -> None:
    assert set(allowed_imports()) == {room_of(module) for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_only_allowed_rooms(module: Path) -> None:
    top, late = allowed_imports()[room_of(module)]
    refused = {
        (room, "when used" if deferred else "at the top")
        for room, deferred in rooms_imported(module)
        if room not in (top | late if deferred else top)
    }
    assert refused == set()


def test_data_flows_left_to_right() -> None:
    table = allowed_imports()
    order = list(table)
    back = {(room, other) for room in order for other in table[room][0]}
    assert {pair for pair in back if order.index(pair[1]) >= order.index(pair[0])} == set()


# ---- sizes ---- #


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_are_short(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    assert len(source.splitlines()) < LONGEST_FILE
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert {f.name for f in functions if body_length(f) > LONGEST_FUNCTION} == set()


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
