"""Go's nil slices and maps, for the fields that Go writes even when they are nil: it writes `null` then, not `[]`.

`NIL_LIST` and `NIL_MAP` behave as an immutable empty list and an immutable empty dict; `json` encodes them as null. They are
values, there is nothing to construct.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, overload

__all__ = ["NIL_LIST", "NIL_MAP", "NilList", "NilMap"]


class NilList(Sequence[Any]):
    """An empty list that cannot grow and is null in JSON. Equal to `[]`."""

    __slots__ = ()

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return []
        raise IndexError("list index out of range")

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __add__(self, other: list[Any]) -> list[Any]:
        return list(other)

    __radd__ = __add__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NilList | list) and not other

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __repr__(self) -> str:
        return "NIL_LIST"

    def __reduce__(self) -> str:
        return "NIL_LIST"

    def __copy__(self) -> NilList:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> NilList:
        return self


class NilMap(Mapping[Any, Any]):
    """An empty dict that cannot grow and is null in JSON. Equal to `{}`."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        raise KeyError(key)

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NilMap | dict) and not other

    __hash__ = None  # type: ignore[assignment]  # as a dict

    def __repr__(self) -> str:
        return "NIL_MAP"

    def __reduce__(self) -> str:
        return "NIL_MAP"

    def __copy__(self) -> NilMap:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> NilMap:
        return self


NIL_LIST: Final = NilList()
NIL_MAP: Final = NilMap()
