"""Objects without a type: dicts with the wire's keys, and helpers that reach into them.

Ports apimachinery pkg/apis/meta/v1/unstructured. Where Go gives (value, found, error) these give the value or a default, and
raise ValueError with Go's text.
"""

# ruff: noqa: TRY004  what is wrong here is data, not a caller's type

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final, TypeVar

from .gotext import type_name, value_v
from .gvk import GroupVersionKind

__all__ = [
    "Unstructured",
    "UnstructuredList",
    "deep_copy",
    "nested_bool",
    "nested_field",
    "nested_float",
    "nested_int",
    "nested_list",
    "nested_map",
    "nested_number_as_float",
    "nested_str",
    "nested_str_list",
    "nested_str_map",
    "remove_nested_field",
    "set_nested_field",
]

T = TypeVar("T")
_MISSING: Final = object()
_PLAIN: Final = (str, int, float, type(None))


def _path(fields: Sequence[str]) -> str:
    return "." + ".".join(fields)


def _mismatch(fields: Sequence[str], value: Any, expected: str) -> ValueError:
    return ValueError(
        f"{_path(fields)} accessor error: {value_v(value)} is of the type {type_name(value)}, expected {expected}"
    )


def deep_copy(value: Any) -> Any:
    """A copy of a JSON value that shares nothing that can change."""
    if isinstance(value, dict):
        copy: Any = {key: deep_copy(item) for key, item in value.items()}
        return copy if type(value) is dict else type(value)(copy)
    if isinstance(value, list):
        return [deep_copy(item) for item in value]
    return value if isinstance(value, _PLAIN) else deepcopy(value)


def _find(obj: Mapping[str, Any], fields: tuple[str, ...]) -> Any:
    value: Any = obj
    for i, field in enumerate(fields):
        if value is None:
            return _MISSING
        if not isinstance(value, Mapping):
            raise _mismatch(fields[: i + 1], value, "map[string]interface{}")
        value = value.get(field, _MISSING)
        if value is _MISSING:
            return _MISSING
    return value


def nested_field(obj: Mapping[str, Any], *fields: str, default: Any = None) -> Any:
    """The value under those keys, itself and no copy; the default where it is missing.

    Raises:
        ValueError: when something on the way is not a map.
    """
    value = _find(obj, fields)
    return default if value is _MISSING else value


def _typed(obj: Mapping[str, Any], fields: tuple[str, ...], types: type, expected: str, default: Any) -> Any:
    value = _find(obj, fields)
    if value is _MISSING:
        return default
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        raise _mismatch(fields, value, expected)
    return value


def nested_str(obj: Mapping[str, Any], *fields: str, default: str = "") -> str:
    """The text under those keys. Raises ValueError for anything else than a text."""
    value: str = _typed(obj, fields, str, "string", default)
    return value


def nested_int(obj: Mapping[str, Any], *fields: str, default: int = 0) -> int:
    """The whole number under those keys. Raises ValueError for anything else."""
    value: int = _typed(obj, fields, int, "int64", default)
    return value


def nested_float(obj: Mapping[str, Any], *fields: str, default: float = 0.0) -> float:
    """The number with a point under those keys. Raises ValueError for anything else, whole numbers too."""
    value: float = _typed(obj, fields, float, "float64", default)
    return value


def nested_number_as_float(obj: Mapping[str, Any], *fields: str, default: float = 0.0) -> float:
    """The number under those keys, whole or not. Raises ValueError for anything else."""
    value = _find(obj, fields)
    if value is _MISSING:
        return default
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _mismatch(fields, value, "float64 or int64")
    return float(value)


def nested_bool(obj: Mapping[str, Any], *fields: str, default: bool = False) -> bool:
    """The boolean under those keys. Raises ValueError for anything else."""
    value: bool = _typed(obj, fields, bool, "bool", default)
    return value


def nested_list(obj: Mapping[str, Any], *fields: str) -> list[Any]:
    """A copy of the list under those keys, empty where it is missing. Raises ValueError for anything else."""
    return [deep_copy(item) for item in _typed(obj, fields, list, "[]interface{}", [])]


def nested_map(obj: Mapping[str, Any], *fields: str) -> dict[str, Any]:
    """A copy of the map under those keys, empty where it is missing. Raises ValueError for anything else."""
    value: dict[str, Any] = deep_copy(_typed(obj, fields, dict, "map[string]interface{}", {}))
    return value


def nested_str_list(obj: Mapping[str, Any], *fields: str) -> list[str]:
    """A copy of the list of texts under those keys, empty where it is missing. Raises ValueError for anything else."""
    values: list[str] = []
    for item in _typed(obj, fields, list, "[]interface{}", []):
        if not isinstance(item, str):
            raise ValueError(
                f"{_path(fields)} accessor error: contains non-string key in the slice: {value_v(item)} "
                f"is of the type {type_name(item)}, expected string"
            )
        values.append(item)
    return values


def nested_str_map(obj: Mapping[str, Any], *fields: str) -> dict[str, str]:
    """A copy of the map of texts under those keys, empty where it is missing. Raises ValueError for anything else."""
    values: dict[str, str] = {}
    for key, item in _typed(obj, fields, dict, "map[string]interface{}", {}).items():
        if not isinstance(item, str):
            raise ValueError(
                f'{_path(fields)} accessor error: contains non-string value in the map under key "{key}": '
                f"{value_v(item)} is of the type {type_name(item)}, expected string"
            )
        values[key] = item
    return values


def set_nested_field(obj: dict[str, Any], value: Any, *fields: str) -> None:
    """Puts a copy of the value under those keys; missing maps on the way are made.

    Raises:
        ValueError: when something on the way is not a map.
    """
    target = obj
    for i, field in enumerate(fields[:-1]):
        inner = target.setdefault(field, {})
        if not isinstance(inner, dict):
            raise ValueError(f"value cannot be set because {_path(fields[: i + 1])} is not a map[string]interface{{}}")
        target = inner
    target[fields[-1]] = deep_copy(value)


def remove_nested_field(obj: dict[str, Any], *fields: str) -> None:
    """Removes what is under those keys; nothing happens when there is nothing."""
    target: Any = obj
    for field in fields[:-1]:
        target = target.get(field)
        if not isinstance(target, dict):
            return
    target.pop(fields[-1], None)


def _text(obj: Mapping[str, Any], *fields: str) -> str:
    value: Any = obj
    for field in fields:
        value = value.get(field) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


class Unstructured(dict[str, Any]):
    """An object of any kind. It is a dict with the wire's keys; the properties are shorthands that never raise.

    >>> pod = Unstructured({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}})
    >>> pod.name, pod["metadata"]["name"], str(pod.gvk)
    ('web', 'web', '/v1, Kind=Pod')
    """

    __slots__ = ()

    @property
    def object(self) -> dict[str, Any]:
        """The content, which is the object itself."""
        return self

    @property
    def api_version(self) -> str:
        return _text(self, "apiVersion")

    @property
    def kind(self) -> str:
        return _text(self, "kind")

    @property
    def gvk(self) -> GroupVersionKind:
        return GroupVersionKind.from_api_version(self.api_version, self.kind)

    @property
    def is_list(self) -> bool:
        """True when there is a list of items."""
        return isinstance(self.get("items"), list)

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata itself; an empty dict, not kept, where there is none."""
        value = self.get("metadata")
        return value if isinstance(value, dict) else {}

    @property
    def name(self) -> str:
        return _text(self, "metadata", "name")

    @name.setter
    def name(self, value: str) -> None:
        self._set_metadata("name", value)

    @property
    def namespace(self) -> str:
        return _text(self, "metadata", "namespace")

    @namespace.setter
    def namespace(self, value: str) -> None:
        self._set_metadata("namespace", value)

    @property
    def generate_name(self) -> str:
        return _text(self, "metadata", "generateName")

    @property
    def uid(self) -> str:
        return _text(self, "metadata", "uid")

    @property
    def resource_version(self) -> str:
        return _text(self, "metadata", "resourceVersion")

    @resource_version.setter
    def resource_version(self, value: str) -> None:
        self._set_metadata("resourceVersion", value)

    @property
    def generation(self) -> int:
        value = self.metadata.get("generation")
        return value if isinstance(value, int) else 0

    @property
    def creation_timestamp(self) -> str:
        return _text(self, "metadata", "creationTimestamp")

    @property
    def deletion_timestamp(self) -> str:
        return _text(self, "metadata", "deletionTimestamp")

    @property
    def labels(self) -> dict[str, str]:
        """The labels themselves; an empty dict, not kept, where there are none."""
        value = self.metadata.get("labels")
        return value if isinstance(value, dict) else {}

    @labels.setter
    def labels(self, value: Mapping[str, str]) -> None:
        self._set_metadata("labels", dict(value))

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations themselves; an empty dict, not kept, where there are none."""
        value = self.metadata.get("annotations")
        return value if isinstance(value, dict) else {}

    @annotations.setter
    def annotations(self, value: Mapping[str, str]) -> None:
        self._set_metadata("annotations", dict(value))

    @property
    def finalizers(self) -> list[str]:
        """The finalizers themselves; an empty list, not kept, where there are none."""
        value = self.metadata.get("finalizers")
        return value if isinstance(value, list) else []

    @property
    def owner_references(self) -> list[dict[str, Any]]:
        """The owner references themselves; an empty list, not kept, where there are none."""
        value = self.metadata.get("ownerReferences")
        return value if isinstance(value, list) else []

    def deep_copy(self) -> Unstructured:
        """A copy that shares nothing that can change."""
        copy: Unstructured = deep_copy(self)
        return copy

    def _set_metadata(self, key: str, value: Any) -> None:
        """As Go's setters: an empty value removes the key."""
        if value:
            set_nested_field(self, value, "metadata", key)
        else:
            remove_nested_field(self, "metadata", key)

    def __repr__(self) -> str:
        return f"Unstructured({dict.__repr__(self)})"


class UnstructuredList:
    """A list of objects of any kind. Items that carry neither kind nor apiVersion take them from the list, as in Go.

    Attributes:
        object: the list as a dict with the wire's keys; `items` in it are the Unstructured objects.
    """

    __slots__ = ("object",)

    def __init__(self, object: Mapping[str, Any] | None = None) -> None:
        self.object: dict[str, Any] = dict(object or {})
        kind, api_version = self.kind.removesuffix("List"), self.api_version
        items = []
        for item in self.object.get("items") or ():
            if not isinstance(item, Unstructured):
                item = Unstructured(item)
            if "kind" not in item and "apiVersion" not in item and (kind or api_version):
                item = Unstructured({"apiVersion": api_version, "kind": kind, **item})
            items.append(item)
        self.object["items"] = items

    @property
    def items(self) -> list[Unstructured]:
        items: list[Unstructured] = self.object["items"]
        return items

    @items.setter
    def items(self, value: Sequence[Unstructured]) -> None:
        self.object["items"] = list(value)

    @property
    def api_version(self) -> str:
        return _text(self.object, "apiVersion")

    @property
    def kind(self) -> str:
        return _text(self.object, "kind")

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata itself; an empty dict, not kept, where there is none."""
        value = self.object.get("metadata")
        return value if isinstance(value, dict) else {}

    @property
    def resource_version(self) -> str:
        return _text(self.object, "metadata", "resourceVersion")

    @property
    def continue_(self) -> str:
        return _text(self.object, "metadata", "continue")

    @property
    def remaining_item_count(self) -> int | None:
        value = self.metadata.get("remainingItemCount")
        return value if isinstance(value, int) else None

    def __iter__(self) -> Iterator[Unstructured]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, key: str) -> Any:
        return self.object[key]

    def __eq__(self, other: object) -> bool:
        return self.object == other.object if isinstance(other, UnstructuredList) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as a dict

    def __repr__(self) -> str:
        return f"UnstructuredList({self.kind or 'List'}, {len(self.items)} items)"
