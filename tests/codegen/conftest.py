"""The packages of the large sets, made once for all tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from codegen.samples import FOLDER, SETS

from kubeclient.codegen.cli import main


@pytest.fixture(scope="session")
def source_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the packages `made_certificates`, `made_gateway` and `made_monitoring`, on the path."""
    root = tmp_path_factory.mktemp("made")
    for name in SETS:
        assert main([str(FOLDER / name), "--output", str(root), "--package", f"made_{name}"]) == 0
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    for module in [module for module in sys.modules if module.startswith("made_")]:
        del sys.modules[module]


@pytest.fixture(params=SETS)
def made(request: pytest.FixtureRequest, source_root: Path) -> tuple[str, ModuleType]:
    """The name of a set, and its package."""
    return request.param, import_module(f"made_{request.param}")
