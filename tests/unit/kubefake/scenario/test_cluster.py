"""A cluster for unit tests: what it begins with, how objects are named, forks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubeclient.api.core_v1 import ConfigMap, ObjectMeta
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.errors import Forbidden, Invalid, NotFound
from kubefake import Cluster, Refuse, Rule

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sites.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: sites, singular: site, kind: Site, shortNames: [st]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
SITE = {"apiVersion": "example.com/v1", "kind": "Site", "metadata": {"name": "home"}, "status": {"ready": True}}


def config_map(name: str, namespace: str = "default") -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}


def test_objects_come_from_wherever_tests_keep_them(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.yaml").write_text(
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n"
    )
    (tmp_path / "more" / "d.json").write_text(json.dumps(config_map("d")))
    (tmp_path / "more" / "notes.txt").write_text("no manifest")
    cluster = Cluster(
        objects=[
            config_map("a"),
            ConfigMap(metadata=ObjectMeta(name="b")),
            tmp_path / "more",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: e}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\n",
            Unstructured(config_map("g")),
        ]
    )

    names = [one["metadata"]["name"] for one in cluster.list("configmaps", namespace="default")]
    assert [name for name in names if len(name) == 1] == list("abcdefg")


def test_definitions_come_before_their_objects_and_status_is_kept() -> None:
    cluster = Cluster(objects=[SITE, CRD])

    stored = cluster.get("sites/home")
    assert stored is not None
    assert stored["status"] == {"ready": True}


def test_a_namespace_that_nobody_made_is_made() -> None:
    cluster = Cluster(objects=[config_map("a", "team")])

    assert cluster.get("configmaps/a", namespace="team")
    assert cluster.get("namespaces/team")


@pytest.mark.parametrize("reference", ["sites/home", "site/home", "Site/home", "st/home", "sites.example.com/home"])
def test_an_object_has_many_names(reference: str) -> None:
    assert Cluster(objects=[CRD, SITE]).get(reference)


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r'"deployments/web"'):
        Cluster().get("deployments")
    with pytest.raises(LookupError, match="serves no resource 'nothings'"):
        Cluster().get("nothings/a")


def test_what_the_server_refuses_is_raised() -> None:
    with pytest.raises(Invalid):
        Cluster(objects=[config_map("Not A Name")])
    with pytest.raises(NotFound):
        Cluster().delete("configmaps/a")


def test_objects_are_applied_patched_and_deleted() -> None:
    cluster = Cluster()

    cluster.apply({**config_map("a"), "data": {"x": "1"}})
    cluster.patch("cm/a", {"data": {"y": "2"}})
    assert cluster.get("cm/a")["data"] == {"x": "1", "y": "2"}  # type: ignore[index]
    cluster.delete("cm/a")
    assert cluster.get("cm/a") is None


def test_subresources_are_patched_by_themselves() -> None:
    cluster = Cluster(objects=[CRD, SITE])

    patched = cluster.patch("sites/home", {"status": {"ready": False}, "spec": {"x": 1}}, subresource="status")

    assert patched["status"] == {"ready": False}
    assert "spec" not in patched


def test_a_fork_goes_its_own_way() -> None:
    cluster = Cluster(objects=[config_map("a")])
    fork = cluster.fork()

    fork.delete("configmaps/a")

    assert cluster.get("configmaps/a")
    assert fork.get("configmaps/a") is None


def test_a_seed_gives_the_same_identifiers() -> None:
    def uid(seed: int) -> str:
        stored = Cluster(objects=[config_map("a")], seed=seed).get("configmaps/a")
        assert stored is not None
        return str(stored["metadata"]["uid"])

    assert uid(1) == uid(1) != uid(2)


def test_clients_act_as_whom_one_likes_and_have_names_for_faults() -> None:
    cluster = Cluster(faults=[Rule(Refuse(429))])
    cluster.faults.rules[0].remove()
    cluster.faults.add(effect=Refuse(500), client="unlucky")

    assert cluster.client().core_v1.pods("default").list().items == []
    with pytest.raises(Forbidden):
        cluster.client(user="jane").core_v1.pods("default").list()
    assert cluster.client(user="jane", groups=["system:masters"]).core_v1.pods("default").list().items == []
