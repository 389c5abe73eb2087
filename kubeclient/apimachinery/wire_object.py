"""What keeps its JSON as a dict and is written as that dict: for classes that no encoder knows. It must not know a type of the API."""

from __future__ import annotations

from typing import Any

__all__ = ["WireObject"]


class WireObject:
    """An object that is a mask over JSON: `_fields` holds wire names and values, which may be such objects too."""

    __slots__ = ("_fields",)

    _fields: dict[str, Any]
