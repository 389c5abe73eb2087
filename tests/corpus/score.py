"""Measures how many recorded steps `kubefake serve` answers as the real apiserver did, and keeps the result.

    python tests/corpus/score.py [--update] [--verbose] [FOLDER ...]

Prints a line for each folder; with --update writes tests/corpus/score.toml, and areas.toml for the page about fidelity. The
cases of a folder are dealt out to several servers that work side by side: most of a replay is waiting that the cases ask for.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDERS = {"machinery": 3, "builtin": 2, "crd": 6, "admission": 12, "controllers": 31}
"""The folders, and how many servers share the cases of each: many where cases wait for what does not come."""
OPTIONS = {"controllers": ("--actors", "deployment,gc,namespace,replicaset")}
"""What else a server is started with: this folder was recorded with controllers, but without nodes."""
TOKEN = "admin-token"
AREAS = HERE / "areas.toml"


@dataclass(frozen=True)
class Score:
    """What a replay found: steps that match, all steps, the cases with steps that do not, what the tool printed, and the
    steps that match and all steps of each area: what cases share that begin with the same word."""

    folder: str
    matching: int
    total: int
    differing: tuple[Path, ...]
    lines: tuple[str, ...]
    areas: dict[str, tuple[int, int]]


def cases_of(folder: str) -> list[Path]:
    """The cases of a folder."""
    return sorted((HERE / folder).glob("*.yaml"))


def replay(folder: str, cases: Sequence[Path] | None = None, servers: int | None = None) -> Score:
    """Replays cases of a folder, by default all, on so many servers."""
    chosen = cases_of(folder) if cases is None else cases
    count = max(1, min(len(chosen), FOLDERS[folder] if servers is None else servers))
    with ThreadPoolExecutor(count) as pool:
        return _sum(folder, pool.map(lambda hand: _replay_hand(folder, hand), [chosen[i::count] for i in range(count)]))


def _sum(folder: str, parts: Iterable[Score]) -> Score:
    done = list(parts)
    return Score(
        folder,
        sum(part.matching for part in done),
        sum(part.total for part in done),
        tuple(sorted(case for part in done for case in part.differing)),
        tuple(line for part in done for line in part.lines),
        _add_up(part.areas for part in done),
    )


def _add_up(parts: Iterable[dict[str, tuple[int, int]]]) -> dict[str, tuple[int, int]]:
    areas: dict[str, tuple[int, int]] = {}
    for part in parts:
        for area, (good, steps) in part.items():
            before = areas.get(area, (0, 0))
            areas[area] = (before[0] + good, before[1] + steps)
    return dict(sorted(areas.items()))


def _replay_hand(folder: str, cases: Sequence[Path]) -> Score:
    """Starts a server of its own, replays the cases one after another against it, and stops it again."""
    server = subprocess.Popen(
        [sys.executable, "-m", "kubefake", "serve", "--port", "0", "--token", TOKEN, *OPTIONS.get(folder, ())],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        ready = server.stdout.readline()
        match = re.search(r"https?://\S+", ready)
        if match is None:
            raise RuntimeError(f"kubefake serve did not say where it listens: {ready!r}")
        return _check(match[0], folder, cases)
    finally:
        server.terminate()
        _wait_for_end(server)
        if server.stdout is not None:
            server.stdout.close()


def _wait_for_end(server: subprocess.Popen[str]) -> None:
    """Waits until a server has ended; one that does not is ended, and said so: its answers count all the same."""
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        print(f"server {server.pid} did not end within 30 seconds and was killed", file=sys.stderr)
        server.kill()
        server.wait()


def _check(url: str, folder: str, cases: Sequence[Path]) -> Score:
    with tempfile.TemporaryDirectory() as scratch:
        found = Path(scratch) / "steps.json"
        command = [sys.executable, str(HERE / "conform.py"), "check", "--server", url, "--token", TOKEN]
        run = subprocess.run(
            [*command, "--json", str(found), *map(str, cases)], capture_output=True, text=True, check=False
        )
        if not found.exists():
            raise RuntimeError(f"the replay of {folder} broke off:\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}")
        steps: dict[str, list[str]] = json.loads(found.read_text())
    bad = dict.fromkeys(step.rpartition("#")[0] for step, differences in steps.items() if differences)
    return Score(
        folder,
        sum(not differences for differences in steps.values()),
        len(steps),
        tuple(case for case in cases if case.stem in bad),
        tuple(run.stdout.splitlines()),
        _add_up({step.partition("-")[0].partition("#")[0]: (int(not found), 1)} for step, found in steps.items()),
    )


def again(first: Score) -> Score:
    """Replays the cases that differ once more, in peace: cases that watch the clock may differ on a machine that is busy."""
    second = replay(first.folder, first.differing, 2)
    steps = {case: len(json.loads(case.with_suffix(".json").read_text())) for case in first.differing}
    matching = first.total - sum(steps.values()) + second.matching
    return Score(first.folder, max(first.matching, matching), first.total, second.differing, second.lines, first.areas)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write score.toml")
    parser.add_argument("--verbose", action="store_true", help="print what differs")
    parser.add_argument("folders", nargs="*", default=list(FOLDERS))
    args = parser.parse_args()
    file = HERE / "score.toml"
    kept = tomllib.loads(file.read_text())["folders"] if file.exists() else {}
    areas = tomllib.loads(AREAS.read_text()) if AREAS.exists() else {}
    for folder in args.folders:
        result = replay(folder)
        if args.verbose:
            print("\n".join(result.lines))
        share = 100 * result.matching / max(1, result.total)
        print(f"{folder}: {result.matching}/{result.total} ({share:.1f} %)", flush=True)
        kept[folder] = {"matching": result.matching, "steps": result.total}
        areas[folder] = {area: list(counted) for area, counted in result.areas.items()}
    if args.update:
        text = "# How many steps of each folder match; raised by tests/corpus/score.py --update, never lowered.\n"
        for folder in FOLDERS:
            if folder in kept:
                values = kept[folder]
                text += f"\n[folders.{folder}]\nmatching = {values['matching']}\nsteps = {values['steps']}\n"
        file.write_text(text)
        _write_areas(areas)
    return 0


def _write_areas(areas: dict[str, dict[str, list[int]]]) -> None:
    text = "# Steps that match and all steps, by folder and area; written by tests/corpus/score.py --update.\n"
    for folder in (folder for folder in FOLDERS if areas.get(folder)):
        text += f"\n[{folder}]\n"
        text += "".join(f"{area} = {counted}\n" for area, counted in areas[folder].items())
    AREAS.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
