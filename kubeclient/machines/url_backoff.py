"""How long to leave a server alone that says it has too much to do. Off unless two variables of the environment ask for it.

Ported from client-go rest/urlbackoff.go and util/flowcontrol/backoff.go. Durations are integer nanoseconds.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["URLBackoff"]

_SECOND = 1_000_000_000
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


class URLBackoff:
    """The waits before requests to one server: `base_ns` after the first bad answer, twice as long after each other."""

    __slots__ = ("_base_ns", "_delay_ns", "_last_ns", "_max_ns")

    def __init__(self, base_ns: int, max_ns: int) -> None:
        self._base_ns, self._max_ns = base_ns, max_ns
        self._delay_ns = 0
        self._last_ns = 0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> URLBackoff | None:
        """As KUBE_CLIENT_BACKOFF_BASE and KUBE_CLIENT_BACKOFF_DURATION say, in whole seconds; None if one does not."""
        texts = [environ.get(f"KUBE_CLIENT_BACKOFF_{name}", "") for name in ("BASE", "DURATION")]
        if not all(text.isascii() and text.isdigit() for text in texts):
            return None
        base, most = (int(text) * _SECOND for text in texts)
        return cls(base, most)

    def wait_ns(self, now_ns: int) -> int:
        """How long the next request waits. Calm for twice the longest wait makes all forgotten."""
        if now_ns - self._last_ns > 2 * self._max_ns:
            return 0
        return self._delay_ns

    def update(self, status: int, now_ns: int) -> None:
        """Learns from an answer; status 0 is none at all, which says nothing against the server."""
        if status != _TOO_MANY_REQUESTS and status < _SERVER_ERROR:
            self._delay_ns = 0
        else:
            known = self._delay_ns if now_ns - self._last_ns <= 2 * self._max_ns else 0
            self._delay_ns = min(known * 2 or self._base_ns, self._max_ns)
        self._last_ns = now_ns
