"""Replays our own recordings of a real apiserver against `kubefake serve`: every step has to match."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CONFORM = HERE.parent / "corpus" / "conform.py"
TOKEN = "admin-token"
CASES = sorted(HERE.glob("*/*.yaml"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server that all cases share, as they shared the real one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kubefake", "serve", "--port", "0", "--token", TOKEN], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"https?://\S+", process.stdout.readline())
        assert found is not None
        yield found[0]
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_every_step_is_answered_as_the_real_server_did(server: str, case: Path) -> None:
    assert case.with_suffix(".json").exists(), "the case was never recorded"

    run = subprocess.run(
        [sys.executable, str(CONFORM), "check", "--server", server, "--token", TOKEN, str(case)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
