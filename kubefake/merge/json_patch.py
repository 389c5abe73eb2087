"""JSON patch (RFC 6902) as kube-apiserver carries it out.

The server's library is gopkg.in/evanphx/json-patch.v4, which is laxer than the RFC in many small ways, and its users rely
on what it accepts: an absent `value` is null, `replace` adds, `test` of an absent member against null holds, indexes may be
negative or have leading zeros, whatever stands before the first slash of a path is ignored, and the whole document can be
replaced but not added, removed or moved. Whatever fails is answered by one and the same Status, without a reason why.

These are ours to keep, so the operations are written here; the jsonpatch package, which follows the RFC, is what the tests
compare them with where the two agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from kubeclient.apimachinery.errors import new_bad_request, new_request_entity_too_large
from kubeclient.apimachinery.gotext import marshal

from .failures import unprocessable
from .govalues import go_json_kind, same
from .merge_patch import FieldValidation

__all__ = ["MAX_COPIED_BYTES", "MAX_OPERATIONS", "apply_json_patch"]

MAX_OPERATIONS: Final = 10_000
MAX_COPIED_BYTES: Final = 3 * 1024 * 1024
"""How much all `copy` operations of a patch may add."""

_INDEX: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)

_MISSING: Final = object()


class _OperationFailedError(Exception):
    """An operation cannot be carried out."""


def apply_json_patch(document: Mapping[str, Any], patch: Any, field_validation: FieldValidation = "Warn") -> Any:
    """The document after the operations; it is not changed itself, and unchanged parts are shared with it.

    Args:
        patch: the decoded body: a list of operations; null is an empty one.
        field_validation: decides which of two decoders refuses a body that is no list of operations.

    Raises:
        BadRequest: when the body is not a list of operations.
        RequestEntityTooLarge: for more than MAX_OPERATIONS.
        Invalid: when an operation cannot be carried out.
    """
    operations = _checked(patch, field_validation)
    if len(operations) > MAX_OPERATIONS:
        raise new_request_entity_too_large(
            f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(operations)}"
        )
    root = _Document(document)
    try:
        for operation in operations:
            name = (operation or {}).get("op")
            apply = _OPERATIONS.get(name) if isinstance(name, str) else None
            if apply is None or operation is None:
                raise _OperationFailedError
            apply(root, operation)
    except _OperationFailedError as error:
        raise unprocessable() from error
    return root.value


def _checked(patch: Any, field_validation: FieldValidation) -> list[dict[str, Any] | None]:
    if patch is None:
        return []
    strict = field_validation != "Ignore"
    prefix = "error decoding patch: " if strict else ""
    whole, one = (
        ("[]handlers.jsonPatchOp", "handlers.jsonPatchOp") if strict else ("jsonpatch.Patch", "jsonpatch.Operation")
    )
    if not isinstance(patch, list):
        raise new_bad_request(f"{prefix}json: cannot unmarshal {go_json_kind(patch)} into Go value of type {whole}")
    for operation in patch:
        if operation is None:
            continue
        if not isinstance(operation, dict):
            raise new_bad_request(
                f"{prefix}json: cannot unmarshal {go_json_kind(operation)} into Go value of type {one}"
            )
        if strict:
            _check_texts(operation)
    return patch


def _check_texts(operation: Mapping[str, Any]) -> None:
    for name, value in operation.items():
        if name in ("op", "path", "from") and value is not None and not isinstance(value, str):
            raise new_bad_request(
                f"error decoding patch: json: cannot unmarshal {go_json_kind(value)} into Go struct field "
                f"jsonPatchOp.{name} of type string"
            )


class _Document:
    """The document in work. Containers are copied when they are first passed, so the original stays as it was."""

    __slots__ = ("_fresh", "copied", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.copied = 0
        self._fresh: dict[
            int, Any
        ] = {}  # copies made here, by identity; holding them keeps identities from being reused

    def container(self, path: str) -> tuple[Any, str]:
        """The map or list that a path's last token is about, and that token.

        All that stands on the way is copied, whether it is changed or not: a library that reads a part writes it anew,
        and errors show which parts those were.
        """
        _, slash, rest = path.partition("/")
        if not slash:
            raise _OperationFailedError
        *tokens, last = [token.replace("~1", "/").replace("~0", "~") for token in rest.split("/")]
        self.value = self._own(self.value)
        place = self.value
        for token in tokens:
            below = _get(place, token)
            if below.__class__ is not dict and below.__class__ is not list:
                raise _OperationFailedError
            below = self._own(below)
            place[token if place.__class__ is dict else _index(token, len(place))] = below
            place = below
        return place, last

    def copy(self, value: Any) -> Any:
        """A value that changes in its place do not touch; what is not the document's own yet is never changed, and shared."""
        if id(value) not in self._fresh:
            return value
        if value.__class__ is list:
            return [self.copy(item) for item in value]
        return {key: self.copy(item) for key, item in value.items()}

    def _own(self, value: Any) -> Any:
        if id(value) in self._fresh:
            return value
        if value.__class__ is list:
            copy: Any = list(value)
        elif isinstance(value, Mapping):
            copy = dict(value)
        else:
            raise _OperationFailedError
        self._fresh[id(copy)] = copy
        return copy


def _index(token: str, length: int) -> int:
    """A position in a list, as Go's Atoi reads it; negative ones count from the end."""
    if not _INDEX.fullmatch(token):
        raise _OperationFailedError
    index = int(token)
    if index < 0:
        index += length
    if not 0 <= index < length:
        raise _OperationFailedError
    return index


def _get(place: Any, token: str) -> Any:
    """What stands there; None for a member that is absent."""
    if place.__class__ is list:
        return place[_index(token, len(place))]
    return place.get(token)


def _add_at(place: Any, token: str, value: Any) -> None:
    if place.__class__ is not list:
        place[token] = value
    elif token == "-":  # noqa: S105 - the end of the list
        place.append(value)
    else:
        place.insert(_index(token, len(place) + 1), value)


def _text(operation: Mapping[str, Any], name: str) -> str:
    value = operation.get(name)
    if not isinstance(value, str):
        raise _OperationFailedError
    return value


def _add(root: _Document, operation: Mapping[str, Any]) -> None:
    place, token = root.container(_text(operation, "path"))
    _add_at(place, token, operation.get("value"))


def _remove(root: _Document, operation: Mapping[str, Any]) -> None:
    _take(*root.container(_text(operation, "path")))


def _take(place: Any, token: str) -> Any:
    if place.__class__ is list:
        return place.pop(_index(token, len(place)))
    value = place.pop(token, _MISSING)
    if value is _MISSING:
        raise _OperationFailedError
    return value


def _replace(root: _Document, operation: Mapping[str, Any]) -> None:
    path = _text(operation, "path")
    value = operation.get("value")
    if not path:
        if not isinstance(value, (dict, list)):
            raise _OperationFailedError
        root.value = value
        return
    place, token = root.container(path)
    place[token if place.__class__ is dict else _index(token, len(place))] = value


def _move(root: _Document, operation: Mapping[str, Any]) -> None:
    value = _take(*root.container(_text(operation, "from")))
    place, token = root.container(_text(operation, "path"))
    _add_at(place, token, value)


def _copy(root: _Document, operation: Mapping[str, Any]) -> None:
    value = _get(*root.container(_text(operation, "from")))
    place, token = root.container(_text(operation, "path"))
    if value is not None:
        root.copied += len(marshal(value).encode())
        if root.copied > MAX_COPIED_BYTES:
            raise _OperationFailedError
    _add_at(place, token, root.copy(value))


def _test(root: _Document, operation: Mapping[str, Any]) -> None:
    path = _text(operation, "path")
    value = operation.get("value")
    found = root.value if not path else _get(*root.container(path))
    if not _equal(found, value):
        raise _OperationFailedError


def _equal(left: Any, right: Any) -> bool:
    """Numbers are compared as they are written: 1 is not 1.0."""
    if left.__class__ is dict and right.__class__ is dict:
        return left.keys() == right.keys() and all(_equal(value, right[key]) for key, value in left.items())
    if left.__class__ is list and right.__class__ is list:
        return len(left) == len(right) and all(map(_equal, left, right))
    return left.__class__ is right.__class__ and same(left, right)


_OPERATIONS: Final[Mapping[str, Callable[[_Document, Mapping[str, Any]], None]]] = {
    "add": _add,
    "copy": _copy,
    "move": _move,
    "remove": _remove,
    "replace": _replace,
    "test": _test,
}
