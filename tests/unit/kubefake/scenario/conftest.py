"""Scenario files of tests: the folder of ready ones, and one that a test writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kubefake.scenario.load import load_scenario
from kubefake.scenario.model import Scenario

HEAD = "apiVersion: kubefake.dev/v1\nkind: Scenario\n"


@pytest.fixture
def jobs() -> Path:
    """The folder with a careful, a careless and a blocking program, and a scenario for each."""
    return Path(__file__).with_name("jobs")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a scenario and files beside it; returns its path."""

    def write(text: str, **files: str) -> Path:
        for name, content in files.items():
            (tmp_path / f"{name}.py").write_text(content)
        path = tmp_path / "scenario.yaml"
        path.write_text(HEAD + text)
        return path

    return write


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., Scenario]:
    def load(text: str, **files: str) -> Scenario:
        return load_scenario(write(text, **files))

    return load


@pytest.fixture(autouse=True)
def traces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where traces are kept, away from the machine's folder."""
    monkeypatch.setenv("KUBEFAKE_TRACES", str(tmp_path / "traces"))
    return tmp_path / "traces"
