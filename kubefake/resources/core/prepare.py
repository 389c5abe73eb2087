"""What the core group's kinds set on creation and carry over on updates, besides pods, services and namespaces.

Follows the strategies under pkg/registry/core.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.strategy import Context, JSONObject

__all__ = [
    "clean_account",
    "create_claim",
    "create_controller",
    "create_limit_range",
    "create_node",
    "create_volume",
    "node_status",
    "update_claim",
    "update_node",
    "update_secret",
    "volume_status",
]

Object = Mapping[str, Any]


def create_node(obj: JSONObject, context: Context) -> None:  # noqa: ARG001
    """Kubelets are not configured by the API any more: what said how is forgotten."""
    (obj.get("spec") or {}).pop("configSource", None)
    (obj.get("status") or {}).pop("config", None)


def update_node(obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG001
    """As on creation, but for what is there already; the status is not changed by this door."""
    obj["status"] = old.get("status", {})
    if not (old.get("spec") or {}).get("configSource"):
        (obj.get("spec") or {}).pop("configSource", None)


def node_status(obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG001
    """As on creation, but for what is there already."""
    if not (old.get("status") or {}).get("config"):
        (obj.get("status") or {}).pop("config", None)


def create_volume(obj: JSONObject, context: Context) -> None:
    """A volume waits, since now."""
    obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": context.now}


def volume_status(obj: JSONObject, old: Object, context: Context) -> None:
    """Keeps when the phase changed."""
    status, was = obj["status"], old.get("status", {})
    before, after = was.get("lastPhaseTransitionTime"), status.get("lastPhaseTransitionTime")
    if was.get("phase") == status.get("phase"):
        if after is None and before is not None:
            status["lastPhaseTransitionTime"] = before
    elif after is None or after == before:
        status["lastPhaseTransitionTime"] = context.now


def create_claim(obj: JSONObject, context: Context) -> None:  # noqa: ARG001
    """A claim waits; its data source is told in both of its forms, and is no other namespace's."""
    obj["status"] = {"phase": "Pending"}
    spec = obj["spec"]
    if (spec.get("dataSourceRef") or {}).get("namespace"):
        del spec["dataSourceRef"]
    source = spec.get("dataSource")
    if source is not None and not _populates(source):
        del spec["dataSource"]
    _data_sources(spec)


def update_claim(obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG001
    """As on creation."""
    _data_sources(obj["spec"])


def _populates(source: Object) -> bool:
    """Whether a volume can be filled from it: claims and snapshots; others are forgotten, as they always were."""
    kind, group = source.get("kind"), source.get("apiGroup") or ""
    return (group, kind) in (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))


def _data_sources(spec: JSONObject) -> None:
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    if source is not None and reference is None:
        spec["dataSourceRef"] = dict(source)
    elif source is None and reference is not None and not reference.get("namespace"):
        spec["dataSource"] = {key: value for key, value in reference.items() if key != "namespace"}


def create_controller(obj: JSONObject, context: Context) -> None:  # noqa: ARG001
    """Nothing runs yet."""
    obj["status"] = {"replicas": 0}


def create_limit_range(obj: JSONObject, context: Context) -> None:
    """A range without a name gets one; nothing else of it is the server's."""


def clean_account(obj: JSONObject, *_: Any) -> None:
    """References to secrets are names only."""
    secrets = obj.get("secrets")
    if secrets:
        obj["secrets"] = [{"name": secret["name"]} if secret.get("name") else {} for secret in secrets]


def update_secret(obj: JSONObject, old: Object, context: Context) -> None:  # noqa: ARG001
    """The type stays when it is not told."""
    if not obj.get("type"):
        obj["type"] = old.get("type", "Opaque")
