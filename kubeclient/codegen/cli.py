"""The command line of `python -m kubeclient.codegen`."""

from __future__ import annotations

import argparse
import keyword
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from . import folder, inputs
from .package import files
from .source import CodegenError, Resource

__all__ = ["main"]

_DESCRIPTION = """\
Makes a Python package with typed models, clients for asyncio and for threads, informers, listers and apply configurations,
from CustomResourceDefinitions, from OpenAPI documents (v2 or v3), or from what a running server publishes.

The package needs kubeclient and nothing else. The same input makes the same bytes."""

_EXAMPLES = """\
examples:
  python -m kubeclient.codegen crds/ --output src --package acme.widgets
  python -m kubeclient.codegen crds/ --output src --package acme.widgets --check
  python -m kubeclient.codegen --kubeconfig ~/.kube/config --group example.com --output . --package widgets
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 1 where `--check` found stale files, 2 where the input or the command is no good."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except CodegenError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kubeclient.codegen",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="*", metavar="INPUT", help="files, folders, or - for standard input")
    parser.add_argument("--output", required=True, metavar="DIR", help="the folder that packages lie in, as src")
    parser.add_argument("--package", required=True, metavar="NAME", help="the package to write, dots for one in others")
    parser.add_argument(
        "--group",
        action="append",
        default=[],
        metavar="GROUP[/VERSION]",
        help="only these; may be given more than once",
    )
    parser.add_argument(
        "--module",
        action="append",
        default=[],
        metavar="GROUP=NAME",
        help="what modules and attributes of a group begin with (default: the group's first label)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the stale files and exit 1 if there are any"
    )
    server = parser.add_argument_group("a running server, instead of inputs")
    server.add_argument("--server", metavar="URL", help="ask this server")
    server.add_argument("--token", default="", help="with --server: the bearer token")
    server.add_argument("--insecure", action="store_true", help="with --server: do not check its certificate")
    server.add_argument(
        "--kubeconfig", nargs="?", const="", metavar="FILE", help="ask the cluster that a kubeconfig names"
    )
    server.add_argument("--context", help="with --kubeconfig: another than its current context")
    return parser


def _run(options: argparse.Namespace) -> int:
    package: str = options.package
    for part in package.split("."):
        if not part.isidentifier() or keyword.iskeyword(part):
            raise CodegenError(f"--package {package}: is not the name of a package")
    wanted = files(inputs.selected(_resources(options), options.group), names=_names(options.module))
    place = Path(options.output, *package.split("."))
    if options.check:
        stale = list(folder.stale(place, wanted))
        for path in stale:
            sys.stdout.write(f"{place / path}\n")
        return 1 if stale else 0
    changed = folder.write(place, wanted)
    sys.stdout.write(f"{place}: {len(wanted)} files, {len(changed)} changed\n")
    return 0


def _resources(options: argparse.Namespace) -> list[Resource]:
    live = options.server is not None or options.kubeconfig is not None
    if live == bool(options.inputs):
        raise CodegenError("name inputs, or a server with --server or --kubeconfig: one of the two")
    if not live:
        return inputs.read(options.inputs, sys.stdin.read() if "-" in options.inputs else "")
    from .running_server import config_of, read_server  # most runs ask nobody

    config = config_of(
        options.server, options.kubeconfig, options.context, token=options.token, insecure=options.insecure
    )
    return read_server(config, options.group)


def _names(given: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for one in given:
        group, equals, name = one.partition("=")
        if not equals or not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
            raise CodegenError(f"--module {one}: say GROUP=NAME, with a name in snake_case")
        names[group] = name
    return names
