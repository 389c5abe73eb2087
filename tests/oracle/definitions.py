"""The custom kinds that two servers are asked about: one version for all, one of two versions, and one for the cluster."""

from __future__ import annotations

from typing import Any

__all__ = ["DEFINITIONS", "GROUP", "definition"]

GROUP = "differential.example"

_SIZE: dict[str, Any] = {"type": "string", "enum": ["s", "m", "l"]}
_PORTS: dict[str, Any] = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name", "protocol"],
    "items": {
        "type": "object",
        "required": ["name", "number"],
        "properties": {
            "name": {"type": "string", "maxLength": 3},
            "protocol": {"type": "string", "default": "tcp"},
            "number": {"type": "integer", "minimum": 1, "maximum": 99},
        },
    },
}
_SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": _SIZE,
        "replicas": {"type": "integer", "minimum": 0, "default": 1},
        "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "ports": _PORTS,
        "steps": {"type": "array", "x-kubernetes-list-type": "atomic", "maxItems": 2, "items": {"type": "string"}},
        "limit": {"x-kubernetes-int-or-string": True},
        "rate": {"type": "number"},
        "note": {"type": "string", "nullable": True, "pattern": "^[a-z]*$"},
        "on": {"type": "boolean"},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 2},
        "whole": {
            "type": "object",
            "x-kubernetes-map-type": "atomic",
            "properties": {"a": {"type": "string"}, "b": {"type": "string", "default": "d"}},
        },
    },
}
_STATUS: dict[str, Any] = {
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": True,
    "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}, "phase": {"type": "string"}},
}
# What v1 lets pass and v2 does not: objects made in v1 are bad in v2, and may stay so as long as they do not change.
_STRICT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "size": {"type": "string", "maxLength": 1},
        "count": {"type": "integer", "maximum": 3},
        "tags": {"type": "array", "maxItems": 1, "items": {"type": "string", "pattern": "^a"}},
        "sub": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "enum": ["x", "y"]}}},
    },
}
_LOOSE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "size": {"type": "string"},
        "count": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sub": {"type": "object", "properties": {"a": {"type": "string"}}},
    },
}


def _version(name: str, schema: dict[str, Any], *, storage: bool, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "served": True,
        "storage": storage,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": schema}},
        **more,
    }


def definition(singular: str, kind: str, versions: list[dict[str, Any]], scope: str = "Namespaced") -> dict[str, Any]:
    """A CustomResourceDefinition."""
    plural = f"{singular}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": scope,
            "names": {"plural": plural, "singular": singular, "kind": kind, "listKind": f"{kind}List"},
            "versions": versions,
        },
    }


_SCALE = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
DEFINITIONS: tuple[dict[str, Any], ...] = (
    definition(
        "thing",
        "Thing",
        [
            _version(
                "v1",
                {"spec": _SPEC, "status": _STATUS},
                storage=True,
                subresources={"status": {}, "scale": {**_SCALE, "labelSelectorPath": ".status.selector"}},
                selectableFields=[{"jsonPath": ".spec.size"}, {"jsonPath": ".spec.replicas"}],
                additionalPrinterColumns=[
                    {"name": "Size", "type": "string", "jsonPath": ".spec.size"},
                    {"name": "Wanted", "type": "integer", "jsonPath": ".spec.replicas"},
                ],
            )
        ],
    ),
    definition(
        "gadget",
        "Gadget",
        [
            _version("v1", {"spec": _LOOSE, "status": {"type": "object"}}, storage=True),
            _version("v2", {"spec": _STRICT, "status": {"type": "object"}}, storage=False, subresources={"status": {}}),
        ],
    ),
    definition("widget", "Widget", [_version("v1", {"spec": _LOOSE}, storage=True)], scope="Cluster"),
)
