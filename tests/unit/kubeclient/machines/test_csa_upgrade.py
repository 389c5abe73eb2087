"""From client-side to server-side apply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.apimachinery.errors import Conflict
from kubeclient.apimachinery.fields_v1 import FieldsV1
from kubeclient.apimachinery.json import convert
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.csaupgrade import find_fields_owners, upgrade_managed_fields, upgrade_managed_fields_patch
from kubefake import Cluster

pytestmark = pytest.mark.parity("CSA-01")

CSA = "kubectl-client-side-apply"


def entry(manager: str, operation: str, fields: dict[str, Any], **more: str) -> dict[str, Any]:
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        **more,
    }


def config_map(*entries: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "resourceVersion": "7", "managedFields": list(entries)},
    }


def test_an_updating_manager_becomes_the_one_that_applies() -> None:
    obj = config_map(
        entry(CSA, "Update", {"f:data": {".": {}, "f:x": {}}}), entry("other", "Update", {"f:data": {"f:y": {}}})
    )

    upgrade_managed_fields(obj, [CSA], "kubectl")

    assert obj["metadata"]["managedFields"] == [
        entry("kubectl", "Apply", {"f:data": {".": {}, "f:x": {}}}),
        entry("other", "Update", {"f:data": {"f:y": {}}}),
    ]


def test_the_fields_join_those_of_a_manager_that_applies_already() -> None:
    obj = config_map(
        entry("kubectl", "Apply", {"f:data": {"f:y": {}}}), entry(CSA, "Update", {"f:data": {".": {}, "f:x": {}}})
    )

    upgrade_managed_fields(obj, [CSA], "kubectl")

    assert obj["metadata"]["managedFields"] == [entry("kubectl", "Apply", {"f:data": {".": {}, "f:x": {}, "f:y": {}}})]


def test_fields_of_another_version_are_given_up() -> None:
    old = {**entry(CSA, "Update", {"f:data": {"f:x": {}}}), "apiVersion": "v0"}
    obj = config_map(entry("kubectl", "Apply", {"f:data": {"f:y": {}}}), old)

    upgrade_managed_fields(obj, [CSA], "kubectl")

    assert obj["metadata"]["managedFields"] == [entry("kubectl", "Apply", {"f:data": {"f:y": {}}})]


def test_several_managers_become_one() -> None:
    obj = config_map(entry("b", "Update", {"f:data": {"f:x": {}}}), entry("a", "Update", {"f:data": {"f:y": {}}}))

    upgrade_managed_fields(obj, ["a", "b"], "kubectl")

    assert obj["metadata"]["managedFields"] == [entry("kubectl", "Apply", {"f:data": {"f:x": {}, "f:y": {}}})]


def test_only_the_entries_of_the_subresource_are_looked_at() -> None:
    obj = config_map(
        entry(CSA, "Update", {"f:data": {"f:x": {}}}),
        entry(CSA, "Update", {"f:status": {"f:y": {}}}, subresource="status"),
    )

    upgrade_managed_fields(obj, [CSA], "kubectl", subresource="status")

    managers = [(one["manager"], one.get("subresource")) for one in obj["metadata"]["managedFields"]]
    assert managers == [(CSA, None), ("kubectl", "status")]


def test_keys_of_lists_stay_what_they_are() -> None:
    fields: dict[str, Any] = {"f:ports": {'k:{"port":80}': {".": {}, "f:port": {}}, "v:1": {}}}
    obj = config_map(entry("kubectl", "Apply", {"f:a": {}}), entry(CSA, "Update", fields))

    upgrade_managed_fields(obj, [CSA], "kubectl")

    assert obj["metadata"]["managedFields"][0]["fieldsV1"] == {"f:a": {}, **fields}


def test_models_are_changed_in_place() -> None:
    model = convert(config_map(entry(CSA, "Update", {"f:data": {"f:x": {}}})), ConfigMap)

    upgrade_managed_fields(model, [CSA], "kubectl")

    assert [(one.manager, one.operation) for one in model.metadata.managed_fields] == [("kubectl", "Apply")]


def test_the_patch_names_the_revision_it_was_made_for() -> None:
    obj = Unstructured(config_map(entry(CSA, "Update", {"f:data": {"f:x": {}}})))

    patch = upgrade_managed_fields_patch(obj, [CSA], "kubectl")

    assert patch is not None
    assert json.loads(patch) == [
        {
            "op": "replace",
            "path": "/metadata/managedFields",
            "value": [entry("kubectl", "Apply", {"f:data": {"f:x": {}}})],
        },
        {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
    ]
    assert obj["metadata"]["managedFields"][0]["manager"] == CSA


def test_there_is_no_patch_when_there_is_nothing_to_do() -> None:
    assert upgrade_managed_fields_patch(config_map(entry("kubectl", "Apply", {"f:a": {}})), [CSA], "kubectl") is None
    assert upgrade_managed_fields_patch(config_map(), [CSA], "kubectl") is None


def test_fields_that_cannot_be_read_are_an_error_that_names_them() -> None:
    with pytest.raises(ValueError, match="'data' is no field"):
        upgrade_managed_fields(config_map(entry(CSA, "Update", {"data": {}})), [CSA], "kubectl")


def test_owners_own_every_one_of_the_fields() -> None:
    both = entry("both", "Update", {"f:data": {"f:x": {}, "f:y": {}}})
    one = entry("one", "Update", {"f:data": {"f:x": {}}})
    applies = entry("applies", "Apply", {"f:data": {"f:x": {}, "f:y": {}}})
    torn = entry("torn", "Update", {"data": {}})

    found = find_fields_owners([both, one, applies, torn], "Update", {"f:data": {"f:x": {}, "f:y": {}}})

    assert found == [both]
    assert find_fields_owners([one], "Update", FieldsV1.of({"f:data": {"f:x": {}}})) == [one]


LAST_APPLIED: dict[str, Any] = {
    "f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/last-applied-configuration": {}}}
}


@pytest.mark.parametrize(
    ("entries", "operation", "fields", "owners"),
    [
        ([entry("a", "Update", {"f:data": {".": {}, "f:x": {}}})], "Update", {"f:data": {".": {}}}, ["a"]),
        ([entry("a", "Update", {"f:data": {".": {}}, **LAST_APPLIED})], "Update", LAST_APPLIED, ["a"]),
        ([entry("a", "Apply", {"f:data": {".": {}}})], "Update", LAST_APPLIED, []),
        ([entry("a", "Apply", LAST_APPLIED)], "Apply", LAST_APPLIED, ["a"]),
        (
            [entry("a", "Update", LAST_APPLIED), entry("b", "Update", {"f:data": {"f:x": {}}})],
            "Update",
            LAST_APPLIED,
            ["a"],
        ),
        (
            [
                entry("a", "Update", LAST_APPLIED),
                entry("b", "Apply", {"f:data": {"f:x": {}}, **LAST_APPLIED}),
                entry("c", "Update", LAST_APPLIED),
            ],
            "Update",
            LAST_APPLIED,
            ["a", "c"],
        ),
    ],
    ids=["a field of the root", "a nested field", "nobody", "who applies", "one of two", "two of three"],
)
def test_owners_are_found_by_operation_and_fields(
    entries: list[dict[str, Any]], operation: str, fields: dict[str, Any], owners: list[str]
) -> None:
    assert [found["manager"] for found in find_fields_owners(entries, operation, fields)] == owners


def test_a_server_takes_the_patch_and_lets_the_applier_remove_what_it_owns_now() -> None:
    maps = Cluster().client().core_v1.config_maps("default")
    maps.create(convert({"metadata": {"name": "a"}, "data": {"x": "1", "y": "2"}}, ConfigMap), field_manager=CSA)
    patch = upgrade_managed_fields_patch(maps.get("a"), [CSA], "kubectl")
    assert patch is not None

    maps.patch("a", patch, patch_type="json")
    applied = maps.apply(convert({"metadata": {"name": "a"}, "data": {"x": "1"}}, ConfigMap), field_manager="kubectl")

    assert applied.data == {"x": "1"}
    with pytest.raises(Conflict):
        maps.patch("a", patch, patch_type="json")
