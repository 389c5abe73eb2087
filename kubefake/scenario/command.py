"""`kubefake run`: scenario files, from the command line.

Exit status: 0 when all holds, 1 when something is violated, 2 when a file or an option cannot be used.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from .model import Scenario
    from .report import Outcome
    from .run import Result

__all__ = ["configure", "run"]

T = TypeVar("T")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `kubefake run`."""
    from .ranges import parse_ranges

    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a scenario")
    seeds = parser.add_mutually_exclusive_group()
    seeds.add_argument(
        "--seeds", type=_option(_seeds), metavar="N|A:B", help="how many worlds, or the seeds from A below B"
    )
    seeds.add_argument("--seed", type=int, metavar="N", help="this one world, with its timeline")
    parser.add_argument(
        "--only-faults",
        type=_option(parse_ranges),
        metavar="LIST",
        help='carry out these fault decisions alone: "3,17-20"',
    )
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="run the worlds in so many processes (default: 1)"
    )
    parser.add_argument(
        "--trace", type=Path, metavar="FILE", help="write the trace of the run that the report is about"
    )
    parser.add_argument("--full", action="store_true", help="show reads and deliveries in the timeline too")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the timeline of that run as a page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument(
        "--logs", action="store_true", help="let warnings that the programs log through to the terminal"
    )
    parser.add_argument("--quiet", action="store_true", help="print what failed, and a line a scenario")
    parser.add_argument("--no-shrink", action="store_true", help="do not look for the faults that a failure takes")


def run(arguments: argparse.Namespace) -> int:
    """Runs the scenarios and prints their reports."""
    import sys

    from .load import load_scenario
    from .problems import ScenarioFileError
    from .report import Report

    try:
        scenarios = [load_scenario(path) for path in arguments.files]
        outcomes = []
        if not arguments.logs:
            _keep_logs_back()
        with _executor(arguments.jobs, logs=arguments.logs) as executor:
            for scenario in scenarios:
                outcome = _outcome(scenario, arguments, executor)
                outcomes.append(outcome)
                report = Report(outcome, colour=sys.stdout.isatty(), quiet=arguments.quiet, full=arguments.full)
                sys.stdout.writelines(f"{line}\n" for line in report.lines())
        _write_files(arguments, outcomes)
    except ScenarioFileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("kubefake run: interrupted\n")
        return 130
    except OSError as error:
        sys.stderr.write(f"kubefake run: {error}\n")
        return 2
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _outcome(scenario: Scenario, arguments: argparse.Namespace, executor: Executor | None) -> Outcome:
    import time

    from .report import Outcome
    from .run import run_seed, sweep
    from .traces import keep_trace

    began = time.perf_counter()
    seeds = (arguments.seed,) if arguments.seed is not None else arguments.seeds or scenario.seeds
    if len(seeds) == 1 or arguments.only_faults is not None:
        results = tuple(run_seed(scenario, seed, only=arguments.only_faults) for seed in seeds)
    else:
        results = tuple(sweep(scenario, seeds, executor=executor))
    shown = _shown(scenario, results, arguments)
    path: Path | None = arguments.trace
    if not shown.ok and path is None:
        path = keep_trace(scenario.name, shown.seed, shown.trace)
    return Outcome(scenario, results, shown, path, time.perf_counter() - began)


def _shown(scenario: Scenario, results: tuple[Result, ...], arguments: argparse.Namespace) -> Result:
    """The run to tell of: the first that failed, with few faults, or the first; always with its trace."""
    from .run import run_seed, shrink_result

    failed = next((result for result in results if not result.ok), None)
    if failed is not None and arguments.only_faults is None and not arguments.no_shrink:
        return shrink_result(scenario, failed)
    chosen = failed or results[0]
    return chosen if chosen.trace else run_seed(scenario, chosen.seed, only=chosen.only)


def _write_files(arguments: argparse.Namespace, outcomes: list[Outcome]) -> None:
    """The files that were asked for; of several scenarios the first that failed, else the first."""
    import json

    from .report import json_report

    told = next((outcome for outcome in outcomes if not outcome.ok), outcomes[0])
    assert told.shown is not None
    if arguments.trace is not None:
        arguments.trace.write_bytes(told.shown.trace)
    if arguments.html is not None:
        from .page import page

        arguments.html.write_text(page(told), encoding="utf-8")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(json_report(outcomes), indent=2) + "\n", encoding="utf-8")


def _keep_logs_back() -> None:
    """Keeps what programs log off the terminal: with faults about, they have much to complain of."""
    import logging

    logging.getLogger().addHandler(logging.NullHandler())


def _executor(jobs: int, *, logs: bool) -> AbstractContextManager[Executor | None]:
    if jobs <= 1:
        return nullcontext()
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Not forked: a forked process would begin with whatever this one's libraries have running.
    return ProcessPoolExecutor(jobs, get_context("spawn"), initializer=None if logs else _keep_logs_back)


def _option(parse: Callable[[str], T]) -> Callable[[str], T]:
    """A parser of values whose errors argparse shows as they are."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read


def _seeds(text: str) -> tuple[int, ...]:
    first, colon, last = text.partition(":")
    try:
        seeds = tuple(range(int(first), int(last)) if colon else range(int(first)))
    except ValueError:
        seeds = ()
    if not seeds:
        raise ValueError(f"want a number of worlds, or seeds as 100:200, got {text!r}")
    return seeds
