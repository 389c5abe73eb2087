# generated from tests/twins/_async/test_manifests.py by .ci/twin.py, do not edit
"""Manifests to a server: created, applied, replaced, deleted the last first, and waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeclient._sync.manifests import (
    apply_yaml,
    create_from_yaml,
    delete_from_yaml,
    read_sources,
    replace_from_yaml,
    wait_for_yaml,
)
from kubeclient.apimachinery.errors import AlreadyExists, Conflict, NotFound
from kubeclient.machines.manifests import ManifestError
from kubeclient.restmapper import NoKindMatchError
from kubeclient.runtime.waiting import WaitTimeoutError
from tests.twins.support import Sim

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.shop.example}
spec:
  group: shop.example
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
"""
MAPS = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: "1"}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: kube-system}, data: {k: "1"}}
---
# a comment alone
---
{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
"""


def test_documents_and_lists_become_objects_in_the_clients_namespace_or_their_own(sim: Sim) -> None:
    made = create_from_yaml(sim.client(), MAPS)
    assert [(obj.kind, obj.namespace, obj.name) for obj in made] == [
        ("ConfigMap", "default", "a"),
        ("ConfigMap", "kube-system", "b"),
        ("Namespace", "", "shop"),
    ]
    [map_] = create_from_yaml(sim.client(), "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", namespace="shop")
    assert map_.namespace == "shop"


def test_an_error_says_in_which_file_and_document_it_happened(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "1.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    (tmp_path / "2.yml").write_text(MAPS)
    (tmp_path / "notes.txt").write_text("not a manifest")
    with pytest.raises(AlreadyExists) as caught:
        create_from_yaml(sim.client(), tmp_path)
    assert caught.value.__notes__ == [f"at {tmp_path / '2.yml'}: document 1, items[0] (ConfigMap a)"]


def test_what_is_no_object_is_refused_before_anything_is_sent(sim: Sim, tmp_path: Path) -> None:
    for text, message in (
        ("kind: Pod", "document 1 has no apiVersion"),
        ("apiVersion: v1", "document 1 has no kind"),
        ("---\n- a", "is not an object"),
        ("a: [", "<text>: "),
        ("{kind: List, apiVersion: v1, items: [5]}", r"document 1, items\[0\] is not an object"),
    ):
        with pytest.raises(ManifestError, match=message):
            create_from_yaml(sim.client(), text)
    with pytest.raises(FileNotFoundError):
        create_from_yaml(sim.client(), tmp_path / "none.yaml")


def test_folders_are_read_in_the_order_of_names_and_deeply_on_request(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("b.yaml", "a.json", "below/c.yaml"):
        (tmp_path / name).write_text(
            f'{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{Path(name).stem}"}}}}'
        )
    assert [one.name for one in read_sources(tmp_path)] == ["a", "b"]
    assert [one.name for one in read_sources(str(tmp_path), recursive=True)] == ["a", "b", "c"]
    assert [one.name for one in read_sources([tmp_path / "b.yaml", str(tmp_path / "a.json")])] == ["b", "a"]
    assert len(apply_yaml(sim.client(), tmp_path, field_manager="me", recursive=True)) == 3


def test_a_definition_may_stand_before_its_objects(sim: Sim) -> None:
    widget = "{apiVersion: shop.example/v1, kind: Widget, metadata: {name: w}, spec: {size: 1}}"
    with pytest.raises(NoKindMatchError, match=r'no matches for kind "Widget" in version "shop.example/v1"') as caught:
        create_from_yaml(sim.client(), widget)
    assert caught.value.__notes__ == ["at <text>: document 1 (Widget w)"]
    made = apply_yaml(sim.client(), f"{CRD}---\n{widget}", field_manager="me")
    assert [obj.kind for obj in made] == ["CustomResourceDefinition", "Widget"]


def test_applying_twice_changes_nothing_and_a_conflict_is_forced_or_told(sim: Sim) -> None:
    client = sim.client()
    first = apply_yaml(client, MAPS, field_manager="me")
    again = apply_yaml(client, MAPS, field_manager="me")
    assert [obj.resource_version for obj in first[:2]] == [obj.resource_version for obj in again[:2]]
    changed = MAPS.replace('"1"', '"2"')
    with pytest.raises(Conflict) as caught:
        apply_yaml(client, changed, field_manager="you")
    assert "items[0] (ConfigMap a)" in caught.value.__notes__[0]
    assert (apply_yaml(client, changed, field_manager="you", force=True))[0]["data"] == {"k": "2"}
    dry = apply_yaml(client, MAPS, field_manager="you", force=True, dry_run=True)
    assert (dry[0]["data"], (client.core_v1.config_maps("default").get("a")).data) == ({"k": "1"}, {"k": "2"})


def test_what_exists_is_replaced_whole(sim: Sim) -> None:
    client = sim.client()
    one = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {new: x}}"
    with pytest.raises(NotFound):
        replace_from_yaml(client, one)
    create_from_yaml(client, MAPS)
    [replaced] = replace_from_yaml(client, one)
    assert replaced["data"] == {"new": "x"}
    stale = one.replace("name: a", 'name: a, resourceVersion: "1"')
    with pytest.raises(Conflict):
        replace_from_yaml(client, stale)


def test_the_last_is_deleted_first(sim: Sim) -> None:
    client = sim.client()
    create_from_yaml(client, MAPS)
    deleted = delete_from_yaml(client, MAPS.partition("---")[0], wait=5)
    assert [obj.name for obj in deleted] == ["b", "a"]
    with pytest.raises(NotFound) as caught:
        delete_from_yaml(client, MAPS.partition("---")[0])
    assert "items[1]" in caught.value.__notes__[0]
    assert delete_from_yaml(client, MAPS.partition("---")[0], ignore_not_found=True) == []
    unknown = "{apiVersion: none.example/v1, kind: None, metadata: {name: n}}"
    assert delete_from_yaml(client, unknown, ignore_not_found=True) == []
    with pytest.raises(NoKindMatchError):
        delete_from_yaml(client, unknown)


def test_what_has_finalizers_is_waited_for_as_long_as_is_said(sim: Sim) -> None:
    client = sim.client()
    held = "{apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [shop.example/hold]}}"
    create_from_yaml(client, held)
    with pytest.raises(WaitTimeoutError):
        delete_from_yaml(client, held, wait=2)
    assert sim.now == pytest.approx(2.0)
    client.core_v1.config_maps("default").patch("held", {"metadata": {"finalizers": None}})
    assert delete_from_yaml(client, held, ignore_not_found=True, wait=2) == []


def test_objects_are_waited_for_until_they_are_as_they_should_be(sim: Sim) -> None:
    client = sim.client()
    create_from_yaml(client, CRD)
    [found] = wait_for_yaml(client, CRD, "Established", timeout=5)
    assert found.name == "widgets.shop.example"

    one = "{apiVersion: v1, kind: ConfigMap, metadata: {name: late}}"

    def later() -> None:
        sim.runtime.sleep(3)
        create_from_yaml(client, one)

    task = sim.runtime.spawn(later, name="later")
    with pytest.raises(WaitTimeoutError) as caught:
        wait_for_yaml(client, one, lambda obj: True, timeout=1)
    assert caught.value.__notes__ == ["at <text>: document 1 (ConfigMap late)"]
    assert (wait_for_yaml(client, one, lambda obj: obj.name == "late", timeout=5))[0].name == "late"
    task.join()
