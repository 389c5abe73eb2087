"""Patch: a JSON patch, a merge patch or a strategic merge patch of the object as it is now.

Follows k8s.io/apiserver/pkg/endpoints/handlers/patch.go. The patched object takes the way of an update from there on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.merge.govalues import format_v
from kubefake.merge.json_patch import apply_json_patch
from kubefake.merge.leftover import leftover
from kubefake.merge.merge_patch import apply_merge_patch
from kubefake.merge.strategic import apply_strategic_patch
from kubefake.resources.strategy import JSONObject
from kubefake.schema.convert import conversion_problem, with_go_numbers
from kubefake.schema.decode import READER_KEY, decode
from kubefake.schema.node import Node
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.keys import missing
from kubefake.verbs.metadata import DOUBLE_OWNERS_ADMITTED, dedup_owner_references, match_namespace
from kubefake.verbs.update import check_name, write

__all__ = [
    "JSON_PATCH",
    "MERGE_PATCH",
    "STRATEGIC_PATCH",
    "Decode",
    "KindMissingError",
    "PatchDecodeError",
    "Read",
    "check_name",
    "converted",
    "patch",
    "patched_object",
]

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"

Decode = Callable[[Any], tuple[JSONObject, list[str]]]
"""Reads a patched value as the resource's type, with defaults, and tells strict errors. Raises PatchDecodeError."""


class PatchDecodeError(ValueError):
    """The patched value does not fit the type; the text is the decoder's."""


Read = Callable[[], tuple[Any, list[str]]]
"""Reads the body of a patch: its JSON value, and the strict errors of its own text. Raises BadRequest."""


class KindMissingError(PatchDecodeError):
    """The patched value does not say what kind it is of."""


def patch(core: Core, call: Call, kind: str, read: Read, decode: Decode) -> Outcome:
    """Patches the named object.

    Args:
        kind: one of the three patch types.
        read: reads the patch, which is looked at only when there is an object to patch.
        decode: reads the result as the resource's type.

    Raises:
        NotFound, Conflict, Invalid, BadRequest.
    """
    resource = call.resource

    def produce(live: Mapping[str, Any] | None) -> JSONObject:
        if live is None:
            raise errors.new_not_found(resource.group_resource, call.name)
        obj = patched_object(call, kind, body, doubles, live, resource.node, decode)
        match_namespace(resource, call.namespace, obj["metadata"])
        check_name(call, obj)
        for uid in dedup_owner_references(obj):
            call.warn(DOUBLE_OWNERS_ADMITTED.format(uid))
        core.ownership.record_update(call, live, obj)
        return obj

    if core.store.get(resource.table, resource.key(call.namespace, call.name)) is None:
        raise missing(call)
    body, doubles = read()
    return write(core, call, produce)


def patched_object(
    call: Call, kind: str, body: Any, doubles: list[str], live: Mapping[str, Any], node: Node, read: Decode
) -> JSONObject:
    """What a patch makes of an object of type `node`, read by `read`; what is unknown is warned of or refused."""
    result = _patched(kind, body, live, node, call.field_validation)
    try:
        if kind == STRATEGIC_PATCH:
            obj, unknown = converted(node, result, read)
            unknown.sort()
        else:
            obj, unknown = _decoded(body, result, live, node, read)
    except KindMissingError as exc:
        shown = _shown(body, result, live, node)
        raise _invalid(kind, body, result, live, node, f"Object 'Kind' is missing in '{shown}'") from exc
    except PatchDecodeError as exc:
        raise _invalid(kind, body, result, live, node, str(exc)) from exc
    problems = [*doubles, *unknown]
    if problems and call.field_validation == "Strict":
        raise _invalid(kind, body, result, live, node, f"strict decoding error: {', '.join(problems)}")
    if call.field_validation != "Ignore":
        for problem in problems:
            call.warn(problem)
    return obj


def _decoded(body: Any, value: Any, live: Mapping[str, Any], node: Node, read: Decode) -> tuple[JSONObject, list[str]]:
    """Reads a patched value; what is wrong with it is told in the order of its text, in which what was touched is sorted."""
    try:
        obj, unknown = read(value)
    except PatchDecodeError:
        read(_sorted(value, live, node, _given(body, live, node)))
        raise
    return (obj, read(_sorted(value, live, node, _given(body, live, node)))[1]) if unknown else (obj, unknown)


def converted(node: Node, value: JSONObject, read: Decode) -> tuple[JSONObject, list[str]]:
    """Reads what a strategic merge patch or an apply made, with the texts of the converter that takes it to the type."""
    try:
        return read(value)
    except PatchDecodeError:
        if problem := conversion_problem(node, value):
            raise PatchDecodeError(problem) from None
    try:
        return read(with_go_numbers(node, value))
    except PatchDecodeError as exc:
        text = _FIELD.sub("Go value of", str(exc))
        raise PatchDecodeError(f"error decoding from json: {text}" if text.startswith(_BAD_BYTES) else text) from exc


def _patched(kind: str, body: Any, live: Mapping[str, Any], node: Node, field_validation: str) -> Any:
    validation: Any = field_validation or "Warn"
    if kind == JSON_PATCH:
        return apply_json_patch(live, body, validation)
    if kind == MERGE_PATCH:
        return apply_merge_patch(live, body, validation)
    return apply_strategic_patch(node, live, body)


_BAD_BYTES = "illegal base64 data"
_FIELD = re.compile(r"Go struct field \S+ of")


def _invalid(kind: str, body: Any, patched: Any, live: Mapping[str, Any], node: Node, text: str) -> errors.Invalid:
    shown = format_v(leftover(node, live, body or {})) if kind == STRATEGIC_PATCH else _shown(body, patched, live, node)
    return errors.new_invalid(GroupKind("", ""), "", [field.invalid("patch", shown, text)])


def _shown(body: Any, value: Any, live: Mapping[str, Any], node: Node) -> str:
    """The patched JSON as the server's library leaves it.

    Keys are sorted where the patch touched; what is the object's own stays in Go's order, and what a JSON patch put there
    in the patch's.
    """
    return msgspec.json.encode(_sorted(value, live, node, _given(body, live, node))).decode()


def _given(body: Any, live: Mapping[str, Any], node: Node) -> frozenset[int]:
    """The objects that keep their order: those that a JSON patch brings, and those of the object that it leaves alone.

    Objects of custom kinds are sorted as a whole before they are patched.
    """
    if not isinstance(body, list):
        return frozenset()
    return _objects(body) if READER_KEY in node.cache else _objects(body) | _objects(live)


def _objects(value: Any) -> frozenset[int]:
    """The identities of all objects in a value."""
    if isinstance(value, dict):
        return frozenset({id(value)}).union(*map(_objects, value.values()))
    return frozenset().union(*map(_objects, value)) if isinstance(value, list) else frozenset()


def _sorted(value: Any, live: Any, node: Node | None, given: frozenset[int] = frozenset()) -> Any:
    if isinstance(value, list):
        return value if value is live and node is not None else _sorted_items(value, live, node, given)
    if not isinstance(value, dict):
        return value
    if value is live and node is not None and READER_KEY not in node.cache:
        return decode(node, value)[0] if node.kind == "object" else value
    before = live if isinstance(live, dict) else {}
    return {key: _part(value[key], before.get(key), _child(node, key), given) for key in sorted(value)}


def _sorted_items(items: list[Any], live: Any, node: Node | None, given: frozenset[int]) -> list[Any]:
    before = live if isinstance(live, list) else []
    known = {id(item) for item in before}
    child = node.items if node is not None else None
    result = []
    for index, item in enumerate(items):
        old = item if id(item) in known else before[index] if index < len(before) else None
        result.append(_part(item, old, child, given))
    return result


def _part(value: Any, live: Any, node: Node | None, given: frozenset[int]) -> Any:
    return value if id(value) in given else _sorted(value, live, node, given)


def _child(node: Node | None, key: str) -> Node | None:
    """The type of a field of a builtin kind; objects of others are all kept sorted."""
    if node is None or node.kind != "object" or READER_KEY in node.cache:
        return None
    return node.fields.get(key)
