"""What is wrong with slices of a pool of devices.

Follows pkg/apis/resource/validation/validation.go (ValidateResourceSlice).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import IMMUTABLE, Object, dns_label, dns_subdomain, label_name, named, one_of
from kubefake.resources.core.diffs import go_value
from kubefake.resources.core.scheduling_validation import check_node_selector
from kubefake.resources.dynamicresources.validation import EFFECTS, check_driver_name, check_identifier, few
from kubefake.resources.strategy import Context

__all__ = ["check_slice", "check_slice_update", "warn_slice"]

_MOST_DEVICES, _MOST_ELABORATE = 128, 64
_MOST_COUNTER_SETS, _MOST_COUNTERS = 8, 32
_MOST_CONSUMED, _MOST_TAINTS, _MOST_CONDITIONS, _MOST_TRAITS = 2, 16, 4, 32
_LONGEST_POOL, _LONGEST_VALUE = 253, 64
_NODES = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
_NODES_OF_DEVICE = (
    "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the "
    "ResourceSlice spec"
)
_NOT_OF_DEVICE = "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec"
_NUMBER = r"(?:0|[1-9][0-9]*)"
_PART = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_PART}(?:\.{_PART})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?", re.ASCII
)

Check = Callable[[str, Object], list[FieldError]]


def check_slice(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new slice."""
    return _spec(obj.get("spec") or {}, None)


def check_slice_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a slice: not of whose it is and where."""
    return _spec(obj.get("spec") or {}, old.get("spec") or {})


def warn_slice(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of names of drivers that are not as they should be."""
    driver = (obj.get("spec") or {}).get("driver", "")
    if driver == driver.lower():
        return []
    return [f'spec.driver: driver names should be lowercase; "{driver}" contains uppercase characters']


def _spec(spec: Object, old: Object | None) -> list[FieldError]:
    pool, devices, shared = spec.get("pool") or {}, spec.get("devices") or [], spec.get("sharedCounters") or []
    found = check_driver_name("spec.driver", spec.get("driver", "")) + _pool("spec.pool", pool)
    if old is not None:
        pairs = [("spec.pool.name", pool.get("name", ""), (old.get("pool") or {}).get("name", ""))]
        pairs += [(f"spec.{key}", spec.get(key), old.get(key)) for key in ("driver", "nodeName")]
        found += [field.invalid(path, value, IMMUTABLE) for path, value, was in pairs if value != was]
    wrong, given = _placed("spec", spec)
    found += wrong
    if spec.get("perDeviceNodeSelection"):
        given.append("perDeviceNodeSelection")
    elif spec.get("perDeviceNodeSelection") is False:
        found.append(field.invalid("spec.perDeviceNodeSelection", False, _UNSET_OR_TRUE))
    found += _one_of_them("spec", given, _NODES, f"{_NODES}, but multiple fields are set")
    if devices and shared:
        found.append(field.invalid("spec", "", "only one of `sharedCounters` or `devices` is allowed"))
    elaborate = any(device.get("taints") or device.get("consumesCounters") for device in devices)
    most = _MOST_ELABORATE if elaborate else _MOST_DEVICES
    found += few("spec.devices", devices, most, _unique("name", _device(bool(spec.get("perDeviceNodeSelection")))))
    return found + few("spec.sharedCounters", shared, _MOST_COUNTER_SETS, _unique("name", _counters("name")))


def _pool(path: str, pool: Object) -> list[FieldError]:
    name, here = pool.get("name", ""), f"{path}.name"
    found: list[FieldError] = []
    if not name:
        found.append(field.required(here))
    else:
        if len(name) > _LONGEST_POOL:
            found.append(field.too_long(here, _LONGEST_POOL))
        found += [error for part in name.split("/") for error in dns_subdomain(here, part)]
    count, generation = pool.get("resourceSliceCount", 0), pool.get("generation", 0)
    if count <= 0:
        found.append(field.invalid(f"{path}.resourceSliceCount", count, "must be greater than zero"))
    if generation < 0:
        found.append(field.invalid(f"{path}.generation", generation, "must be greater than or equal to zero"))
    return found


_UNSET_OR_TRUE = "must be either unset or set to true"


def _placed(path: str, holder: Object) -> tuple[list[FieldError], list[str]]:
    """What is wrong with the nodes that something is on, and the fields that say so."""
    name, selector, everywhere = (holder.get(key) for key in ("nodeName", "nodeSelector", "allNodes"))
    found: list[FieldError] = []
    given: list[str] = []
    if name:
        given.append("nodeName")
        found += dns_subdomain(f"{path}.nodeName", name)
    elif name is not None:
        found.append(field.invalid(f"{path}.nodeName", name, "must be either unset or set to a non-empty string"))
    if selector is not None:
        given.append("nodeSelector")
        found += check_node_selector(f"{path}.nodeSelector", selector)
        terms = selector.get("nodeSelectorTerms") or []
        if len(terms) != 1:
            shown = go_value("core/v1.NodeSelector", selector)["NodeSelectorTerms"] if terms else []
            text = "must have exactly one node selector term"
            found.append(field.invalid(f"{path}.nodeSelector.nodeSelectorTerms", shown, text))
    if everywhere:
        given.append("allNodes")
    elif everywhere is False:
        found.append(field.invalid(f"{path}.allNodes", False, _UNSET_OR_TRUE))
    return found, given


def _one_of_them(path: str, given: Sequence[str], none: str, many: str) -> list[FieldError]:
    if not given:
        return [field.required(path, none)]
    if len(given) == 1:
        return []
    return [field.invalid(path, "{" + ", ".join(f"`{name}`" for name in given) + "}", many)]


def _unique(key: str, check: Check) -> Check:
    seen: set[str] = set()

    def once(path: str, item: Object) -> list[FieldError]:
        found, name = check(path, item), item.get(key, "")
        if name in seen:
            found.append(field.duplicate(path, name))
        seen.add(name)
        return found

    return once


def _device(placed: bool) -> Check:
    def check(path: str, device: Object) -> list[FieldError]:
        found = dns_label(f"{path}.name", device.get("name", ""))
        attributes, capacity = device.get("attributes") or {}, device.get("capacity") or {}
        count = len(attributes) + len(capacity)
        if count > _MOST_TRAITS:
            text = f"the total number of attributes and capacities must not exceed {_MOST_TRAITS}"
            found.append(field.invalid(path, count, text))
        else:
            found += _each(f"{path}.attributes", attributes, _attribute)
            found += _each(f"{path}.capacity", capacity, _capacity(bool(device.get("allowMultipleAllocations"))))
        found += few(f"{path}.taints", device.get("taints") or [], _MOST_TAINTS, _taint)
        consumed = _unique("counterSet", _counters("counterSet"))
        found += few(f"{path}.consumesCounters", device.get("consumesCounters") or [], _MOST_CONSUMED, consumed)
        found += _device_nodes(path, device, placed=placed)
        return found + _binding(path, device)

    return check


def _device_nodes(path: str, device: Object, *, placed: bool) -> list[FieldError]:
    if placed:
        found, given = _placed(path, device)
        return found + _one_of_them(path, given, _NODES_OF_DEVICE, _NODES_OF_DEVICE)
    if any(device.get(key) is not None for key in ("nodeName", "nodeSelector", "allNodes")):
        return [field.invalid(path, None, _NOT_OF_DEVICE)]
    return []


def _each(path: str, values: Mapping[str, Any], check: Check) -> list[FieldError]:
    found: list[FieldError] = []
    for name in sorted(values):
        found += _qualified(path, name) + check(f"{path}[{name}]", values[name])
    return found


def _qualified(path: str, name: str) -> list[FieldError]:
    """The name of an attribute or a capacity, with the domain that it is of or without."""
    domain, slash, rest = name.partition("/")
    if not slash:
        return check_identifier(path, name)
    if "/" in rest:  # which the server does not look at
        return []
    found = check_driver_name(path, domain) if domain else [field.invalid(path, "", "the domain must not be empty")]
    return found + (check_identifier(path, rest) if rest else [field.invalid(path, "", "the name must not be empty")])


def _attribute(path: str, attribute: Object) -> list[FieldError]:
    given = [key for key in ("int", "bool", "string", "version") if attribute.get(key) is not None]
    if len(given) != 1:
        shown = _as_go(attribute) if given else ""
        return [field.invalid(path, shown, "exactly one value must be specified")]
    here, value = f"{path}.{given[0]}", attribute[given[0]]
    found: list[FieldError] = []
    if given[0] == "version" and not _SEMVER.fullmatch(value):
        found.append(field.invalid(here, value, "must be a string compatible with semver.org spec 2.0.0"))
    if isinstance(value, str) and len(value) > _LONGEST_VALUE:
        found.append(field.too_long(here, _LONGEST_VALUE))
    return found


def _as_go(attribute: Object) -> Any:
    """An attribute as the server's own type prints it."""
    shown = {key: attribute.get(key.lower()) for key in ("Int", "Bool", "String", "Version")}
    return Ordered(
        {**{f"{key}Value": value for key, value in shown.items()}, **{f"{key}Values": None for key in shown}}
    )


def _capacity(shared: bool) -> Check:
    def check(path: str, capacity: Object) -> list[FieldError]:
        if capacity.get("requestPolicy") is None or shared:
            return []
        return [field.forbidden(f"{path}.requestPolicy", "allowMultipleAllocations must be true")]

    return check


def _taint(path: str, taint: Object) -> list[FieldError]:
    found = label_name(f"{path}.key", taint.get("key", ""))
    if taint.get("value"):
        found += named(f"{path}.value", taint["value"], validation.is_valid_label_value)
    return found + one_of(f"{path}.effect", taint.get("effect", ""), EFFECTS, required=True)


def _counters(key: str) -> Check:
    def check(path: str, item: Object) -> list[FieldError]:
        name, counters = item.get(key, ""), item.get("counters") or {}
        found = dns_label(f"{path}.{key}", name) if name else [field.required(f"{path}.{key}")]
        here = f"{path}.counters"
        if not counters:
            found.append(field.required(here))
        elif len(counters) > _MOST_COUNTERS:
            found.append(field.too_many(here, len(counters), _MOST_COUNTERS))
        else:
            found += [error for one in sorted(counters) for error in dns_label(here, one)]
        return found

    return check


def _binding(path: str, device: Object) -> list[FieldError]:
    """The conditions that pods wait for before they are bound, and those that make them try again."""
    keys = ("bindingConditions", "bindingFailureConditions")
    wanted, failed = (device.get(key) or [] for key in keys)
    found: list[FieldError] = []
    for key, conditions in zip(keys, (wanted, failed), strict=True):
        if len(conditions) > _MOST_CONDITIONS:
            found.append(field.too_many(f"{path}.{key}", len(conditions), _MOST_CONDITIONS))
    for key, conditions in zip(keys, (wanted, failed), strict=True):
        for index, name in enumerate(conditions):
            here = f"{path}.{key}[{index}]"
            found += label_name(here, name)
            if name in conditions[:index]:
                found.append(field.duplicate(here, name))
            if key == keys[1] and name in wanted:
                text = "bindingFailureConditions must not overlap with bindingConditions"
                found.append(field.invalid(here, name, text))
    for key, conditions, other, there in ((keys[0], wanted, keys[1], failed), (keys[1], failed, keys[0], wanted)):
        if conditions and not there:
            text = f"{other} are required to use {key}"
            found.append(field.invalid(f"{path}.{other}", device.get(other), text))
    return found
