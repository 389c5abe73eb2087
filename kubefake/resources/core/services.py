"""Services: their defaults, their addresses and ports, and what changes of type take along.

Follows pkg/registry/core/service/{strategy.go,storage}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.resources.core.service_allocation import (
    FAMILY,
    SERVICE_RANGE,
    allocate_addresses,
    allocate_ports,
    family_of,
    needs_health_port,
    reallocate_ports,
)
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
        allocate_addresses(obj, context)
    allocate_ports(obj, context)


def _drop_inside_policy(spec: JSONObject) -> None:
    """What only points elsewhere has no traffic of its own."""
    if spec.get("type") == "ExternalName":
        spec.pop("internalTrafficPolicy", None)


def allocate_on_update(obj: JSONObject, old: Object, context: Context) -> None:
    """Carries over what a change leaves out, wipes what its type has no use for, and gives what it now needs."""
    spec, before = obj["spec"], old["spec"]
    _patch_allocated(spec, before)
    _drop_inside_policy(spec)
    _follow_addresses(spec, before)
    if needs_cluster_ip(spec):
        _families(obj, before)
        if not needs_cluster_ip(before):
            allocate_addresses(obj, context)
    reallocate_ports(obj, before, context)
    _drop_type_dependent(obj, old)
    obj.setdefault("status", {"loadBalancer": {}})


def _patch_allocated(spec: JSONObject, before: Object) -> None:
    """What a client may leave out of an update, because the server gave it (patchAllocatedValues)."""
    if needs_cluster_ip(before) and needs_cluster_ip(spec):
        if not spec.get("clusterIP") and before.get("clusterIP"):
            spec["clusterIP"] = before["clusterIP"]
        if not spec.get("clusterIPs") and before.get("clusterIPs"):
            spec["clusterIPs"] = list(before["clusterIPs"])
    if needs_node_port(before) and needs_node_port(spec):
        given = {port.get("nodePort") for port in spec.get("ports") or ()}
        known = {port.get("name", ""): port.get("nodePort") for port in before.get("ports") or ()}
        for port in spec.get("ports") or ():
            number = known.get(port.get("name", ""))
            if not port.get("nodePort") and number and number not in given:
                port["nodePort"] = number
    if needs_health_port(before) and needs_health_port(spec) and not spec.get("healthCheckNodePort"):
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
    if needs_health_port(before) and not needs_health_port(spec) and _same(spec, before, "healthCheckNodePort"):
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
    if not spec.get("clusterIPs") and before.get("clusterIPs") and _same(spec, before, "clusterIP"):
        spec["clusterIPs"] = list(before["clusterIPs"])
    if _same(spec, before, "clusterIP") or not _same(spec, before, "clusterIPs"):
        return
    if spec.get("clusterIP"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    else:
        spec.pop("clusterIPs", None)


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
        families = families or [FAMILY]
        if len(families) < 2 and policy != "SingleStack":
            families = [families[0], "IPv6" if families[0] == FAMILY else FAMILY]
        spec["ipFamilies"] = families
        return
    found = []
    if policy == "RequireDualStack":
        text = "this cluster is not configured for dual-stack services"
        found.append(field.invalid("spec.ipFamilyPolicy", policy, text))
    for index, family in enumerate(families):
        if family != FAMILY:
            found.append(field.invalid(f"spec.ipFamilies[{index}]", family, "not configured on this cluster"))
    if found:
        raise errors.new_invalid(_KIND, obj["metadata"].get("name", ""), found)
    spec["ipFamilies"] = families or [FAMILY]


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
            family = family_of(address)
            if family == FAMILY:
                families = [*families, family]
            elif family:
                text = f"{family} is not configured on this cluster"
                found.append(field.invalid(f"spec.clusterIPs[{index}]", addresses, text))
    if found:
        raise errors.new_invalid(_KIND, obj["metadata"].get("name", ""), found)
    return families
