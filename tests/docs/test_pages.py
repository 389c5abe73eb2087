"""Every snippet of the README and of the pages does what it says."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from docs.fences import Reader, fences

ROOT = Path(__file__).resolve().parents[2]
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.exists()]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_snippets_of_a_page_work(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBEFAKE_TRACES", str(tmp_path / "traces"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, sys.path)]))
    monkeypatch.syspath_prepend(str(tmp_path))
    reader = Reader(page.relative_to(ROOT), tmp_path)

    for fence in fences(page.read_text()):
        reader.carry_out(fence)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text()):
        if "://" in target:
            continue
        other = (page.parent / target).resolve() if target else page
        assert other.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"(?m)^#+ (.*)$", other.read_text())
            slugs = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, f"{page.name}: {target}#{anchor}"


def test_a_block_that_fails_is_told_by_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reader = Reader(Path("page.md"), tmp_path)
    (fence,) = fences("# Title\n\n```python\nx = 1\nassert x == 2\n```\n")

    with pytest.raises(AssertionError) as caught:
        reader.carry_out(fence)
    assert caught.traceback[-1].lineno == 4


def test_output_that_differs_is_told(tmp_path: Path) -> None:
    reader = Reader(Path("page.md"), tmp_path)
    (fence,) = fences("```console\n$ python -c 'print(1)'\n2\n```\n")

    with pytest.raises(AssertionError, match=r"page.md:1: python -c 'print\(1\)' printed\n1"):
        reader.carry_out(fence)


def test_dots_stand_for_anything(tmp_path: Path) -> None:
    reader = Reader(Path("page.md"), tmp_path)
    (fence,) = fences("```console\n$ python -c 'print(1, 2, 3)'\n1 … 3\n```\n")

    reader.carry_out(fence)
