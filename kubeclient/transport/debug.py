"""What is logged of requests at each verbosity of client-go, to the logger `kubeclient.transport` at level DEBUG.

Verbosity 6 shows method, URL, status and milliseconds; 7 the request's headers and the status; 8 the answer's headers and
the bodies too, cut; 9 a curl command and what became of the connection instead. Credentials are masked at all of them.
Ported from client-go transport/round_trippers.go and rest/request.go (logBody).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import quote, urlencode

from .protocol import HeaderList, Request

__all__ = ["Recorder", "TraceLog", "body_text", "curl", "masked"]

_LOG = logging.getLogger("kubeclient.transport")
_SCHEMES = ("bearer", "basic", "negotiate")
_TIMING, _HEADERS, _ANSWER, _CURL, _WHOLE = 6, 7, 8, 9, 10
_BODY_MAX = {_ANSWER: 1024, _CURL: 10240}
_MILLISECOND = 1_000_000


def masked(value: str) -> str:
    """An Authorization header as it may be shown: the scheme where it is a known one, and no more."""
    if not value:
        return ""
    scheme, _, secret = value.partition(" ")
    if scheme.lower() not in _SCHEMES:
        return "<masked>"
    return f"{scheme} <masked>" if secret else scheme


def _shown(headers: HeaderList) -> list[tuple[str, str]]:
    return sorted((name, masked(value) if name == "authorization" else value) for name, value in headers)


def body_text(body: bytes, verbosity: int) -> str:
    """A body as it is logged: text, or a hex dump where it is none; cut unless the verbosity is 10."""
    if any(byte < 0x0A for byte in body):
        text = "\n".join(f"{at:08x}  {body[at : at + 16].hex(' ')}" for at in range(0, len(body), 16))
    else:
        text = body.decode("utf-8", "replace")
    most = len(text) if verbosity >= _WHOLE else _BODY_MAX.get(verbosity, 0)
    return text if len(text) <= most else f"{text[:most]} [truncated {len(text) - most} chars]"


def _url(base_url: str, request: Request) -> str:
    query = f"?{urlencode(request.query, quote_via=quote)}" if request.query else ""
    return f"{base_url}{request.path}{query}"


def curl(base_url: str, request: Request) -> str:
    """The request as a command for a shell, without its credentials."""
    headers = " ".join(f'-H "{name}: {value}"' for name, value in _shown(request.headers))
    return f"curl -v -X{request.method} {headers} '{_url(base_url, request)}'"


class Recorder:
    """Writes down requests and what became of them.

    Args:
        monotonic_ns: nanoseconds since some start.
        verbosity: as klog's; below 6 nothing is written.
        base_url: what stands before paths where a whole URL is shown.
    """

    def __init__(self, monotonic_ns: Callable[[], int], verbosity: int, base_url: str = "") -> None:
        self._monotonic_ns = monotonic_ns
        self._verbosity = verbosity
        self._base_url = base_url

    def start(self, request: Request) -> int:
        """A request goes out; returns the time."""
        level = self._verbosity
        if level >= _CURL:
            _LOG.debug("Request %s", curl(self._base_url, request))
        elif level >= _HEADERS:
            lines = "".join(f"\n{name}: {value}" for name, value in _shown(request.headers))
            _LOG.debug("Request %s %s%s", request.method, _url(self._base_url, request), lines)
        if level >= _ANSWER and request.body is not None:
            _LOG.debug("Request Body %s", body_text(request.body, level))
        return self._monotonic_ns()

    def end(
        self, request: Request, started: int, outcome: object, headers: HeaderList = (), body: bytes | None = None
    ) -> None:
        """An answer came, or an error in its place."""
        level = self._verbosity
        if level < _TIMING:
            return
        elapsed = (self._monotonic_ns() - started) // _MILLISECOND
        what = f"{request.method} {_url(self._base_url, request)} " if level < _HEADERS or level >= _CURL else ""
        lines = "".join(f"\n{name}: {value}" for name, value in _shown(headers)) if level >= _ANSWER else ""
        _LOG.debug("Response %s%s in %d milliseconds%s", what, outcome, elapsed, lines)
        if level >= _ANSWER and body is not None:
            _LOG.debug("Response Body %s", body_text(body, level))


class TraceLog:
    """Logs what becomes of connections: how long dialling, the TLS handshake and the wait for the first byte took.

    It is called with the names of events, each of which ends in `.started`, `.complete` or `.failed`.
    """

    def __init__(self, monotonic_ns: Callable[[], int]) -> None:
        self._monotonic_ns = monotonic_ns
        self._started: dict[str, int] = {}

    def __call__(self, event: str) -> None:
        what, _, state = event.rpartition(".")
        if state == "started":
            self._started[what] = self._monotonic_ns()
        elif what in self._started:
            elapsed = (self._monotonic_ns() - self._started.pop(what)) // _MILLISECOND
            _LOG.debug("HTTP Trace: %s %s in %d milliseconds", what, state, elapsed)
