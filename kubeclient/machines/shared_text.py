"""Lets the many objects of a list share the texts that are the same in them, which is a third of what they weigh.

Objects of a collection are of few shapes: the same images, names of containers and labels come again and again, and a decoder
makes each anew. Texts cannot be changed, so nobody can tell. Only typed objects are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec

__all__ = ["TextSharer"]

T = TypeVar("T")

KEPT: Final = 4_096
"""Texts that are remembered; then all are forgotten, as some are in one object only."""

_Fields = tuple[tuple[str, ...], Callable[[Any], Any]]


class TextSharer:
    """Remembers texts, and puts them in the place of equal ones."""

    __slots__ = ("_fields", "_texts")

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._fields: dict[type, _Fields | None] = {}

    def share(self, obj: T) -> T:
        """The same object, with texts that others have, too."""
        if isinstance(obj, msgspec.Struct):
            self._walk(obj)
            if len(self._texts) > KEPT:
                self._texts.clear()
        return obj

    def _walk(self, obj: Any) -> None:
        type_ = obj.__class__
        fields = self._fields.get(type_)
        if fields is None:
            if type_ in self._fields:
                return
            fields = self._fields[type_] = _fields_of(type_)
            if fields is None:
                return
        names, get = fields
        texts = self._texts
        for name, value in zip(names, get(obj), strict=True):
            if not value:
                continue
            class_ = value.__class__
            if class_ is str:
                known = texts.setdefault(value, value)
                if known is not value:
                    setattr(obj, name, known)
            elif class_ is list:
                for place, item in enumerate(value):
                    if item.__class__ is str:
                        value[place] = texts.setdefault(item, item)
                    elif isinstance(item, msgspec.Struct):
                        self._walk(item)
            elif class_ is dict:
                for key, item in value.items():
                    if item.__class__ is str:
                        value[key] = texts.setdefault(item, item)
            elif isinstance(value, msgspec.Struct):
                self._walk(value)


def _fields_of(type_: type[msgspec.Struct]) -> _Fields | None:
    """The attributes that may hold text, and what reads them all as a tuple; None when there are none."""
    if type_.__struct_config__.frozen:
        return None
    names = tuple(field.name for field in msgspec.structs.fields(type_) if field.type not in (int, bool, float))
    if not names:
        return None
    if len(names) == 1:
        one = attrgetter(names[0])
        return names, lambda obj: (one(obj),)
    return names, attrgetter(*names)
