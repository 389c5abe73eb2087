"""Manifests to a server: created, applied, replaced, deleted the last first, and waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeclient._async.manifests import (
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
from tests.twins.support import AsyncSim

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


async def test_documents_and_lists_become_objects_in_the_clients_namespace_or_their_own(sim: AsyncSim) -> None:
    made = await create_from_yaml(sim.client(), MAPS)
    assert [(obj.kind, obj.namespace, obj.name) for obj in made] == [
        ("ConfigMap", "default", "a"),
        ("ConfigMap", "kube-system", "b"),
        ("Namespace", "", "shop"),
    ]
    [map_] = await create_from_yaml(
        sim.client(), "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", namespace="shop"
    )
    assert map_.namespace == "shop"


async def test_an_error_says_in_which_file_and_document_it_happened(sim: AsyncSim, tmp_path: Path) -> None:
    (tmp_path / "1.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    (tmp_path / "2.yml").write_text(MAPS)
    (tmp_path / "notes.txt").write_text("not a manifest")
    with pytest.raises(AlreadyExists) as caught:
        await create_from_yaml(sim.client(), tmp_path)
    assert caught.value.__notes__ == [f"at {tmp_path / '2.yml'}: document 1, items[0] (ConfigMap a)"]


async def test_what_is_no_object_is_refused_before_anything_is_sent(sim: AsyncSim, tmp_path: Path) -> None:
    for text, message in (
        ("kind: Pod", "document 1 has no apiVersion"),
        ("apiVersion: v1", "document 1 has no kind"),
        ("---\n- a", "is not an object"),
        ("a: [", "<text>: "),
        ("{kind: List, apiVersion: v1, items: [5]}", r"document 1, items\[0\] is not an object"),
    ):
        with pytest.raises(ManifestError, match=message):
            await create_from_yaml(sim.client(), text)
    with pytest.raises(FileNotFoundError):
        await create_from_yaml(sim.client(), tmp_path / "none.yaml")


async def test_folders_are_read_in_the_order_of_names_and_deeply_on_request(sim: AsyncSim, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("b.yaml", "a.json", "below/c.yaml"):
        (tmp_path / name).write_text(
            f'{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{Path(name).stem}"}}}}'
        )
    assert [one.name for one in read_sources(tmp_path)] == ["a", "b"]
    assert [one.name for one in read_sources(str(tmp_path), recursive=True)] == ["a", "b", "c"]
    assert [one.name for one in read_sources([tmp_path / "b.yaml", str(tmp_path / "a.json")])] == ["b", "a"]
    assert len(await apply_yaml(sim.client(), tmp_path, field_manager="me", recursive=True)) == 3


async def test_a_definition_may_stand_before_its_objects(sim: AsyncSim) -> None:
    widget = "{apiVersion: shop.example/v1, kind: Widget, metadata: {name: w}, spec: {size: 1}}"
    with pytest.raises(NoKindMatchError, match=r'no matches for kind "Widget" in version "shop.example/v1"') as caught:
        await create_from_yaml(sim.client(), widget)
    assert caught.value.__notes__ == ["at <text>: document 1 (Widget w)"]
    made = await apply_yaml(sim.client(), f"{CRD}---\n{widget}", field_manager="me")
    assert [obj.kind for obj in made] == ["CustomResourceDefinition", "Widget"]


async def test_applying_twice_changes_nothing_and_a_conflict_is_forced_or_told(sim: AsyncSim) -> None:
    client = sim.client()
    first = await apply_yaml(client, MAPS, field_manager="me")
    again = await apply_yaml(client, MAPS, field_manager="me")
    assert [obj.resource_version for obj in first[:2]] == [obj.resource_version for obj in again[:2]]
    changed = MAPS.replace('"1"', '"2"')
    with pytest.raises(Conflict) as caught:
        await apply_yaml(client, changed, field_manager="you")
    assert "items[0] (ConfigMap a)" in caught.value.__notes__[0]
    assert (await apply_yaml(client, changed, field_manager="you", force=True))[0]["data"] == {"k": "2"}
    dry = await apply_yaml(client, MAPS, field_manager="you", force=True, dry_run=True)
    assert (dry[0]["data"], (await client.core_v1.config_maps("default").get("a")).data) == ({"k": "1"}, {"k": "2"})


async def test_what_exists_is_replaced_whole(sim: AsyncSim) -> None:
    client = sim.client()
    one = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {new: x}}"
    with pytest.raises(NotFound):
        await replace_from_yaml(client, one)
    await create_from_yaml(client, MAPS)
    [replaced] = await replace_from_yaml(client, one)
    assert replaced["data"] == {"new": "x"}
    stale = one.replace("name: a", 'name: a, resourceVersion: "1"')
    with pytest.raises(Conflict):
        await replace_from_yaml(client, stale)


async def test_the_last_is_deleted_first(sim: AsyncSim) -> None:
    client = sim.client()
    await create_from_yaml(client, MAPS)
    deleted = await delete_from_yaml(client, MAPS.partition("---")[0], wait=5)
    assert [obj.name for obj in deleted] == ["b", "a"]
    with pytest.raises(NotFound) as caught:
        await delete_from_yaml(client, MAPS.partition("---")[0])
    assert "items[1]" in caught.value.__notes__[0]
    assert await delete_from_yaml(client, MAPS.partition("---")[0], ignore_not_found=True) == []
    unknown = "{apiVersion: none.example/v1, kind: None, metadata: {name: n}}"
    assert await delete_from_yaml(client, unknown, ignore_not_found=True) == []
    with pytest.raises(NoKindMatchError):
        await delete_from_yaml(client, unknown)


async def test_what_has_finalizers_is_waited_for_as_long_as_is_said(sim: AsyncSim) -> None:
    client = sim.client()
    held = "{apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [shop.example/hold]}}"
    await create_from_yaml(client, held)
    with pytest.raises(WaitTimeoutError):
        await delete_from_yaml(client, held, wait=2)
    assert sim.now == pytest.approx(2.0)
    await client.core_v1.config_maps("default").patch("held", {"metadata": {"finalizers": None}})
    assert await delete_from_yaml(client, held, ignore_not_found=True, wait=2) == []


async def test_objects_are_waited_for_until_they_are_as_they_should_be(sim: AsyncSim) -> None:
    client = sim.client()
    await create_from_yaml(client, CRD)
    [found] = await wait_for_yaml(client, CRD, "Established", timeout=5)
    assert found.name == "widgets.shop.example"

    one = "{apiVersion: v1, kind: ConfigMap, metadata: {name: late}}"

    async def later() -> None:
        await sim.runtime.sleep(3)
        await create_from_yaml(client, one)

    task = sim.runtime.spawn(later, name="later")
    with pytest.raises(WaitTimeoutError) as caught:
        await wait_for_yaml(client, one, lambda obj: True, timeout=1)
    assert caught.value.__notes__ == ["at <text>: document 1 (ConfigMap late)"]
    assert (await wait_for_yaml(client, one, lambda obj: obj.name == "late", timeout=5))[0].name == "late"
    await task.join()
