"""What cells are made of: ages, selectors, short lists. As k8s.io/kubernetes/pkg/printers/internalversion says them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from kubeclient.apimachinery import labels

__all__ = [
    "Cells",
    "JSONMapping",
    "Printer",
    "age",
    "container_cells",
    "format_labels",
    "format_selector",
    "human_duration",
    "load_balancer",
    "meta_age",
    "name_of",
    "seconds_between",
    "shortened",
]

JSONMapping = Mapping[str, Any]
Cells = list[Any]
Printer = Callable[[JSONMapping, datetime], Cells]
"""The cells of an object, as of a time; the object is shared and is not changed."""


def name_of(obj: JSONMapping) -> str:
    name: str = obj["metadata"].get("name", "")
    return name


def human_duration(seconds: int) -> str:
    """As duration.HumanDuration: two units at most, coarser as it grows."""
    if seconds < -1:
        return "<invalid>"
    if seconds < 0:
        return "0s"
    if seconds < 120:
        return f"{seconds}s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 10:
        return f"{minutes}m{rest}s" if rest else f"{minutes}m"
    if minutes < 180:
        return f"{minutes}m"
    return _long_duration(minutes)


def _long_duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if hours < 8:
        return f"{hours}h{rest}m" if rest else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days, rest = divmod(hours, 24)
    if days < 8:
        return f"{days}d{rest}h" if rest else f"{days}d"
    if days < 365 * 2:
        return f"{days}d"
    years, rest = divmod(days, 365)
    if years < 8:
        return f"{years}y{rest}d" if rest else f"{years}y"
    return f"{years}y"


def seconds_between(start: str, end: datetime) -> int:
    """Whole seconds from a timestamp of an object to a time, rounded towards zero as Go's conversion does."""
    return int((end - datetime.fromisoformat(start)).total_seconds())


def age(timestamp: str | None, now: datetime) -> str:
    """How long ago a timestamp was."""
    if not timestamp:
        return "<unknown>"
    return human_duration(seconds_between(timestamp, now))


def meta_age(obj: JSONMapping, now: datetime) -> str:
    return age(obj["metadata"].get("creationTimestamp"), now)


def format_labels(values: Mapping[str, str] | None) -> str:
    """`a=b,c=d`, or <none>."""
    return labels.format_labels(values)


def format_selector(selector: JSONMapping | None) -> str:
    """A label selector in one line, <none> when it selects everything or is missing."""
    if not selector:
        return "<none>"
    try:
        return str(labels.from_label_selector(selector)) or "<none>"
    except ValueError:
        return "<error>"


def container_cells(pod_spec: JSONMapping) -> tuple[str, str]:
    """The names and the images of the containers."""
    containers = pod_spec.get("containers") or ()
    return ",".join(c.get("name", "") for c in containers), ",".join(c.get("image", "") for c in containers)


def shortened(items: Sequence[str], bound: int, total: int | None = None) -> str:
    """The first items, and how many more there are."""
    text = ",".join(items[:bound])
    count = len(items) if total is None else total
    return f"{text} + {count - bound} more..." if count > bound else text


def load_balancer(status: JSONMapping) -> str:
    """The addresses of a load balancer, sorted."""
    return ",".join(sorted(_addresses((status.get("loadBalancer") or {}).get("ingress") or ())))


def _addresses(ingress: Iterable[JSONMapping]) -> set[str]:
    found = {entry.get("ip") or entry.get("hostname") or "" for entry in ingress}
    found.discard("")
    return found
