"""What a controller has asked for and not seen yet in its cache, so that it does not ask for it twice.

Pure: times are given. Follows pkg/controller/controller_utils.go (ControllerExpectations).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Expectations"]

TIMEOUT_NS = 300 * 1_000_000_000
"""After so long an expectation is given up: the event it waits for was missed."""


@dataclass(slots=True)
class _Expected:
    creations: int
    deletions: set[str]
    since_ns: int


class Expectations:
    """Creations by count and deletions by uid, for each key."""

    def __init__(self) -> None:
        self._expected: dict[str, _Expected] = {}

    def satisfied(self, key: str, now_ns: int) -> bool:
        """Whether everything was seen, or it was too long ago."""
        expected = self._expected.get(key)
        if expected is None or (expected.creations <= 0 and not expected.deletions):
            return True
        return now_ns - expected.since_ns > TIMEOUT_NS

    def expect(self, key: str, now_ns: int, *, creations: int = 0, deletions: set[str] | None = None) -> None:
        """Replaces what is expected for a key."""
        self._expected[key] = _Expected(creations, set(deletions or ()), now_ns)

    def created(self, key: str, count: int = 1) -> None:
        """So many creations were seen, or will not happen."""
        expected = self._expected.get(key)
        if expected is not None:
            expected.creations -= count

    def deleted(self, key: str, uid: str) -> None:
        """A deletion was seen, or will not happen."""
        expected = self._expected.get(key)
        if expected is not None:
            expected.deletions.discard(uid)

    def forget(self, key: str) -> None:
        """Nothing is expected for that key any more."""
        self._expected.pop(key, None)
