"""What is wrong with endpoint slices.

Follows pkg/apis/discovery/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.ip_validation import is_valid_ip
from kubefake.resources.checks import (
    Object,
    dns_label,
    dns_subdomain,
    immutable,
    ip_for_legacy_field,
    label_map,
    label_name,
    named,
    one_of,
)
from kubefake.resources.core.service_validation import special_address
from kubefake.resources.strategy import Context

__all__ = ["check_slice", "check_slice_update"]

_TYPES = ("FQDN", "IPv4", "IPv6")


def check_slice(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new slice."""
    return _slice(obj, None)


def _slice(obj: Object, old: Object | None) -> list[FieldError]:
    """A slice; endpoints that do not change are not looked at."""
    kind = obj.get("addressType", "")
    found = one_of("addressType", kind, _TYPES, required=True)
    _ports(found, obj.get("ports") or [])
    endpoints = obj.get("endpoints") or []
    if len(endpoints) > 1000:
        found.append(field.too_many("endpoints", len(endpoints), 1000))
        return found
    if old is not None and endpoints == (old.get("endpoints") or []):
        return found
    for index, endpoint in enumerate(endpoints):
        _endpoint(found, f"endpoints[{index}]", endpoint, kind)
    return found


def check_slice_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a slice: not of the kind of its addresses."""
    return _slice(obj, old) + immutable("addressType", obj.get("addressType"), old.get("addressType"))


def _ports(found: list[FieldError], ports: list[Object]) -> None:
    if len(ports) > 20000:
        found.append(field.too_many("ports", len(ports), 20000))
    names: set[str] = set()
    for index, port in enumerate(ports):
        path, name = f"ports[{index}]", port.get("name") or ""
        if name:
            found += dns_label(f"{path}.name", name)
        if name in names:
            found.append(field.duplicate(f"{path}.name", name))
        names.add(name)
        found += one_of(f"{path}.protocol", port.get("protocol") or "", ("SCTP", "TCP", "UDP"), required=True)
        if port.get("appProtocol") is not None:
            found += label_name(f"{path}.appProtocol", port["appProtocol"])


def _endpoint(found: list[FieldError], path: str, endpoint: Object, kind: str) -> None:
    addresses = endpoint.get("addresses") or []
    here = f"{path}.addresses"
    if not addresses:
        found.append(field.required(here, "must contain at least 1 address"))
    elif len(addresses) > 100:
        found.append(field.too_many(here, len(addresses), 100))
    for index, address in enumerate(addresses):
        _address(found, here, index, address, kind)
    if endpoint.get("nodeName") is not None:
        found += dns_subdomain(f"{path}.nodeName", endpoint["nodeName"])
    found += label_map(f"{path}.deprecatedTopology", endpoint.get("deprecatedTopology"))
    if endpoint.get("hostname") is not None:
        found += dns_label(f"{path}.hostname", endpoint["hostname"])
    hints = endpoint.get("hints") or {}
    for key in ("forZones", "forNodes"):
        _hints(found, f"{path}.hints.{key}", hints.get(key) or [], zones=key == "forZones")


def _address(found: list[FieldError], path: str, index: int, address: str, kind: str) -> None:
    here = f"{path}[{index}]"
    if kind in ("IPv4", "IPv6"):
        wrong = ip_for_legacy_field(here, address) if kind == "IPv4" else is_valid_ip(here, address)
        found += wrong
        if wrong:
            return
        if (":" in address) != (kind == "IPv6"):
            found.append(field.invalid(path, address, f"must be an {kind} address"))
        found += special_address(here, address)
    elif kind == "FQDN":
        if not address:
            found.append(field.required(here))
            return
        plain = address.removesuffix(".")
        texts = validation.is_dns1123_subdomain(plain)
        found += [field.invalid(here, plain, text) for text in texts]
        if not texts and "." not in plain:
            text = "should be a domain with at least two segments separated by dots"
            found.append(field.invalid(here, plain, text))


def _hints(found: list[FieldError], path: str, hints: list[Object], *, zones: bool) -> None:
    if len(hints) > 8:
        found.append(field.too_many(path, len(hints), 8))
    names: set[str] = set()
    for index, hint in enumerate(hints):
        here, name = f"{path}[{index}].name", hint.get("name", "")
        if name in names:
            found.append(field.duplicate(here, name))
        names.add(name)
        found += named(here, name, validation.is_valid_label_value if zones else validation.is_dns1123_subdomain)
