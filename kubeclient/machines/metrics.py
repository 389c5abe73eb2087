"""What a client tells of its requests to whoever counts them, and the template under which a path is counted.

Ported from client-go tools/metrics and rest/request.go (finalURLTemplate).
"""

from __future__ import annotations

__all__ = ["RequestMetrics", "path_template"]


class RequestMetrics:
    """Hooks that a client calls. A subclass overrides those it wants; each returns at once and raises nothing."""

    def request(self, verb: str, path: str, code: int, seconds: float) -> None:
        """One attempt is over. `path` is a template, `code` 0 when no answer came."""

    def retry(self, verb: str, code: int) -> None:
        """An attempt is followed by another; `code` is the status it got, 0 for none."""

    def rate_limiter_latency(self, verb: str, path: str, seconds: float) -> None:
        """A request waited for its turn on this side."""

    def size(self, verb: str, sent: int, received: int) -> None:
        """The bytes of a body that was sent and of the one that came back."""

    def result(self, code: str, verb: str, host: str) -> None:
        """One attempt is over: its status as text, "<error>" when no answer came. `host` is empty where none is known."""

    def resolver_latency(self, host: str, seconds: float) -> None:
        """The name of a host was looked up. A client whose metrics do not care resolves names faster."""

    def exec_plugin_call(self, code: int, status: str) -> None:
        """A credential plugin ran: its exit code, and one of no_error, plugin_execution_error, plugin_not_found_error
        and client_internal_error."""

    def exec_plugin_policy(self, status: str) -> None:
        """It was decided whether a plugin may run: allowed or denied."""

    def certificate_expiry(self, expires_ns: int | None) -> None:
        """The earliest end of the client certificates that plugins gave, in nanoseconds since 1970; None: there are none."""

    def certificate_rotation(self, age_seconds: float) -> None:
        """A plugin gave a new client certificate in the place of one that was that old."""

    def transport_cache(self, result: str) -> None:
        """A transport was looked for among those in use: hit, miss, miss-gc (it was there and is gone) or uncacheable."""

    def ca_reload(self, result: str) -> None:
        """The file of authorities was looked at: success, failure or unchanged."""


def path_template(path: str) -> str:
    """A path without its names, so that a million objects are one line: `/api/v1/namespaces/{namespace}/pods/{name}`."""
    parts = path.strip("/").split("/")
    if len(parts) == 1:
        return path
    if parts[0] == "api" and len(parts) >= 2:
        head, rest = parts[:2], parts[2:]
    elif parts[0] == "apis" and len(parts) >= 3:
        head, rest = parts[:3], parts[3:]
    elif parts[0] in {"api", "apis", "version", "openapi", "healthz", "livez", "readyz"}:
        return path
    else:
        return "/{prefix}"
    if len(rest) >= 3 and rest[0] == "namespaces" and rest[2] not in {"finalize", "status"}:
        rest[1] = "{namespace}"
        if len(rest) > 3:
            rest[3] = "{name}"
    elif len(rest) >= 2:
        rest[1] = "{name}"
    return "/" + "/".join(head + rest)
