"""Hypothesis strategies for API objects, built from the models' own fields.

`bodies(Pod)` draws JSON values as a server or a user may write them, `objects(Pod)` the models that they decode to. A few
fields of each struct are set, so that values stay small while every field comes up over time.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from kubeclient.api import scheme
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Duration, MicroTime, Time

__all__ = ["bodies", "json_values", "kinds", "objects"]

T = TypeVar("T")

_FIELDS_MAX = 4
_DEPTH_MAX = 4

_text = st.text(st.characters(codec="utf-8"), max_size=8)
_names = st.from_regex(r"[a-z][a-z0-9-]{0,6}[a-z0-9]", fullmatch=True)
_ints = st.integers(-(2**31), 2**31 - 1)
_moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001
_seconds = _moments.map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z")
_microseconds = _moments.map(lambda moment: moment.isoformat(timespec="microseconds") + "Z")

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _ints | _text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_names, inner, max_size=2),
    max_leaves=4,
)

_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: _text,
    int: _ints,
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bytes: st.binary(max_size=6).map(lambda data: base64.b64encode(data).decode()),
    type(None): st.none(),
    Any: json_values,
    msgspec.Raw: st.dictionaries(_names, json_values, max_size=2),  # JSON that is kept as it is
    Time: _seconds,
    MicroTime: _microseconds,
    Duration: st.sampled_from(["0s", "1.5s", "1m0s", "1h0m0s"]),
    Quantity: st.sampled_from(["0", "1", "100m", "1500m", "2", "1Gi", "128Mi", "10k"]),
}


def kinds(accept: Callable[[GroupVersionKind], bool] = lambda _: True) -> st.SearchStrategy[GroupVersionKind]:
    """Kinds that have a model."""
    return st.sampled_from([kind for kind in scheme.kinds() if accept(kind)])


def bodies(model: type[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects that decode into a model: wire names; of a kind, with its own kind and apiVersion."""
    return _struct(model, _DEPTH_MAX)


def objects(model: type[T]) -> st.SearchStrategy[T]:
    """Models with some of their fields set."""
    return bodies(model).map(lambda body: scheme.decode_into(model, body))


@cache
def _fields(model: type[msgspec.Struct]) -> dict[str, Any]:
    return {one.encode_name: one.type for one in msgspec.structs.fields(model)}


@st.composite
def _struct(draw: st.DrawFn, model: Any, depth: int) -> dict[str, Any]:
    fields = _fields(model)
    gvk = getattr(model, "GVK", None)
    body: dict[str, Any] = {} if gvk is None else {"kind": gvk.kind, "apiVersion": gvk.api_version}
    names = [name for name in fields if gvk is None or name not in {"kind", "apiVersion"}]
    if not names or depth <= 0:
        return body
    for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=_FIELDS_MAX)):
        body[name] = draw(_value(fields[name], depth - 1))
    return body


def _value(annotation: Any, depth: int) -> st.SearchStrategy[Any]:
    if annotation in _LEAVES:
        return _LEAVES[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is list:
        return st.lists(_value(arguments[0], depth), max_size=2 if depth > 0 else 0)
    if origin is dict:
        return st.dictionaries(_names, _value(arguments[1], depth), max_size=2 if depth > 0 else 0)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return _struct(annotation, depth)
    assert arguments, f"no strategy for {annotation!r}"
    return st.one_of([_value(argument, depth) for argument in arguments])
