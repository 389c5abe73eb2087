"""The resources that a CustomResourceDefinition makes the server answer for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubeclient.apimachinery.gvk import GroupResource, GroupVersion, GroupVersionKind
from kubefake.resources.resource import Resource, Subresource
from kubefake.schema.builtin import node_for
from kubefake.schema.node import Node
from kubefake.schema.structural import root_node_of

from .conditions import is_true
from .custom import CustomStrategy
from .versions import version_priority

__all__ = ["model_name", "resources_of"]

_VERBS: Final = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
_SUBRESOURCE_VERBS: Final = ("get", "patch", "update")


def resources_of(crd: Mapping[str, Any], settled_at: int = 0) -> list[Resource]:
    """A resource for every served version, the preferred first; by the accepted names where there are any.

    `settled_at`: the revision at which the definition came to say what it says; older objects are read by it anew.
    """
    spec = crd["spec"]
    storage = next(version["name"] for version in spec["versions"] if version["storage"])
    served = [version for version in spec["versions"] if version["served"]]
    names = (crd.get("status") or {}).get("acceptedNames") or {}
    names = names if names.get("plural") else spec["names"]
    nodes = {
        version["name"]: root_node_of(
            (version.get("schema") or {}).get("openAPIV3Schema"),
            name=model_name(spec["group"], version["name"], names["kind"]),
        )
        for version in spec["versions"]
    }
    terminating = is_true(crd, "Terminating")
    return [
        _resource(
            crd,
            version,
            names,
            storage,
            CustomStrategy(crd, version, nodes, settled_at=settled_at, terminating=terminating),
            nodes[version["name"]],
        )
        for version in sorted(served, key=lambda v: version_priority(v["name"]))
    ]


def _resource(
    crd: Mapping[str, Any],
    version: Mapping[str, Any],
    names: Mapping[str, Any],
    storage: str,
    strategy: CustomStrategy,
    node: Node,
) -> Resource:
    spec = crd["spec"]
    group, plural = spec["group"], spec["names"]["plural"]
    return Resource(
        group=group,
        version=version["name"],
        plural=plural,
        singular=names.get("singular", ""),
        kind=names["kind"],
        list_kind=names.get("listKind") or names["kind"] + "List",
        namespaced=spec["scope"] == "Namespaced",
        verbs=_VERBS,
        node=node,
        strategy=strategy,
        storage=GroupResource(group, plural),
        storage_version=GroupVersion(group, storage),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=_subresources(version, GroupVersionKind(group, version["name"], names["kind"])),
        custom=True,
    )


def model_name(group: str, version: str, kind: str) -> str:
    """The name under which OpenAPI knows the type: `com.example.v1.Thing`, the group's labels turned round."""
    return ".".join([*reversed(group.split(".")), version, kind])


def _subresources(version: Mapping[str, Any], kind: GroupVersionKind) -> dict[str, Subresource]:
    declared = version.get("subresources") or {}
    found = {}
    if declared.get("status") is not None:
        found["status"] = Subresource("status", kind, _SUBRESOURCE_VERBS)
    if declared.get("scale") is not None:
        scale = GroupVersionKind("autoscaling", "v1", "Scale")
        found["scale"] = Subresource("scale", scale, _SUBRESOURCE_VERBS, node_for("autoscaling", "v1", "Scale"))
    return found
