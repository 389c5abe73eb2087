"""Which children a controller owns, may adopt and has to release. Pure; follows pkg/controller/controller_ref_manager.go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from kubeclient.api.meta_v1 import OwnerReference
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.json import encode
from kubeclient.apimachinery.labels import Selector
from kubeclient.apimachinery.meta import controller_of, labels_of, new_controller_ref

__all__ = ["Claims", "adoption_patch", "claim", "owner_key", "release_patch"]

T = TypeVar("T")


@dataclass
class Claims(Generic[T]):
    """Children that are `owned` and still match, `orphans` that match, and owned ones that do so `strayed` no longer."""

    owned: list[T] = field(default_factory=list)
    orphans: list[T] = field(default_factory=list)
    strayed: list[T] = field(default_factory=list)


def claim(owner: Any, selector: Selector, children: Iterable[T]) -> Claims[T]:
    """Sorts possible children of an owner. One that is being deleted itself adopts and releases nothing."""
    claims: Claims[T] = Claims()
    for child in children:
        matches = selector.matches(labels_of(child))
        metadata = child.metadata  # type: ignore[attr-defined]
        reference = controller_of(child)
        if reference is not None:
            if reference.uid != owner.metadata.uid:
                continue
            if matches:
                claims.owned.append(child)
            elif not owner.metadata.deletion_timestamp:
                claims.strayed.append(child)
        elif matches and not owner.metadata.deletion_timestamp and not metadata.deletion_timestamp:
            claims.orphans.append(child)
    return claims


def adoption_patch(owner: Any, gvk: GroupVersionKind, child: Any) -> bytes:
    """A strategic merge patch that makes `owner` the controller of a child, if it is still that child."""
    reference = new_controller_ref(owner, gvk, OwnerReference)
    return encode({"metadata": {"ownerReferences": [reference], "uid": child.metadata.uid}})


def release_patch(owner: Any, child: Any) -> bytes:
    """A strategic merge patch that takes the owner's reference away, if it is still that child."""
    gone = {"$patch": "delete", "uid": owner.metadata.uid}
    return encode({"metadata": {"ownerReferences": [gone], "uid": child.metadata.uid}})


def owner_key(child: Any, gvk: GroupVersionKind) -> str | None:
    """The key of a child's controller, if that is of the kind (in any version)."""
    reference = controller_of(child)
    if reference is None or reference.kind != gvk.kind or reference.api_version.partition("/")[0] != gvk.group:
        return None
    return f"{child.metadata.namespace}/{reference.name}"
