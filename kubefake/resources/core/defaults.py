"""What decoding fills into the core group's kinds besides pods and services.

Follows pkg/apis/core/v1/{defaults,conversion}.go.
"""

from __future__ import annotations

import base64
from typing import Any

from kubefake.resources.core.pod_defaults import default_template
from kubefake.resources.core.quantities import round_list
from kubefake.resources.core.volume_defaults import default_claim_spec, default_persistent_source
from kubefake.resources.strategy import JSONObject

__all__ = [
    "default_claim",
    "default_config_map",
    "default_controller",
    "default_endpoints",
    "default_limit_range",
    "default_node",
    "default_pod_template",
    "default_quota",
    "default_secret",
    "default_volume",
]


def default_config_map(obj: JSONObject, version: str) -> None:
    """Nothing: an empty map of data is not written."""


def default_secret(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """The type, and plain text as data."""
    text = obj.pop("stringData", None)
    if text:
        data = {**(obj.get("data") or {})}
        data.update({key: base64.b64encode(value.encode()).decode() for key, value in text.items()})
        obj["data"] = dict(sorted(data.items()))
    if not obj.get("type"):
        obj["type"] = "Opaque"


def default_claim(obj: JSONObject, version: str = "v1") -> None:  # noqa: ARG001
    """A claim for a volume."""
    default_claim_spec(obj.setdefault("spec", {}))
    obj.setdefault("status", {}).setdefault("phase", "Pending")


def default_volume(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """A persistent volume."""
    spec = obj["spec"]
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    if spec.get("capacity"):
        round_list(spec["capacity"])
    default_persistent_source(spec)
    obj["status"].setdefault("phase", "Pending")


def default_endpoints(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """The protocols of ports."""
    for subset in obj.get("subsets") or ():
        for port in subset.get("ports") or ():
            port.setdefault("protocol", "TCP")


def default_node(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """Allocatable is what there is, unless told otherwise."""
    spec = obj.get("spec") or {}
    first, ranges = spec.get("podCIDR"), spec.get("podCIDRs")
    if first and (not ranges or ranges[0] != first):
        spec["podCIDRs"] = [first]
    elif ranges and not first:
        spec["podCIDR"] = ranges[0]
    status = obj["status"]
    for key in ("capacity", "allocatable"):
        if status.get(key):
            round_list(status[key])
    if status.get("allocatable") is None and status.get("capacity"):
        status["allocatable"] = dict(status["capacity"])


def default_quota(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """Quantities are rounded to thousandths."""
    for part in ("spec", "status"):
        for key in ("hard", "used"):
            resources = (obj.get(part) or {}).get(key)
            if resources:
                round_list(resources)


def default_limit_range(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """Containers' defaults follow their limits."""
    for item in obj["spec"].get("limits") or ():
        for key in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
            if item.get(key):
                round_list(item[key])
        if item.get("type") == "Container":
            _container_limits(item)


def _container_limits(item: dict[str, Any]) -> None:
    default, request = item.get("default") or {}, item.get("defaultRequest") or {}
    for name, value in (item.get("max") or {}).items():
        default.setdefault(name, value)
    for source in (default, item.get("min") or {}):
        for name, value in source.items():
            request.setdefault(name, value)
    if default:
        item["default"] = default
    if request:
        item["defaultRequest"] = request


def default_controller(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """A replication controller takes what it does not say from its template's labels."""
    spec = obj["spec"]
    template = spec.get("template")
    if template is not None:
        default_template(template)
        labels = (template.get("metadata") or {}).get("labels")
        if labels:
            if not spec.get("selector"):
                spec["selector"] = dict(labels)
            if not obj["metadata"].get("labels"):
                obj["metadata"]["labels"] = dict(labels)
    spec.setdefault("replicas", 1)
    spec.setdefault("minReadySeconds", 0)
    if not spec["minReadySeconds"]:
        del spec["minReadySeconds"]


def default_pod_template(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """A template on its own."""
    if obj.get("template") is not None:
        default_template(obj["template"])
