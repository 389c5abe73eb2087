"""A value beside the one it replaces, as far as a schema says which is which.

Follows k8s.io/apiserver/pkg/cel/common/equality.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["Correlated", "by_keys", "same_keys"]

Schema = Mapping[str, Any]


def same_keys(item: Any, keys: tuple[str, ...]) -> str:
    """What an item of a list of type map shares with the one that it replaces."""
    return json.dumps([item.get(key) for key in keys], sort_keys=True) if type(item) is dict else ""


def by_keys(items: list[Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """The items of a list of type map by their keys."""
    return {same_keys(item, keys): item for item in items if type(item) is dict}


class Correlated:
    """A new value and an old one at the same place."""

    __slots__ = ("_children", "_known", "_same", "new", "old", "schema")

    def __init__(self, schema: Schema, new: Any, old: Any) -> None:
        self.schema = schema
        self.new = new
        self.old = old
        self._children: dict[str | int, Correlated | None] = {}
        self._known: dict[str, Any] | None = None
        self._same: bool | None = None

    def key(self, name: str) -> Correlated | None:
        """The values of a field; None when there was none, or the schema knows of none."""
        if name not in self._children:
            self._children[name] = self._key(name)
        return self._children[name]

    def _key(self, name: str) -> Correlated | None:
        if type(self.new) is not dict or type(self.old) is not dict or name not in self.new or name not in self.old:
            return None
        schema = (self.schema.get("properties") or {}).get(name, self.schema.get("additionalProperties"))
        return Correlated(schema, self.new[name], self.old[name]) if isinstance(schema, Mapping) else None

    def index(self, index: int) -> Correlated | None:
        """The values of an item; None where lists do not say which is which."""
        if index not in self._children:
            self._children[index] = self._index(index)
        return self._children[index]

    def _index(self, index: int) -> Correlated | None:
        items = self.schema.get("items")
        if type(self.new) is not list or type(self.old) is not list or not isinstance(items, Mapping):
            return None
        if self.schema.get("x-kubernetes-list-type") != "map":
            return None
        keys = tuple(self.schema.get("x-kubernetes-list-map-keys") or ())
        if self._known is None:
            self._known = by_keys(self.old, keys)
        old = self._known.get(same_keys(self.new[index], keys))
        return None if old is None else Correlated(items, self.new[index], old)

    @property
    def unchanged(self) -> bool:
        """Whether both are the same; lists of type map in any order."""
        if self._same is None:
            self._same = self._compare()
        return self._same

    def _compare(self) -> bool:
        new, old = self.new, self.old
        if type(new) is not type(old):
            return False
        if type(new) is list:
            if len(new) != len(old):
                return False
            if self.schema.get("x-kubernetes-list-type") != "map":
                return bool(new == old)
            return all((child := self.index(index)) is not None and child.unchanged for index in range(len(new)))
        if type(new) is dict:
            return len(new) == len(old) and all(
                (child := self.key(name)) is not None and child.unchanged for name in new
            )
        return bool(new == old)
