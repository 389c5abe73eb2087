"""The scenario files say what their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubefake.cli import main


@pytest.mark.parametrize("name", ["scenario", "broken-stale-cache", "broken-lost-answer", "broken-orphan-record"])
def test_a_scenario_ends_as_it_expects(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["run", str(folder / f"{name}.yaml"), "--seeds", "4", "--no-shrink", "--quiet"])
    assert code == 0, capsys.readouterr().out
