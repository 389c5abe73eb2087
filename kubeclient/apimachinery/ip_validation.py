"""Validation of IP addresses and CIDRs: field errors, none when the value is fine.

Ports apimachinery pkg/util/validation/ip.go. New fields must be canonical; legacy fields take other spellings too.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final, TypeAlias

from . import field
from .field import FieldError, Path
from .gotext import quote

__all__ = ["is_valid_cidr", "is_valid_cidr_for_legacy_field", "is_valid_ip", "is_valid_ip_for_legacy_field"]

_Address: TypeAlias = IPv4Address | IPv6Address

_dotted: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+").search
_digits: Final = re.compile(r"[0-9]+").fullmatch
# More than four digits in a group of IPv6, the first of them zeros.
_long_group: Final = re.compile(r"(?<![0-9a-fA-F.])0+([0-9a-fA-F]{4})(?![0-9a-fA-F.])")
_leading_zero: Final = re.compile(r"(^|[.:/])0+[0-9]").search


def _parse(text: str) -> _Address | None:
    """netutils.ParseIPSloppy: leading zeros are ignored, zones are refused."""
    match = _dotted(text)
    if match is not None:
        plain = ".".join(str(int(part)) for part in match[0].split("."))
        text = text[: match.start()] + plain + text[match.end() :]
    try:
        if ":" not in text:
            return IPv4Address(text)
        return None if "%" in text else IPv6Address(_long_group.sub(r"\1", text))
    except ValueError:
        return None


def _canonical(address: _Address) -> str:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _has_leading_zero(text: str) -> bool:
    match = _dotted(text)
    return _long_group.search(text) is not None or (match is not None and _leading_zero(match[0]) is not None)


def _is_mapped(address: _Address) -> bool:
    return isinstance(address, IPv6Address) and address.ipv4_mapped is not None


def is_valid_ip_for_legacy_field(path: Path | str, value: str, *, strict: bool = True) -> list[FieldError]:
    """An IP address as fields took it before spelling was checked; `strict` refuses the ambiguous spellings."""
    address = _parse(value)
    if address is None:
        return [field.invalid(path, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    if strict and _has_leading_zero(value):
        return [field.invalid(path, value, "must not have leading 0s")]
    if strict and _is_mapped(address):
        return [field.invalid(path, value, "must not be an IPv4-mapped IPv6 address")]
    return []


def is_valid_ip(path: Path | str, value: str) -> list[FieldError]:
    """An IP address in its canonical spelling."""
    errors = is_valid_ip_for_legacy_field(path, value)
    address = _parse(value)
    if not errors and address is not None and value != _canonical(address):
        errors.append(field.invalid(path, value, f"must be in canonical form ({quote(_canonical(address))})"))
    return errors


def _parse_cidr(text: str) -> tuple[_Address, int] | None:
    head, slash, tail = text.partition("/")
    address = _parse(head)
    if not slash or address is None or not _digits(tail):
        return None
    length = int(tail)
    return (address, length) if length <= address.max_prefixlen else None


def _masked(address: _Address, length: int) -> _Address:
    shift = address.max_prefixlen - length
    return type(address)(int(address) >> shift << shift)


def is_valid_cidr_for_legacy_field(path: Path | str, value: str, *, strict: bool = True) -> list[FieldError]:
    """A CIDR as fields took it before spelling was checked; `strict` refuses the ambiguous spellings."""
    parsed = _parse_cidr(value)
    if parsed is None:
        return [field.invalid(path, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    address, length = parsed
    if not strict:
        return []
    tail = value.partition("/")[2]
    if _has_leading_zero(value) or (len(tail) > 1 and tail.startswith("0")):
        return [field.invalid(path, value, "must not have leading 0s in IP or prefix length")]
    if _is_mapped(address):
        return [field.invalid(path, value, "must not have an IPv4-mapped IPv6 address")]
    if _masked(address, length) != address:
        return [field.invalid(path, value, "must not have bits set beyond the prefix length")]
    return []


def is_valid_cidr(path: Path | str, value: str) -> list[FieldError]:
    """A CIDR in its canonical spelling, without bits beyond the prefix."""
    errors = is_valid_cidr_for_legacy_field(path, value)
    parsed = _parse_cidr(value)
    if not errors and parsed is not None:
        canonical = f"{_canonical(parsed[0])}/{parsed[1]}"
        if value != canonical:
            errors.append(field.invalid(path, value, f"must be in canonical form ({quote(canonical)})"))
    return errors
