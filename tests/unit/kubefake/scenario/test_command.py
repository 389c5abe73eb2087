"""`kubefake run`: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kubefake.cli import main
from kubefake.scenario.report import events_of, seconds_text

Write = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


def run(*words: str | Path) -> int:
    return main(["run", *map(str, words)])


@pytest.fixture
def violating(jobs: Path, tmp_path: Path) -> Path:
    """The careless scenario without its confession."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    for file in jobs.iterdir():
        if file.is_file():
            (folder / file.name).write_text(file.read_text().replace("  violation: expected\n", ""))
    return folder / "careless.yaml"


def test_a_single_seed_is_told_as_a_timeline_with_its_checks(jobs: Path, capsys: Capture) -> None:
    assert run(jobs / "careful.yaml", "--seed", "2") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "careful: one result for every wish"
    assert lines[1].split() == ["0.000000", "worker", "start", "life", "1"]
    created = re.compile(r" +[0-9.]+  worker +create +configmaps/default/away-result +201 @\d+")
    assert any(created.fullmatch(line) for line in lines)
    assert [line for line in lines if "✓" in line][:-1] == [
        "  ✓ always: one result each",
        "  ✓ never: count of configmaps (for=home) is at least 2",
        "  ✓ eventually: count of configmaps (for) is at least 2",
        "  ✓ final: configmaps/home has {data: {wish: yes}}",
    ]
    assert lines[-1].startswith("✓ careful: seed 2: held; ")
    assert "\033" not in "".join(lines)


def test_a_sweep_is_told_seed_by_seed_with_the_faults_that_the_first_failure_takes(
    violating: Path, capsys: Capture, traces: Path
) -> None:
    assert run(violating) == 1

    out = capsys.readouterr().out
    failing = [line for line in out.splitlines() if line.startswith("  ✗ seed ")]
    assert len(failing) > 1
    assert "faults that it takes:\n    #" in out
    seed = failing[0].split()[2].rstrip(":")
    assert f"  trace:  {traces / f'careless-seed-{seed}.trace'}\n" in out
    assert f"  replay: kubefake run {violating} --seed {seed} --only-faults " in out
    assert out.splitlines()[-1].startswith("✗ careless: 20 seeds: ")


def test_the_replay_command_repeats_the_run_that_was_told(violating: Path, capsys: Capture, traces: Path) -> None:
    run(violating)
    command = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("  replay: "))
    (path,) = traces.iterdir()
    first = path.read_bytes()
    path.unlink()

    assert main(shlex.split(command.removeprefix("  replay: kubefake "))) == 1

    assert path.read_bytes() == first


def test_a_violation_that_is_expected_is_a_success(jobs: Path, capsys: Capture) -> None:
    assert run(jobs / "careless.yaml", "--quiet") == 0
    assert ", as expected; " in capsys.readouterr().out

    assert run(jobs / "careless.yaml", "--quiet", "--only-faults", "", "--seeds", "3") == 1
    assert ", but a violation is expected; " in capsys.readouterr().out


def test_quiet_says_one_line_when_all_holds(jobs: Path, capsys: Capture) -> None:
    assert run(jobs / "careful.yaml", jobs / "blocking.yaml", "--seeds", "3:6", "--quiet") == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        "✓ careful: 3 seeds: 3 held, 0 violated",
        "✓ blocking: 3 seeds: 3 held, 0 violated",
    ]


def test_a_file_that_cannot_be_used_is_told_before_anything_runs(jobs: Path, write: Write, capsys: Capture) -> None:
    path = write("seed: 1\ntimeline: 3\n")

    assert run(jobs / "careful.yaml", path) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[0].startswith(f"{path}:3: seed: unknown field")
    assert captured.err.splitlines()[1] == f"{path}:4: timeline: want a list of steps, got 3"


@pytest.mark.parametrize(
    "words", [["--seeds", "x"], ["--seeds", "5:5"], ["--only-faults", "a"], ["--seed", "1", "--seeds", "2"]]
)
def test_options_that_make_no_sense_are_refused(jobs: Path, words: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        run(jobs / "careful.yaml", *words)
    assert caught.value.code == 2
    assert "argument --" in capsys.readouterr().err


def test_the_report_as_json_has_what_the_text_tells(violating: Path, tmp_path: Path, capsys: Capture) -> None:
    run(violating, "--seeds", "8", "--json", tmp_path / "report.json", "--trace", tmp_path / "trace")

    report = json.loads((tmp_path / "report.json").read_text())
    (scenario,) = report["scenarios"]
    assert report["ok"] is scenario["ok"] is False
    assert [seed["seed"] for seed in scenario["seeds"]] == list(range(8))
    failure = scenario["failure"]
    assert failure["trace"] == str(tmp_path / "trace")
    assert failure["replay"] in capsys.readouterr().out
    assert failure["violations"][0]["by"] == "worker"
    assert len(failure["decisions"]) == 1


def test_the_page_is_whole_and_has_every_event(jobs: Path, tmp_path: Path) -> None:
    run(jobs / "careful.yaml", "--seed", "1", "--quiet", "--html", tmp_path / "p.html", "--trace", tmp_path / "t")

    class Rows(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.count = 0
            self.outside: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.count += tag == "tr"
            self.outside += [value or "" for name, value in attrs if name in ("src", "href")]

    rows = Rows()
    rows.feed((tmp_path / "p.html").read_text())
    assert rows.count == len(list(events_of((tmp_path / "t").read_bytes()))) + 1
    assert rows.outside == []


def test_other_processes_give_the_same_results_in_the_same_order(violating: Path, tmp_path: Path) -> None:
    reports = []
    for jobs in ("1", "2"):
        file = tmp_path / f"{jobs}.json"
        run(violating, "--seeds", "6", "--jobs", jobs, "--json", file, "--quiet", "--no-shrink")
        reports.append(json.loads(file.read_text())["scenarios"][0])

    for report in reports:
        del report["realSeconds"]
    assert reports[0] == reports[1]


def test_a_run_in_another_folder_and_with_other_hashes_writes_the_same_trace(jobs: Path, tmp_path: Path) -> None:
    traces = []
    for number, folder in (("1", jobs), ("2", tmp_path)):
        file = tmp_path / f"{number}.trace"
        command = [
            sys.executable,
            "-m",
            "kubefake",
            "run",
            str(jobs / "blocking.yaml"),
            "--seed",
            "5",
            "--trace",
            str(file),
        ]
        environment = os.environ | {"PYTHONHASHSEED": number, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([*command, "--quiet"], check=True, cwd=folder, env=environment, capture_output=True)
        traces.append(file.read_bytes())

    assert traces[0] == traces[1]
    assert traces[0].count(b"\n") > 20


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0372, "37ms"), (4.5, "4.5s"), (61, "1m1s"), (3723.4, "1h2m3s"), (59.99, "60s")]
)
def test_lengths_of_time_are_for_people(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text
