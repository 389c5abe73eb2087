"""Reading answers: which bytes are an error and which error they are, what the server warns about, when to come back.

Nothing here knows what a good answer decodes to; that is the codec's. Ported from client-go rest/request.go
(transformResponse, Result), k8s.io/apimachinery/pkg/util/net/http.go (warnings).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubeclient.apimachinery import errors
from kubeclient.apimachinery import status as statuses
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.transport.protocol import HeaderList, header, headers_all

__all__ = ["WarningHeader", "error_from_response", "is_success", "retry_after_seconds", "warnings_of"]

_TEXT_MAX = 2048
_INTEGER = re.compile(r"[+-]?[0-9]+").fullmatch


@dataclass(frozen=True, slots=True)
class WarningHeader:
    """One item of a Warning header."""

    code: int
    agent: str
    text: str


def is_success(status: int) -> bool:
    """Whether a status is an answer: 200 to 206, as client-go has it."""
    return 200 <= status <= 206


def retry_after_seconds(headers: HeaderList) -> int | None:
    """The Retry-After header where it is a whole number of seconds; a date is not understood, as in client-go."""
    value = header(headers, "retry-after")
    return int(value) if value and _INTEGER(value) else None


def error_from_response(
    status: int, headers: HeaderList, body: bytes, *, method: str, resource: GroupResource, name: str = ""
) -> errors.StatusError:
    """The error that an answer carries: its Status where it has one, else what the status code allows to say.

    A body that is no Status (a proxy's page, plain text, nothing) becomes a generic error whose cause keeps up to 2048
    bytes of text, so that nothing the server said is lost.
    """
    decoded = _status(body)
    if decoded is not None and decoded.status == statuses.FAILURE:
        return errors.from_status(decoded)
    text = "unknown"
    if (header(headers, "content-type") or "text/").lower().startswith("text/"):
        text = body[:_TEXT_MAX].decode("utf-8", "replace").strip()
    retry_after = retry_after_seconds(headers) or 0
    return errors.new_generic_server_response(status, method, resource, name, text, retry_after, True)


def _status(body: bytes) -> statuses.Status | None:
    """The Status that a body is, in JSON or protobuf; None when it is something else."""
    if body[:1] == b"{":
        return statuses.decode(body)
    if body[:4] != b"k8s\0":
        return None
    from .protobuf_decode import decode_body  # loaded for those who speak protobuf

    try:
        return decode_body(statuses.Status, body)
    except ValueError:
        return None


def warnings_of(headers: HeaderList) -> list[WarningHeader]:
    """All warnings of an answer. What is malformed ends the reading of its header line; items before it stay."""
    return [warning for line in headers_all(headers, "warning") for warning in _parse_line(line)]


_ITEM = re.compile(
    r'[ \t]*(?P<code>[0-9]{3}) (?P<agent>[^ "]+) "(?P<text>(?:\\.|[^"\\])*)"(?: "(?P<date>[^"]*)")?[ \t]*'
)
_ESCAPED = re.compile(r"\\(.)")


def _parse_line(line: str) -> Iterator[WarningHeader]:
    position = 0
    while match := _ITEM.match(line, position):
        text = _ESCAPED.sub(r"\1", match["text"])
        if any(ord(character) < 32 or ord(character) == 127 for character in text):
            return
        position = match.end()
        if position < len(line) and line[position] != ",":
            return
        yield WarningHeader(int(match["code"]), match["agent"], text)
        position += 1
        if position >= len(line):
            return
