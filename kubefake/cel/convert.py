"""Objects as expressions see them: JSON, with what a schema's formats and lists mean.

Follows k8s.io/apiserver/pkg/cel/common/values.go. Where a schema gives JSON no other meaning the JSON itself is used.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Final

from .library.conversions import duration_of, timestamp_of
from .values import CelError, MapList, SetList

__all__ = ["Converter", "converter"]

Schema = Mapping[str, Any]
Converter = Callable[[Any], Any]


def converter(schema: Schema) -> Converter | None:
    """What makes a value of an object's JSON; None when nothing needs to be made."""
    if schema.get("x-kubernetes-int-or-string"):
        return None
    kind = schema.get("type")
    if kind == "number":
        return lambda value: float(value) if type(value) is int else value
    if kind == "string":
        return _STRINGS.get(schema.get("format", ""))
    if kind == "array":
        return _list(schema)
    if kind == "object":
        return _object(schema)
    return None


def _bytes(value: Any) -> Any:
    if value is None:
        return None
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise CelError("byte") from None


def _duration(value: Any) -> Any:
    return None if value is None else duration_of(value)


def _timestamp(value: Any) -> Any:
    return None if value is None else timestamp_of(value)


def _date(value: Any) -> Any:
    return None if value is None else timestamp_of(f"{value}T00:00:00Z")


_STRINGS: Final[Mapping[str, Converter]] = {
    "byte": _bytes,
    "duration": _duration,
    "date": _date,
    "date-time": _timestamp,
}


def _list(schema: Schema) -> Converter | None:
    items = schema.get("items")
    each = converter(items) if isinstance(items, Mapping) else None
    list_type = schema.get("x-kubernetes-list-type")
    keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
    if each is None and list_type not in ("set", "map"):
        return None

    def convert(value: Any) -> Any:
        if type(value) is not list:
            return value
        found = value if each is None else [each(item) for item in value]
        if list_type == "set":
            return SetList(found)
        return MapList(found, keys) if list_type == "map" else found

    return convert


def _object(schema: Schema) -> Converter | None:
    fields = {key: found for key, child in (schema.get("properties") or {}).items() if (found := converter(child))}
    extra = schema.get("additionalProperties")
    each = converter(extra) if isinstance(extra, Mapping) else None
    if not fields and each is None:
        return None

    def convert(value: Any) -> Any:
        if type(value) is not dict:
            return value
        if each is not None:
            return {key: each(item) for key, item in value.items()}
        found = dict(value)
        for key, make in fields.items():
            if key in found:
                found[key] = make(found[key])
        return found

    return convert
