"""`kubefake serve` with more beside it: `--actors deployment,replicaset,nodes` and `--pods FILE`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
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
    parser.add_argument(
        "--pods",
        metavar="FILE",
        help="what containers do: Python that defines script(pods), or YAML with their logs",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM. Prints one line, the URL, when clients may come."""
    names: list[str] = []
    if arguments.actors:
        from kubefake.actors import ACTORS

        names = list(ACTORS) if arguments.actors == "all" else arguments.actors.split(",")
        unknown = [name for name in names if name not in ACTORS]
        if unknown:
            sys.stderr.write(f"kubefake serve: there is no actor {unknown[0]!r}; there are {', '.join(ACTORS)}\n")
            return 2
    if not arguments.pods:
        return command.run(arguments, _starter(names) if names else None)
    arguments.threads = True
    from .pod_files import PodFileError

    try:
        return command.run(arguments, _starter(names, Path(arguments.pods)))
    except PodFileError as error:
        sys.stderr.write(f"kubefake serve: --pods: {error}\n")
        return 2


def _starter(names: Sequence[str], pods: Path | None = None) -> Callable[[Door], None]:
    """What starts the actors on the loop of the server, where they end with it, and gives pods their scripts."""

    def start(door: Door) -> None:
        if pods is not None:
            _script(door, pods)
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


def _script(door: Door, path: Path) -> None:
    from kubefake.server import ApiServer

    from .pod_files import load_pod_file
    from .pods import Pods

    assert isinstance(door.server, ApiServer)
    assert door.lock is not None
    load_pod_file(path, Pods(door.server.scripts, door.lock))
