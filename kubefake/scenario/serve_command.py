"""`kubefake serve` with builtin controllers beside it: `--actors deployment,replicaset,nodes`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kubefake.serve import command

if TYPE_CHECKING:
    from kubefake.faults.door import Door

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `kubefake serve`."""
    command.configure(parser)
    parser.add_argument(
        "--actors",
        metavar="NAME,…",
        default="",
        help='builtin controllers to run beside the server, or "all" (default: none, as an apiserver by itself)',
    )


def run(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM. Prints one line, the URL, when clients may come."""
    if not arguments.actors:
        return command.run(arguments)
    from kubefake.actors import ACTORS

    names = list(ACTORS) if arguments.actors == "all" else arguments.actors.split(",")
    unknown = [name for name in names if name not in ACTORS]
    if unknown:
        sys.stderr.write(f"kubefake serve: there is no actor {unknown[0]!r}; there are {', '.join(ACTORS)}\n")
        return 2
    return command.run(arguments, _starter(names))


def _starter(names: Sequence[str]) -> Callable[[Door], None]:
    """What starts the actors on the loop of the server; they end with it."""

    def start(door: Door) -> None:
        from kubeclient import AsyncClientset
        from kubeclient.runtime.current import current_async_runtime
        from kubefake.actors import ACTORS
        from kubefake.pipeline.caller import ADMIN, Caller
        from kubefake.transport.aio import AsyncInProcessTransport

        runtime = current_async_runtime()
        stop = runtime.event()
        for name in names:
            client = AsyncClientset(AsyncInProcessTransport(door, runtime, Caller(name, ADMIN.user)), runtime=runtime)
            runtime.spawn(ACTORS[name], client, stop, name=name)

    return start
