"""The paths that rules name for what they are about: `.spec.names['a b']`.

Follows ValidFieldPath of k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["field_path"]

Schema = Mapping[str, Any]

_TOKEN: Final = re.compile(r"[.\[\]]|'(?:[^'\\]|\\.|(?<=\\)')*'|'.*|[^.\[\]]+", re.DOTALL)
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "'": "'", "\\": "\\"}


def field_path(text: str, schema: Schema) -> str | None:
    """The path as errors print it; None when it leads nowhere in the schema."""
    tokens = iter(_TOKEN.findall(text))
    found = ""
    for mark in tokens:
        name = _name(mark, tokens)
        if name is None:
            return None
        if schema.get("properties"):
            if name not in schema["properties"]:
                return None
            found = f"{found}.{name}" if found else name
            schema = schema["properties"][name]
        elif isinstance(schema.get("additionalProperties"), Mapping):
            found = f"{found}[{name}]"
            schema = schema["additionalProperties"]
        else:
            return None
    return found


def _name(mark: str, tokens: Iterator[str]) -> str | None:
    """The name after a dot, or between brackets and quotes."""
    inside = next(tokens, None)
    if mark == "." or inside is None:
        return inside
    if mark != "[" or len(inside) < 2 or not (inside[0] == inside[-1] == "'") or next(tokens, None) != "]":
        return None
    if any(match[1] not in _ESCAPES for match in re.finditer(r"\\(.)", inside[1:-1], re.DOTALL)):
        return None
    return re.sub(r"\\(.)", lambda match: _ESCAPES[match[1]], inside[1:-1], flags=re.DOTALL)
