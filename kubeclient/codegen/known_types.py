"""Types that kubeclient has already: Kubernetes' own, told by their names in OpenAPI, or by their shape where there is no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from kubeclient import api

from .description import FieldType

__all__ = ["FREE", "Type", "by_reference", "by_shape", "collection", "listed", "own_struct"]

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_BUILTIN = "io.k8s.api."

# The pattern that controller-gen writes for resource.Quantity begins so.
_QUANTITY = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"

_CONDITION = frozenset(("lastTransitionTime", "message", "observedGeneration", "reason", "status", "type"))
_SELECTOR = frozenset(("matchExpressions", "matchLabels"))
_REQUIREMENT = frozenset(("key", "operator", "values"))


@dataclass(frozen=True)
class Type:
    """What a field holds.

    Attributes:
        annotation: in models, as source.
        applied: in apply configurations.
        form: "struct", "list", "map", "scalar", or "any" for what may be any JSON.
        uses: the names that the annotation needs in the module, in `ModelModule`'s words.
        recursive: a struct that is among its own parts.
    """

    annotation: str
    applied: FieldType
    form: str
    uses: frozenset[str] = frozenset()
    recursive: bool = False

    @classmethod
    def plain(cls, name: str, form: str = "scalar") -> Type:
        """A type of Python's or of apimachinery's."""
        return cls(name, FieldType("one", name), form, frozenset((name,)))


FREE = Type("dict[str, Any]", FieldType("map", "Any"), "map", frozenset(("Any",)))
"""An object of which nothing is known."""


def own_struct(name: str, *, recursive: bool = False) -> Type:
    """A class of the same module."""
    return Type(name, FieldType("one", name), "struct", recursive=recursive)


def collection(form: str, item: Type) -> Type:
    """A "list" or a "map" of that."""
    annotation = f"list[{item.annotation}]" if form == "list" else f"dict[str, {item.annotation}]"
    inner = item.applied
    if inner.form == "one":
        applied = FieldType(form, inner.name, inner.module)
    else:  # configurations know one level
        applied = FieldType(form, "Any" if "." in inner.annotation else inner.annotation)
    return Type(annotation, applied, form, item.uses)


def listed(made: Type, schema: Mapping[str, Any]) -> Type:
    """The list with what the server tells its items apart by."""
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys", ())
    applied = replace(made.applied, keys=tuple(keys) if kind == "map" else (), unique=kind == "set")
    return replace(made, applied=applied)


_NAMED = {
    f"{_META}Time": Type.plain("Time"),
    f"{_META}MicroTime": Type.plain("MicroTime"),
    f"{_META}Duration": Type.plain("Duration"),
    f"{_META}FieldsV1": FREE,
    f"{_META}Patch": FREE,
    "io.k8s.apimachinery.pkg.api.resource.Quantity": Type.plain("Quantity"),
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": Type.plain("IntOrString"),
    "io.k8s.apimachinery.pkg.runtime.RawExtension": FREE,
}


def by_reference(name: str) -> Type | None:
    """The type of a component of Kubernetes' own; None for anybody else's."""
    if name in _NAMED:
        return _NAMED[name]
    if name.startswith(_META):
        return _model("meta_v1", name.removeprefix(_META))
    if name.startswith(_BUILTIN):
        group, _, rest = name.removeprefix(_BUILTIN).partition(".")
        version, _, model = rest.partition(".")
        return _model(f"{group}_{version}", model)
    return None


def _model(module: str, name: str) -> Type | None:
    if module not in api.MODULES or not hasattr(import_module(f"kubeclient.api.{module}"), name):
        return None
    configurations = import_module(f"kubeclient.applyconfigurations.{module}")
    applied = FieldType("one", name, module) if hasattr(configurations, name) else FieldType("map", "Any")
    if module == "meta_v1":
        return Type(name, applied, "struct", frozenset((f"meta:{name}",)))
    return Type(f"api.{module}.{name}", applied, "struct", frozenset(("api",)))


def by_shape(schema: Mapping[str, Any]) -> Type | None:
    """The type that definitions write out because they have no references; None for any other."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        quantity = str(schema.get("pattern", "")).startswith(_QUANTITY)
        return Type.plain("Quantity" if quantity else "IntOrString")
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or schema.get("x-kubernetes-preserve-unknown-fields"):
        return None
    names = frozenset(properties)
    if names == _CONDITION and frozenset(schema.get("required", ())) == _CONDITION - {"observedGeneration"}:
        return _model("meta_v1", "Condition")
    if names == _SELECTOR and _is_selector(properties):
        return _model("meta_v1", "LabelSelector")
    return None


def _is_selector(properties: Mapping[str, Any]) -> bool:
    try:
        labels = properties["matchLabels"]["additionalProperties"]["type"] == "string"
        return labels and frozenset(properties["matchExpressions"]["items"]["properties"]) == _REQUIREMENT
    except (KeyError, TypeError):
        return False
