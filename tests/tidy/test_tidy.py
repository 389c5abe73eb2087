"""House rules that no linter knows: size of files and functions, ordered iteration, no leftovers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("kubeclient", "kubefake")
GENERATED = re.compile(r"generated", re.IGNORECASE)
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 90  # the aim is 50; this only goes down
LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MACHINE_PATHS = re.compile(r"(/work/|/root/|/home/\w+/|\.\./shared)")


def _sources(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if not GENERATED.search(path.read_text().partition("\n")[0]):
                yield path


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.fixture(scope="module")
def sources() -> list[tuple[str, str]]:
    root = Path(__file__).resolve().parents[2]
    return [(str(path.relative_to(root)), path.read_text()) for path in _sources(root)]


def test_files_stay_small(sources: list[tuple[str, str]]) -> None:
    too_long = [f"{name}: {text.count(chr(10))} lines" for name, text in sources if text.count("\n") > FILE_LINES_MAX]

    assert too_long == []


def test_functions_stay_short(sources: list[tuple[str, str]]) -> None:
    too_long = []
    for name, text in sources:
        for node in _functions(ast.parse(text)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                too_long.append(f"{name}:{node.lineno} {node.name}: {lines} lines")

    assert too_long == []


def test_every_module_says_why_it_exists(sources: list[tuple[str, str]]) -> None:
    silent = [name for name, text in sources if text.strip() and not ast.get_docstring(ast.parse(text))]

    assert silent == []


def test_no_leftovers(sources: list[tuple[str, str]]) -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in sources
        for number, line in enumerate(text.splitlines(), 1)
        if LEFTOVERS.search(line)
    ]

    assert found == []


def test_nothing_knows_the_machine_it_was_written_on(sources: list[tuple[str, str]]) -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in sources
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]

    assert found == []


def _iterates_a_set(node: ast.AST) -> bool:
    """Whether an expression that is iterated is visibly a set: a set display, a comprehension or a bare call of set()."""
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"set", "frozenset"}


def test_nothing_iterates_a_set(sources: list[tuple[str, str]]) -> None:
    found = []
    for name, text in sources:
        for node in ast.walk(ast.parse(text)):
            iterated = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
            found += [f"{name}:{part.lineno}" for part in iterated if _iterates_a_set(part)]

    assert found == []


def test_no_function_is_a_stub(sources: list[tuple[str, str]]) -> None:
    """A body of nothing but `pass` or `...` is only right in protocols and overloads."""
    stubs = []
    for name, text in sources:
        tree = ast.parse(text)
        protocol_lines = [
            range(node.lineno, (node.end_lineno or node.lineno) + 1)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        ]
        for node in _functions(tree):
            body = [
                part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
            ]
            overloaded = any("overload" in ast.unparse(decorator) for decorator in node.decorator_list)
            empty = all(isinstance(part, ast.Pass) for part in body) and not ast.get_docstring(node)
            if empty and not overloaded and not any(node.lineno in lines for lines in protocol_lines):
                stubs.append(f"{name}:{node.lineno} {node.name}")

    assert stubs == []
