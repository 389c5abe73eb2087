"""Simple JSON paths: those of printer columns, selectable fields and scale subresources.

`.spec.replicas`, `.metadata.labels['app.io/x']`, `.spec.list[0]`, `.spec.list[-1:]`, `.spec.list[*].name`,
`.status.conditions[?(@.type=="Ready")].status`, dots in names escaped by a backslash, also in quotes. Nothing else; a path
that is not one of these finds nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["fields_of", "find", "set_value"]

_STEP: Final = re.compile(
    r"""\.(?P<name>(?:[^.\[\\]|\\.)+)
    |\['(?P<key>[^']*)'\]
    |\[\s*(?P<index>-?\d+)\s*\]
    |\[(?P<start>-?\d*):(?P<stop>-?\d*)\]
    |(?P<all>\[\*\]|\.\*)
    |\[\?\(\s*@(?P<path>[^=!<>]*?)\s*(?P<op>==|!=)\s*(?P<value>"[^"]*"|'[^']*'|[^)\s]+)\s*\)\]""",
    re.VERBOSE,
)


@functools.lru_cache(maxsize=512)
def _steps(path: str) -> tuple[re.Match[str], ...] | None:
    steps = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            return None
        position = match.end()
        if match["key"] is None:
            steps.append(match)
            continue
        inside = _steps(f".{match['key']}")  # quotes change nothing: the key is read as a path of its own
        if inside is None:
            return None
        steps += inside
    return tuple(steps)


def find(obj: Any, path: str) -> list[Any]:
    """The values that a path leads to, in order; none where it leads nowhere."""
    steps = _steps(path)
    if steps is None:
        return []
    found = [obj]
    for step in steps:
        found = [value for item in found for value in _follow(item, step)]
    return found


def _follow(item: Any, step: re.Match[str]) -> list[Any]:
    name = step["name"]
    if name is not None and not step["all"]:
        name = re.sub(r"\\(.)", r"\1", name)
        return [item[name]] if isinstance(item, Mapping) and name in item else []
    if step["all"]:
        return list(item.values() if isinstance(item, Mapping) else item) if isinstance(item, (Mapping, list)) else []
    if not isinstance(item, list):
        return []
    if step["index"] is not None:
        index = int(step["index"])
        return [item[index]] if -len(item) <= index < len(item) else []
    if step["op"] is not None:
        return [value for value in item if _matches(value, step)]
    start, stop = (int(step[part]) if step[part] else None for part in ("start", "stop"))
    return item[start:stop]


def _matches(value: Any, step: re.Match[str]) -> bool:
    wanted = step["value"]
    wanted_text = wanted[1:-1] if wanted[0] in "\"'" else wanted
    found = find(value, step["path"])
    same = bool(found) and (str(found[0]).lower() if isinstance(found[0], bool) else str(found[0])) == wanted_text
    return same if step["op"] == "==" else bool(found) and not same


def fields_of(path: str) -> tuple[str, ...]:
    """The names along a path of names only (`.spec.replicas`); empty when it is anything else."""
    steps = _steps(path)
    if steps is None or any(step["name"] is None for step in steps):
        return ()
    return tuple(re.sub(r"\\(.)", r"\1", step["name"]) for step in steps)


def set_value(obj: dict[str, Any], path: str, value: Any) -> None:
    """Sets what a path of names leads to, making the objects on the way. Raises TypeError when something else stands there."""
    *parents, last = fields_of(path)
    for name in parents:
        obj = obj.setdefault(name, {})
        if not isinstance(obj, dict):
            raise TypeError(f"{name} is not an object")
    obj[last] = value
