"""The bodies of patches: from bytes to a value, and from a patched value to an object of the resource's type."""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubefake.merge.govalues import go_json_kind
from kubefake.pipeline.decode import as_object, keep_empty, keep_reset
from kubefake.resources.strategy import JSONObject
from kubefake.schema.decode import DecodeError, decode
from kubefake.schema.explain import Pairs, read_pairs
from kubefake.schema.jsonread import JSONSyntaxError, has_duplicates, parse
from kubefake.schema.node import Node
from kubefake.schema.structural import duplicate_fields
from kubefake.verbs.call import Call
from kubefake.verbs.patch import JSON_PATCH, STRATEGIC_PATCH, Decode, PatchDecodeError
from kubefake.wire.body import check_size
from kubefake.wire.kinds import Kinds

__all__ = ["APPLY_PATCH", "patch_decoder", "read_configuration", "read_patch"]

APPLY_PATCH = "application/apply-patch+yaml"


def read_patch(data: bytes | None, kind: str, field_validation: str) -> tuple[Any, list[str]]:
    """A JSON patch body and its strict errors. Raises BadRequest for what is no JSON, RequestEntityTooLarge."""
    raw = check_size(data)
    try:
        value = parse(raw)
    except JSONSyntaxError as exc:
        plain = field_validation == "Ignore" or kind == STRATEGIC_PATCH
        text = str(exc) if plain else f"error decoding patch: {exc}"
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


def patch_decoder(call: Call, node: Node | None = None, api_version: str = "", kind: str = "") -> Decode:
    """What reads a patched value: as the resource's type with its defaults, or as another type without."""
    resource = call.resource
    target = node or resource.node
    kind = kind or resource.kind
    api_version = api_version or resource.api_version

    def read(value: Any) -> tuple[JSONObject, list[str]]:
        try:
            obj, unknown = decode(target, value)
        except DecodeError as exc:
            raise PatchDecodeError(str(exc)) from exc
        own = node is None and resource.custom
        problem = "" if own else _kind_problem(value, api_version, kind)
        if problem:
            raise PatchDecodeError(problem)
        # What a custom object says it is, is for validation to refuse.
        obj = as_object(obj, obj.get("apiVersion", "") if own else api_version, obj.get("kind", "") if own else kind)
        keep_reset(obj, value)
        if node is None:
            keep_empty(resource.strategy.owned_when_empty, obj, value)
            resource.strategy.default(obj, resource.version)
        return obj, unknown

    return read


_KINDS = Kinds.builtin()


def _kind_problem(value: Any, api_version: str, kind: str) -> str:
    """What a decoder says of a value that a patch made another kind of."""
    found = GroupVersionKind.from_api_version(value.get("apiVersion") or api_version, value.get("kind") or kind)
    expected = GroupVersionKind.from_api_version(api_version, kind)
    return "" if found == expected else _KINDS.conversion_problem(found, expected)
