"""Whether an object looks as expected, and if not, where it differs.

An expectation is partial: a mapping asks for the fields it names, whatever else is there; a list asks for as many items as
it has, each in its place, unless they are mappings with a `name` or a `type`, which are looked for by that; None asks for a
field that is absent or null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["differences", "matches"]

_KEYS = ("name", "type", "key", "ip", "port")


def matches(expected: object, found: object) -> bool:
    """Whether what was found has everything that is expected."""
    return next(differences(expected, found), None) is None


def differences(expected: object, found: object, path: str = "") -> Iterator[str]:
    """What differs, one line a place: `spec.replicas: expected 3, found 1`."""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            yield f"{path or 'the object'}: expected {_short(expected)}, found {_short(found)}"
            return
        for key, value in expected.items():
            yield from differences(value, found.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(expected, Sequence) and not isinstance(expected, (str, bytes)):
        yield from _list_differences(expected, found, path)
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield f"{path or 'the object'}: expected {_short(expected)}, found {_short(found)}"


def _list_differences(expected: Sequence[Any], found: object, path: str) -> Iterator[str]:
    if not isinstance(found, list):
        if expected or found is not None:
            yield f"{path}: expected {_short(expected)}, found {_short(found)}"
        return
    key = _key_of(expected)
    if key is not None:
        by_key = {item.get(key): item for item in found if isinstance(item, Mapping)}
        for item in expected:
            yield from differences(item, by_key.get(item[key]), f"{path}[{key}={item[key]}]")
        return
    if len(expected) != len(found):
        yield f"{path}: expected {len(expected)} items, found {len(found)}"
        return
    for index, (item, other) in enumerate(zip(expected, found, strict=True)):
        yield from differences(item, other, f"{path}[{index}]")


def _key_of(items: Sequence[Any]) -> str | None:
    """The field that tells the items of an expected list apart, if there is one."""
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    for key in _KEYS:
        values = [item.get(key) for item in items]
        if all(isinstance(value, (str, int)) for value in values) and len(dict.fromkeys(values)) == len(values):
            return key
    return None


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 120 else text[:117] + "..."
