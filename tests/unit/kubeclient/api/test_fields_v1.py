"""The fields that a manager owns stay JSON in models."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from kubeclient.api.copying import deep_copy
from kubeclient.api.meta_v1 import ManagedFieldsEntry, ObjectMeta
from kubeclient.apimachinery import json
from kubeclient.apimachinery.fields_v1 import FieldsV1
from kubeclient.machines.protobuf_decode import decode_message
from kubeclient.machines.protobuf_encode import encode_message

TEXT = b'{"manager":"me","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:b":{},"f:a":{}}}}'
FIELDS = b'{"f:data":{"f:b":{},"f:a":{}}}'


def entry() -> ManagedFieldsEntry:
    return json.decode(TEXT, ManagedFieldsEntry)


def test_they_are_read_as_they_came_and_written_so() -> None:
    found = entry()

    assert found.fields_v1 == FIELDS
    assert json.encode(found) == TEXT


def test_they_do_not_hold_the_body_that_they_came_in() -> None:
    assert type(entry().fields_v1) is FieldsV1


def test_they_can_be_looked_into() -> None:
    fields = entry().fields_v1

    assert fields is not None
    assert fields.fields() == {"f:data": {"f:b": {}, "f:a": {}}}


def test_a_tree_can_be_given_for_them() -> None:
    given: Any = {"f:data": {}}

    assert ManagedFieldsEntry(fields_v1=given).fields_v1 == FieldsV1.of(given) == b'{"f:data":{}}'


def test_null_is_as_good_as_none() -> None:
    assert json.decode(b'{"fieldsV1":null}', ManagedFieldsEntry) == ManagedFieldsEntry()
    assert json.encode(ManagedFieldsEntry()) == b"{}"


def test_an_empty_one_is_null() -> None:
    assert json.encode(ManagedFieldsEntry(fields_v1=FieldsV1())) == b'{"fieldsV1":null}'


def test_plain_values_become_models_and_models_plain_values() -> None:
    plain = json.decode(TEXT)

    assert json.to_builtins(entry()) == plain
    assert json.convert({"managedFields": [plain]}, ObjectMeta).managed_fields == [entry()]


def test_bodies_with_nulls_elsewhere_are_read() -> None:
    found = json.decode(b'{"name":null,"managedFields":[%b]}' % TEXT, ObjectMeta)

    assert found == ObjectMeta(managed_fields=[entry()])


def test_copies_and_pickles_are_equal() -> None:
    found = entry()

    assert copy.deepcopy(found) == deep_copy(found) == pickle.loads(pickle.dumps(found)) == found
    assert type(pickle.loads(pickle.dumps(found)).fields_v1) is FieldsV1


def test_protobuf_carries_them() -> None:
    assert decode_message(ManagedFieldsEntry, encode_message(entry())) == entry()


def test_they_say_what_they_are() -> None:
    assert repr(FieldsV1(b"{}")) == "FieldsV1(b'{}')"
    assert FieldsV1().fields() == {}
