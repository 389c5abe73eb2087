"""Which columns a resource's table has, and what fills its rows."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kubefake.data import load
from kubefake.resources.crd.columns import age_text
from kubefake.resources.printers import printer, row_conditions
from kubefake.resources.resource import Resource
from kubefake.wire.table import DEFAULT_COLUMNS, TableWriter

__all__ = ["table_writer"]

_GENERAL = [column["name"] for column in DEFAULT_COLUMNS]


@functools.cache
def _columns() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    columns: Mapping[str, Sequence[Mapping[str, Any]]] = load("columns.json")
    return columns


def table_writer(resource: Resource, now: str, version: str, include: str, *, subresource: str = "") -> TableWriter:
    """What writes tables of a resource, or of its scale, at a time; ages are told as of `now`."""
    if subresource == "scale":
        return _scale_writer(now, version, include, custom=resource.custom)
    strategy = resource.strategy
    columns = strategy.columns()
    if columns is None:
        columns = _columns().get(f"{resource.api_version} {resource.plural}", DEFAULT_COLUMNS)
    group, plural = resource.group, resource.plural
    older = resource.legacy and not resource.is_storage_version
    if older:  # printed as what it is stored as
        group, columns = resource.storage.group, _columns().get(f"{resource.storage_version} {plural}", DEFAULT_COLUMNS)
    cells, moment = printer(group, plural), datetime.fromisoformat(now)

    def row(obj: Mapping[str, Any]) -> tuple[Sequence[Any], Sequence[Mapping[str, Any]] | None]:
        if older:
            obj = strategy.convert(dict(obj), resource.storage_version.version)
        own = strategy.row(obj, now)
        return (cells(obj, moment) if own is None else own), row_conditions(group, plural, obj)

    general = not resource.custom and [column["name"] for column in columns] == _GENERAL
    return TableWriter(columns, row, version=version, include=include, empty=b"null" if general else b"[]")


_SCALE_COLUMNS = (
    {"name": "Name", "type": "string", "format": "name"},
    {"name": "Desired", "type": "integer"},
    {"name": "Available", "type": "integer"},
    {"name": "Age", "type": "date"},
)


def _scale_writer(now: str, version: str, include: str, *, custom: bool) -> TableWriter:
    """Scales of custom kinds are printed by JSON paths, which find no number where it is zero; the name has no format
    in those of builtin kinds, and the age is text."""
    columns = (
        _SCALE_COLUMNS
        if custom
        else [{**column, "format": "", "type": column["type"].replace("date", "string")} for column in _SCALE_COLUMNS]
    )

    def row(obj: Mapping[str, Any]) -> tuple[Sequence[Any], None]:
        meta = obj["metadata"]
        desired = obj["spec"].get("replicas", None if custom else 0)
        return [meta["name"], desired, obj["status"]["replicas"], age_text(meta["creationTimestamp"], now)], None

    return TableWriter(columns, row, version=version, include=include)
