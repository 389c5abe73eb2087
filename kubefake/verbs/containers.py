"""Answers in place of a node: what the script of a container says to requests for logs, commands and ports.

Logs are answered here. Whatever goes both ways is only opened: the answer says what with, and a front door carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.times import Time
from kubeclient.transport.protocol import HeaderList, QueryList, Response, header
from kubefake.containers.log import LogOptions, LogStream
from kubefake.containers.opening import CommandOpening, PortsOpening
from kubefake.containers.scripts import Script, Scripts
from kubefake.verbs.call import PODS_OVER, Call, Core
from kubefake.watch.stream import WatchStream
from kubefake.wire.status import not_implemented

__all__ = ["ask", "check_upgrade", "ports_of"]

_TEXT = (("cache-control", "no-cache, private"), ("content-type", "text/plain"))
_NS = 1_000_000_000
_PORT_MAX = 65535


def ask(
    core: Core, call: Call, pod: Mapping[str, Any], container: str, query: QueryList, headers: HeaderList
) -> Response | WatchStream | None:
    """What a script answers; None where there is none. Raises StatusErrors, NotImplemented for what a script lacks."""
    scripts = core.scripts
    if scripts is None:
        return None
    if call.subresource == "portforward":
        return _ports(scripts, call, pod, query, headers)
    script = scripts.find(call.namespace, call.name, container)
    if script is None:
        return None
    if call.subresource == "log":
        return _log(core, scripts, script, pod, container, query)
    return _command(scripts, script, call, pod, container, query, headers)


def check_upgrade(headers: HeaderList) -> None:
    """Raises BadRequest for a request that does not ask for another protocol."""
    connection = (header(headers, "connection") or "").lower()
    if "upgrade" not in connection or not header(headers, "upgrade"):
        raise errors.new_bad_request("Upgrade request required")


def _flag(options: Mapping[str, str], name: str) -> bool:
    """A parameter as conversion reads it: what is there is true, but for "0" and "false"."""
    text = options.get(name)
    return text is not None and text != "0" and text.lower() != "false"


def _options(query: QueryList) -> dict[str, str]:
    options: dict[str, str] = {}
    for key, value in query:
        options.setdefault(key, value)
    return options


def _log(
    core: Core, scripts: Scripts, script: Script, pod: Mapping[str, Any], container: str, query: QueryList
) -> Response | WatchStream:
    options = _options(query)
    since = None
    if options.get("sinceSeconds"):
        since = core.clock.time_ns() - int(options["sinceSeconds"]) * _NS
    elif options.get("sinceTime"):
        since = Time.parse(options["sinceTime"]).ns
    log = scripts.log_of(script)
    if _flag(options, "previous"):
        if script.previous is None:
            name = pod["metadata"]["name"]
            raise errors.new_bad_request(
                f"previous terminated container {quote(container)} in pod {quote(name)} not found"
            )
        log = script.previous
    over = log is script.previous or (pod.get("status") or {}).get("phase") in PODS_OVER
    follow = _flag(options, "follow") and not over
    tail, limit = (int(options[name]) if options.get(name) else None for name in ("tailLines", "limitBytes"))
    wanted = LogOptions(follow, since, _flag(options, "timestamps"), tail, limit)
    if follow:
        return LogStream(log, wanted, _TEXT)
    return Response(200, _TEXT, log.read(wanted))


def _command(
    scripts: Scripts,
    script: Script,
    call: Call,
    pod: Mapping[str, Any],
    container: str,
    query: QueryList,
    headers: HeaderList,
) -> Response:
    check_upgrade(headers)
    attaches = call.subresource == "attach"
    handler = script.attach if attaches else script.exec
    if handler is None:
        raise not_implemented(
            f"pods/{call.subresource}: the script of container {container} of pod {call.namespace}/{call.name} has no "
            f"handler for it: say script(…, {call.subresource}=function)"
        )
    options = _options(query)
    stdin, stdout, stderr, tty = (_flag(options, name) for name in ("stdin", "stdout", "stderr", "tty"))
    if not (stdin or stdout or stderr):
        raise errors.new_bad_request("you must specify at least 1 of stdin, stdout, stderr")
    stderr = stderr and not tty  # as the kubelet does: a terminal has one output
    return CommandOpening(
        101,
        namespace=call.namespace,
        pod=call.name,
        uid=pod["metadata"].get("uid", ""),
        stage=scripts.stage,
        container=container,
        command=() if attaches else tuple(value for key, value in query if key == "command"),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        tty=tty,
        handler=handler,
    )


def _ports(
    scripts: Scripts, call: Call, pod: Mapping[str, Any], query: QueryList, headers: HeaderList
) -> Response | None:
    handlers = scripts.ports(call.namespace, call.name)
    if handlers is None:
        return None
    ports = ports_of(query)
    check_upgrade(headers)
    return PortsOpening(
        101,
        namespace=call.namespace,
        pod=call.name,
        uid=pod["metadata"].get("uid", ""),
        stage=scripts.stage,
        ports=ports,
        handlers=handlers,
    )


def ports_of(query: QueryList) -> tuple[int, ...]:
    """The ports that a request names. Raises BadRequest."""
    found = []
    for text in (text for key, value in query if key == "ports" for text in value.split(",")):
        if not text.isascii() or not text.isdigit():
            raise errors.new_bad_request(
                f"cannot convert to []int32: strconv.ParseUint: parsing {quote(text)}: invalid syntax"
            )
        if int(text) > _PORT_MAX:
            raise errors.new_bad_request(
                f"cannot convert to []int32: strconv.ParseUint: parsing {quote(text)}: value out of range"
            )
        found.append(int(text))
    return tuple(found)
