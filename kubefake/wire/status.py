"""Answers as bytes: objects, texts and failures, with the headers the server sends.

The front door adds what belongs to the connection (date, content-length).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

import msgspec

from kubeclient.apimachinery.errors import StatusError
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.status import Status, StatusDetails
from kubeclient.transport.protocol import Response

from .escape import escape
from .negotiate import JSON, PROTOBUF, PROTOBUF_STREAM, YAML, Media

__all__ = [
    "bad_kind_path",
    "encode",
    "error_response",
    "headers_for",
    "indent",
    "json_response",
    "method_not_allowed",
    "not_found_path",
    "not_found_text",
    "not_implemented",
    "protobuf_list",
    "stream_headers",
    "text_response",
    "to_yaml",
    "warning_header",
]

_NO_CACHE: Final = ("cache-control", "no-cache, private")
_HEADERS: Final = {media: (_NO_CACHE, ("content-type", media)) for media in (JSON, YAML, PROTOBUF)}
_TEXT_HEADERS: Final = (
    _NO_CACHE,
    ("content-type", "text/plain; charset=utf-8"),
    ("x-content-type-options", "nosniff"),
)

encode = msgspec.json.Encoder().encode


def indent(data: bytes) -> bytes:
    """A JSON text as the server's pretty form: two spaces, no line end."""
    return msgspec.json.format(data, indent=2)


def to_yaml(data: bytes) -> bytes:
    """A JSON text as YAML, keys sorted, as sigs.k8s.io/yaml writes it."""
    import yaml

    from .yamlwrite import Dumper

    value = msgspec.json.decode(data)
    text: str = yaml.dump(value, Dumper=Dumper, allow_unicode=True, width=80, default_flow_style=False)
    return text.encode("utf-8", "surrogatepass")


def warning_header(text: str) -> tuple[str, str]:
    """A Warning header as the server sends one: code 299, no agent, the text quoted with line ends replaced."""
    clean = "".join(c if c.isprintable() or c == " " else " " for c in text)
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"')
    return "warning", f'299 - "{escaped}"'


def headers_for(media_type: str, warnings: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The headers of an object's answer."""
    headers = _HEADERS[media_type]
    extra = tuple(warning_header(text) for text in dict.fromkeys(warnings))
    return headers + extra if extra else headers


def stream_headers(media_type: str, warnings: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """The headers of a watch."""
    headers = (_NO_CACHE, ("content-type", PROTOBUF_STREAM)) if media_type == PROTOBUF else _HEADERS[media_type]
    return (*headers, *map(warning_header, warnings))


def json_response(
    code: int, data: bytes, media: Media | None = None, *, pretty: bool = False, warnings: Iterable[str] = ()
) -> Response:
    """An answer whose body is already JSON, in the form that was negotiated.

    It is compact; a line end is added where there is none, which costs a copy: who writes large bodies ends them.
    """
    if media is not None and media.type == YAML:
        return Response(code, headers_for(YAML, warnings), to_yaml(data))
    if media is not None and media.type == PROTOBUF:
        from .protobuf import to_protobuf  # the table of numbers is loaded for those who ask for protobuf

        return Response(code, headers_for(PROTOBUF, warnings), to_protobuf(data))
    if pretty or (media is not None and media.pretty):
        return Response(code, headers_for(JSON, warnings), indent(data))
    return Response(code, headers_for(JSON, warnings), data if data.endswith(b"\n") else data + b"\n")


def protobuf_list(
    code: int, list_kind: str, api_version: str, items: Iterable[bytes], metadata: bytes, warnings: Iterable[str] = ()
) -> Response:
    """A list in protobuf, of objects and of metadata that are JSON."""
    from .protobuf import list_to_protobuf

    return Response(code, headers_for(PROTOBUF, warnings), list_to_protobuf(list_kind, api_version, items, metadata))


def error_response(
    error: StatusError | Status, media: Media | None = None, *, pretty: bool = False, warnings: Iterable[str] = ()
) -> Response:
    """A failure as the server answers it. `media` comes from `Negotiator.error`; None is JSON."""
    status = error if isinstance(error, Status) else error.status
    code = status.code or 500
    response = json_response(code, _encode_status(status), media, pretty=pretty, warnings=warnings)
    details = status.details
    if details is not None and details.retry_after_seconds > 0:
        response.headers = (*response.headers, ("retry-after", str(details.retry_after_seconds)))
    return response


def _encode_status(status: Status) -> bytes:
    """Names from a URL may hold bytes that are no UTF-8; in JSON each becomes a replacement character."""
    try:
        return escape(status.to_json())
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(status), separators=(",", ":"), ensure_ascii=False)
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode()


def text_response(code: int, text: str) -> Response:
    """A plain text answer, as net/http and the health checks write it."""
    return Response(code, _TEXT_HEADERS, text.encode())


# --- refusals of whole paths


def not_found_text() -> Response:
    """A path that no handler of the server knows: text, no Status."""
    return text_response(404, "404 page not found\n")


def not_found_path() -> StatusError:
    """A path below a known group and version that names nothing served."""
    from kubeclient.apimachinery import errors

    message = "the server could not find the requested resource"
    return errors.NotFound(Status.failure(404, "NotFound", message, StatusDetails()))


def method_not_allowed() -> StatusError:
    """A known path with a method it does not take."""
    from kubeclient.apimachinery import errors

    message = "the server does not allow this method on the requested resource"
    return errors.MethodNotAllowed(Status.failure(405, "MethodNotAllowed", message, StatusDetails()))


def not_implemented(feature: str) -> StatusError:
    """What the real server does and this one does not: loud, and naming it."""
    return StatusError(Status.failure(501, "NotImplemented", f"kubefake does not implement {feature}"))


def bad_kind_path(path: str) -> Response:
    """A legacy /watch/ path without a resource, which the server answers with a bare 500."""
    text = f"Internal Server Error: {quote(path)}: failed to create RequestInfo: "
    return text_response(500, f"{text}unable to determine kind and namespace from url, {path}\n")
