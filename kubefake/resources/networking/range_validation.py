"""What is wrong with the ranges that services get their addresses from.

Follows pkg/apis/networking/validation/validation.go (ValidateServiceCIDR).
"""

from __future__ import annotations

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.ip_validation import is_valid_cidr
from kubefake.resources.checks import IMMUTABLE, Object
from kubefake.resources.strategy import Context

__all__ = ["check_range", "check_range_update"]

_MOST = 2  # one of each family


def check_range(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """New ranges: one, or one of each family."""
    ranges = (obj.get("spec") or {}).get("cidrs") or []
    if not ranges:
        return [field.required("spec.cidrs", "at least one CIDR required")]
    if len(ranges) > _MOST:
        return [field.invalid("spec.cidrs", {"CIDRs": ranges}, "may only hold up to 2 values")]
    found = [error for index, text in enumerate(ranges) for error in is_valid_cidr(f"spec.cidrs[{index}]", text)]
    if not found and len(ranges) == _MOST and len({":" in text for text in ranges}) == 1:
        text = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"
        found.append(field.invalid("spec.cidrs", ranges, text))
    return found


def check_range_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of ranges: one of the other family may be added, nothing else."""
    ranges, before = ((one.get("spec") or {}).get("cidrs") or [] for one in (obj, old))
    if len(ranges) < len(before):
        return [field.invalid("spec.cidrs", ranges, IMMUTABLE)]
    pairs = enumerate(zip(ranges, before, strict=False))
    found = [field.invalid(f"spec.cidrs[{index}]", new, IMMUTABLE) for index, (new, was) in pairs if new != was]
    if len(ranges) > len(before):
        found += check_range(obj, context)
    return found
