"""The bodies of patches: from bytes to a value, and from a patched value to an object of the resource's type."""

from __future__ import annotations

from typing import Any

import msgspec

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import marshal
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubefake.merge.govalues import go_json_kind
from kubefake.pipeline.decode import as_object, keep_empty, keep_reset
from kubefake.resources.strategy import JSONObject
from kubefake.schema.builtin import node_for
from kubefake.schema.decode import READER_KEY, DecodeError, decode
from kubefake.schema.explain import Pairs, read_pairs
from kubefake.schema.jsonread import JSONSyntaxError, has_duplicates, parse
from kubefake.schema.node import Node
from kubefake.schema.structural import duplicate_fields
from kubefake.verbs.call import Call
from kubefake.verbs.patch import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Decode, KindMissingError, PatchDecodeError
from kubefake.wire.body import check_size
from kubefake.wire.kinds import Kinds

__all__ = ["APPLY_PATCH", "patch_decoder", "read_configuration", "read_patch"]

APPLY_PATCH = "application/apply-patch+yaml"


def read_patch(raw: bytes, kind: str, field_validation: str) -> tuple[Any, list[str]]:
    """A JSON patch body and its strict errors. Raises BadRequest for what is no JSON."""
    try:
        value = parse(raw)
    except JSONSyntaxError as exc:
        plain = field_validation == "Ignore" or kind == STRATEGIC_PATCH
        text = str(exc) if plain else f"error decoding patch: {exc}"
        if kind == MERGE_PATCH and field_validation == "Ignore":
            text = "Invalid JSON Patch"
        raise errors.new_bad_request(text) from exc
    if field_validation == "Ignore":
        return value, []
    doubled = has_duplicates(raw, value)
    if kind == JSON_PATCH:
        return value, _odd_operations(read_pairs(raw) if doubled else value)
    return value, duplicate_fields(raw) if doubled else []


_OPERATION = frozenset({"op", "path", "from", "value"})


def _odd_operations(operations: Any) -> list[str]:
    """What strict reading says of the operations of a JSON patch; `operations` as pairs where keys are doubled."""
    found: list[str] = []
    for index, operation in enumerate(operations if isinstance(operations, list) else ()):
        keys: list[str] = []
        if isinstance(operation, dict):
            keys = list(operation)
        elif isinstance(operation, Pairs):
            keys = [key for key, _ in operation]
        for position, key in enumerate(keys):
            if key not in _OPERATION and key not in keys[:position]:
                found.append(f'json patch unknown field "[{index}].{key}"')
            elif key in _OPERATION and key in keys[:position]:
                found.append(f'json patch duplicate field "[{index}].{key}"')
    return found


def read_configuration(data: bytes | None) -> tuple[JSONObject, list[str]]:
    """The body of an apply, JSON or YAML, and its double keys. Raises BadRequest."""
    from kubefake.wire import yamlread

    raw = check_size(data)
    try:
        value, doubles = yamlread.parse(raw)
    except ValueError as exc:
        text = str(exc)
        prefix = "error converting YAML to JSON: " if text.startswith("yaml:") else ""
        raise errors.new_bad_request(f"error decoding YAML: {prefix}{text}") from exc
    if value is not None and not isinstance(value, dict):
        problem = f"json: cannot unmarshal {go_json_kind(value)} into Go value of type map[string]interface {{}}"
        raise errors.new_bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {problem}")
    return value or {}, doubles


_KINDS = Kinds.builtin()
_NO_OBJECT = (
    "couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go value of type "
    'struct {{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }}'
)
_NO_TEXT = (
    "couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go struct field .{} of type string"
)


def patch_decoder(call: Call, patch: str, node: Node | None = None, api_version: str = "", kind: str = "") -> Decode:
    """What reads a value patched by that type of patch: as the resource's type with its defaults, or as another without."""
    resource = call.resource
    target = node or resource.node
    kind = kind or resource.kind
    api_version = api_version or resource.api_version

    own = node is None and resource.custom

    def read(value: Any) -> tuple[JSONObject, list[str]]:
        problem, found = "", target
        if own:
            _check_type(value)
            if not value.get("kind"):
                raise KindMissingError
        elif patch != STRATEGIC_PATCH:
            _check_type(value)
            if not value.get("apiVersion"):
                # Read as the internal type, whose fields have no names in JSON: nothing of the object is left.
                return as_object({}, api_version, kind), _unknown_to_internal(value)
            problem, found = _kind_problem(value, api_version, kind, target)
        try:
            obj, unknown = decode(found, value)
        except DecodeError as exc:
            raise PatchDecodeError(_with_numbers(found, value, patch) or str(exc)) from exc
        if problem:
            raise PatchDecodeError(problem)
        # What a custom object says it is, is for validation to refuse.
        obj = as_object(obj, obj.get("apiVersion", "") if own else api_version, obj.get("kind", "") if own else kind)
        keep_reset(obj, value)
        if node is None:
            keep_empty(resource.strategy, obj, value)
            default = resource.strategy.default_applied if patch == APPLY_PATCH else resource.strategy.default
            default(obj, resource.version)
        return obj, unknown

    return read


def _check_type(value: Any) -> None:
    """Raises PatchDecodeError for a value whose version and kind cannot be read."""
    if not isinstance(value, dict):
        raise PatchDecodeError(_NO_OBJECT.format(go_json_kind(value)))
    for key in ("apiVersion", "kind"):
        if not isinstance(value.get(key, ""), str) and value[key] is not None:
            raise PatchDecodeError(_NO_TEXT.format(go_json_kind(value[key]), key))
    version = value.get("apiVersion") or ""
    if version.count("/") > 1:
        raise PatchDecodeError(f"unexpected GroupVersion string: {version}")


def _unknown_to_internal(value: JSONObject) -> list[str]:
    return [f'unknown field "{key}"' for key in sorted(value) if key not in ("apiVersion", "kind")]


def _with_numbers(node: Node, value: Any, patch: str) -> str:
    """What is wrong with a value, its numbers told as they stand in it: 2.0, not 2. Strategic patches come by way of Go."""
    if node.cache.get(READER_KEY) is not None:
        return ""
    try:
        decode(node, value, raw=marshal(value).encode() if patch == STRATEGIC_PATCH else msgspec.json.encode(value))
    except DecodeError as exc:
        return str(exc)
    return ""


def _kind_problem(value: Any, api_version: str, kind: str, node: Node) -> tuple[str, Node]:
    """What a decoder says of a value that a patch made another kind of, and the type that it reads it as before."""
    found = GroupVersionKind.from_api_version(value["apiVersion"], value.get("kind") or kind)
    expected = GroupVersionKind.from_api_version(api_version, kind)
    if found == expected:
        return "", node
    problem = _KINDS.conversion_problem(found, expected)
    if not _KINDS.knows(found):
        raise PatchDecodeError(problem)
    try:
        return problem, node_for(found.group, found.version, found.kind)
    except KeyError:
        return problem, node
