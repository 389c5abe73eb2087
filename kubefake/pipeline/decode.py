"""From bytes to an object of the resource's type: what does not fit is refused, what is unknown is warned of or refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubeclient.apimachinery import errors
from kubefake.resources.strategy import JSONObject
from kubefake.schema.decode import DecodeError, decode
from kubefake.schema.jsonread import has_duplicates
from kubefake.schema.node import Node
from kubefake.verbs.call import Call
from kubefake.wire.body import Body

__all__ = ["as_object", "decode_body", "keep_reset", "tell_strict"]


def decode_body(call: Call, body: Body, node: Node | None = None) -> JSONObject:
    """The object in a body, private to the request.

    Raises BadRequest for what does not fit the type, and under strict field validation for what is unknown or double.
    """
    strict = call.field_validation != "Ignore"
    duplicates = strict and has_duplicates(body.raw, body.value)
    resource = call.resource
    kind, version = body.kind.kind, body.kind.version
    try:
        obj, unknown = decode(node or resource.node, body.value, raw=body.raw, duplicates=duplicates)
    except DecodeError as exc:
        text = f'{kind} in version "{version}" cannot be handled as a {kind}: {exc}'
        raise errors.new_bad_request(text) from exc
    problems = [*body.yaml_duplicates, *unknown]
    if body.yaml_duplicates and call.field_validation == "Strict":  # one error of the reader; warnings are its lines
        problems = ["yaml: unmarshal errors:" + "".join(f"\n  {line}" for line in body.yaml_duplicates), *unknown]
    if problems:
        tell_strict(call, problems, f'{kind} in version "{version}" cannot be handled as a {kind}: ')
    obj = as_object(obj, body.kind.api_version, kind)
    keep_reset(obj, body.value)
    keep_empty(resource.strategy.owned_when_empty, obj, body.value)
    return obj


def keep_empty(paths: Iterable[str], obj: JSONObject, value: Any) -> None:
    """Puts back the empty lists that decoding took away but whose writer is to own them."""
    for path in paths:
        *above, last = path.split(".")
        given: Any = value
        kept: Any = obj
        for key in above:
            given, kept = (one.get(key) if isinstance(one, dict) else None for one in (given, kept))
        if isinstance(given, dict) and isinstance(kept, dict) and given.get(last) == []:
            kept[last] = []


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
