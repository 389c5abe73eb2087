"""Every kind that is served, in every form: what is written is read back as it was, by the server and by the models.

Kinds are not drawn but gone through, so that none is left out.
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from properties.strategies import bodies

from kubeclient.api import scheme
from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.machines.protobuf_decode import has_message, message_of
from kubefake.resources.registry import builtin_resources
from kubefake.resources.resource import Resource
from kubefake.schema.decode import decode
from kubefake.schema.jsonread import parse
from kubefake.schema.protobuf_read import read_message
from kubefake.schema.protobuf_write import write_message
from kubefake.wire import yamlread

FEW = max(2, settings().max_examples // 25)  # there are a hundred kinds
KINDS = sorted(
    {(one.group, one.version, one.kind): one for one in builtin_resources()}.values(),
    key=lambda one: (one.group, one.version, one.kind),
)


class Quoting(yaml.SafeDumper):
    """Quotes every text: there are more words for true and false in YAML than Python's library knows."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def model_of(resource: Resource) -> type[Any]:
    return scheme.type_for(GroupVersionKind(resource.group, resource.version, resource.kind))


@functools.cache
def _bodies(resource: Resource) -> st.SearchStrategy[dict[str, Any]]:
    return bodies(model_of(resource))


def read(resource: Resource, value: Any) -> dict[str, Any]:
    """A value as the server has it once it is read; nothing of it may be unknown."""
    obj, unknown = decode(resource.node, value)
    assert not unknown
    return obj


@pytest.mark.parametrize("resource", KINDS, ids=lambda one: f"{one.api_version}/{one.kind}")
@settings(max_examples=FEW, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_form_gives_back_what_the_server_has(resource: Resource, data: st.DataObject) -> None:
    obj = read(resource, data.draw(_bodies(resource)))

    assert read(resource, parse(msgspec.json.encode(obj))) == obj
    assert from_yaml(resource, obj) == obj
    check_protobuf(resource, obj)
    check_model(resource, obj)


def from_yaml(resource: Resource, obj: dict[str, Any]) -> dict[str, Any]:
    value, doubles = yamlread.parse(yaml.dump(obj, Dumper=Quoting, allow_unicode=True).encode())
    assert not doubles
    return read(resource, value)


def check_protobuf(resource: Resource, obj: dict[str, Any]) -> None:
    """Protobuf knows no difference between nothing and an empty list: its bytes are what has to come back."""
    model = model_of(resource)
    if has_message(model):
        written = write_message(message_of(model), obj)
        back = read(resource, read_message(message_of(model), written))
        assert write_message(message_of(model), back) == written


def check_model(resource: Resource, obj: dict[str, Any]) -> None:
    model = scheme.decode_into(model_of(resource), msgspec.json.encode(obj))
    encoded = json.encode(model)
    assert read(resource, msgspec.json.decode(encoded)) == obj
    assert scheme.decode_into(model_of(resource), encoded) == model
