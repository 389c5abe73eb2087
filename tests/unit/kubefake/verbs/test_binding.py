"""Pods are put on nodes by a Binding, with the real server's words where that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.api.core_v1 import Binding, ObjectReference
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.errors import BadRequest, Conflict, NotFound, StatusError
from kubefake import Cluster


def pod(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p1", "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "i"}], **spec},
    }


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(objects=[pod()])


@pytest.fixture
def bind() -> Callable[..., None]:
    def bind(cluster: Cluster, kind: str = "Node", node: str = "n1", **metadata: Any) -> None:
        binding = Binding(metadata=ObjectMeta(**metadata), target=ObjectReference(kind=kind, name=node))
        cluster.client().core_v1.pods("default").bind(binding)

    return bind


def test_a_pod_is_on_its_node_and_scheduled(cluster: Cluster, bind: Callable[..., None]) -> None:
    bind(cluster, name="p1", annotations={"x": "y"})
    found = cluster.get("pods/p1")
    assert found is not None
    assert found["spec"]["nodeName"] == "n1"
    assert found["metadata"]["annotations"] == {"x": "y"}
    assert [(one["type"], one["status"]) for one in found["status"]["conditions"]] == [("PodScheduled", "True")]


def test_a_pod_is_bound_once(cluster: Cluster, bind: Callable[..., None]) -> None:
    bind(cluster, name="p1")
    with pytest.raises(Conflict) as caught:
        bind(cluster, name="p1", node="n2")
    text = 'Operation cannot be fulfilled on pods/binding "p1": pod p1 is already assigned to node "n1"'
    assert str(caught.value) == text


def test_a_pod_with_gates_is_not_bound(bind: Callable[..., None]) -> None:
    gated = Cluster(objects=[pod(schedulingGates=[{"name": "example.com/wait"}])])
    with pytest.raises(Conflict, match=r"pod p1 has non-empty \.spec\.schedulingGates"):
        bind(gated, name="p1")


def test_a_pod_that_is_not_there_is_not_bound(cluster: Cluster, bind: Callable[..., None]) -> None:
    with pytest.raises(NotFound, match='pods "p2" not found'):
        bind(cluster, name="p2")


def test_a_binding_names_the_pod_of_its_path(cluster: Cluster) -> None:
    body = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p2"}, "target": {"name": "n1"}}
    with pytest.raises(BadRequest, match="name in URL does not match name in Binding object"):
        cluster.dynamic_client().resource("v1", "pods").namespace("default").create(
            body,  # type: ignore[arg-type]
            name="p1",
            subresource="binding",
        )


def test_a_target_is_a_node_with_a_name(cluster: Cluster, bind: Callable[..., None]) -> None:
    with pytest.raises(StatusError) as caught:
        bind(cluster, name="p1", kind="Pod", node="")
    text = '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]'
    assert (caught.value.code, str(caught.value)) == (500, text)


def test_a_binding_may_ask_for_one_pod_of_that_name_alone(cluster: Cluster, bind: Callable[..., None]) -> None:
    with pytest.raises(Conflict, match="Precondition failed: UID in precondition: abc"):
        bind(cluster, name="p1", uid="abc")
