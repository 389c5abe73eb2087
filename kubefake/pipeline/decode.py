"""From bytes to an object of the resource's type: what does not fit is refused, what is unknown is warned of or refused."""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import errors
from kubefake.resources.strategy import JSONObject, Strategy
from kubefake.schema.builtin import node_for
from kubefake.schema.decode import DecodeError, decode
from kubefake.schema.jsonread import has_duplicates
from kubefake.schema.node import Node
from kubefake.verbs.call import Call
from kubefake.wire.body import Body

__all__ = ["as_object", "decode_body", "keep_reset", "tell_strict"]


def decode_body(call: Call, body: Body, node: Node | None = None) -> JSONObject:
    """The object in a body, private to the request.

    Raises BadRequest for what does not fit the type, under strict field validation for what is unknown or double, and for what
    could be read but is of another version.
    """
    if body.refusal:
        node = _own_node(call, body)
    strict = call.field_validation != "Ignore"
    duplicates = strict and has_duplicates(body.raw, body.value)
    resource = call.resource
    kind, version = body.kind.kind, body.kind.version
    wanted = resource.kind if resource.custom and not call.subresource else body.wanted or kind
    unfit = bool(body.wanted) and body.wanted != kind and not resource.custom
    try:
        obj, unknown = decode(node or resource.node, body.value, raw=body.raw, duplicates=duplicates)
    except DecodeError as exc:
        text = f'{kind} in version "{version}" cannot be handled as a {wanted}: {exc}'
        raise errors.new_bad_request(text) from exc
    problems = [*body.yaml_duplicates, *unknown]
    if body.yaml_duplicates and call.field_validation == "Strict":  # one error of the reader; warnings are its lines
        problems = ["yaml: unmarshal errors:" + "".join(f"\n  {line}" for line in body.yaml_duplicates), *unknown]
    if resource.custom and (kind != resource.kind or body.kind.group != resource.group):
        # Of another kind: no schema is asked, only what all objects have is looked at.
        problems = [text for text in problems if text.startswith(("duplicate ", 'unknown field "metadata.'))]
    if problems and not unfit:
        tell_strict(call, problems, f'{kind} in version "{version}" cannot be handled as a {wanted}: ')
    if body.refusal:
        raise errors.new_bad_request(body.refusal)
    obj = as_object(obj, body.kind.api_version, kind)
    keep_reset(obj, body.value)
    keep_empty(resource.strategy, obj, body.value)
    return obj


def _own_node(call: Call, body: Body) -> Node | None:
    """The type of a body that is of another version than the path; None for a custom one whose version is not known."""
    kind, resource = body.kind, call.resource
    if not resource.custom:
        try:
            return node_for(kind.group, kind.version, kind.kind)
        except KeyError:
            raise errors.new_bad_request(body.refusal) from None
    if kind.group != resource.group or kind.kind != resource.kind:
        return None
    return resource.strategy.node_of(kind.version)


def keep_empty(strategy: Strategy, obj: JSONObject, value: Any) -> None:
    """Puts back the empty lists and maps that decoding took away, but whose writer is to own them or to hear of them."""
    for path in (*strategy.owned_when_empty, *strategy.refused_when_empty):
        *above, last = path.split(".")
        given: Any = value
        kept: Any = obj
        for key in above:
            given, kept = (one.get(key) if isinstance(one, dict) else None for one in (given, kept))
        if isinstance(given, dict) and isinstance(kept, dict) and given.get(last) in ([], {}):
            kept[last] = given[last].copy()


def tell_strict(call: Call, problems: list[str], prefix: str = "") -> None:
    """Deals with unknown and double fields as the request's fieldValidation says."""
    if call.field_validation == "Strict":
        raise errors.new_bad_request(f"{prefix}strict decoding error: {', '.join(problems)}")
    if call.field_validation != "Ignore":
        for problem in problems:
            call.warn(problem)


def as_object(obj: Any, api_version: str, kind: str) -> JSONObject:
    """An object with its version and kind first, and with metadata."""
    head: JSONObject = {"kind": kind, "apiVersion": api_version, "metadata": {}}
    head.update(obj)
    head["kind"], head["apiVersion"] = kind, api_version
    if head["metadata"] is None:
        head["metadata"] = {}
    return head


def keep_reset(obj: JSONObject, value: Any) -> None:
    """An empty list of managedFields asks to forget all managers; decoding would drop it like every empty list."""
    meta = value.get("metadata")
    if isinstance(meta, dict) and meta.get("managedFields") == []:
        obj["metadata"]["managedFields"] = []
