"""Writes docs/parity.md: which behaviours of client-go tests show, by the ids that tests name in `pytest.mark.parity`.

    python .ci/parity.py            writes the page
    python .ci/parity.py --check    changes nothing, fails when the page is stale or a test names an id that is none

The ids stand in docs/parity-ids.txt, in sections that begin with `## `; a section whose title ends with ` (whole)` has to
have a test or a row in docs/parity-differs.toml for each of its ids. Tests are read, not run; the generated twins are left
out, as they show what their sources show.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IDS = ROOT / "docs" / "parity-ids.txt"
DIFFERS = ROOT / "docs" / "parity-differs.toml"
PAGE = ROOT / "docs" / "parity.md"
WHOLE = " (whole)"
GENERATED = Path("tests/twins/_sync")

HEAD = """# Behaviours of client-go, and the tests that show them

Written by `.ci/parity.py` from `docs/parity-ids.txt` and the markers `pytest.mark.parity` of the tests: do not edit.
Where Python does otherwise, the row says how and why (`docs/parity-differs.toml`).
"""


def read_sections() -> dict[str, list[str]]:
    """The ids of each section, in the order of the file."""
    sections: dict[str, list[str]] = {}
    ids: list[str] = []
    for line in IDS.read_text().splitlines():
        if line.startswith("## "):
            ids = sections.setdefault(line[3:].strip(), [])
        elif line.strip() and not line.startswith("#"):
            ids.append(line.strip())
    return sections


def marked(node: ast.AST) -> Iterator[str]:
    """The ids in the markers of a function, a class or a module's `pytestmark`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "pytest.mark.parity":
            yield from (one.value for one in part.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def read_tests(path: Path) -> Iterator[tuple[str, str]]:
    """Pairs of an id and the test that shows it."""
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(), name)
    of_module = [
        id_
        for node in tree.body
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "pytestmark" for target in node.targets)
        for id_ in marked(node.value)
    ]

    def walk(body: list[ast.stmt], inherited: list[str], prefix: str) -> Iterator[tuple[str, str]]:
        for node in body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            ids = [*inherited, *(id_ for decorator in node.decorator_list for id_ in marked(decorator))]
            if isinstance(node, ast.ClassDef):
                yield from walk(node.body, ids, f"{prefix}{node.name}::")
            elif node.name.startswith("test"):
                yield from ((id_, f"{name}::{prefix}{node.name}") for id_ in dict.fromkeys(ids))

    yield from walk(tree.body, of_module, "")


def collect() -> dict[str, list[str]]:
    """The tests of each id, sorted."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if GENERATED in path.relative_to(ROOT).parents:
            continue
        for id_, test in read_tests(path):
            found.setdefault(id_, []).append(test)
    return found


def read_differences() -> dict[str, str]:
    """What is done otherwise, and why, by id."""
    return {id_: row["how"] for id_, row in tomllib.loads(DIFFERS.read_text()).items()}


def page(sections: dict[str, list[str]], tests: dict[str, list[str]], differs: dict[str, str]) -> str:
    """The text of the page."""
    lines = [HEAD]
    known = [id_ for ids in sections.values() for id_ in ids]
    told = sum(id_ in differs and id_ not in tests for id_ in known)
    lines.append(
        f"{sum(id_ in tests for id_ in known)} of {len(known)} behaviours are shown by a test, {told} more are told.\n"
    )
    lines += ["| Section | Shown | Told | Of |", "|---|---|---|---|"]
    for title, ids in sections.items():
        shown = sum(id_ in tests for id_ in ids)
        only_told = sum(id_ in differs and id_ not in tests for id_ in ids)
        lines.append(f"| {title.removesuffix(WHOLE)} | {shown} | {only_told} | {len(ids)} |")
    bare = [title for title, ids in sections.items() if not any(id_ in tests or id_ in differs for id_ in ids)]
    if bare:
        lines += ["\n## Sections that no test covers yet\n", *(f"- {title}" for title in bare)]
    for title, ids in sections.items():
        if title in bare:
            continue
        lines += [f"\n## {title.removesuffix(WHOLE)}\n", "| Behaviour | Tests, and what differs |", "|---|---|"]
        for id_ in ids:
            cells = [f"`{test.removeprefix('tests/')}`" for test in tests.get(id_, ())]
            cells += [differs[id_].replace("|", "\\|")] if id_ in differs else []
            lines.append(f"| {id_} | {'<br>'.join(cells) or '-'} |")
    return "\n".join(lines) + "\n"


def find_gaps(sections: dict[str, list[str]], tests: dict[str, list[str]], differs: dict[str, str]) -> list[str]:
    """The ids without a test or a row, in sections that have to be whole."""
    whole = (ids for title, ids in sections.items() if title.endswith(WHOLE))
    return [id_ for ids in whole for id_ in ids if id_ not in tests and id_ not in differs]


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes docs/parity.md.")
    parser.add_argument("--check", action="store_true", help="fail when the page is stale, change nothing")
    check = parser.parse_args().check
    sections, tests, differs = read_sections(), collect(), read_differences()
    known = {id_ for ids in sections.values() for id_ in ids}
    wrong = [f"{id_} is not in {IDS.relative_to(ROOT)}: {', '.join(tests[id_])}" for id_ in sorted(set(tests) - known)]
    wrong += [f"{DIFFERS.relative_to(ROOT)} names {id_}, which is no behaviour" for id_ in sorted(set(differs) - known)]
    wrong += [
        f"{id_}: no test names it, and its section has to be whole" for id_ in find_gaps(sections, tests, differs)
    ]
    text = page(sections, tests, differs)
    if not check:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        wrong.append(f"{PAGE.relative_to(ROOT)} is stale: run python .ci/parity.py")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
