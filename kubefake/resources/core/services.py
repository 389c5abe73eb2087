"""Services: their defaults, their addresses and ports, and what changes of type take along.

Addresses and ports are free ones of the cluster's ranges, found from a starting point that the service's own name gives, so
that a cluster that does the same things gives the same addresses. Follows pkg/registry/core/service/{strategy.go,storage}.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.resources.core.service_validation import check_cluster_ips, externally_accessible
from kubefake.resources.strategy import Context, JSONObject

__all__ = [
    "SERVICE_RANGE",
    "allocate_on_create",
    "allocate_on_update",
    "default_service",
    "needs_cluster_ip",
    "needs_node_port",
]

SERVICE_RANGE = "10.0.0.0/24"
_BASE = int(IPv4Address("10.0.0.0"))
_SIZE = 256
_DYNAMIC = 16  # addresses below are left to who asks for one
_PORTS = (30000, 32768)
_DYNAMIC_PORTS = 30086
_FAMILY = "IPv4"
_KIND = GroupKind("", "Service")

Object = Mapping[str, Any]


def default_service(obj: JSONObject, version: str = "v1") -> None:  # noqa: ARG001
    """Fills a service (SetDefaults_Service)."""
    spec = obj["spec"]
    affinity = spec.setdefault("sessionAffinity", "None")
    if affinity == "None":
        spec.pop("sessionAffinityConfig", None)
    elif affinity == "ClientIP":
        config = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        if config.get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}
    kind = spec.setdefault("type", "ClusterIP")
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    if externally_accessible(spec):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if kind in ("NodePort", "LoadBalancer", "ClusterIP"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
        for ingress in ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ():
            if ingress.get("ip"):
                ingress.setdefault("ipMode", "VIP")


def needs_cluster_ip(spec: Object) -> bool:
    """Whether the service has an address of the cluster."""
    return spec.get("type") != "ExternalName"


def needs_node_port(spec: Object) -> bool:
    """Whether every port of the service has one on the nodes."""
    kind = spec.get("type")
    return kind == "NodePort" or (kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is not False)


def _needs_health_port(spec: Object) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def allocate_on_create(obj: JSONObject, context: Context) -> None:
    """Gives a new service its addresses and ports. Raises Invalid for what is taken or out of range."""
    obj["status"] = {"loadBalancer": {}}
    if context.subresource:  # an update of the status may create too, and allocates nothing
        return
    spec = obj["spec"]
    _drop_inside_policy(spec)
    if spec.get("clusterIP") and not spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    if needs_cluster_ip(spec):
        _families(obj, None)
    _allocate(obj, None, context)


def _drop_inside_policy(spec: JSONObject) -> None:
    """What only points elsewhere has no traffic of its own."""
    if spec.get("type") == "ExternalName":
        spec.pop("internalTrafficPolicy", None)


def allocate_on_update(obj: JSONObject, old: Object, context: Context) -> None:
    """Carries over what a change leaves out, wipes what its type has no use for, and gives what it now needs."""
    spec, before = obj["spec"], old["spec"]
    _patch_allocated(spec, before)
    _drop_inside_policy(spec)
    _drop_type_dependent(obj, old)
    _follow_addresses(spec, before)
    if needs_cluster_ip(spec):
        _families(obj, before)
    _allocate(obj, old, context)
    obj.setdefault("status", {"loadBalancer": {}})


def _patch_allocated(spec: JSONObject, before: Object) -> None:
    """What a client may leave out of an update, because the server gave it (patchAllocatedValues)."""
    if needs_cluster_ip(before) and needs_cluster_ip(spec):
        if not spec.get("clusterIP") and before.get("clusterIP"):
            spec["clusterIP"] = before["clusterIP"]
        if not spec.get("clusterIPs") and spec.get("clusterIP") == before.get("clusterIP") and before.get("clusterIPs"):
            spec["clusterIPs"] = list(before["clusterIPs"])
    if needs_node_port(before) and needs_node_port(spec):
        known = {(p.get("protocol"), p.get("port")): p.get("nodePort") for p in before.get("ports") or ()}
        for port in spec.get("ports") or ():
            number = known.get((port.get("protocol"), port.get("port")))
            if not port.get("nodePort") and number:
                port["nodePort"] = number
    if _needs_health_port(before) and _needs_health_port(spec) and not spec.get("healthCheckNodePort"):
        spec["healthCheckNodePort"] = before.get("healthCheckNodePort", 0)
        if not spec["healthCheckNodePort"]:
            del spec["healthCheckNodePort"]


def _same(spec: Object, before: Object, *keys: str) -> bool:
    return all((spec.get(key) or None) == (before.get(key) or None) for key in keys)


def _drop_type_dependent(obj: JSONObject, old: Object) -> None:
    spec, before = obj["spec"], old["spec"]
    if needs_cluster_ip(before) and not needs_cluster_ip(spec):
        if _same(spec, before, "clusterIP", "clusterIPs"):
            spec.pop("clusterIP", None)
            spec.pop("clusterIPs", None)
        for key in ("ipFamilies", "ipFamilyPolicy"):
            if _same(spec, before, key):
                spec.pop(key, None)
    if needs_node_port(before) and not needs_node_port(spec):
        numbers = {p.get("nodePort", 0) for p in before.get("ports") or ()}
        if all(p.get("nodePort", 0) in numbers | {0} for p in spec.get("ports") or ()):
            for port in spec.get("ports") or ():
                port.pop("nodePort", None)
    if _needs_health_port(before) and not _needs_health_port(spec) and _same(spec, before, "healthCheckNodePort"):
        spec.pop("healthCheckNodePort", None)
    balanced = spec.get("type") == "LoadBalancer"
    if before.get("type") == "LoadBalancer" and not balanced:
        for key in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if spec.get(key) == before.get(key):
                spec.pop(key, None)
    if (
        externally_accessible(before)
        and not externally_accessible(spec)
        and _same(spec, before, "externalTrafficPolicy")
    ):
        spec.pop("externalTrafficPolicy", None)
    if not balanced:
        obj["status"] = {**(obj.get("status") or {}), "loadBalancer": {}}


def _follow_addresses(spec: JSONObject, before: Object) -> None:
    """Keeps clusterIP and clusterIPs in step when only one of them changed (normalizeClusterIPs)."""
    if spec.get("clusterIP") and not spec.get("clusterIPs") and not before.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    if _same(spec, before, "clusterIPs"):
        if not spec.get("clusterIP") and before.get("clusterIP"):
            spec.pop("clusterIPs", None)
        elif spec.get("clusterIP") != before.get("clusterIP"):
            if spec.get("clusterIP"):
                spec["clusterIPs"] = [spec["clusterIP"]]
            else:
                spec.pop("clusterIPs", None)
    elif not spec.get("clusterIPs") and spec.get("clusterIP") == before.get("clusterIP"):
        spec.pop("clusterIP", None)


def _families(obj: JSONObject, before: Object | None) -> None:
    """Says which families of addresses the service has; this cluster has one, IPv4 (initIPFamilyFields)."""
    spec = obj["spec"]
    headless = spec.get("clusterIP") == "None"
    bare = headless and not spec.get("selector")
    if not spec.get("ipFamilyPolicy"):
        inherited = before.get("ipFamilyPolicy") if before else None
        spec["ipFamilyPolicy"] = inherited or ("RequireDualStack" if bare else "SingleStack")
    found = check_cluster_ips(spec, before or {})
    if found:
        raise errors.new_invalid(_KIND, obj["metadata"].get("name", ""), found)
    policy = spec["ipFamilyPolicy"]
    families = spec.get("ipFamilies") or []
    addresses = spec.get("clusterIPs") or []
    families = _known_families(obj, policy, families, addresses)
    if bare:
        families = families or [_FAMILY]
        if len(families) < 2 and policy != "SingleStack":
            families = [families[0], "IPv6" if families[0] == _FAMILY else _FAMILY]
        spec["ipFamilies"] = families
        return
    found = []
    if policy == "RequireDualStack":
        text = "this cluster is not configured for dual-stack services"
        found.append(field.invalid("spec.ipFamilyPolicy", policy, text))
    for index, family in enumerate(families):
        if family != _FAMILY:
            found.append(field.invalid(f"spec.ipFamilies[{index}]", family, "not configured on this cluster"))
    if found:
        raise errors.new_invalid(_KIND, obj["metadata"].get("name", ""), found)
    spec["ipFamilies"] = families or [_FAMILY]


def _known_families(obj: JSONObject, policy: str, families: list[str], addresses: list[str]) -> list[str]:
    """The families that are asked for, by name or by addresses. Raises Invalid for more than the policy allows."""
    found = []
    if policy == "SingleStack":
        for values, what in ((addresses, "cluster IPs"), (families, "IP families")):
            if len(values) == 2:
                text = f"must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
                found.append(field.invalid("spec.ipFamilyPolicy", policy, text))
    for index, address in enumerate(addresses):
        if address == "None":
            break
        if index >= len(families):
            family = _family(address)
            if family == _FAMILY:
                families = [*families, family]
            elif family:
                text = f"{family} is not configured on this cluster"
                found.append(field.invalid(f"spec.clusterIPs[{index}]", addresses, text))
    if found:
        raise errors.new_invalid(_KIND, obj["metadata"].get("name", ""), found)
    return families


def _family(address: str) -> str:
    try:
        return f"IPv{ip_address(address).version}"
    except ValueError:
        return ""


_NO_PORT = "provided port is not in the valid range. The range of valid ports is 30000-32767"
_TAKEN_PORT = "provided port is already allocated"


def _allocate(obj: JSONObject, old: Object | None, context: Context) -> None:
    spec = obj["spec"]
    before: Object = old["spec"] if old is not None else {}
    wants_ip = needs_cluster_ip(spec) and spec.get("clusterIP") != "None"
    address = spec.get("clusterIP", "")
    given = [address] if wants_ip and address and address not in (before.get("clusterIPs") or ()) else []
    if not (wants_ip and (given or not address)) and not needs_node_port(spec) and not _needs_health_port(spec):
        return
    meta = obj["metadata"]
    others = [
        other["spec"]
        for other in context.lookup.list("", "services")
        if other["metadata"]["name"] != meta.get("name") or other["metadata"].get("namespace") != meta.get("namespace")
    ]
    start = zlib.crc32(f"{meta.get('namespace', '')}/{meta.get('name') or meta.get('generateName', '')}".encode())
    if wants_ip and (given or not address):
        taken = {one["metadata"]["name"] for one in context.lookup.list("networking.k8s.io", "ipaddresses")}
        _allocate_address(obj, others, taken, start, given=bool(given))
    if needs_node_port(spec):
        _allocate_ports(obj, before, others, start)
    if _needs_health_port(spec):
        _allocate_health_port(spec, before, _used_ports(others) | _own_ports(spec), start)


def _allocate_health_port(spec: JSONObject, before: Object, used: set[tuple[str, int]], start: int) -> None:
    number = spec.get("healthCheckNodePort")
    if not number:
        spec["healthCheckNodePort"] = _free_port(used, start)
        return
    if number == before.get("healthCheckNodePort"):
        return
    problem = ""
    if not _PORTS[0] <= number < _PORTS[1]:
        problem = _NO_PORT
    elif number in {port for _, port in used}:
        problem = _TAKEN_PORT
    if problem:
        raise errors.new_internal_error(f"failed to allocate requested HealthCheck NodePort {number}: {problem}")


def _allocate_address(obj: JSONObject, others: list[Object], taken: set[str], start: int, *, given: bool) -> None:
    spec = obj["spec"]
    used = taken | {address for other in others for address in other.get("clusterIPs") or ()}
    if given:
        address = spec["clusterIP"]
        problem = ""
        number = int(IPv4Address(address)) - _BASE if _family(address) == _FAMILY else -1
        if not 0 < number < _SIZE - 1:
            problem = f"failed to allocate IP {address}: the provided network does not match the current range"
        elif address in used:
            problem = f"failed to allocate IP {address}: provided IP is already allocated"
        if problem:
            causes = [field.invalid("spec.clusterIPs", spec["clusterIPs"], problem)]
            raise errors.new_invalid(_KIND, obj["metadata"].get("name", ""), causes)
        return
    free = _free_address(used, start)
    if not free:
        raise errors.new_internal_error("failed to allocate a serviceIP: range is full")
    spec["clusterIP"], spec["clusterIPs"] = free, [free]


def _free_address(used: set[str], start: int) -> str:
    for low, high in ((_DYNAMIC, _SIZE - 1), (1, _DYNAMIC)):
        span = high - low
        for step in range(span):
            address = str(IPv4Address(_BASE + low + (start + step) % span))
            if address not in used:
                return address
    return ""


def _used_ports(specs: list[Object]) -> set[tuple[str, int]]:
    used = {
        (port.get("protocol", "TCP"), port["nodePort"])
        for spec in specs
        for port in spec.get("ports") or ()
        if port.get("nodePort")
    }
    return used | {("TCP", spec["healthCheckNodePort"]) for spec in specs if spec.get("healthCheckNodePort")}


def _own_ports(spec: Object) -> set[tuple[str, int]]:
    return {(port.get("protocol", "TCP"), port["nodePort"]) for port in spec.get("ports") or () if port.get("nodePort")}


def _free_port(used: set[tuple[str, int]], start: int) -> int:
    taken = {number for _, number in used}
    for low, high in ((_DYNAMIC_PORTS, _PORTS[1]), (_PORTS[0], _DYNAMIC_PORTS)):
        span = high - low
        for step in range(span):
            number = low + (start + step) % span
            if number not in taken:
                return number
    raise errors.new_internal_error("failed to allocate a nodePort: range is full")


def _allocate_ports(obj: JSONObject, before: Object, others: list[Object], start: int) -> None:
    spec = obj["spec"]
    used, kept = _used_ports(others), _own_ports(before)
    taken = {number for _, number in used}  # by whatever protocol
    mine: dict[int, set[str]] = {}
    for index, port in enumerate(spec.get("ports") or ()):
        protocol, number = port.get("protocol", "TCP"), port.get("nodePort", 0)
        if number:
            problem = ""
            if not _PORTS[0] <= number < _PORTS[1] and (protocol, number) not in kept:
                problem = _NO_PORT
            elif number in taken or protocol in mine.get(number, ()):
                problem = _TAKEN_PORT
            if problem:
                causes = [field.invalid(f"spec.ports[{index}].nodePort", number, problem)]
                raise errors.new_invalid(_KIND, obj["metadata"].get("name", ""), causes)
            mine.setdefault(number, set()).add(protocol)
    for port in spec.get("ports") or ():
        if port.get("nodePort"):
            continue
        protocol = port.get("protocol", "TCP")
        twin = next(
            (p["nodePort"] for p in spec["ports"] if p.get("nodePort") and p.get("port") == port.get("port")), 0
        )
        if not twin or protocol in mine.get(twin, ()):
            twin = _free_port(used | {("", number) for number in mine}, start)
        port["nodePort"] = twin
        mine.setdefault(twin, set()).add(protocol)
