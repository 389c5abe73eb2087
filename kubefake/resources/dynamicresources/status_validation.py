"""What is wrong with the status of resource claims: what was allocated, to whom, and what drivers say of it.

Follows pkg/apis/resource/validation/validation.go (ValidateResourceClaimStatusUpdate).
"""

from __future__ import annotations

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import IMMUTABLE, Object, dns_label, dns_subdomain
from kubefake.resources.core.diffs import go_value
from kubefake.resources.core.scheduling_validation import check_node_selector
from kubefake.resources.dynamicresources.validation import (
    check_config,
    check_driver_name,
    few,
    reference,
    references,
    request_names,
)
from kubefake.resources.strategy import Context

__all__ = ["check_status"]

_MOST_CONSUMERS = 256
_MOST_RESULTS = 32
_SOURCES = ["FromClaim", "FromClass"]


def check_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a claim's status."""
    status, before = obj.get("status") or {}, old.get("status") or {}
    consumers, allocation = status.get("reservedFor") or [], status.get("allocation")
    found = few("status.reservedFor", consumers, _MOST_CONSUMERS, _consumer)
    seen: set[str] = set()
    for index, consumer in enumerate(consumers):
        if consumer.get("uid", "") in seen:
            found.append(field.duplicate(f"status.reservedFor[{index}]", consumer.get("uid", "")))
        seen.add(consumer.get("uid", ""))
    found += _devices(status.get("devices") or [], allocation)
    if before.get("allocation") is not None:
        if allocation is not None and allocation != before["allocation"]:
            shown = go_value("resource/v1.AllocationResult", allocation)
            found.append(field.invalid("status.allocation", shown, IMMUTABLE))
    elif allocation is not None:
        found += _allocation(allocation, obj)
    if consumers and allocation is None:
        text = "may not be specified when `allocated` is not set"
        found.append(field.forbidden("status.reservedFor", text))
    return found


def _consumer(path: str, consumer: Object) -> list[FieldError]:
    return [field.required(f"{path}.{key}") for key in ("resource", "name", "uid") if not consumer.get(key)]


def _place(device: Object) -> tuple[str, ...]:
    return tuple(device.get(key) or "" for key in ("driver", "pool", "device", "shareID"))


def _devices(devices: list[Object], allocation: Object | None) -> list[FieldError]:
    results = ((allocation or {}).get("devices") or {}).get("results") or ()
    allocated = {_place(result) for result in results}
    found = []
    for index, device in enumerate(devices):
        if _place(device) not in allocated:
            shown = Ordered(zip(("Driver", "Pool", "Device", "ShareID"), _place(device), strict=True))
            found.append(field.invalid(f"status.devices[{index}]", shown, "must be an allocated device in the claim"))
    return found


def _allocation(allocation: Object, claim: Object) -> list[FieldError]:
    path = "status.allocation"
    names = request_names(((claim.get("spec") or {}).get("devices") or {}).get("requests") or [])

    def result(here: str, given: Object) -> list[FieldError]:
        found = reference(f"{here}.request", given.get("request", ""), names)
        found += check_driver_name(f"{here}.driver", given.get("driver", ""))
        pool = given.get("pool", "")
        if not pool:
            found.append(field.required(f"{here}.pool"))
        for part in pool.split("/") if pool else ():
            found += dns_subdomain(f"{here}.pool", part)
        return found + dns_label(f"{here}.device", given.get("device", ""))

    def config(here: str, given: Object) -> list[FieldError]:
        source, found = given.get("source", ""), []
        if not source:
            found.append(field.required(f"{here}.source"))
        elif source not in _SOURCES:
            found.append(field.not_supported(f"{here}.source", source, _SOURCES))
        found += references(f"{here}.requests", given.get("requests") or [], names)
        return found + check_config(here, given)

    devices = allocation.get("devices") or {}
    found = few(f"{path}.devices.results", devices.get("results") or [], _MOST_RESULTS, result)
    found += few(f"{path}.devices.config", devices.get("config") or [], 2 * _MOST_RESULTS, config)
    if allocation.get("nodeSelector") is not None:
        found += check_node_selector(f"{path}.nodeSelector", allocation["nodeSelector"])
    return found
