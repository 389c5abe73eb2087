"""Objects without types, metadata of any object, conditions, JSON, nil and generated names."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import msgspec
import pytest

from kubeclient.apimachinery import conditions, json, meta, names, watch_event
from kubeclient.apimachinery import unstructured as u
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.nil import NIL_LIST, NIL_MAP
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Duration, MicroTime, Time
from kubeclient.apimachinery.unstructured import Unstructured, UnstructuredList


class Reference(msgspec.Struct, rename="camel", omit_defaults=True):
    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class Metadata(msgspec.Struct, rename="camel", omit_defaults=True):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    labels: dict[str, str] = {}
    finalizers: list[str] = []
    owner_references: list[Reference] = []
    creation_timestamp: Time | None = None


class Thing(msgspec.Struct, rename="camel", omit_defaults=True):
    metadata: Metadata = msgspec.field(default_factory=Metadata)
    limits: dict[str, Quantity] = {}
    wait: Duration | None = None
    renewed: MicroTime | None = None
    data: bytes = b""
    opaque: Any = None
    children: list[Metadata] = []


OBJECTS = [Thing(), Unstructured(), {}]


@pytest.mark.parametrize("obj", OBJECTS, ids=["typed", "unstructured", "dict"])
def test_finalizers_and_labels_change_alike_on_every_kind_of_object(obj: Any) -> None:
    obj = copy.deepcopy(obj)

    assert meta.add_finalizer(obj, "a/b")
    assert not meta.add_finalizer(obj, "a/b")
    assert meta.set_label(obj, "x", "y")
    assert not meta.set_label(obj, "x", "y")
    assert meta.has_finalizer(obj, "a/b")
    assert meta.labels_of(obj) == {"x": "y"}
    assert meta.remove_finalizer(obj, "a/b")
    assert not meta.remove_finalizer(obj, "a/b")
    assert meta.set_label(obj, "x", None)
    assert list(meta.finalizers_of(obj)) == []


def test_accessors_never_change_what_they_read() -> None:
    obj: dict[str, Any] = {}

    assert (meta.name_of(obj), meta.uid_of(obj), meta.generation_of(obj)) == ("", "", 0)
    assert meta.deletion_timestamp_of(obj) is None
    assert obj == {}


@pytest.mark.parity("AMC-12")
def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(TypeError, match="object does not implement the Object interfaces"):
        meta.name_of("pod")
    with pytest.raises(TypeError, match="object does not implement the List interfaces"):
        meta.items_of({"kind": "Pod"})


@pytest.mark.parity("AMC-12")
def test_items_are_found_in_typed_and_untyped_lists() -> None:
    assert list(meta.items_of({"items": None})) == []
    assert [item.name for item in meta.items_of(UnstructuredList({"items": [{"metadata": {"name": "a"}}]}))] == ["a"]


def test_controllers_are_known_by_uid() -> None:
    owner = Unstructured({"metadata": {"name": "o", "uid": "1"}})
    gvk = GroupVersionKind("apps", "v1", "ReplicaSet")
    untyped = {"metadata": {"ownerReferences": [{"uid": "0"}, meta.new_controller_ref(owner, gvk)]}}
    typed = Thing(Metadata(owner_references=[meta.new_controller_ref(owner, gvk, Reference)]))

    assert meta.is_controlled_by(untyped, owner)
    assert meta.is_controlled_by(typed, owner)
    assert json.to_builtins(meta.controller_of(typed)) == meta.controller_of(untyped)
    assert not meta.is_controlled_by({}, owner)


def test_keys_are_namespace_and_name() -> None:
    assert meta.meta_namespace_key(Thing(Metadata(name="a", namespace="b"))) == "b/a"
    assert meta.meta_namespace_key({"metadata": {"name": "a"}}) == "a"
    assert meta.split_meta_namespace_key("b/a") == ("b", "a")
    assert meta.split_meta_namespace_key("a") == ("", "a")
    with pytest.raises(ValueError, match='unexpected key format: "a/b/c"'):
        meta.split_meta_namespace_key("a/b/c")


def test_transition_time_moves_only_with_the_status() -> None:
    listed: list[Any] = []

    assert conditions.set_status_condition(listed, {"type": "Ready", "status": "True"}, now=Time(0))
    assert not conditions.set_status_condition(listed, {"type": "Ready", "status": "True"}, now=Time.from_unix(9))
    assert listed[0]["lastTransitionTime"] == "1970-01-01T00:00:00Z"
    assert conditions.set_status_condition(
        listed, {"type": "Ready", "status": "True", "reason": "R"}, now=Time.from_unix(9)
    )
    assert listed[0]["lastTransitionTime"] == "1970-01-01T00:00:00Z"
    assert conditions.set_status_condition(listed, {"type": "Ready", "status": "False"}, now=Time.from_unix(9))
    assert listed == [{"type": "Ready", "status": "False", "lastTransitionTime": "1970-01-01T00:00:09Z"}]
    assert conditions.is_status_condition_false(listed, "Ready")
    assert conditions.remove_status_condition(listed, "Ready")
    assert not conditions.remove_status_condition(listed, "Ready")


@pytest.mark.parity("AMC-07")
def test_nested_fields_are_read_or_missing() -> None:
    obj = {"spec": {"replicas": 3, "args": ["a"], "none": None}}

    assert u.nested_int(obj, "spec", "replicas") == 3
    assert u.nested_field(obj, "spec", "absent", "deep", default=1) == 1
    assert u.nested_field(obj, "spec", "none", "deep") is None
    assert u.nested_str_list(obj, "spec", "args") == ["a"]
    assert u.nested_map(obj, "spec") is not obj["spec"]


@pytest.mark.parity("AMC-07")
def test_nested_fields_of_another_type_fail_in_go_s_words() -> None:
    with pytest.raises(ValueError) as on_the_way:
        u.nested_str({"spec": {"a": 1}}, "spec", "a", "b")
    with pytest.raises(ValueError) as at_the_end:
        u.nested_str({"spec": {"a": [1, {"b": True}]}}, "spec", "a")
    with pytest.raises(ValueError) as when_set:
        u.set_nested_field({"a": 1}, 2, "a", "b")

    assert str(on_the_way.value) == ".spec.a.b accessor error: 1 is of the type int64, expected map[string]interface{}"
    assert str(at_the_end.value) == (
        ".spec.a accessor error: [1 map[b:true]] is of the type []interface {}, expected string"
    )
    assert str(when_set.value) == "value cannot be set because .a is not a map[string]interface{}"


@pytest.mark.parity("AMC-07")
def test_set_and_remove_work_on_copies() -> None:
    obj: dict[str, Any] = {}
    value = {"x": 1}

    u.set_nested_field(obj, value, "a", "b")
    value["x"] = 2

    assert obj == {"a": {"b": {"x": 1}}}
    u.remove_nested_field(obj, "a", "b", "x")
    u.remove_nested_field(obj, "absent", "b")
    assert obj == {"a": {"b": {}}}


@pytest.mark.parity("AMC-07")
def test_items_take_kind_and_version_from_their_list() -> None:
    listed = UnstructuredList({"kind": "PodList", "apiVersion": "v1", "items": [{}, {"kind": "X"}]})

    assert [str(item.gvk) for item in listed] == ["/v1, Kind=Pod", "/, Kind=X"]
    assert len(listed) == 2


def test_unstructured_is_its_dict() -> None:
    pod = Unstructured({"metadata": {"name": "a"}})
    pod.namespace = "b"
    pod.labels = {"x": "y"}
    pod.name = ""

    assert pod == {"metadata": {"namespace": "b", "labels": {"x": "y"}}}
    assert json.encode(pod) == b'{"metadata":{"namespace":"b","labels":{"x":"y"}}}'
    copied = pod.deep_copy()
    copied["metadata"]["namespace"] = "c"
    assert pod.namespace == "b"
    assert type(copied) is Unstructured


def test_types_of_the_machinery_go_through_json() -> None:
    body = (
        b'{"metadata":{"name":"a","creationTimestamp":"2026-11-20T18:53:12Z"},"limits":{"cpu":"500m"},'
        b'"wait":"1m30s","renewed":"2026-11-20T18:53:12.000001Z","data":"aGk=","opaque":{"a":null}}'
    )

    thing = json.decode(body, Thing)

    assert thing.limits == {"cpu": Quantity("0.5")}
    assert thing.data == b"hi"
    assert json.encode(thing) == body
    assert json.convert(json.to_builtins(thing), Thing) == thing


@pytest.mark.parity("PORT-06")
def test_null_means_absent_except_in_opaque_json() -> None:
    body = (
        b'{"metadata":{"name":null,"labels":{"a":null},"creationTimestamp":null},"children":[null,{"name":"x"}],'
        b'"limits":null,"wait":null,"opaque":{"a":null},"unknown":null}'
    )

    thing = json.decode(body, Thing)

    assert thing == Thing(Metadata(labels={"a": ""}), children=[Metadata(), Metadata(name="x")], opaque={"a": None})


@pytest.mark.parity("AMC-05")
def test_zero_time_is_written_as_null() -> None:
    assert json.encode([Time.zero(), MicroTime.zero()]) == b"[null,null]"


def test_other_types_fail_with_the_path_of_the_field() -> None:
    with pytest.raises(ValueError, match=r"Expected `str`, got `int` - at `\$.metadata.name`"):
        json.decode(b'{"metadata":{"name":1,"uid":null}}', Thing)
    with pytest.raises(ValueError, match=r"unable to parse quantity's suffix - at `\$.limits\[...\]`"):
        json.decode(b'{"limits":{"cpu":"1K"}}', Thing)
    with pytest.raises(TypeError, match="object cannot be written as JSON"):
        json.encode(object())


@pytest.mark.parity("PORT-06")
def test_large_numbers_keep_their_digits() -> None:
    assert json.decode(b"9223372036854775807") == 2**63 - 1


def test_nil_is_empty_immutable_and_null() -> None:
    assert NIL_LIST == []
    assert not NIL_LIST
    assert list(NIL_LIST) == []
    assert NIL_LIST == []
    assert NIL_MAP == {}
    assert not NIL_MAP
    assert dict(NIL_MAP) == {}
    assert NIL_MAP.get("a") is None
    assert json.encode({"a": NIL_LIST, "b": NIL_MAP}) == b'{"a":null,"b":null}'
    assert pickle.loads(pickle.dumps(NIL_LIST)) is NIL_LIST
    assert copy.deepcopy(NIL_MAP) is NIL_MAP
    assert not hasattr(NIL_LIST, "append")


def test_generated_names_fit_and_use_the_safe_alphabet() -> None:
    assert names.generate_name("web-", lambda n: n - 1) == "web-99999"
    assert len(names.generate_name("a" * 100, lambda n: 0)) == 63
    assert names.safe_encode("0") == names.ALPHABET[ord("0") % 27]


def test_watch_events_compare_by_value() -> None:
    event = watch_event.WatchEvent(watch_event.ADDED, {"a": 1})

    assert event == pickle.loads(pickle.dumps(event))
    assert event != watch_event.WatchEvent(watch_event.DELETED, {"a": 1})
    match event:
        case watch_event.WatchEvent("ADDED", obj):
            assert obj == {"a": 1}
