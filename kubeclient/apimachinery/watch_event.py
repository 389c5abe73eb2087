"""Watch events: what happened to an object. Values and their names only."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

__all__ = ["ADDED", "BOOKMARK", "DELETED", "ERROR", "MODIFIED", "TYPES", "WatchEvent"]

ADDED: Final = "ADDED"
MODIFIED: Final = "MODIFIED"
DELETED: Final = "DELETED"
BOOKMARK: Final = "BOOKMARK"
ERROR: Final = "ERROR"

TYPES: Final = frozenset({ADDED, MODIFIED, DELETED, BOOKMARK, ERROR})

T = TypeVar("T")


class WatchEvent(Generic[T]):
    """One event of a watch.

    Attributes:
        type: ADDED, MODIFIED, DELETED, BOOKMARK (the object carries a resource version only) or ERROR (it is a Status).
        object: the object as it was after the change; for DELETED as it was last.
    """

    __slots__ = ("object", "type")
    __match_args__ = ("type", "object")

    def __init__(self, type: str, object: T) -> None:
        self.type: Final = type
        self.object: Final = object

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WatchEvent):
            return NotImplemented
        return self.type == other.type and bool(self.object == other.object)

    __hash__ = None  # type: ignore[assignment]  # objects have none

    def __repr__(self) -> str:
        return f"WatchEvent({self.type}, {self.object!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return WatchEvent, (self.type, self.object)
