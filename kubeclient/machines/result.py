"""What came of a request: bytes, an object, or an error; and what the server warned of. Ported from client-go rest/request.go.

Reading is left to who asks: `raw` gives bytes, `get` the object they are, `into` an object of a type.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from kubeclient.apimachinery import errors, json
from kubeclient.apimachinery import status as statuses
from kubeclient.apimachinery.gvk import GroupResource, GroupVersionKind
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList
from kubeclient.machines.content import media_type
from kubeclient.machines.request import JSON, PROTOBUF
from kubeclient.machines.response import WarningHeader, error_from_response, is_success, warnings_of
from kubeclient.transport.protocol import Response, header

__all__ = ["Result"]

T = TypeVar("T")

_CREATED = 201
_SWITCHING = 101
_MAGIC = b"k8s\0"


class Result:
    """The answer to a request.

    Attributes:
        status_code: the HTTP status; 0 when no answer came.
        content_type: of the answer; of the request where the answer names none.
        warnings: what the server warned of.
    """

    def __init__(
        self,
        status_code: int = 0,
        body: bytes = b"",
        content_type: str = "",
        warnings: list[WarningHeader] | None = None,
        error: Exception | None = None,
    ) -> None:
        self.status_code = status_code
        self.content_type = content_type
        self.warnings = warnings or []
        self._body = body
        self._error = error
        self._media = ""

    @classmethod
    def of(cls, response: Response, *, content_type: str, method: str, resource: GroupResource, name: str) -> Result:
        """What an answer comes to; `content_type` is what the request was written in."""
        told = header(response.headers, "content-type") or content_type
        result = cls(response.status, response.body, told, warnings_of(response.headers))
        try:
            result._media = media_type(told) if told else ""
        except ValueError as error:
            result._error = errors.new_internal_error(error)
            return result
        if not is_success(response.status) and response.status != _SWITCHING:
            result._error = error_from_response(
                response.status, response.headers, response.body, method=method, resource=resource, name=name
            )
        return result

    @property
    def error(self) -> Exception | None:
        """Why there is no result."""
        return self._error

    @property
    def was_created(self) -> bool:
        """Whether the server created something: it answered 201."""
        return self.status_code == _CREATED

    def raw(self) -> bytes:
        """The body. Raises the error, if there is one."""
        if self._error is not None:
            raise self._error
        return self._body

    def get(self) -> Any:
        """The object: of its model, where its kind has one here, else as Unstructured.

        Raises the error, if there is one; StatusError for a Status that tells of a failure; ValueError for a body that is
        no object.
        """
        body = self._readable()
        head = _head_of_protobuf(body) if body[:4] == _MAGIC else self._decoded(body, _Head)
        if head.kind == "Status" and head.api_version in {"v1", "meta.k8s.io/v1"}:
            return self._status(body)
        from kubeclient.api import scheme  # loaded for those who ask for objects whose type they do not name

        try:
            model = scheme.type_for(GroupVersionKind.from_api_version(head.api_version, head.kind))
        except LookupError:
            document = self._decoded(body, dict[str, Any])
            return UnstructuredList(document) if isinstance(document.get("items"), list) else Unstructured(document)
        return self._decoded(body, model)

    def into(self, type_: type[T]) -> T:
        """The object as one of that type: a model, Unstructured, dict. Raises as `get`, and for an empty body."""
        body = self._readable()
        if not body:
            raise ValueError(
                f"0-length response with status code: {self.status_code} and content type: {self.content_type}"
            )
        if type_ is not statuses.Status and b'"Status"' in body[:256]:
            head = self._decoded(body, _Head)
            if head.kind == "Status" and head.api_version == "v1":
                self._status(body)
        if type_ in {Unstructured, UnstructuredList}:
            return type_(self._decoded(body, dict[str, Any]))  # type: ignore[call-arg]
        return self._decoded(body, type_)

    def _readable(self) -> bytes:
        if self._error is not None:
            raise self._error
        if self._media not in {JSON, PROTOBUF} and not (
            self._media.startswith("application/") and "json" in self._media
        ):
            raise ValueError(f"serializer for {self.content_type} doesn't exist")
        return self._body

    def _decoded(self, body: bytes, type_: type[T]) -> T:
        try:
            if body[:4] == _MAGIC:
                from .protobuf_decode import decode_body  # loaded for those who speak protobuf

                return decode_body(type_, body)
            return json.decode(body, type_)
        except (msgspec.MsgspecError, ValueError) as error:
            raise ValueError(f"the answer ({self.content_type}) cannot be read: {error}") from error

    def _status(self, body: bytes) -> statuses.Status:
        status = self._decoded(body, statuses.Status)
        if status.status != statuses.SUCCESS:
            raise errors.from_status(status)
        return status

    def __repr__(self) -> str:
        return f"<Result {self.status_code} {self.content_type or 'without a content type'}>"


class _Head(msgspec.Struct):
    """What says what the rest is."""

    kind: str = ""
    api_version: str = msgspec.field(name="apiVersion", default="")


def _head_of_protobuf(body: bytes) -> _Head:
    from kubeclient.apimachinery import protobuf  # loaded for those who speak protobuf

    envelope = protobuf.unwrap(body)
    return _Head(envelope.kind, envelope.api_version)
