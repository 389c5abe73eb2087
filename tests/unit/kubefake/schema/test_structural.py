import pytest

from kubefake.schema.decode import DecodeError, decode
from kubefake.schema.node import UNSET
from kubefake.schema.structural import apply_defaults, node_of, root_node_of

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "s": {"type": "string", "default": "d"},
                "z": {"type": "string", "default": "d", "nullable": True},
                "plain": {"type": "string"},
                "map": {"type": "object", "additionalProperties": {"type": "string"}},
                "items": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"n": {"type": "integer", "default": 1}}},
                },
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "emb": {
                    "type": "object",
                    "x-kubernetes-embedded-resource": True,
                    "properties": {"x": {"type": "string"}},
                },
            },
        }
    },
}
ROOT = root_node_of(SCHEMA)


def read(obj, raw=None):
    return decode(ROOT, obj, raw=raw, duplicates=raw is not None)


def test_what_the_schema_does_not_know_is_pruned_and_told():
    value, strict = read({"kind": "T", "spec": {"foo": 1, "map": {"k": "v"}, "free": {"any": [1]}}, "x": 1})
    assert value == {"kind": "T", "spec": {"map": {"k": "v"}, "free": {"any": [1]}}}
    assert strict == ['unknown field "spec.foo"', 'unknown field "x"']


def test_unknown_metadata_is_told_before_the_rest():
    value, strict = read({"metadata": {"name": "a", "foo": 1}, "x": 1})
    assert value == {"metadata": {"name": "a"}}
    assert strict == ['unknown field "metadata.foo"', 'unknown field "x"']


def test_metadata_of_the_wrong_type_is_refused_as_an_object_meta():
    with pytest.raises(
        DecodeError, match=r"^json: cannot unmarshal number into Go struct field ObjectMeta\.labels of type string$"
    ):
        read({"metadata": {"labels": {"a": 5}}})


def test_metadata_of_an_embedded_resource_is_refused_by_its_path():
    with pytest.raises(
        DecodeError, match=r'^spec\.emb\.metadata: Invalid value: \{"labels":5\}: json: cannot unmarshal number'
    ):
        read({"spec": {"emb": {"metadata": {"labels": 5}}}})


def test_duplicates_are_told_by_path():
    raw = b'{"spec":{"plain":"a","plain":"b","map":{"a":"1","a":"2"}}}'
    assert read({"spec": {"plain": "b", "map": {"a": "2"}}}, raw)[1] == [
        'duplicate field "spec.plain"',
        'duplicate field "spec.map.a"',
    ]


def test_keys_come_out_sorted_and_whole_floats_as_integers():
    value, _ = read({"spec": {"free": {"b": 1.0, "a": 2}}, "apiVersion": "x/v1"})
    assert list(value) == ["apiVersion", "spec"]
    assert list(value["spec"]["free"].items()) == [("a", 2), ("b", 1)]


def test_absent_fields_and_nulls_that_may_not_be_get_their_defaults():
    obj = {"spec": {"s": None, "z": None, "plain": None, "items": [{}], "map": {"k": None}}}
    apply_defaults(ROOT, obj)
    assert obj == {"spec": {"s": "d", "z": None, "items": [{"n": 1}], "map": {}}}


def test_defaults_are_not_invented_for_parents_that_are_absent():
    obj = {}
    apply_defaults(ROOT, obj)
    assert obj == {}


def test_nodes_tell_merging_what_it_needs():
    node = node_of(
        {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["k", "p"],
            "items": {
                "type": "object",
                "properties": {"k": {"type": "string"}, "p": {"type": "string", "default": "TCP"}},
            },
        }
    )
    assert (node.list_type, node.map_keys, node.key_defaults) == ("map", ("k", "p"), {"p": "TCP"})
    assert node_of({"x-kubernetes-int-or-string": True}).kind == "int-or-string"
    assert node_of({"x-kubernetes-preserve-unknown-fields": True}).kind == "any"
    assert node_of({"type": "object", "x-kubernetes-map-type": "atomic"}).atomic
    assert node_of({"type": "string"}).default is UNSET


def test_a_kind_without_schema_keeps_everything():
    node = root_node_of(None)
    assert decode(node, {"spec": {"a": 1}, "b": []})[0] == {"spec": {"a": 1}, "b": []}
