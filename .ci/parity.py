"""Writes docs/parity.md: which behaviours of client-go tests show, by the ids that tests name in `pytest.mark.parity`.

    python .ci/parity.py            writes the page
    python .ci/parity.py --check    changes nothing, fails when the page is stale or a test names an id that is none

The ids stand in docs/parity-ids.txt, in sections that begin with `## `. Tests are read, not run; the generated twins are
left out, as they show what their sources show.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IDS = ROOT / "docs" / "parity-ids.txt"
PAGE = ROOT / "docs" / "parity.md"
GENERATED = Path("tests/twins/_sync")

HEAD = """# Behaviours of client-go, and the tests that show them

Written by `.ci/parity.py` from `docs/parity-ids.txt` and the markers `pytest.mark.parity` of the tests: do not edit.
A behaviour without a test may well be there; nothing proves it yet.
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


def page(sections: dict[str, list[str]], tests: dict[str, list[str]]) -> str:
    """The text of the page."""
    lines = [HEAD]
    known = [id_ for ids in sections.values() for id_ in ids]
    lines.append(f"{sum(id_ in tests for id_ in known)} of {len(known)} behaviours are shown by a test.\n")
    lines += ["| Section | Shown | Of |", "|---|---|---|"]
    for title, ids in sections.items():
        lines.append(f"| {title} | {sum(id_ in tests for id_ in ids)} | {len(ids)} |")
    bare = [title for title, ids in sections.items() if not any(id_ in tests for id_ in ids)]
    lines.append("\n## Sections that no test covers yet\n")
    lines += [f"- {title}" for title in bare] or ["None."]
    for title, ids in sections.items():
        if title in bare:
            continue
        lines += [f"\n## {title}\n", "| Behaviour | Tests |", "|---|---|"]
        for id_ in ids:
            shown = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests.get(id_, ()))
            lines.append(f"| {id_} | {shown or '-'} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes docs/parity.md.")
    parser.add_argument("--check", action="store_true", help="fail when the page is stale, change nothing")
    check = parser.parse_args().check
    sections, tests = read_sections(), collect()
    known = {id_ for ids in sections.values() for id_ in ids}
    unknown = sorted(set(tests) - known)
    for id_ in unknown:
        print(f"{id_} is not in {IDS.relative_to(ROOT)}: {', '.join(tests[id_])}", file=sys.stderr)
    text = page(sections, tests)
    if not check:
        PAGE.write_text(text)
        return 1 if unknown else 0
    if not PAGE.exists() or PAGE.read_text() != text:
        print(f"{PAGE.relative_to(ROOT)} is stale: run python .ci/parity.py", file=sys.stderr)
        return 1
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
