"""Writes docs/client-go-tests.md: which tests of client-go have a counterpart among ours, and why the others have none.

    python .ci/upstream.py            writes the page
    python .ci/upstream.py --check    changes nothing, fails when the page is stale, an entry is missing or names no test of ours

The tests of client-go stand in docs/client-go-tests.txt, by file and name. docs/client-go-tests.toml has a table for each
file and in it an entry for each test: `test`, the counterparts as `path::name`, or `reason`, why there is none. An entry with
both is shown, and its reason tells what of it has no meaning here. Tests are read, not run; the generated twins are left out,
as they show what their sources show.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "docs" / "client-go-tests.txt"
ENTRIES = ROOT / "docs" / "client-go-tests.toml"
PAGE = ROOT / "docs" / "client-go-tests.md"
GENERATED = Path("tests/twins/_sync")

HEAD = """# The tests of client-go, and ours that show the same

Written by `.ci/upstream.py` from `docs/client-go-tests.txt` and `docs/client-go-tests.toml`: do not edit.
A test that is shown has a counterpart here, which asserts the same behaviour in its own words. A test that is reasoned has
none: it is about what only Go has, or about what this library does otherwise.
"""


@dataclass(frozen=True)
class Entry:
    """What there is for one test of client-go: counterparts, a reason, or both."""

    tests: tuple[str, ...]
    reason: str


def read_names() -> dict[str, list[str]]:
    """The tests of each file of client-go, in the order of the list."""
    files: dict[str, list[str]] = {}
    names: list[str] = []
    for line in NAMES.read_text().splitlines():
        if line.startswith("## "):
            names = files.setdefault(line[3:].strip(), [])
        elif line.strip() and not line.startswith("#"):
            names.append(line.strip())
    return files


def read_entries() -> dict[str, dict[str, Entry]]:
    """The entries of each file, by the name of the test."""
    tables = tomllib.loads(ENTRIES.read_text())
    return {
        file: {name: Entry(tuple(row.get("test", ())), row.get("reason", "")) for name, row in table.items()}
        for file, table in tables.items()
    }


def find_tests(path: Path) -> Iterator[str]:
    """The tests that a file defines, as `name` or `Class::name`."""

    def walk(body: list[ast.stmt], prefix: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from walk(node.body, f"{prefix}{node.name}::")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                yield prefix + node.name

    yield from walk(ast.parse(path.read_text(), str(path)).body, "")


def collect() -> set[str]:
    """Every test of ours, as `path::name`."""
    paths = (path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
    return {
        f"{path.as_posix()}::{test}"
        for path in paths
        if GENERATED not in path.parents
        for test in find_tests(ROOT / path)
    }


def find_mistakes(names: dict[str, list[str]], entries: dict[str, dict[str, Entry]], ours: set[str]) -> Iterator[str]:
    """What is missing in the entries, and what they name that is not there."""
    for file, tests in names.items():
        for name in tests:
            entry = entries.get(file, {}).get(name)
            if entry is None or not (entry.tests or entry.reason):
                yield f"{file} {name}: neither a test nor a reason"
    for file, table in entries.items():
        for name, entry in table.items():
            if name not in names.get(file, ()):
                yield f"{file} {name}: client-go has no such test"
            yield from (f"{file} {name}: there is no {test}" for test in entry.tests if test not in ours)


def page(names: dict[str, list[str]], entries: dict[str, dict[str, Entry]]) -> str:
    """The text of the page."""
    packages: dict[str, list[Entry]] = {}
    for file, tests in names.items():
        of_file = entries.get(file, {})
        packages.setdefault(file.rpartition("/")[0], []).extend(of_file.get(name, Entry((), "")) for name in tests)
    total = [entry for of_package in packages.values() for entry in of_package]
    shown, reasoned = count(total)
    lines = [HEAD, f"{shown} of {len(total)} tests of client-go are shown, {reasoned} more are reasoned.\n"]
    lines += ["| Package | Shown | Reasoned | Of |", "|---|---|---|---|"]
    for package, of_package in packages.items():
        if of_package:
            shown, reasoned = count(of_package)
            lines.append(f"| {package} | {shown} | {reasoned} | {len(of_package)} |")
    lines += ["\n## Tests without a counterpart, and why\n", "| Test | Why |", "|---|---|"]
    for file, tests in names.items():
        for name in tests:
            entry = entries.get(file, {}).get(name, Entry((), ""))
            if entry.reason and not entry.tests:
                lines.append(f"| {file}: {name} | {entry.reason.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def count(entries: list[Entry]) -> tuple[int, int]:
    """How many have a counterpart, and how many a reason alone."""
    return sum(bool(entry.tests) for entry in entries), sum(bool(entry.reason) and not entry.tests for entry in entries)


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes docs/client-go-tests.md.")
    parser.add_argument("--check", action="store_true", help="fail when the page is stale, change nothing")
    check = parser.parse_args().check
    names, entries = read_names(), read_entries()
    wrong = list(find_mistakes(names, entries, collect()))
    text = page(names, entries)
    if not check:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        wrong.append(f"{PAGE.relative_to(ROOT)} is stale: run python .ci/upstream.py")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
