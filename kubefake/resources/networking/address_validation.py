"""What is wrong with the addresses that services hold: IPAddress objects, whose names are the addresses.

Follows pkg/apis/networking/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubeclient.apimachinery.ip_validation import is_valid_ip
from kubefake.resources.checks import Object, dns_subdomain, named
from kubefake.resources.strategy import Context

__all__ = ["address_name", "check_address", "check_address_update"]


def address_name(name: str, prefix: bool) -> list[str]:  # noqa: ARG001  part of no address is one
    """The name is an address in its canonical spelling."""
    return [error.detail for error in is_valid_ip("", name)]


def check_address(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new address must say what holds it."""
    path = "spec.parentRef"
    parent = (obj.get("spec") or {}).get("parentRef")
    if parent is None:
        return [field.required(path)]
    found: list[FieldError] = []
    if parent.get("group"):
        found += dns_subdomain(f"{path}.group", parent["group"])
    for key in ("resource", "name"):
        if not parent.get(key):
            found.append(field.required(f"{path}.{key}"))
        else:
            found += named(f"{path}.{key}", parent[key], validation.is_path_segment_name)
    if parent.get("namespace"):
        found += named(f"{path}.namespace", parent["namespace"], validation.is_path_segment_name)
    return found


def check_address_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """What holds an address does not change."""
    new = (obj.get("spec") or {}).get("parentRef")
    if new == (old.get("spec") or {}).get("parentRef"):
        return []
    shown = Ordered((key.capitalize(), (new or {}).get(key, "")) for key in ("group", "resource", "namespace", "name"))
    return [field.invalid("spec.parentRef", shown if new is not None else None, "field is immutable")]
