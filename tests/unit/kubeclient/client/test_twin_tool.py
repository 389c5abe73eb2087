"""The tool that writes the sync twins."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def tool(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("twin_tool", repository / ".ci" / "twin.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f() -> None:\n    await g()\n", "def f() -> None:\n    g()\n"),
        ("async with a as b:\n    async for c in b: ...\n", "with a as b:\n    for c in b: ...\n"),
        ("x: Callable[[], Awaitable[dict[str, int]]]\n", "x: Callable[[], dict[str, int]]\n"),
        ("from collections.abc import Awaitable, Callable\n", "from collections.abc import Callable\n"),
        ("class AsyncA(_AsyncB): ...\n", "class A(_B): ...\n"),
        ("from kubeclient._async.a import AsyncA\n", "from kubeclient._sync.a import A\n"),
        ("raise StopAsyncIteration\n", "raise StopIteration\n"),
        ('__all__ = ["AsyncA"]\n', '__all__ = ["A"]\n'),
        ('def f():\n    """Do `await x.aclose()` on asyncio."""\n', 'def f():\n    """Do `x.close()` on threads."""\n'),
        ('x = "await x.aclose()"\n', 'x = "await x.aclose()"\n'),
    ],
)
def test_a_source_becomes_its_twin(tool: ModuleType, source: str, expected: str) -> None:
    header, _, body = tool.Twin().convert(source, "a.py").partition("\n")

    assert (header, body) == ("# generated from a.py by .ci/twin.py, do not edit", expected)


def test_a_driver_that_reaches_past_the_runtime_is_refused(tool: ModuleType) -> None:
    with pytest.raises(tool.TwinError, match=r"a\.py:1: asyncio is not for drivers"):
        tool.Twin().convert("import asyncio\n", "a.py")


def test_a_rule_that_matches_nothing_is_named(tool: ModuleType) -> None:
    twin = tool.Twin()
    twin.convert("x = 1\n", "a.py")

    assert "aclose" in twin.unused()
    assert "async" in twin.unused()


def test_the_twins_of_this_repository_are_those_of_their_sources(tool: ModuleType) -> None:
    assert tool.check(tool.build()) == 0
