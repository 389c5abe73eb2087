"""What is wrong with services.

Follows pkg/apis/core/validation/validation.go (validateService and what it uses).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import (
    Object,
    dns_label,
    dns_subdomain,
    ip_for_legacy_field,
    label_map,
    label_name,
    one_of,
    port_or_name,
)
from kubefake.resources.strategy import Context

__all__ = [
    "check_cluster_ips",
    "check_service",
    "check_service_update",
    "cidr_for_legacy_field",
    "externally_accessible",
    "special_address",
]

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_NO_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'"


def externally_accessible(spec: Object) -> bool:
    """Whether traffic from outside reaches the service by itself."""
    kind = spec.get("type")
    return kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))


def check_service(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new service."""
    return _service(obj, None)


def check_service_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a service."""
    found = _addresses_kept(obj["spec"], old["spec"])
    new, was = obj["spec"], old["spec"]
    if was.get("type") == new.get("type") == "LoadBalancer":
        before, after = was.get("loadBalancerClass"), new.get("loadBalancerClass")
        if before != after:
            text = "may not change once set" if before is not None else "may not be set once service is created"
            found.append(field.invalid("spec.loadBalancerClass", after, text))
    if _needs_health(was) and _needs_health(new) and was.get("healthCheckNodePort") != new.get("healthCheckNodePort"):
        found.append(field.forbidden("spec.healthCheckNodePort", "field is immutable"))
    return found + _service(obj, old)


def _addresses_kept(new: Object, old: Object) -> list[FieldError]:
    if "ExternalName" in (new.get("type"), old.get("type")):
        return []
    found: list[FieldError] = []
    before, after = old.get("clusterIPs") or [], new.get("clusterIPs") or []
    if before and after and before[0] != after[0]:
        text = "may not change once set"
        found.append(field.invalid("spec.clusterIPs[0]", after, text))
    elif before and not after:
        found.append(field.invalid("spec.clusterIPs[0]", after or None, "primary clusterIP can not be unset"))
    families, wanted = old.get("ipFamilies") or [], new.get("ipFamilies") or []
    if families and wanted and families[0] != wanted[0]:
        found.append(field.invalid("spec.ipFamilies[0]", wanted, "may not change once set"))
    return found


def _needs_health(spec: Object) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _service(obj: Object, old: Object | None) -> list[FieldError]:
    spec, before = obj["spec"], (old or {}).get("spec") or {}
    found: list[FieldError] = []
    kind, ports = spec.get("type", ""), spec.get("ports") or []
    headless = (spec.get("clusterIPs") or [None])[0] == "None"
    if not ports and not headless and kind != "ExternalName":
        found.append(field.required("spec.ports"))
    _type(found, spec, kind, headless=headless)
    names: set[str] = set()
    for index, port in enumerate(ports):
        _port(found, f"spec.ports[{index}]", port, names, many=len(ports) > 1)
    found += label_map("spec.selector", spec.get("selector"))
    affinity = spec.get("sessionAffinity", "")
    found += one_of("spec.sessionAffinity", affinity, ("ClientIP", "None"), required=True)
    config = spec.get("sessionAffinityConfig")
    if affinity == "ClientIP":
        seconds = ((config or {}).get("clientIP") or {}).get("timeoutSeconds", 0)
        if not 0 < seconds <= 86400:
            path = "spec.sessionAffinityConfig.clientIP.timeoutSeconds"
            found.append(field.invalid(path, seconds, "must be greater than 0 and less than 86400"))
    found += check_cluster_ips(spec, before)
    for index, address in enumerate(spec.get("externalIPs") or ()):
        path = f"spec.externalIPs[{index}]"
        wrong = ip_for_legacy_field(path, address, before.get("externalIPs") or ())
        found += wrong or special_address(path, address)
    found += one_of("spec.type", kind, _TYPES, required=True)
    _numbers(found, ports, kind)
    _ranges(found, obj, before, kind)
    if spec.get("allocateLoadBalancerNodePorts") is not None and kind != "LoadBalancer":
        found.append(field.forbidden("spec.allocateLoadBalancerNodePorts", _BALANCER_ONLY))
    balancer = spec.get("loadBalancerClass")
    if balancer is not None:
        if kind != "LoadBalancer":
            found.append(field.forbidden("spec.loadBalancerClass", _BALANCER_ONLY))
        else:
            found += label_name("spec.loadBalancerClass", balancer)
    _traffic(found, spec, kind)
    return found


def _type(found: list[FieldError], spec: Object, kind: str, *, headless: bool) -> None:
    if kind in ("LoadBalancer", "NodePort") and headless:
        text = f"may not be set to 'None' for {kind} services"
        found.append(field.invalid("spec.clusterIPs[0]", "None", text))
    if kind == "ExternalName":
        text = "may not be set for ExternalName services"
        given = [key for key in ("clusterIPs", "ipFamilies", "ipFamilyPolicy") if spec.get(key)]
        found += [field.forbidden(f"spec.{key}", text) for key in given]
        name = spec.get("externalName", "").removesuffix(".")
        if name:
            found += dns_subdomain("spec.externalName", name)
        else:
            found.append(field.required("spec.externalName"))


def _port(found: list[FieldError], path: str, port: Object, names: set[str], *, many: bool) -> None:
    name = port.get("name", "")
    if name:
        found += dns_label(f"{path}.name", name)
        if name in names:
            found.append(field.duplicate(f"{path}.name", name))
        names.add(name)
    elif many:
        found.append(field.required(f"{path}.name"))
    number = port.get("port", 0)
    found += [field.invalid(f"{path}.port", number, text) for text in validation.is_valid_port_num(number)]
    found += one_of(f"{path}.protocol", port.get("protocol", ""), ("SCTP", "TCP", "UDP"), required=True)
    found += port_or_name(f"{path}.targetPort", port.get("targetPort", 0))
    if port.get("appProtocol") is not None:
        found += label_name(f"{path}.appProtocol", port["appProtocol"])


def check_cluster_ips(spec: Object, before: Object) -> list[FieldError]:
    """Addresses, families and their policy against each other (ValidateServiceClusterIPsRelatedFields)."""
    if spec.get("type") == "ExternalName":
        return []
    found: list[FieldError] = []
    path, first, addresses = "spec.clusterIPs", spec.get("clusterIP", ""), spec.get("clusterIPs") or []
    families, policy = spec.get("ipFamilies") or [], spec.get("ipFamilyPolicy")
    if first:
        if not addresses:
            found.append(field.required(path))
        elif addresses[0] != first:
            found.append(field.invalid(path, addresses, "first value must match `clusterIP`"))
    elif addresses:
        found.append(field.invalid(path, addresses, "must be empty when `clusterIP` is not specified"))
    seen: set[str] = set()
    for index, family in enumerate(families):
        found += one_of(f"spec.ipFamilies[{index}]", family, ("IPv4", "IPv6"))
        if family in seen:
            found.append(field.duplicate(f"spec.ipFamilies[{index}]", family))
        seen.add(family)
    if policy is not None:
        known = ("PreferDualStack", "RequireDualStack", "SingleStack")
        found += one_of("spec.ipFamilyPolicy", policy, known)
    return found + _each_address(path, addresses, families, before.get("clusterIPs") or ())


def _each_address(path: str, addresses: list[str], families: list[str], known: Sequence[str]) -> list[FieldError]:
    found: list[FieldError] = []
    bad = False
    for index, address in enumerate(addresses):
        if index == 0 and address == "None":
            if len(addresses) > 1:
                bad = True
                found.append(field.invalid(path, addresses, "'None' must be the first and only value"))
            continue
        wrong = ip_for_legacy_field(f"{path}[{index}]", address, known)
        bad = bad or bool(wrong)
        found += wrong
    if len(addresses) > 2:
        found.append(field.invalid(path, addresses, "may only hold up to 2 values"))
    if bad or not addresses or addresses[0] == "None":
        return found
    versions = ["IPv6" if ":" in address else "IPv4" for address in addresses]
    if len(addresses) > 1 and len(set(versions)) != 2:
        text = "may specify no more than one IP for each IP family"
        found.append(field.invalid(path, addresses, text))
    for index, (address, version, family) in enumerate(zip(addresses, versions, families, strict=False)):
        if family in ("IPv4", "IPv6") and version != family:
            text = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            found.append(field.invalid(f"{path}[{index}]", address, text))
    return found


def special_address(path: str, address: str) -> list[FieldError]:
    """An address that may stand for an endpoint (ValidateEndpointIP)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return []
    found = []
    if ip.is_unspecified:
        found.append(field.invalid(path, address, f"may not be unspecified ({address})"))
    if ip.is_loopback:
        text = "may not be in the loopback range (127.0.0.0/8, ::1/128)"
        found.append(field.invalid(path, address, text))
    if ip.is_link_local:
        text = "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        found.append(field.invalid(path, address, text))
    if ip.is_multicast and ((ip.version == 4 and address.startswith("224.0.0.")) or address.startswith("ff02")):
        text = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        found.append(field.invalid(path, address, text))
    return found


def _numbers(found: list[FieldError], ports: list[Object], kind: str) -> None:
    if kind == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                text = "may not be used when `type` is 'ClusterIP'"
                found.append(field.forbidden(f"spec.ports[{index}].nodePort", text))
    nodes: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        if port.get("nodePort"):
            key = (port.get("protocol", ""), port["nodePort"])
            if key in nodes:
                found.append(field.duplicate(f"spec.ports[{index}].nodePort", port["nodePort"]))
            nodes.add(key)
    own: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("port", 0))
        if key in own:
            shown = Ordered(
                {
                    "Name": "",
                    "Protocol": key[0],
                    "AppProtocol": None,
                    "Port": key[1],
                    "TargetPort": 0,
                    "NodePort": 0,
                }
            )
            found.append(field.duplicate(f"spec.ports[{index}]", shown))
        own.add(key)


_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"


def _ranges(found: list[FieldError], obj: Object, before: Object, kind: str) -> None:
    ranges = obj["spec"].get("loadBalancerSourceRanges")
    annotation = (obj["metadata"].get("annotations") or {}).get(_RANGES)
    if ranges:
        path = "spec.LoadBalancerSourceRanges"
        if kind != "LoadBalancer":
            found.append(field.forbidden(path, _BALANCER_ONLY))
        known = [text.strip() for text in before.get("loadBalancerSourceRanges") or ()]
        for index, text in enumerate(ranges):
            found += cidr_for_legacy_field(f"{path}[{index}]", text.strip(), known)
    elif annotation is not None:
        path = f"metadata.annotations[{_RANGES}]"
        if kind != "LoadBalancer":
            found.append(field.forbidden(path, _BALANCER_ONLY))
        for text in annotation.strip().split(",") if annotation.strip() else ():
            found += cidr_for_legacy_field(path, text.strip(), ())


_ZEROS = re.compile(r"\d+(\.\d+){3}/\d+", re.ASCII)


def cidr_for_legacy_field(path: str, text: str, known: Sequence[str] = ()) -> list[FieldError]:
    if text in known:
        return []
    address, slash, length = text.partition("/")
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        if _ZEROS.fullmatch(text) and int(length) <= 32 and all(int(part) < 256 for part in address.split(".")):
            return [field.invalid(path, text, "must not have leading 0s in IP or prefix length")]
        return [field.invalid(path, text, _NO_CIDR)]
    if not slash:
        return [field.invalid(path, text, _NO_CIDR)]
    if str(network.network_address) != address and ipaddress.ip_address(address) != network.network_address:
        return [field.invalid(path, text, "must not have bits set beyond the prefix length")]
    return []


def _traffic(found: list[FieldError], spec: Object, kind: str) -> None:
    outside = spec.get("externalTrafficPolicy", "")
    if not externally_accessible(spec):
        if outside:
            text = "may only be set for externally-accessible services"
            found.append(field.invalid("spec.externalTrafficPolicy", outside, text))
    else:
        found += one_of("spec.externalTrafficPolicy", outside, ("Cluster", "Local"), required=True)
    number = spec.get("healthCheckNodePort", 0)
    if not _needs_health(spec):
        if number:
            text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
            found.append(field.invalid("spec.healthCheckNodePort", number, text))
    elif not number:
        found.append(field.required("spec.healthCheckNodePort"))
    inside = spec.get("internalTrafficPolicy")
    if inside is None:
        if kind in ("NodePort", "LoadBalancer", "ClusterIP"):
            found.append(field.required("spec.internalTrafficPolicy"))
    else:
        found += one_of("spec.internalTrafficPolicy", inside, ("Cluster", "Local"))
    spread = spec.get("trafficDistribution")
    if spread is not None and spread not in ("PreferClose", "PreferSameZone", "PreferSameNode"):
        known = ["PreferClose", "PreferSameZone", "PreferSameNode"]
        found.append(field.not_supported("spec.trafficDistribution", spread, known))
