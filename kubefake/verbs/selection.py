"""Which objects a list or a watch is about: its label and field selectors as one predicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubeclient.apimachinery import errors, fields, labels
from kubefake.resources.resource import Resource
from kubefake.store import Version
from kubefake.wire.options import ListOptions

__all__ = ["Selection", "select"]

Predicate = Callable[[Version], bool]

_GENERIC = ("metadata.name", "metadata.namespace")


class Selection:
    """What a request selects.

    Attributes:
        matches: whether an object is selected; None when all are.
        name: the one name that can match, "" when it is not known.
    """

    __slots__ = ("matches", "name")

    def __init__(self, matches: Predicate | None, name: str = "") -> None:
        self.matches = matches
        self.name = name


_ALL = Selection(None)


def select(resource: Resource, options: ListOptions) -> Selection:
    """Compiles the selectors. Raises BadRequest for a field that the resource cannot be selected by."""
    if options.label_selector is None and options.field_selector is None:
        return _ALL
    by_label = _by_label(options.label_selector)
    by_field, name = _by_field(resource, options.field_selector)
    if by_label is None or by_field is None:
        return Selection(by_label or by_field, name)

    def both(version: Version) -> bool:
        return by_label(version) and by_field(version)

    return Selection(both, name)


def _by_label(selector: labels.Selector | None) -> Predicate | None:
    if selector is None or selector.empty:
        return None
    matches = selector.matches

    return lambda version: matches(version.labels)


def _by_field(resource: Resource, selector: fields.Selector | None) -> tuple[Predicate | None, str]:
    if selector is None or selector.empty:
        return None, ""
    known = resource.strategy.field_labels
    name, special = "", False
    for requirement in selector.requirements:
        label = requirement.field
        if label in _GENERIC and (label == "metadata.name" or resource.namespaced or not (known or resource.custom)):
            if label == "metadata.name" and requirement.operator in ("=", "=="):
                name = requirement.value
            continue
        if label not in known:
            raise errors.new_bad_request(_unknown_field(resource, label))
        special = True
    matches = selector.matches
    if name and len(selector.requirements) == 1:
        return (lambda version: version.name == name), name
    values = resource.strategy.field_values if special else None

    def by_field(version: Version) -> bool:
        if values is None:
            return matches(_fields(version, None))
        fields = version.fields
        if fields is None:
            fields = version.fields = _fields(version, values)
        return matches(fields)

    return by_field, name


def _fields(version: Version, values: Callable[[Mapping[str, Any]], Mapping[str, str]] | None) -> Mapping[str, str]:
    """What field selectors see of an object."""
    if values is None:
        return {"metadata.name": version.name, "metadata.namespace": version.namespace}
    return {"metadata.name": version.name, "metadata.namespace": version.namespace, **values(version.obj)}


def _unknown_field(resource: Resource, label: str) -> str:
    if resource.strategy.field_labels or resource.custom:
        return resource.strategy.unknown_field.format(label)
    return f'"{label}" is not a known field selector: only "metadata.name", "metadata.namespace"'
