"""Replays the recordings of a real apiserver over HTTP and holds the score.

`score.toml` says, for each folder, how many steps matched when it was last raised. A folder may match more than that,
never less: a change that makes a step differ must make it right again. To raise the score after a change that makes more
steps match, run `python tests/corpus/score.py --update`.
"""

from __future__ import annotations

import filecmp
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import score

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def replays() -> Iterator[dict[str, Future[score.Score]]]:
    """All folders at once, each on servers of its own: most of a replay is waiting that the cases ask for."""
    with ThreadPoolExecutor(len(score.FOLDERS)) as pool:
        yield {folder: pool.submit(score.replay, folder) for folder in score.FOLDERS}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("folder", list(score.FOLDERS))
def test_the_score_never_falls(replays: dict[str, Future[score.Score]], folder: str) -> None:
    kept = tomllib.loads((HERE / "score.toml").read_text())["folders"][folder]

    result = replays[folder].result()
    if result.matching < kept["matching"]:
        result = score.again(result)

    assert result.total == kept["steps"]
    assert result.matching >= kept["matching"], "\n".join(result.lines[-40:])


def test_the_copy_of_the_recordings_is_exact(shared: Path) -> None:
    differing = []
    for original in sorted((shared / "corpus").rglob("*.*")):
        if original.suffix in {".yaml", ".json"} or original.name in {"conform.py", "README.md"}:
            copy = HERE / original.relative_to(shared / "corpus")
            if not copy.exists() or not filecmp.cmp(original, copy, shallow=False):
                differing.append(str(copy.relative_to(HERE)))

    assert differing == []
