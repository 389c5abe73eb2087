"""Table columns of custom kinds, from additionalPrinterColumns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kubeclient.apimachinery.gotext import float_v, marshal
from kubefake.resources.paths import find
from kubefake.schema import gotime

__all__ = ["DEFAULT_COLUMNS", "age_text", "definitions", "row"]

DEFAULT_COLUMNS: Final[Sequence[Mapping[str, Any]]] = (
    {
        "name": "Age",
        "type": "date",
        "description": "CreationTimestamp is a timestamp representing the server time when this object was created.",
        "jsonPath": ".metadata.creationTimestamp",
    },
)
_NAME: Final[Mapping[str, Any]] = {
    "name": "Name",
    "type": "string",
    "format": "name",
    "description": "Name must be unique within a namespace.",
    "priority": 0,
}


def definitions(columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The column definitions of a table: the name, then what the version declares."""
    return [_NAME, *(_definition(column) for column in columns)]


def _definition(column: Mapping[str, Any]) -> Mapping[str, Any]:
    description = column.get("description")
    return {
        "name": column["name"],
        "type": column["type"],
        "format": column.get("format", ""),
        "description": description or f"Custom resource definition column (in JSONPath format): {column['jsonPath']}",
        "priority": column.get("priority", 0),
    }


def row(columns: Sequence[Mapping[str, Any]], obj: Mapping[str, Any], now: str) -> list[Any]:
    """The cells of an object; null where a path finds nothing or something of another type."""
    cells: list[Any] = [obj.get("metadata", {}).get("name")]
    for column in columns:
        found = find(obj, column["jsonPath"])
        cells.append(_cell(column["type"], found[0], now) if found else None)
    return cells


def _cell(type_name: str, value: Any, now: str) -> Any:
    if type_name == "string":
        return _printed(value)
    if type_name == "date":
        return _date(value, now) if isinstance(value, str) else None
    if type_name == "boolean":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        # the server hands text of a mistyped number through the same door as the number's own type, and finds nothing
        return None
    return int(value) if type_name == "integer" else _number(value)


def _number(value: float) -> int | float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _printed(value: Any) -> str:
    if value is None:
        return "<no value>"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return float_v(value)
    return marshal(value)


def _date(text: str, now: str) -> str:
    try:
        moment, _ = gotime.parse(text)
    except ValueError:
        return "<invalid>"
    return age_text(moment + "Z", now)


def age_text(then: str, now: str) -> str:
    """How long ago a time was, as tables say it: 90s, 5m, 3h20m, 2d."""
    elapsed = dt.datetime.fromisoformat(now) - dt.datetime.fromisoformat(then)
    seconds = int(elapsed.total_seconds())
    if seconds < -1:
        return "<invalid>"
    return _human(max(seconds, 0))


def _human(seconds: int) -> str:
    """Two units at most, and only while the smaller one still says something."""
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _pair(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _pair(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _pair(days, "d", hours % 24, "h")
    if days < 365 * 2:
        return f"{days}d"
    if days < 365 * 8:
        return _pair(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _pair(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"
