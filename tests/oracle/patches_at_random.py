"""Random patches whose form matters: lists of operations, and strategic patches with directives."""

from __future__ import annotations

import copy
from typing import Any

from oracle.asked import Chooser
from oracle.bodies import Kind

__all__ = ["json_patch", "strategic_patch"]

_COMMON = (
    "/metadata/labels/app",
    "/metadata/labels",
    "/metadata/annotations/note",
    "/metadata/finalizers",
    "/metadata/finalizers/0",
    "/metadata/finalizers/-",
    "/spec",
    "/none/such",
    "/metadata/name",
    "",
)
_VALUES: tuple[Any, ...] = ("x", {"app": "y"}, 2, None, ["example.com/hold"], "example.com/new", [], {})


def json_patch(choose: Chooser, kind: Kind) -> Any:
    """A JSON patch of one to three operations."""
    if choose.maybe(0.03):
        return choose.pick([[], {}, None, [{}], [{"op": "bogus", "path": "/a"}], [1]])
    return [_operation(choose, kind) for _ in range(choose.pick([1, 1, 2, 3]))]


def _operation(choose: Chooser, kind: Kind) -> dict[str, Any]:
    paths = (*kind.paths, *_COMMON, *kind.paths)
    operation = choose.pick(["add", "replace", "remove", "test", "add", "copy", "move"])
    found: dict[str, Any] = {"op": operation, "path": choose.pick(paths)}
    if operation in ("copy", "move"):
        found["from"] = choose.pick(paths)
    elif operation != "remove" and not choose.maybe(0.03):
        found["value"] = copy.deepcopy(choose.pick(_VALUES))
    return found


def strategic_patch(choose: Chooser, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    """A patch with a directive in one of its maps or lists."""
    places = [value for value in _maps(body) if value is not body]
    if not places:
        return body
    place = choose.pick(places)
    directive = choose.pick(["delete", "replace", "merge", "bogus", "retain", "primitive", "order", "item"])
    if directive in ("delete", "replace", "merge", "bogus"):
        place["$patch"] = directive
    elif directive == "retain":
        place["$retainKeys"] = choose.pick([sorted(place), [], ["type"]])
    elif directive in ("primitive", "order"):
        meta = body.setdefault("metadata", {})
        if not isinstance(meta, dict):
            return body
        if directive == "primitive":
            meta["$deleteFromPrimitiveList/finalizers"] = ["example.com/hold"]
        else:
            meta["$setElementOrder/finalizers"] = ["example.com/b", "example.com/a"]
    else:
        for name, value in place.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                key = choose.pick([{"name": "c"}, {"containerPort": 80}, {"port": 80}, {"type": "Ready"}, {}])
                place[name] = [*value, {"$patch": "delete", **key}]
                break
    return body


def _maps(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [one for item in value for one in _maps(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(one for item in value.values() for one in _maps(item))]
