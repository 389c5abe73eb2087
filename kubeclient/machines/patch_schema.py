"""What strategic merge patches need to know of a type, and what they share: directives, equality, the order of lists.

Ported from apimachinery pkg/util/strategicpatch/{meta,patch}.go and pkg/util/mergepatch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_origin

from kubeclient.apimachinery.gotext import quote

from .merge_keys import MERGE_KEYS
from .model_shape import item_type, model_of, unwrapped, wire_fields

__all__ = [
    "DELETE_FROM",
    "DIRECTIVE",
    "ORDER",
    "RETAIN_KEYS",
    "FieldPatch",
    "MergePatchError",
    "field_patch",
    "in_order",
    "index_of",
    "key_of",
    "same",
]

DIRECTIVE: Final = "$patch"
RETAIN_KEYS: Final = "$retainKeys"
DELETE_FROM: Final = "$deleteFromPrimitiveList/"
ORDER: Final = "$setElementOrder/"


class MergePatchError(ValueError):
    """A patch that cannot be made or applied."""


@dataclass(frozen=True, slots=True)
class FieldPatch:
    """How a field is patched.

    Attributes:
        merges: its list is merged item by item.
        replaces: its map is replaced as a whole.
        retains: patches of its map, or of items of its list, say which keys stay.
        key: what tells the items of a merged list apart; empty for lists of texts and numbers.
        type: the type of the map, or of the items of the list.
    """

    merges: bool
    replaces: bool
    retains: bool
    key: str
    type: Any


def field_patch(type_: Any, field: str) -> FieldPatch:
    """How a field of a model, or an entry of a map, is patched. Raises MergePatchError for a field that a model has not."""
    model = model_of(type_)
    if model is None:
        return FieldPatch(False, False, False, "", item_type(type_))
    annotation = wire_fields(model).get(field)
    if annotation is None and field not in ("apiVersion", "kind"):
        raise MergePatchError(f"unable to find api field in struct {model.__name__} for the json field {quote(field)}")
    strategies, _, key = MERGE_KEYS.get(model.__name__, {}).get(field, "").partition(" ")
    said = strategies.split(",")
    whole = model_of(annotation) is not None or get_origin(unwrapped(annotation)) is dict
    inner = annotation if whole else item_type(annotation)
    return FieldPatch("merge" in said, "replace" in said, "retainKeys" in said, key, inner)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def key_of(item: Any, key: str) -> Any:
    """The value that tells an item of a merged list apart. Raises MergePatchError for an item without."""
    if not isinstance(item, dict) or key not in item:
        raise MergePatchError(f"map: {item} does not contain declared merge key: {key}")
    return item[key]


def index_of(items: list[Any], item: Any, key: str) -> int:
    """Where an item with the same key, or the same scalar, is; -1 where there is none."""
    wanted = key_of(item, key) if key else item
    for at, one in enumerate(items):
        if same(key_of(one, key) if key else one, wanted):
            return at
    return -1


def in_order(items: list[Any], order: list[Any], key: str) -> list[Any]:
    """The items in the order in which `order` has them; deletions come last."""
    deleted = [item for item in items if isinstance(item, dict) and item.get(DIRECTIVE) == "delete"]
    rest = [item for item in items if not (isinstance(item, dict) and item.get(DIRECTIVE) == "delete")]
    places = {id(item): index_of(order, item, key) for item in rest}
    known = sorted((item for item in rest if places[id(item)] >= 0), key=lambda item: places[id(item)])
    return [item for item in rest if places[id(item)] < 0] + known + deleted
