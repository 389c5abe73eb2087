"""What is wrong with the status of services: where load balancers let traffic in.

Follows pkg/apis/core/validation/validation.go (ValidateLoadBalancerStatus).
"""

from __future__ import annotations

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, dns_subdomain, ip_for_legacy_field, is_ip, one_of
from kubefake.resources.strategy import Context

__all__ = ["check_service_status"]


def check_service_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a service's status."""
    path = "status.loadBalancer.ingress"
    entries, before = _entries(obj), _entries(old)
    if entries and obj["spec"].get("type") != "LoadBalancer" and entries != before:
        return [field.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")]
    known = [entry["ip"] for entry in before if entry.get("ip")]
    return [error for index, entry in enumerate(entries) for error in _entry(f"{path}[{index}]", entry, known)]


def _entries(service: Object) -> list[Object]:
    found: list[Object] = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return found


def _entry(path: str, entry: Object, known: list[str]) -> list[FieldError]:
    address, mode, name = entry.get("ip", ""), entry.get("ipMode"), entry.get("hostname", "")
    found = ip_for_legacy_field(f"{path}.ip", address, known) if address else []
    if mode is not None and not address:
        found.append(field.forbidden(f"{path}.ipMode", "may not be specified when `ip` is not set"))
    elif mode is not None:
        found += one_of(f"{path}.ipMode", mode, ("Proxy", "VIP"))
    if name and is_ip(name):
        found.append(field.invalid(f"{path}.hostname", name, "must be a DNS name, not an IP address"))
    elif name:
        found += dns_subdomain(f"{path}.hostname", name)
    return found
