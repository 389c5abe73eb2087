"""The addresses and ports that services are given.

They are free ones of the cluster's ranges, found from a starting point that the service's own name gives, so that a cluster
that does the same things gives the same addresses. What is only tried takes none, and is given what the server makes up then.
Follows pkg/registry/core/service/{storage/alloc.go,ipallocator,portallocator}.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubeclient.apimachinery.status import FAILURE, Status
from kubeclient.apimachinery.status_error import StatusError
from kubefake.resources.strategy import Context, JSONObject

__all__ = [
    "FAMILY",
    "SERVICE_RANGE",
    "allocate_addresses",
    "allocate_ports",
    "family_of",
    "needs_health_port",
    "reallocate_ports",
]

SERVICE_RANGE = "10.0.0.0/24"
FAMILY = "IPv4"
_FIRST = "10.0.0.0"
_BASE = int(IPv4Address(_FIRST))
_SIZE = 256
_DYNAMIC = 16  # addresses below are left to who asks for one
_PORTS = (30000, 32768)
_DYNAMIC_PORTS = 30086
_KIND = GroupKind("", "Service")
_NO_PORT = "provided port is not in the valid range. The range of valid ports is 30000-32767"
_TAKEN_PORT = "provided port is already allocated"

Object = Mapping[str, Any]


def family_of(address: str) -> str:
    """IPv4 or IPv6; "" for what is no address."""
    try:
        return f"IPv{ip_address(address).version}"
    except ValueError:
        return ""


def needs_health_port(spec: Object) -> bool:
    """Whether nodes tell at a port of their own whether they have endpoints of the service."""
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _start(obj: Object) -> int:
    meta = obj["metadata"]
    return zlib.crc32(f"{meta.get('namespace', '')}/{meta.get('name') or meta.get('generateName', '')}".encode())


def _others(obj: Object, context: Context) -> list[Object]:
    """The specs of all other services."""
    meta = obj["metadata"]
    return [
        other["spec"]
        for other in context.lookup.list("", "services")
        if other["metadata"]["name"] != meta.get("name") or other["metadata"].get("namespace") != meta.get("namespace")
    ]


def _refused(obj: Object, path: str, value: Any, problem: str) -> errors.Invalid:
    return errors.new_invalid(_KIND, obj["metadata"].get("name", ""), [field.invalid(path, value, problem)])


def allocate_addresses(obj: JSONObject, context: Context) -> None:
    """Takes the address that a service names, or finds it one. Raises Invalid for what is taken or out of range."""
    spec = obj["spec"]
    address = spec.get("clusterIP", "")
    if address == "None":
        return
    if not obj["metadata"].get("name") and not context.dry_run:  # whom the address would be noted for
        free = address or _free_address(_used_addresses(obj, context), _start(obj))
        what = f"IP {address}" if address else "IP"
        problem = f'IPAddress.networking.k8s.io "{free}" is invalid: spec.parentRef.name: Required value'
        raise _refused(obj, "spec.clusterIPs", [address], f"failed to allocate {what}: {problem}")
    if address:
        problem = _address_problem(obj, address, context)
        if problem:
            raise _refused(obj, "spec.clusterIPs", spec["clusterIPs"], f"failed to allocate IP {address}: {problem}")
        return
    free = _FIRST if context.dry_run else _free_address(_used_addresses(obj, context), _start(obj))
    if not free:
        raise errors.new_internal_error("failed to allocate a serviceIP: range is full")
    spec["clusterIP"], spec["clusterIPs"] = free, [free]


def _address_problem(obj: Object, address: str, context: Context) -> str:
    number = int(IPv4Address(address)) - _BASE if family_of(address) == FAMILY else -1
    if not 0 < number < _SIZE - 1:
        if context.dry_run:
            return f"the provided IP ({address}) is not in the valid range. The range of valid IPs is {SERVICE_RANGE}"
        return "the provided network does not match the current range"
    if not context.dry_run and address in _used_addresses(obj, context):
        return "provided IP is already allocated"
    return ""


def _used_addresses(obj: Object, context: Context) -> set[str]:
    used = {one["metadata"]["name"] for one in context.lookup.list("networking.k8s.io", "ipaddresses")}
    return used | {address for other in _others(obj, context) for address in other.get("clusterIPs") or ()}


def _free_address(used: set[str], start: int) -> str:
    for low, high in ((_DYNAMIC, _SIZE - 1), (1, _DYNAMIC)):
        span = high - low
        for step in range(span):
            address = str(IPv4Address(_BASE + low + (start + step) % span))
            if address not in used:
                return address
    return ""


class _Ports:
    """The ports of nodes that one write of a service takes (PortAllocationOperation)."""

    def __init__(self, obj: Object, before: Object, context: Context) -> None:
        specs = [*_others(obj, context), before]
        self._used = {
            number
            for spec in specs
            for number in (*(port.get("nodePort") for port in spec.get("ports") or ()), spec.get("healthCheckNodePort"))
            if number
        }
        self._mine: list[int] = []
        self._start = _start(obj)
        self._dry = context.dry_run

    def take(self, number: int) -> str:
        """Takes a port; the problem with it, or ""."""
        if not self._dry and not _PORTS[0] <= number < _PORTS[1]:
            return _NO_PORT
        if number in self._used or number in self._mine:
            return _TAKEN_PORT
        self._mine.append(number)
        return ""

    def any(self) -> int:
        """Takes a free port; one that there cannot be where all is only tried."""
        if self._dry:
            number = max(self._mine, default=_PORTS[1]) + 1
            self._mine.append(number)
            return number
        for low, high in ((_DYNAMIC_PORTS, _PORTS[1]), (_PORTS[0], _DYNAMIC_PORTS)):
            span = high - low
            for step in range(span):
                number = low + (self._start + step) % span
                if not self.take(number):
                    return number
        raise errors.new_internal_error("failed to allocate a nodePort: range is full")


def _reachable(spec: Object) -> bool:
    return spec.get("type") in ("NodePort", "LoadBalancer")


def _allocates(spec: Object) -> bool:
    """Whether ports on nodes are found for the service, beyond those that it asks for."""
    kind = spec.get("type")
    return kind == "NodePort" or (kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is not False)


def allocate_ports(obj: JSONObject, context: Context) -> None:
    """Gives a new service its ports on nodes. Raises Invalid, and InternalError for the one for health."""
    spec = obj["spec"]
    if not _reachable(spec):
        return
    ports = _Ports(obj, {}, context)
    given: dict[int, int] = {}
    for index, port in enumerate(spec.get("ports") or ()):
        number, inside = port.get("nodePort", 0), port.get("port", 0)
        if not number and not _allocates(spec):
            continue
        if inside not in given:
            wanted = next((p["nodePort"] for p in spec["ports"] if p.get("nodePort") and p.get("port") == inside), 0)
            if wanted:
                _take(obj, ports, index, wanted)
            given[inside] = port["nodePort"] = wanted or ports.any()
        elif not number:
            port["nodePort"] = given[inside]
        elif number != given[inside]:
            _take(obj, ports, index, number)
    if needs_health_port(spec):
        _health_port(spec, ports)


def reallocate_ports(obj: JSONObject, before: Object, context: Context) -> None:
    """Gives a changed service the ports that it has not had. Raises like `allocate_ports`."""
    spec = obj["spec"]
    if not _reachable(spec):
        return
    ports = _Ports(obj, before, context)
    kept = {port.get("nodePort") for port in before.get("ports") or ()}
    taken: set[int] = set()
    mine: set[tuple[str, int]] = set()
    for index, port in enumerate(spec.get("ports") or ()):
        number = port.get("nodePort", 0)
        if not number:
            if not _allocates(spec):
                continue
            number = port["nodePort"] = ports.any()
        elif number not in kept and number not in taken:
            _take(obj, ports, index, number)
            taken.add(number)
        key = (port.get("protocol", ""), number)
        if key in mine:
            text = f"duplicate nodePort: {{{key[0]} {key[1]}}}"
            raise StatusError(Status(status=FAILURE, message=text, code=500))
        mine.add(key)
    if needs_health_port(spec) and not needs_health_port(before):
        _health_port(spec, ports)


def _take(obj: JSONObject, ports: _Ports, index: int, number: int) -> None:
    problem = ports.take(number)
    if problem:
        raise _refused(obj, f"spec.ports[{index}].nodePort", number, problem)


def _health_port(spec: JSONObject, ports: _Ports) -> None:
    number = spec.get("healthCheckNodePort")
    if not number:
        spec["healthCheckNodePort"] = ports.any()
        return
    problem = ports.take(number)
    if problem:
        raise errors.new_internal_error(f"failed to allocate requested HealthCheck NodePort {number}: {problem}")
