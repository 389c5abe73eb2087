"""Bodies of writes: from bytes to a JSON value whose apiVersion and kind belong to the path, with the server's refusals.

What the fields mean is not looked at here; decoding into a type comes later and starts from what this returns.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubefake.schema.jsonread import JSONSyntaxError, summarize
from kubefake.schema.jsonread import parse as parse_json

from .kinds import Kinds
from .negotiate import PROTOBUF, YAML, body_type

__all__ = ["MAX_BYTES", "Body", "BodyReader", "check_size"]

MAX_BYTES: Final = 3 * 1024 * 1024
_TYPE_META: Final = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
)


@dataclass(slots=True)
class Body:
    """What a body says.

    Attributes:
        value: the object, with apiVersion and kind as sent; {} for a JSON null.
        raw: its JSON text, for exact errors and duplicate keys; of a YAML body the text made from it.
        kind: apiVersion and kind, those of the path where the body leaves them out.
        refusal: why an object of that version is not taken, which is told once it could be read; "" when it is.
        wanted: the kind that the path takes, when the body is of another or of another version.
        yaml_duplicates: keys that a YAML body sets twice, in the server's words.
    """

    value: dict[str, Any]
    raw: bytes
    kind: GroupVersionKind
    yaml_duplicates: list[str] = field(default_factory=list)
    refusal: str = ""
    wanted: str = ""


def check_size(data: bytes | None) -> bytes:
    """Raises RequestEntityTooLarge for more than 3 MiB."""
    if data is None:
        return b""
    if len(data) > MAX_BYTES:
        raise errors.new_request_entity_too_large(f"limit is {MAX_BYTES}")
    return data


class _TypeMetaError(ValueError):
    """Version and kind cannot be read; the text is the server's."""


class BodyReader:
    """Reads bodies against what the server's scheme knows."""

    __slots__ = ("_kinds",)

    def __init__(self, kinds: Kinds | None = None) -> None:
        self._kinds = kinds or Kinds.builtin()

    def read(
        self,
        data: bytes | None,
        content_type: str | None,
        expected: GroupVersionKind,
        *,
        custom: bool = False,
        also: Container[str] = (),
    ) -> Body:
        """The object of a create or an update.

        Args:
            expected: what the path takes. also: other API versions of it that are taken for it. custom: it is a custom resource, whose bodies must name their kind. That the
                kind is the right one is then for validation to say, as on the server.

        Raises:
            RequestEntityTooLarge: more than 3 MiB.
            UnsupportedMediaType: neither JSON nor YAML nor protobuf, or protobuf for a custom resource.
            BadRequest: it is not what it says it is, no object, or an object of another kind.
        """
        sent = check_size(data)
        raw, value = sent, None
        duplicates: list[str] = []
        try:
            media = body_type(content_type, custom=custom)
            if media == YAML:
                value, duplicates = _parse_yaml(sent)
                value = _sorted(value)  # as the JSON that the server makes of it first
                raw = msgspec.json.encode(value)
            elif media == PROTOBUF:
                value = _parse_protobuf(sent, expected)
                raw = msgspec.json.encode(value)
            else:
                value = _parse_json(sent)
            api_version, kind = _type_meta(value)
        except ValueError as exc:
            message = (
                f"the object provided is unrecognized (must be of type {expected.kind}): {exc} ({summarize(sent)})"
            )
            raise errors.new_bad_request(message) from exc
        taken = kind in ("", expected.kind) if api_version in also else (api_version, kind) == _named(expected)
        if value is not None and taken:
            return Body(value, raw, expected, duplicates)
        if custom:
            found, refusal = _check_custom(api_version, kind, expected, sent), ""
        else:
            found, refusal = self._check(api_version, kind, expected)
        if not refusal and found.api_version != expected.api_version:
            refusal = _version_mismatch(api_version, expected)
        return Body(value if value is not None else {}, raw, found, duplicates, refusal, expected.kind)

    def _check(self, api_version: str, kind: str, expected: GroupVersionKind) -> tuple[GroupVersionKind, str]:
        """A builtin body may leave out version and kind; what it names must be, or convert to, what the path takes.

        Gives why it does not, for a kind that could be read; raises BadRequest for another.
        """
        kind = kind or expected.kind
        api_version = api_version or expected.api_version
        if kind == expected.kind and api_version == expected.api_version:
            return expected, ""
        found = GroupVersionKind.from_api_version(api_version, kind)
        problem = self._kinds.conversion_problem(found, expected)
        if problem:
            message = f"{kind} in version {quote(found.version)} cannot be handled as a {expected.kind}: {problem}"
            if not self._kinds.knows(found):
                raise errors.new_bad_request(message)
            return found, message
        return found, ""

    def read_delete(self, data: bytes | None, content_type: str | None) -> Mapping[str, Any] | None:
        """The DeleteOptions in a delete's body; None when there is no body, so that the query counts.

        Raises:
            RequestEntityTooLarge, UnsupportedMediaType: as `read`.
            BadRequest: not DeleteOptions, or fields of other types than DeleteOptions'.
        """
        sent = check_size(data)
        if not sent:
            return None
        media = body_type(content_type)
        try:
            if media == PROTOBUF:
                value = _parse_delete_options(sent)
            else:
                value = _parse_yaml(sent)[0] if media == YAML else _parse_json(sent)
            api_version, kind = _type_meta(value)
        except ValueError as exc:
            raise errors.new_bad_request(str(exc)) from exc
        if kind not in ("", "DeleteOptions"):
            version = api_version or "meta.k8s.io/v1"
            raise errors.new_bad_request(
                f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'
            )
        value = value or {}
        _check_delete_fields(value)
        return value


def _named(kind: GroupVersionKind) -> tuple[str, str]:
    return kind.api_version, kind.kind


def _version_mismatch(api_version: str, expected: GroupVersionKind) -> str:
    return (
        f"the API version in the data ({api_version}) does not match the expected API version ({expected.api_version})"
    )


def _check_custom(api_version: str, kind: str, expected: GroupVersionKind, sent: bytes) -> GroupVersionKind:
    if not kind:
        text = sent.decode("utf-8", "replace")
        problem = f"Object 'Kind' is missing in '{text}'"
        raise errors.new_bad_request(
            f"the object provided is unrecognized (must be of type {expected.kind}): {problem} ({summarize(sent)})"
        )
    return GroupVersionKind.from_api_version(api_version, kind)


def _parse_json(data: bytes) -> Any:
    try:
        return parse_json(data)
    except JSONSyntaxError as exc:
        raise _TypeMetaError(f"couldn't get version/kind; json parse error: {exc}") from exc


def _parse_yaml(data: bytes) -> tuple[Any, list[str]]:
    from . import yamlread  # PyYAML is loaded for those who send YAML

    return yamlread.parse(data)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _parse_protobuf(data: bytes, expected: GroupVersionKind) -> Any:
    from . import protobuf  # loaded for those who send protobuf

    try:
        return protobuf.from_protobuf(data, expected.api_version, expected.kind)
    except protobuf.MessageError as exc:
        version = GroupVersionKind.from_api_version(exc.api_version, exc.kind).version
        text = f"{exc.kind} in version {quote(version)} cannot be handled as a {expected.kind}: {exc}"
        raise errors.new_bad_request(text) from exc


def _parse_delete_options(data: bytes) -> Any:
    from . import protobuf

    try:
        return protobuf.from_protobuf(data, "v1", "DeleteOptions")
    except protobuf.MessageError as exc:
        raise errors.new_bad_request(str(exc)) from exc


def go_kind(value: Any) -> str:
    """What Go's JSON errors call a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _type_meta(value: Any) -> tuple[str, str]:
    if value is None:
        return "", ""
    if not isinstance(value, dict):
        problem = f"json: cannot unmarshal {go_kind(value)} into Go value of type {_TYPE_META}"
        raise _TypeMetaError(f"couldn't get version/kind; json parse error: {problem}")
    found = []
    for name in ("apiVersion", "kind"):
        text = value.get(name)
        if text is not None and not isinstance(text, str):
            problem = f"json: cannot unmarshal {go_kind(text)} into Go struct field .{name} of type string"
            raise _TypeMetaError(f"couldn't get version/kind; json parse error: {problem}")
        found.append(text or "")
    if found[0].count("/") > 1:
        raise _TypeMetaError(f"unexpected GroupVersion string: {found[0]}")
    return found[0], found[1]


_DELETE_FIELDS: Final[Mapping[str, tuple[type, str]]] = {
    "gracePeriodSeconds": (int, "int64"),
    "preconditions": (dict, "v1.Preconditions"),
    "orphanDependents": (bool, "bool"),
    "propagationPolicy": (str, "v1.DeletionPropagation"),
    "dryRun": (list, "[]string"),
    "ignoreStoreReadErrorWithClusterBreakingPotential": (bool, "bool"),
}


def _check_delete_fields(value: Mapping[str, Any]) -> None:
    for name, (kind, go_type) in _DELETE_FIELDS.items():
        _check_field(value.get(name), kind, f"DeleteOptions.{name}", go_type)
    for item in value.get("dryRun") or ():
        _check_field(item, str, "DeleteOptions.dryRun", "string")
    for name, go_type in (("uid", "types.UID"), ("resourceVersion", "string")):
        found = (value.get("preconditions") or {}).get(name)
        _check_field(found, str, f"Preconditions.preconditions.{name}", go_type)


def _check_field(value: Any, kind: type, path: str, go_type: str) -> None:
    if value is None or _fits(value, kind):
        return
    what = go_kind(value)
    if what == "number" and kind is int:
        what = f"number {value}"
    raise errors.new_bad_request(f"json: cannot unmarshal {what} into Go struct field {path} of type {go_type}")


def _fits(value: Any, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63
    return isinstance(value, kind)
