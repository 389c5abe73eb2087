"""What decoding fills into storage classes and CSI drivers.

Follows pkg/apis/storage/v1/defaults.go.
"""

from __future__ import annotations

from kubefake.resources.strategy import JSONObject

__all__ = ["default_class", "default_driver"]


def default_class(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """Volumes of a class go with their claim and are bound at once."""
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def default_driver(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """What a driver is taken to need and to be able to do."""
    spec = obj["spec"]
    spec.setdefault("attachRequired", True)
    for key in ("podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"):
        spec.setdefault(key, False)
    spec.setdefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
    if not spec.get("volumeLifecycleModes"):
        spec["volumeLifecycleModes"] = ["Persistent"]
