"""Lists as bytes: the stored JSON of each object, joined; nothing is encoded again.

Builtin lists leave out the kind and apiVersion of their items, because Go's typed lists do; lists of custom resources keep
them, and always show `continue`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable

import msgspec

from .escape import escape

__all__ = ["ListWriter", "list_metadata"]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def list_metadata(resource_version: str, *, continue_: str = "", remaining: int | None = None) -> bytes:
    """A list's metadata as the server orders it."""
    text = b'{"resourceVersion":"%b"' % resource_version.encode() if resource_version else b"{"
    if continue_:
        text += b'%b"continue":%b' % (b"," if resource_version else b"", _encode(continue_))
    if remaining is not None:
        text += b',"remainingItemCount":%d' % remaining
    return text + b"}"


class ListWriter:
    """Writes the lists of one resource.

    Args:
        list_kind: "PodList". api_version: of list and items. kind: of the items.
        custom: custom resources, whose items name their kind.
    """

    __slots__ = ("_custom", "_cut", "_head", "_prefix")

    def __init__(self, list_kind: str, api_version: str, kind: str, *, custom: bool = False) -> None:
        self._custom = custom
        self._prefix = b'{"kind":%b,"apiVersion":%b,' % (_encode(kind), _encode(api_version))
        self._cut = len(self._prefix)
        if custom:
            self._head = b'{"apiVersion":%b,"items":[' % _encode(api_version)
        else:
            self._head = b'{"kind":%b,"apiVersion":%b,"metadata":' % (_encode(list_kind), _encode(api_version))
        if custom:
            self._prefix = b'],"kind":%b,"metadata":' % _encode(list_kind)

    def __call__(
        self, items: Iterable[bytes], resource_version: str, *, continue_: str = "", remaining: int | None = None
    ) -> bytes:
        """The list as JSON and a line end, put together by one copy. `items` are whole objects as JSON."""
        if self._custom:
            metadata = b'{"continue":%b' % _encode(continue_)
            if remaining is not None:
                metadata += b',"remainingItemCount":%d' % remaining
            metadata += b',"resourceVersion":"%b"}' % resource_version.encode()
            return b"".join((self._head, b",".join(items), self._prefix, metadata, b"}\n"))
        metadata = list_metadata(resource_version, continue_=continue_, remaining=remaining)
        bodies = self._bodies(items)
        if not bodies:
            return b'%b%b,"items":[]}\n' % (self._head, metadata)
        bodies[0] = b'%b%b,"items":[{%b' % (self._head, metadata, bytes(bodies[0]))
        bodies[-1] = b"%b]}\n" % bytes(bodies[-1])
        return b",{".join(bodies)

    def _bodies(self, items: Iterable[bytes]) -> list[bytes | memoryview]:
        """What follows the kind of each item. Views, for one join: nothing is copied but into the answer.

        The collector rests meanwhile: so many views would make it walk all that is stored, and they are no garbage.
        """
        cut, prefix = self._cut, self._prefix
        collecting = gc.isenabled()
        gc.disable()
        try:
            return [memoryview(item)[cut:] if item[:cut] == prefix else _without_kind(item) for item in items]
        finally:
            if collecting:
                gc.enable()


def _without_kind(item: bytes) -> bytes:
    """The slow way for an object whose JSON does not begin with its kind and apiVersion."""
    value = _decode(item)
    value.pop("kind", None)
    value.pop("apiVersion", None)
    return escape(_encode(value))[1:]
