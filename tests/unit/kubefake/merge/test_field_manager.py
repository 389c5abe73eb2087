"""The managedFields of every write, and server-side apply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from kubeclient.apimachinery.errors import BadRequest, Conflict, StatusError
from kubefake.merge.field_manager import FieldManager, excluding, including
from kubefake.merge.fieldset import FieldSet
from kubefake.schema.builtin import node_for
from kubefake.schema.node import Node

T1, T2, T3 = (f"2026-01-01T00:00:0{second}Z" for second in (1, 2, 3))


def _config_map(data: Any = None, **metadata: Any) -> dict[str, Any]:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", **metadata}}
    return body if data is None else {**body, "data": data}


def _stored(obj: Mapping[str, Any], entries: Any) -> dict[str, Any]:
    metadata = {**obj["metadata"], "uid": "u"}
    if entries is not None:
        metadata["managedFields"] = entries
    return {**obj, "metadata": metadata}


def _apply(
    manager: FieldManager, live: Any, config: Any, name: str, now: str = T1, *, force: bool = False
) -> dict[str, Any]:
    return _stored(*manager.apply(live, config, name, now, force=force))


def _owned(obj: Mapping[str, Any]) -> dict[str, str]:
    entries = obj["metadata"].get("managedFields") or []
    return {entry["manager"]: json.dumps(entry["fieldsV1"], separators=(",", ":")) for entry in entries}


def test_a_create_owns_all_but_what_identifies_the_object(config_maps: FieldManager) -> None:
    entries = config_maps.update(None, _config_map({"b": "1", "a": "2"}, labels={"x": "y"}), "m1", T1)

    assert json.dumps(entries) == json.dumps(
        [
            {
                "manager": "m1",
                "operation": "Update",
                "apiVersion": "v1",
                "time": T1,
                "fieldsType": "FieldsV1",
                "fieldsV1": {
                    "f:data": {".": {}, "f:a": {}, "f:b": {}},
                    "f:metadata": {"f:labels": {".": {}, "f:x": {}}},
                },
            }
        ]
    )


def test_structs_that_go_always_writes_are_not_owned_themselves(pods: FieldManager) -> None:
    spec = {"containers": [{"name": "c", "image": "i", "resources": {}}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec, "status": {"phase": "Pending"}}

    entries = pods.update(None, pod, "m1", T1)

    assert entries is not None
    assert entries[0]["fieldsV1"] == {
        "f:spec": {"f:containers": {'k:{"name":"c"}': {".": {}, "f:image": {}, "f:name": {}, "f:resources": {}}}}
    }


def test_an_update_takes_over_what_it_changes(config_maps: FieldManager) -> None:
    body = _config_map({"k": "1", "l": "2"})
    live = _stored(body, config_maps.update(None, body, "m1", T1))
    new = _config_map({"k": "9", "l": "2"})

    owned = _owned(_stored(new, config_maps.update(live, new, "m2", T2)))

    assert owned == {"m1": '{"f:data":{".":{},"f:l":{}}}', "m2": '{"f:data":{"f:k":{}}}'}


def test_an_update_that_changes_nothing_leaves_managers_and_times(config_maps: FieldManager) -> None:
    body = _config_map({"k": "1"})
    entries = config_maps.update(None, body, "m1", T1)

    assert config_maps.update(_stored(body, entries), body, "m2", T2) == entries


def test_what_is_removed_is_owned_by_nobody_and_empty_managers_vanish(config_maps: FieldManager) -> None:
    body = _config_map({"k": "1"})
    live = _stored(body, config_maps.update(None, body, "m1", T1))

    assert config_maps.update(live, _config_map(), "m2", T2) is None


def test_who_sends_no_name_is_unknown(config_maps: FieldManager) -> None:
    entries = config_maps.update(None, _config_map({"k": "1"}), "", T1)

    assert entries is not None
    assert entries[0]["manager"] == "unknown"


@pytest.mark.parametrize("sent", [[], [{}]])
def test_managers_are_forgotten_on_demand_and_stay_forgotten(config_maps: FieldManager, sent: list[Any]) -> None:
    body = _config_map({"k": "1"})
    live = _stored(body, config_maps.update(None, body, "m1", T1))

    assert config_maps.update(live, _stored(body, sent), "m1", T2) is None
    assert config_maps.update(_stored(body, None), _config_map({"k": "2"}), "m1", T3) is None


def test_managers_that_a_client_writes_are_taken_when_they_can_be_read(config_maps: FieldManager) -> None:
    body = _config_map({"k": "1"})
    live = _stored(body, config_maps.update(None, body, "m1", T1))
    by_hand = {"manager": "hand", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {}}
    by_hand["fieldsV1"] = {"f:data": {"f:k": {}}}

    assert config_maps.update(live, _stored(body, [by_hand]), "m1", T2) == [by_hand]


@pytest.mark.parametrize("change", [{"operation": "Nonsense"}, {"fieldsType": "Other"}, {"apiVersion": ""}])
def test_managers_that_cannot_be_read_give_way_to_the_stored_ones(
    config_maps: FieldManager, change: dict[str, str]
) -> None:
    body = _config_map({"k": "1"})
    entries = config_maps.update(None, body, "m1", T1)
    assert entries is not None

    assert config_maps.update(_stored(body, entries), _stored(body, [{**entries[0], **change}]), "m1", T2) == entries


def test_the_eleventh_updater_merges_the_oldest_two(config_maps: FieldManager) -> None:
    body = _config_map({"k0": "0"})
    live = _stored(body, config_maps.update(None, body, "m00", T1))
    for number in range(1, 11):
        body = _config_map({**body["data"], f"k{number}": "0"})
        live = _stored(body, config_maps.update(live, body, f"m{number:02}", T2))

    owned = _owned(live)

    assert len(owned) == 10
    assert owned["ancient-changes"] == '{"f:data":{".":{},"f:k0":{},"f:k1":{}}}'


def test_an_apply_owns_what_it_names(config_maps: FieldManager) -> None:
    obj = _apply(config_maps, None, _config_map({"k": "1"}, labels={}), "m1")

    assert _owned(obj) == {"m1": '{"f:data":{"f:k":{}},"f:metadata":{"f:labels":{}}}'}
    assert obj["data"] == {"k": "1"}


def test_an_apply_again_gives_the_live_object_back(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1"}), "m1", T1)

    obj, entries = config_maps.apply(live, _config_map({"k": "1"}), "m1", T2)

    assert entries == live["metadata"]["managedFields"]
    assert _stored(obj, entries) == live


def test_what_is_no_longer_applied_goes(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1", "l": "2"}), "m1")

    assert _apply(config_maps, live, _config_map({"k": "1"}), "m1")["data"] == {"k": "1"}
    assert "data" not in _apply(config_maps, live, _config_map(), "m1")


def test_what_another_owns_too_stays(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1", "l": "2"}), "m1")
    live = _apply(config_maps, live, _config_map({"l": "2"}), "m2")

    live = _apply(config_maps, live, _config_map({"k": "1"}), "m1")

    assert live["data"] == {"k": "1", "l": "2"}
    assert _owned(live) == {"m1": '{"f:data":{"f:k":{}}}', "m2": '{"f:data":{"f:l":{}}}'}


def test_who_joins_without_a_change_has_no_time(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1"}), "m1")

    entries = config_maps.apply(live, _config_map({"k": "1"}), "m2", T2)[1]

    assert entries is not None
    assert [(entry["manager"], entry.get("time")) for entry in entries] == [("m2", None), ("m1", T1)]


def test_one_conflict_is_told_in_a_line(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1"}), "m1")

    with pytest.raises(Conflict) as caught:
        config_maps.apply(live, _config_map({"k": "2"}), "m2", T2)

    assert str(caught.value) == 'Apply failed with 1 conflict: conflict with "m1": .data.k'
    (cause,) = caught.value.status.details.causes  # type: ignore[union-attr]
    assert (cause.reason, cause.message, cause.field) == ("FieldManagerConflict", 'conflict with "m1"', ".data.k")


def test_several_conflicts_are_told_by_manager(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1", "s": "1"}), "m1")
    live = _apply(config_maps, live, _config_map({"s": "1", "own": "2"}), "m2")

    with pytest.raises(Conflict) as caught:
        config_maps.apply(live, _config_map({"k": "3", "s": "3", "own": "3"}), "m3", T2)

    assert str(caught.value) == (
        'Apply failed with 4 conflicts: conflicts with "m1":\n- .data.k\n- .data.s\n'
        'conflicts with "m2":\n- .data.own\n- .data.s'
    )


def test_an_updater_in_conflict_is_named_with_its_version(config_maps: FieldManager) -> None:
    body = _config_map({"k": "1"})
    live = _stored(body, config_maps.update(None, body, "m1", T1))

    with pytest.raises(Conflict, match=r'conflict with "m1" using v1: .data.k'):
        config_maps.apply(live, _config_map({"k": "2"}), "m2", T2)


def test_force_takes_what_others_own(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1", "l": "1"}), "m1")

    live = _apply(config_maps, live, _config_map({"k": "2"}), "m2", T2, force=True)

    assert live["data"] == {"k": "2", "l": "1"}
    assert _owned(live) == {"m1": '{"f:data":{"f:l":{}}}', "m2": '{"f:data":{"f:k":{}}}'}


def test_an_object_without_managers_was_made_before_the_first_apply(config_maps: FieldManager) -> None:
    live = _stored(_config_map({"k": "1"}), None)

    with pytest.raises(Conflict, match=r'conflict with "before-first-apply" using v1: .data.k'):
        config_maps.apply(live, _config_map({"k": "2"}), "m1", T2)


def test_items_of_two_managers_live_side_by_side(things: FieldManager) -> None:
    def body(spec: Any) -> dict[str, Any]:
        return {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": spec}

    live = _apply(things, None, body({"map": [{"k": "a", "v": 1}], "set": ["p"]}), "m1")
    live = _apply(things, live, body({"map": [{"k": "b"}, {"k": "a", "w": 2}], "set": ["q"]}), "m2")
    live = _apply(things, live, body({"map": [{"k": "a", "v": 1}]}), "m1")

    assert live["spec"] == {"map": [{"k": "b"}, {"k": "a", "v": 1, "w": 2}], "set": ["q"]}


def test_what_is_emptied_but_still_named_becomes_null(things: FieldManager) -> None:
    body = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "t"}}
    live = _apply(things, None, {**body, "spec": {"s": "x"}}, "m1")

    assert _apply(things, live, {**body, "spec": {}}, "m1")["spec"] is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"apiVersion": "v2"}, "invalid object type: /v2, Kind=ConfigMap"),
        ({"apiVersion": "apps/v1"}, "invalid object type: apps/v1, Kind=ConfigMap"),
        ({"apiVersion": None, "kind": None}, "invalid object type: /, Kind="),
        ({"metadata": {"managedFields": []}}, "metadata.managedFields must be nil"),
    ],
)
def test_a_configuration_of_another_kind_is_refused(config_maps: FieldManager, change: Any, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        config_maps.apply(None, {**_config_map(), **change}, "m1", T1)

    assert str(caught.value) == message


def test_a_configuration_of_wrong_types_fails_without_a_reason(config_maps: FieldManager) -> None:
    with pytest.raises(StatusError) as caught:
        config_maps.apply(None, _config_map({"k": 5}, namespace="n"), "m1", T1)

    assert (caught.value.code, caught.value.reason) == (500, "")
    assert str(caught.value) == (
        "failed to create typed patch object (n/a; /v1, Kind=ConfigMap): .data.k: "
        "expected string, got &value.valueUnstructured{Value:5}"
    )


def test_reset_fields_are_not_owned(pods: FieldManager) -> None:
    config = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "status": {"phase": "Running"}}
    config["spec"] = {"containers": [{"name": "c"}]}

    assert "f:status" not in _owned(_apply(pods, None, config, "m1"))["m1"]


def test_a_subresource_may_include_only_what_it_is_about(pod: Node) -> None:
    images = including({"f:spec": {"f:containers": {"*": {"f:image": {}}}}})
    manager = FieldManager(pod, "v1", "Pod", subresource="image", reset={"v1": images})
    live = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    new = {**live, "spec": {"containers": [{"name": "c", "image": "j", "tty": True}]}}
    first = {
        "manager": "m0",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:x": {}},
    }

    entries = manager.update(_stored(live, [first]), new, "m1", T1)

    assert entries is not None
    assert entries[-1]["subresource"] == "image"
    assert "f:tty" not in json.dumps(entries)


def test_managers_of_a_subresource_are_others(config_map: Node, config_maps: FieldManager) -> None:
    status = FieldManager(config_map, "v1", "ConfigMap", subresource="status")
    live = _apply(config_maps, None, _config_map({"k": "1"}), "m1")
    live = _apply(status, live, _config_map({"k": "1"}), "m1", T2)

    with pytest.raises(Conflict, match=r'conflicts with "m1" with subresource "status":'):
        config_maps.apply(live, _config_map({"k": "2"}), "m2", T3)


def test_a_manager_of_another_version_keeps_what_was_not_changed() -> None:
    v1, v2 = (node_for("autoscaling", version, "HorizontalPodAutoscaler") for version in ("v1", "v2"))
    nodes = {"autoscaling/v1": v1, "autoscaling/v2": v2}

    def convert(obj: Mapping[str, Any], version: str) -> tuple[Node, Mapping[str, Any]] | None:
        return (nodes[version], {**obj, "apiVersion": version}) if version in nodes else None

    def manager(version: str) -> FieldManager:
        return FieldManager(nodes[version], version, "HorizontalPodAutoscaler", convert=convert)

    def body(version: str, spec: Any) -> dict[str, Any]:
        return {"apiVersion": version, "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"}, "spec": spec}

    live = _apply(manager("autoscaling/v2"), None, body("autoscaling/v2", {"minReplicas": 1, "maxReplicas": 3}), "m1")
    config = body("autoscaling/v1", {"maxReplicas": 4})

    with pytest.raises(Conflict, match=r'conflict with "m1": .spec.maxReplicas'):
        manager("autoscaling/v1").apply({**live, "apiVersion": "autoscaling/v1"}, config, "m2", T2)
    forced = _apply(manager("autoscaling/v1"), {**live, "apiVersion": "autoscaling/v1"}, config, "m2", T2, force=True)
    assert _owned(forced) == {"m1": '{"f:spec":{"f:minReplicas":{}}}', "m2": '{"f:spec":{"f:maxReplicas":{}}}'}


def test_managers_of_versions_that_are_gone_are_dropped(config_maps: FieldManager) -> None:
    old = {
        "manager": "old",
        "operation": "Update",
        "apiVersion": "v0",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:x": {}},
    }

    live = _apply(config_maps, _stored(_config_map({"k": "1"}), [old]), _config_map({"k": "1"}), "m1")

    assert list(_owned(live)) == ["m1"]


def test_kubectl_takes_over_what_its_annotation_proves(config_maps: FieldManager) -> None:
    annotation = "kubectl.kubernetes.io/last-applied-configuration"
    body = _config_map({"k": "1"}, annotations={annotation: json.dumps(_config_map({"k": "1"}))})
    live = _stored(body, config_maps.update(None, body, "kubectl-client-side-apply", T1))

    applied = _apply(config_maps, live, _config_map({"k": "2"}), "kubectl", T2)

    assert applied["data"] == {"k": "2"}
    assert json.loads(applied["metadata"]["annotations"][annotation]) == _config_map({"k": "2"})
    with pytest.raises(Conflict):
        config_maps.apply(live, _config_map({"k": "2"}), "other", T2)


def test_kubectl_does_not_take_over_what_changed_since(config_maps: FieldManager) -> None:
    annotation = "kubectl.kubernetes.io/last-applied-configuration"
    body = _config_map({"k": "0"}, annotations={annotation: json.dumps(_config_map({"k": "1"}))})
    live = _stored(body, config_maps.update(None, body, "m1", T1))

    with pytest.raises(Conflict, match=r'conflict with "m1" using v1: .data.k'):
        config_maps.apply(live, _config_map({"k": "2"}), "kubectl", T2)


def test_inputs_are_never_changed(config_maps: FieldManager) -> None:
    live = _apply(config_maps, None, _config_map({"k": "1", "l": "2"}), "m1")
    config = _config_map({"k": "2"})
    before = json.dumps([live, config])

    config_maps.apply(live, config, "m1", T2)
    config_maps.update(live, config, "m2", T2)

    assert json.dumps([live, config]) == before


def test_a_filter_excludes_what_is_below_too() -> None:
    fields = FieldSet.from_fields({"f:status": {".": {}, "f:phase": {}}, "f:spec": {}})

    assert excluding(FieldSet.from_paths([("f:status",)]))(fields).to_fields() == {"f:spec": {}}
