"""Checks that many kinds share, each giving the field errors of one value at one path.

Follows k8s.io/apimachinery/pkg/apis/meta/v1/validation and pkg/apis/core/validation.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered

__all__ = [
    "IMMUTABLE",
    "METADATA",
    "NEGATIVE",
    "Object",
    "as_selector",
    "at_least_zero",
    "dns_label",
    "dns_subdomain",
    "immutable",
    "ip_for_legacy_field",
    "is_ip",
    "label_map",
    "label_name",
    "label_selector",
    "named",
    "one_of",
    "path_without_backsteps",
    "port_or_name",
    "positive",
    "relative_path",
    "reserved_path",
    "size_of",
]

Object = Mapping[str, Any]

METADATA = FieldError("", "", None, "")
"""Stands among a kind's mistakes where its own look at metadata is told; without it that is told first."""
IMMUTABLE = "field is immutable"
NEGATIVE = "must be greater than or equal to 0"
_NO_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_SLOPPY = re.compile(r"\d+(\.\d+){3}", re.ASCII)


def named(path: str, value: str, check: Callable[[str], Iterable[str]]) -> list[FieldError]:
    """What a check of a text says, at a path."""
    texts = _verdict(check, value)
    return [field.invalid(path, value, text) for text in texts] if texts else []


@functools.lru_cache(8192)
def _verdict(check: Callable[[str], Iterable[str]], value: str) -> tuple[str, ...]:
    """What a check says; the names of a cluster are few and are checked over and over."""
    return tuple(check(value))


def dns_label(path: str, value: str) -> list[FieldError]:
    """A DNS label (RFC 1123)."""
    return named(path, value, validation.is_dns1123_label)


def dns_subdomain(path: str, value: str) -> list[FieldError]:
    """A DNS subdomain (RFC 1123)."""
    return named(path, value, validation.is_dns1123_subdomain)


def label_name(path: str, value: str) -> list[FieldError]:
    """The key of a label."""
    return named(path, value, validation.is_label_key)


def label_map(path: str, labels: Mapping[str, str] | None) -> list[FieldError]:
    """Keys and values of labels."""
    found: list[FieldError] = []
    for key, value in (labels or {}).items():
        found += label_name(path, key)
        found += named(path, value, validation.is_valid_label_value)
    return found


def label_selector(path: str, selector: Object | None) -> list[FieldError]:
    """A selector of labels (ValidateLabelSelector)."""
    if not selector:
        return []
    found = label_map(f"{path}.matchLabels", selector.get("matchLabels"))
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        found += _requirement(f"{path}.matchExpressions[{index}]", expression)
    return found


def _requirement(path: str, expression: Object) -> list[FieldError]:
    operator, values = expression.get("operator", ""), expression.get("values") or ()
    found: list[FieldError] = []
    if operator in ("In", "NotIn"):
        if not values:
            found.append(field.required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            found.append(field.forbidden(f"{path}.values", text))
    else:
        found.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    found += label_name(f"{path}.key", expression.get("key", ""))
    for index, value in enumerate(values):
        found += named(f"{path}.values[{index}]", value, validation.is_valid_label_value)
    return found


def one_of(path: str, value: Any, known: Collection[str], *, required: bool = False) -> list[FieldError]:
    """One of some values, named in alphabetical order when it is not; a missing one is said to be required if wanted."""
    if value in known:
        return []
    if required and not value:
        return [field.required(path)]
    return [field.not_supported(path, value, sorted(known))]


def at_least_zero(path: str, value: int | None) -> list[FieldError]:
    """A number that is not negative."""
    return [] if value is None or value >= 0 else [field.invalid(path, value, NEGATIVE)]


def positive(path: str, value: int) -> list[FieldError]:
    """A number above zero."""
    return [] if value > 0 else [field.invalid(path, value, "must be greater than 0")]


def immutable(path: str, value: Any, old: Any) -> list[FieldError]:
    """A value that may not change; nothing and the empty value are the same."""
    if value == old or (not value and not old and type(value) is not bool and type(old) is not bool):
        return []
    if isinstance(value, dict) and "matchExpressions" in value:
        value = as_selector(value)
    return [field.invalid(path, value, IMMUTABLE)]


def as_selector(selector: Object | None) -> Object | None:
    """A selector of labels as errors quote it: with its fields in the order of the type."""
    if selector is None:
        return None
    shown = Ordered({key: selector[key] for key in ("matchLabels", "matchExpressions") if key in selector})
    if shown.get("matchExpressions"):
        shown["matchExpressions"] = [
            Ordered({key: one[key] for key in ("key", "operator", "values") if key in one})
            for one in shown["matchExpressions"]
        ]
    return shown


def is_ip(value: str) -> bool:
    """Whether it is an address, in Go's strict sense."""
    try:
        ip_address(value)
    except ValueError:
        return False
    return "%" not in value


def ip_for_legacy_field(path: str, value: str, known: Sequence[str] = ()) -> list[FieldError]:
    """An address, strict about its form unless it was there before (IsValidIPForLegacyField)."""
    if value in known:
        return []
    try:
        address: IPv4Address | IPv6Address = ip_address(value)
    except (ValueError, AddressValueError):
        if _SLOPPY.fullmatch(value) and all(int(part) < 256 for part in value.split(".")):
            return [field.invalid(path, value, "must not have leading 0s")]
        return [field.invalid(path, value, _NO_IP)]
    if "%" in value:
        return [field.invalid(path, value, _NO_IP)]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return [field.invalid(path, value, "must not be an IPv4-mapped IPv6 address")]
    return []


def port_or_name(path: str, port: int | str) -> list[FieldError]:
    """The number or the name of a port."""
    if isinstance(port, int):
        return [field.invalid(path, port, text) for text in validation.is_valid_port_num(port)]
    return named(path, port, validation.is_valid_port_name)


def path_without_backsteps(path: str, value: str) -> list[FieldError]:
    """A path that never goes up."""
    return [field.invalid(path, value, "must not contain '..'")] if ".." in value.split("/") else []


def relative_path(path: str, value: str) -> list[FieldError]:
    """A path below something."""
    found = [field.invalid(path, value, "must be a relative path")] if value.startswith("/") else []
    return found + path_without_backsteps(path, value)


def reserved_path(path: str, value: str) -> list[FieldError]:
    """A path below a volume, which keeps names that start with two dots for itself."""
    found = relative_path(path, value)
    if value.startswith("..") and not value.startswith("../"):
        found.append(field.invalid(path, value, "must not start with '..'"))
    return found


def size_of(texts: Mapping[str, str]) -> int:
    """The bytes of keys and values together."""
    return sum(len(key.encode()) + len(value.encode()) for key, value in texts.items())
