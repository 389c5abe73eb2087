"""What needs a node behind the server: logs, exec, attach, port forwarding, proxies.

There are no nodes here. Whatever the real server finds out before it calls one is answered as the real server answers it; the
call itself is a loud 501. Follows pkg/registry/core/pod/strategy.go (LogLocation, streamLocation) and the proxies' storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubeclient.transport.protocol import QueryList, Response
from kubefake.verbs.call import Call, Core
from kubefake.wire.status import not_implemented

__all__ = ["CONNECTS", "connect"]

CONNECTS = frozenset({"attach", "exec", "log", "portforward", "proxy"})
"""The subresources that this module answers."""

_HOST_STREAMS = ("attach", "exec", "portforward")
_INTEGERS = ("tailLines", "limitBytes", "sinceSeconds")


def connect(core: Core, call: Call, query: QueryList) -> Response:
    """Raises NotFound, BadRequest, Invalid as the real server does, and NotImplemented (501) when only a node could answer.

    The log of a pod that is on no node is empty, without a body.
    """
    if call.subresource == "proxy":
        _proxy(core, call)
    options: dict[str, str] = {}
    for key, value in query:
        options.setdefault(key, value)
    if call.subresource == "log":
        _check_log(call, options)
    pod = _get(core, call, call.name)
    if call.subresource != "portforward":
        _check_container(call, pod["spec"], options.get("container", ""))
    node = pod["spec"].get("nodeName", "")
    if not node:
        if call.subresource in _HOST_STREAMS:
            raise errors.new_bad_request(f"pod {call.name} does not have a host assigned")
        return Response(204, [], b"")
    if core.store.get("nodes", node) is None:
        raise errors.new_not_found(call.resource.group_resource, node)
    raise not_implemented(f"{call.resource.plural}/{call.subresource}: there is no kubelet on node {node}")


def _get(core: Core, call: Call, name: str) -> Mapping[str, Any]:
    version = core.store.get(call.resource.table, call.resource.key(call.namespace, name))
    if version is None:
        raise errors.new_not_found(call.resource.group_resource, name)
    return version.obj


def _check_log(call: Call, options: Mapping[str, str]) -> None:
    """What is wrong with the options of a log (ValidatePodLogOptions)."""
    numbers: dict[str, int] = {}
    for key in _INTEGERS:
        text = options.get(key)
        if text:
            digits = text[1:] if text[0] in "+-" else text
            if not digits.isascii() or not digits.isdigit():
                raise errors.new_bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
            numbers[key] = int(text)
    found = []
    tail, limit, since = (numbers.get(key) for key in _INTEGERS)
    if tail is not None and tail < 0:
        found.append(field.invalid("tailLines", tail, "must be greater than or equal to 0"))
    if limit is not None and limit < 1:
        found.append(field.invalid("limitBytes", limit, "must be greater than 0"))
    if since is not None and options.get("sinceTime"):
        found.append(field.forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
    elif since is not None and since < 1:
        found.append(field.invalid("sinceSeconds", since, "must be greater than 0"))
    if options.get("stream"):
        found.append(field.forbidden("stream", "may not be specified"))
    if found:
        raise errors.new_invalid(GroupKind("", "PodLogOptions"), call.name, found)


def _check_container(call: Call, spec: Mapping[str, Any], name: str) -> None:
    lists = [[c["name"] for c in spec.get(k) or ()] for k in ("containers", "initContainers", "ephemeralContainers")]
    if name:
        if not any(name in names for names in lists):
            raise errors.new_bad_request(f"container {name} is not valid for pod {call.name}")
        return
    if len(lists[0]) == 1:
        return
    text = f"a container name must be specified for pod {call.name}, choose one of: [{' '.join(lists[0])}]"
    if lists[1]:
        text += f" or one of the init containers: [{' '.join(lists[1])}]"
    if lists[2]:
        text += f" or one of the ephemeral containers: [{' '.join(lists[2])}]"
    raise errors.new_bad_request(text)


def _proxy(core: Core, call: Call) -> None:
    """Refuses a proxy request; there is never anything to call."""
    name = call.name
    parts = name.split(":")
    if len(parts) > 3 or (len(parts) == 3 and parts[0] not in ("", "http", "https")):
        raise errors.new_bad_request(f'invalid {call.resource.singular} request "{name}"')
    plain = parts[1] if len(parts) == 3 else parts[0]
    found = _get(core, call, plain)
    if call.resource.plural == "pods":
        if not (found.get("status") or {}).get("podIPs"):
            raise errors.new_bad_request("address not allowed")
    elif call.resource.plural == "services" and core.store.get("endpoints", f"{call.namespace}/{plain}") is None:
        raise errors.new_not_found(call.resource.group_resource, plain)
    raise not_implemented(f"{call.resource.plural}/proxy: nothing runs behind {plain}")
