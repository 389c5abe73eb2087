"""Measures how many recorded steps `kubefake serve` answers as the real apiserver did, and keeps the result.

    python tests/corpus/score.py [--update] [FOLDER ...]

Prints a line for each folder; with --update writes tests/corpus/score.toml.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDERS = ("machinery", "builtin", "crd", "admission", "controllers")
TOKEN = "admin-token"


@dataclass(frozen=True)
class Score:
    """What a replay of one folder found: steps that match, all steps, and what the tool printed."""

    folder: str
    matching: int
    total: int
    lines: list[str]


def replay(folder: str) -> Score:
    """Starts a server of its own, replays every case of the folder against it, and stops it again."""
    server = subprocess.Popen(
        [sys.executable, "-m", "kubefake", "serve", "--port", "0", "--token", TOKEN], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        ready = server.stdout.readline()
        match = re.search(r"https?://\S+", ready)
        if match is None:
            raise RuntimeError(f"kubefake serve did not say where it listens: {ready!r}")
        return _check(match[0], folder)
    finally:
        server.terminate()
        server.wait(10)
        if server.stdout is not None:
            server.stdout.close()


def _check(url: str, folder: str) -> Score:
    with tempfile.TemporaryDirectory() as scratch:
        found = Path(scratch) / "steps.json"
        command = [
            sys.executable,
            str(HERE / "conform.py"),
            "check",
            "--server",
            url,
            "--token",
            TOKEN,
            "--json",
            str(found),
        ]
        run = subprocess.run([*command, str(HERE / folder)], capture_output=True, text=True, check=False)
        if not found.exists():
            raise RuntimeError(f"the replay of {folder} broke off:\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}")
        steps = json.loads(found.read_text())
    return Score(folder, sum(not diff for diff in steps.values()), len(steps), run.stdout.splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write score.toml")
    parser.add_argument("--verbose", action="store_true", help="print what differs")
    parser.add_argument("folders", nargs="*", default=FOLDERS)
    args = parser.parse_args()
    text = "# How many steps of each folder match; raised by tests/corpus/score.py --update, never lowered.\n"
    with ThreadPoolExecutor(len(FOLDERS)) as pool:  # most of a replay is waiting that the cases ask for
        results = list(pool.map(replay, args.folders))
    for folder, result in zip(args.folders, results, strict=True):
        if args.verbose:
            print("\n".join(result.lines))
        print(
            f"{folder}: {result.matching}/{result.total} ({100 * result.matching / max(1, result.total):.1f} %)",
            flush=True,
        )
        text += f"\n[folders.{folder}]\nmatching = {result.matching}\nsteps = {result.total}\n"
    if args.update:
        (HERE / "score.toml").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
