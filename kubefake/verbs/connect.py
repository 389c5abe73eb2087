"""What needs a node behind the server: logs, exec, attach, port forwarding, proxies.

There are no nodes here, but containers may have scripts, which answer in place of a node. Whatever the real server finds out
before it calls one is answered as the real server answers it; the call itself is a loud 501 where there is no script. Follows
pkg/registry/core/pod/strategy.go (LogLocation, streamLocation) and the proxies' storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupKind
from kubeclient.apimachinery.times import Time
from kubeclient.transport.protocol import Request, Response
from kubefake.containers.opening import ProxyOpening
from kubefake.verbs.call import Call, Core
from kubefake.verbs.containers import ask, check_upgrade, ports_of
from kubefake.verbs.failures import internal
from kubefake.verbs.proxying import port_of_pod, proxied
from kubefake.watch.stream import WatchStream
from kubefake.wire.status import not_implemented

__all__ = ["CONNECTS", "connect"]

CONNECTS = frozenset({"attach", "exec", "log", "portforward", "proxy"})
"""The subresources that this module answers."""

_HOST_STREAMS = ("attach", "exec", "portforward")
_INT64 = 1 << 63
_INTEGERS = ("tailLines", "limitBytes", "sinceSeconds")
_READ_ORDER = ("sinceSeconds", "sinceTime", "tailLines", "limitBytes")


def connect(core: Core, call: Call, request: Request) -> Response | WatchStream:
    """Raises NotFound, BadRequest, Invalid as the real server does, and NotImplemented (501) when only a node could answer.

    The log of a pod that is on no node is empty, without a body. A container with a script needs no node.
    """
    if call.subresource != "log" and any(key == "dryRun" for key, _ in request.query):
        raise errors.new_bad_request("dryRun is not supported")
    if call.subresource == "proxy":
        return _proxy(core, call, request)
    query, headers = request.query, request.headers
    options: dict[str, str] = {}
    for key, value in query:
        options.setdefault(key, value)
    if call.subresource == "log":
        _check_log(call, options)
    elif call.subresource == "portforward":
        ports_of(query)
    if call.subresource in _HOST_STREAMS and core.check_connect is not None:
        core.check_connect(call)
    pod = _get(core, call, call.name)
    if call.subresource != "portforward":
        container = _check_container(call, pod["spec"], options.get("container", ""))
    else:
        container = ""
    scripted = ask(core, call, pod, container, query, headers)
    if scripted is not None:
        return scripted
    node = pod["spec"].get("nodeName", "")
    if not node:
        if call.subresource in _HOST_STREAMS:
            raise errors.new_bad_request(f"pod {call.name} does not have a host assigned")
        return Response(204, [], b"")
    host = core.store.get("nodes", node)
    if host is None:
        raise errors.new_not_found(call.resource.group_resource, node)
    _check_address(host.obj)
    if call.subresource in _HOST_STREAMS:
        check_upgrade(headers)
    raise not_implemented(f"{call.resource.plural}/{call.subresource}: there is no kubelet on node {node}")


def _get(core: Core, call: Call, name: str) -> Mapping[str, Any]:
    version = core.store.get(call.resource.table, call.resource.key(call.namespace, name))
    if version is None:
        raise errors.new_not_found(call.resource.group_resource, name)
    return version.obj


def _check_log(call: Call, options: Mapping[str, str]) -> None:
    """What is wrong with the options of a log (ValidatePodLogOptions)."""
    numbers: dict[str, int] = {}
    for key in _READ_ORDER:
        text = options.get(key)
        if not text:
            continue
        if key == "sinceTime":
            try:
                Time.parse(text)
            except ValueError as error:
                raise errors.new_bad_request(str(error)) from error
            continue
        digits = text[1:] if text[0] in "+-" else text
        if not digits.isascii() or not digits.isdigit():
            raise errors.new_bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        numbers[key] = int(text)
        if not -_INT64 <= numbers[key] < _INT64:
            raise errors.new_bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
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


def _check_container(call: Call, spec: Mapping[str, Any], name: str) -> str:
    """The container that is meant."""
    lists = [[c["name"] for c in spec.get(k) or ()] for k in ("containers", "initContainers", "ephemeralContainers")]
    if name:
        if not any(name in names for names in lists):
            raise errors.new_bad_request(f"container {name} is not valid for pod {call.name}")
        return name
    if len(lists[0]) == 1:
        return str(lists[0][0])
    names = " ".join((*lists[1], *lists[0], *lists[2]))
    raise errors.new_bad_request(f"a container name must be specified for pod {call.name}, choose one of: [{names}]")


_ADDRESSES = ("Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP")


def _check_address(node: Mapping[str, Any]) -> None:
    """Raises a plain error for a node that told no address to call it at (NodePreferredAddress)."""
    known = (node.get("status") or {}).get("addresses") or ()
    if not any(one.get("type") == kind for kind in _ADDRESSES for one in known):
        told = " ".join(f"{{{one.get('type', '')} {one.get('address', '')}}}" for one in known)
        raise internal(f"no preferred addresses found; known addresses: [{told}]")


def _endpoint(
    core: Core, call: Call, service: Mapping[str, Any], parts: list[str], request: Request
) -> ProxyOpening | None:
    """What the first scripted pod behind a service is asked; None where there is none.

    Raises NotFound or ServiceUnavailable for a service that has nothing to call behind that port.
    """
    name, port = (parts[1], parts[2]) if len(parts) == 3 else (parts[0], parts[1] if len(parts) > 1 else "")
    if port.isascii() and port.isdigit():
        ports = (service.get("spec") or {}).get("ports") or ()
        known = next((one for one in ports if one.get("port") == int(port)), None)
        if known is None:
            raise errors.new_service_unavailable(f"no service port {int(port)} found for service {quote(name)}")
        port = known.get("name", "")
    version = core.store.get("endpoints", f"{call.namespace}/{name}")
    if version is None:
        raise errors.new_not_found(call.resource.group_resource, name)
    subsets = version.obj.get("subsets") or ()
    if not subsets:
        raise errors.new_service_unavailable(f"no endpoints available for service {quote(name)}")
    behind = [
        (address["targetRef"]["name"], int(one.get("port", 0)))
        for subset in subsets
        for one in subset.get("ports") or ()
        if one.get("name", "") == port
        for address in subset.get("addresses") or ()
        if _is_of_pod(core, call, address)
    ]
    if not behind:
        raise errors.new_service_unavailable(f"no endpoints available for service {quote(call.name)}")
    openings = (proxied(core, call.namespace, pod, number, request) for pod, number in behind)
    return next((opening for opening in openings if opening is not None), None)


def _is_of_pod(core: Core, call: Call, address: Mapping[str, Any]) -> bool:
    """Whether an address is that of the pod it says it is (isValidAddress); no other one is called."""
    target = address.get("targetRef") or {}
    version = core.store.get("pods", f"{call.namespace}/{target.get('name', '')}")
    if version is None or target.get("namespace") != call.namespace:
        return False
    ips = (version.obj.get("status") or {}).get("podIPs") or ()
    return any(one.get("ip") == address.get("ip") for one in ips)


def _proxy(core: Core, call: Call, request: Request) -> Response:
    """What a port's handler is asked; a refusal where there is none to call."""
    name = call.name
    parts = name.split(":")
    if len(parts) > 3 or (len(parts) == 3 and parts[0] not in ("", "http", "https")):
        raise errors.new_bad_request(f'invalid {call.resource.singular} request "{name}"')
    plain = parts[1] if len(parts) == 3 else parts[0]
    port = parts[2] if len(parts) == 3 else parts[1] if len(parts) > 1 else ""
    found = _get(core, call, plain)
    if call.resource.plural == "pods":
        opening = proxied(core, call.namespace, plain, port_of_pod(found, port), request)
        if opening is not None:
            return opening
        if not (found.get("status") or {}).get("podIPs"):
            raise errors.new_bad_request("address not allowed")
    elif call.resource.plural == "services":
        opening = _endpoint(core, call, found, parts, request)
        if opening is not None:
            return opening
    else:
        _check_address(found)
    raise not_implemented(f"{call.resource.plural}/proxy: nothing runs behind {plain}")
