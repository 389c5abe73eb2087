"""The shape of a type, as decoding, defaulting, pruning and every kind of merge see it.

One tree of nodes serves them all. Builtin types come from the generated tables, custom ones from their CRD's schema; both
end as `Node`. Nodes are shared and immutable once built; children of builtin types are resolved on first use, because a
cluster touches few of the types it serves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

__all__ = ["UNSET", "Kind", "Node"]

Kind = Literal[
    "object",  # named fields, each with a node of its own
    "map",  # string keys, all values of one node
    "list",
    "string",
    "bytes",  # base64 text
    "integer",
    "number",
    "boolean",
    "quantity",
    "int-or-string",
    "time",
    "microtime",
    "duration",
    "fieldsv1",
    "any",  # opaque JSON: RawExtension, JSON, x-kubernetes-preserve-unknown-fields without fields
]


class _Unset:
    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset()


class Node:
    """One place in a type.

    Attributes:
        kind: what JSON stands here.
        name: the type's name for errors and openapi ("io.k8s.api.core.v1.PodSpec"), or "" where it has none.
        go_type: the Go type's name as Go's JSON errors print it ("v1.PodSpec", "int32", "string"), or "".
        format: int32, int64, double, byte, date-time, … or "".
        values: the node of a map's values. items: the node of a list's items.
        list_type: atomic, set or map; how server-side apply and validation see a list.
        map_keys: the keys that identify an item of a list of type map.
        key_defaults: defaults of map keys that may be left out (a port's protocol: TCP).
        atomic: an object or map that server-side apply owns as a whole.
        patch_strategy: of strategic merge patch: a subset of merge, replace, retainKeys.
        patch_merge_key: the key of a strategic merge list.
        default: what an absent value becomes by the schema, or UNSET.
        nullable: null is kept rather than dropped (CRDs).
        required: names of fields that must be there (CRDs; builtin kinds validate in code).
        preserve_unknown: unknown fields are kept.
        embedded: holds a whole object with apiVersion, kind and metadata.
        constraints: the value validations of a CRD's schema, as found there (enum, pattern, minimum, x-kubernetes-validations, …).
    """

    __slots__ = (
        "_fields",
        "atomic",
        "cache",
        "constraints",
        "default",
        "embedded",
        "format",
        "go_type",
        "items",
        "key_defaults",
        "kind",
        "list_type",
        "map_keys",
        "name",
        "nullable",
        "patch_merge_key",
        "patch_strategy",
        "preserve_unknown",
        "required",
        "values",
    )

    def __init__(
        self,
        kind: Kind,
        *,
        name: str = "",
        go_type: str = "",
        format: str = "",
        fields: Mapping[str, Node] | Callable[[], Mapping[str, Node]] | None = None,
        values: Node | None = None,
        items: Node | None = None,
        list_type: Literal["atomic", "set", "map"] = "atomic",
        map_keys: tuple[str, ...] = (),
        key_defaults: Mapping[str, Any] | None = None,
        atomic: bool = False,
        patch_strategy: frozenset[str] = frozenset(),
        patch_merge_key: str = "",
        default: Any = UNSET,
        nullable: bool = False,
        required: tuple[str, ...] = (),
        preserve_unknown: bool = False,
        embedded: bool = False,
        constraints: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.go_type = go_type
        self.format = format
        self._fields = fields
        self.values = values
        self.items = items
        self.list_type = list_type
        self.map_keys = map_keys
        self.key_defaults = key_defaults or {}
        self.atomic = atomic
        self.patch_strategy = patch_strategy
        self.patch_merge_key = patch_merge_key
        self.default = default
        self.nullable = nullable
        self.required = required
        self.preserve_unknown = preserve_unknown
        self.embedded = embedded
        self.constraints = constraints or {}
        self.cache: dict[str, Any] = {}  # what rooms compile from this node (decoders, mergers), by the room's own key

    @property
    def fields(self) -> Mapping[str, Node]:
        """The fields of an object, by wire name, in declaration order; empty for other kinds."""
        fields = self._fields
        if fields is None:
            return {}
        if callable(fields):
            fields = self._fields = fields()
        return fields

    def __repr__(self) -> str:
        return f"<Node {self.kind} {self.name or self.go_type}>"
