"""Laws of the typed models: what is decoded can be encoded, copied and decoded again, and nothing is lost on the way."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from properties.strategies import bodies, kinds, objects

from kubeclient.api import scheme
from kubeclient.api.copying import deep_copy
from kubeclient.apimachinery import json

_models = kinds().map(scheme.type_for)
_any_body = _models.flatmap(lambda model: st.tuples(st.just(model), bodies(model)))
_any_object = _models.flatmap(objects)


@given(_any_body)
def test_what_was_encoded_decodes_to_an_equal_object(drawn: tuple[type[Any], dict[str, Any]]) -> None:
    model, body = drawn
    decoded = scheme.decode_into(model, body)

    encoded = json.encode(decoded)

    assert scheme.decode_into(model, encoded) == decoded
    assert json.encode(scheme.decode_into(model, encoded)) == encoded


@given(_any_body)
def test_no_value_that_differs_from_gos_zero_is_lost(drawn: tuple[type[Any], dict[str, Any]]) -> None:
    model, body = drawn

    encoded = msgspec.json.decode(json.encode(scheme.decode_into(model, body)))

    assert list(_lost(body, encoded)) == []


@given(_any_body)
def test_a_body_decodes_alike_from_bytes_and_from_a_mapping(drawn: tuple[type[Any], dict[str, Any]]) -> None:
    model, body = drawn

    assert scheme.decode_into(model, msgspec.json.encode(body)) == scheme.decode_into(model, body)


@given(_any_object)
def test_a_deep_copy_is_equal_and_shares_nothing_mutable(original: Any) -> None:
    copied = deep_copy(original)

    assert copied == original
    assert not set(_mutable(copied)) & set(_mutable(original))


def _lost(sent: Any, kept: Any, path: str = "") -> Any:
    if isinstance(sent, dict) and isinstance(kept, dict):
        for name, value in sent.items():
            if name not in kept and value in (None, False, 0, "", [], {}):
                continue
            yield from _lost(value, kept.get(name), f"{path}.{name}")
    elif isinstance(sent, list) and isinstance(kept, list) and len(sent) == len(kept):
        for number, (before, after) in enumerate(zip(sent, kept, strict=True)):
            yield from _lost(before, after, f"{path}[{number}]")
    elif sent != kept and not (sent is None and not kept):
        yield f"{path}: {sent!r} became {kept!r}"


def _mutable(value: Any) -> Any:
    if isinstance(value, dict):
        yield id(value)
        for item in value.values():
            yield from _mutable(item)
    elif isinstance(value, list):
        yield id(value)
        for item in value:
            yield from _mutable(item)
    elif isinstance(value, msgspec.Struct) and not value.__struct_config__.frozen:
        yield id(value)
        for name in value.__struct_fields__:
            yield from _mutable(getattr(value, name))
