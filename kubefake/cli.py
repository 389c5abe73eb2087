"""The `kubefake` command: a table of subcommands, each imported only when it is called.

A subcommand is a module with `configure(parser)` and `run(arguments) -> int`. What it needs at start-up it imports inside
`run`, so that `kubefake --help` stays instant and `kubefake serve` is ready at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple, Protocol, cast

__all__ = ["COMMANDS", "Command", "main"]


class Command(NamedTuple):
    """A subcommand: the module that has it, and what it is for in one line."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "run": Command("kubefake.scenario.command", "run scenarios: worlds in simulated time, with faults and checks"),
    "serve": Command("kubefake.scenario.serve_command", "serve a cluster in memory over HTTP"),
}


class CommandModule(Protocol):
    """What a subcommand's module has."""

    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def _load(command: Command) -> CommandModule:
    return cast("CommandModule", import_module(command.module))


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser of the whole command line; only the chosen subcommand's module is imported for its options."""
    parser = argparse.ArgumentParser(prog="kubefake", description="A Kubernetes apiserver in memory.")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=command.help, description=command.help)
        if name == chosen:
            _load(command).configure(subparser)
    return parser


def _version() -> str:
    from importlib.metadata import version

    return version("kubefake")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if not word.startswith("-")), None)
    parser = _parser(chosen)
    arguments = parser.parse_args(words)
    if arguments.version:
        sys.stdout.write(f"kubefake {_version()}\n")
        return 0
    if arguments.command is None:
        parser.print_help()
        return 2
    return _load(COMMANDS[arguments.command]).run(arguments)
