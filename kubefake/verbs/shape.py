"""How an object of a builtin kind looks as it is stored: the type it is stored as, its fields in that type's order.

Custom objects are read by schemas of their own, and put in order there.
"""

from __future__ import annotations

from kubefake.resources.resource import Resource
from kubefake.resources.strategy import JSONObject
from kubefake.schema.builtin import node_for
from kubefake.schema.node import Node
from kubefake.schema.order import in_order
from kubefake.verbs.metadata import ordered

__all__ = ["as_shown", "in_shown_order", "in_stored_order", "stored_node"]


def stored_node(resource: Resource) -> Node:
    """The type of the version that objects of the resource are stored in."""
    if resource.custom or resource.is_storage_version:
        return resource.node
    return node_for(resource.storage_version.group, resource.storage_version.version, resource.kind)


def in_stored_order(resource: Resource, obj: JSONObject) -> JSONObject:
    """An object that is about to be stored, with what hooks have added where Go would write it."""
    return obj if resource.custom else in_order(stored_node(resource), obj)


def as_shown(resource: Resource, obj: JSONObject) -> JSONObject:
    """An object as it would be stored, in the version it is asked for by."""
    if resource.is_storage_version:
        return obj
    return in_shown_order(resource, resource.strategy.convert(obj, resource.version))


def in_shown_order(resource: Resource, obj: JSONObject) -> JSONObject:
    """An object that was converted to the version it is asked for by."""
    if resource.custom:
        return obj
    obj["metadata"] = ordered(obj["metadata"])
    return in_order(resource.node, obj)
