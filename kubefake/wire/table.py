"""Tables: what the server answers to kubectl's Accept header. Columns and rows are given; this puts them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import quote
from kubeclient.transport.protocol import QueryList

from .escape import escape
from .lists import list_metadata
from .partial import partial
from .query import first

__all__ = ["DEFAULT_COLUMNS", "Row", "TableWriter", "include_object"]

_encode = msgspec.json.Encoder().encode

INCLUDE: Final = ("None", "Metadata", "Object")

DEFAULT_COLUMNS: Final = (
    {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0},
    {"name": "Created At", "type": "date", "format": "", "description": "", "priority": 0},
)

Row = Callable[[Mapping[str, Any]], tuple[Sequence[Any], Sequence[Mapping[str, Any]] | None]]
"""The cells of an object, and its row's conditions."""


def include_object(query: QueryList) -> str:
    """How much of each object goes into its row: None, Metadata or Object. Raises BadRequest."""
    value = first(query, "includeObject")
    if not value:
        return "Metadata"
    if value not in INCLUDE:
        problem = f"Invalid value: {quote(value)}: must be 'Metadata', 'Object', 'None', or empty"
        raise errors.new_bad_request(f"Unable to convert to Table as requested: includeObject: {problem}")
    return value


class TableWriter:
    """Writes tables of one resource.

    Args:
        columns: the column definitions.
        row: computes the cells of an object.
        version: of meta.k8s.io: v1 or v1beta1.
        include: see `include_object`.
        empty: what a table of nothing has for rows; the server's general printer leaves a nil slice.
    """

    __slots__ = ("_columns", "_empty", "_head", "_include", "_row", "_version")

    def __init__(
        self, columns: Sequence[Mapping[str, Any]], row: Row, *, version: str, include: str, empty: bytes = b"[]"
    ) -> None:
        self._empty = empty
        self._head = b'{"kind":"Table","apiVersion":"meta.k8s.io/%b","metadata":' % version.encode()
        self._columns = escape(_encode([_definition(column) for column in columns]))
        self._row = row
        self._version = version
        self._include = include

    def __call__(
        self,
        objects: Iterable[tuple[Mapping[str, Any], bytes]],
        resource_version: str,
        *,
        continue_: str = "",
        remaining: int | None = None,
        headers: bool = True,
    ) -> bytes:
        """A table of objects, each given decoded and as JSON.

        `headers`: False leaves out the column definitions, as the events of a watch do after the first.
        """
        metadata = list_metadata(resource_version, continue_=continue_, remaining=remaining)
        columns = self._columns if headers else b"null"
        rows = b",".join(self._render(obj, data) for obj, data in objects)
        listed = b"[%b]" % rows if rows else self._empty
        return b'%b%b,"columnDefinitions":%b,"rows":%b}' % (self._head, metadata, columns, listed)

    def _render(self, obj: Mapping[str, Any], data: bytes) -> bytes:
        cells, conditions = self._row(obj)
        text = b'{"cells":%b' % escape(_encode(cells))
        if conditions:
            text += b',"conditions":%b' % escape(_encode(conditions))
        if self._include == "Metadata":
            text += b',"object":%b' % partial(data, self._version)
        elif self._include == "Object":
            text += b',"object":%b' % data
        else:
            text += b',"object":null'
        return text + b"}"


def _definition(column: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": column["name"],
        "type": column["type"],
        "format": column.get("format", ""),
        "description": column.get("description", ""),
        "priority": column.get("priority", 0),
    }
