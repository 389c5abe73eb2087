"""Applying configurations, and extracting what was applied."""

from __future__ import annotations

import pytest

from kubeclient import Clientset, api
from kubeclient.apimachinery.errors import BadRequest, Conflict
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.applyconfigurations import apps_v1, autoscaling_v1, core_v1, extract_unstructured, meta_v1
from kubefake import Cluster


@pytest.fixture
def client() -> Clientset:
    return Cluster().client()


def _deployment(replicas: int | None = 1) -> apps_v1.Deployment:
    labels = {"app": "web"}
    container = core_v1.Container(name="web", image="nginx", ports=[core_v1.ContainerPort(container_port=80)])
    template = core_v1.PodTemplateSpec(
        metadata=meta_v1.ObjectMeta(labels=labels), spec=core_v1.PodSpec(containers=[container])
    )
    selector = meta_v1.LabelSelector(match_labels=labels)
    spec = apps_v1.DeploymentSpec(replicas=replicas, selector=selector, template=template)
    return apps_v1.Deployment("web", "default", labels=labels, spec=spec)


@pytest.mark.parity("APC-04")
def test_what_a_manager_applied_is_extracted_and_nothing_else(client: Clientset) -> None:
    deployments = client.apps_v1.deployments("default")
    applied = deployments.apply(_deployment(), field_manager="me")
    other = apps_v1.Deployment("web", "default", annotations={"note": "x"})
    stored = deployments.apply(other, field_manager="other")

    mine = apps_v1.extract_deployment(stored, "me")
    keyed = _deployment()
    port = keyed.spec.template.spec.containers[0].ports[0]  # type: ignore[union-attr, index]
    port.protocol = "TCP"  # a key of its list, which the server filled in

    assert applied.spec.replicas == 1
    assert mine == keyed
    assert apps_v1.extract_deployment(stored, "other") == other


@pytest.mark.parity("APC-04")
def test_extracting_changing_and_applying_changes_only_that(client: Clientset) -> None:
    deployments = client.apps_v1.deployments("default")
    stored = deployments.apply(_deployment(), field_manager="me")
    mine = apps_v1.Deployment.extract(stored, "me")
    assert mine.spec is not None
    mine.spec.replicas = None
    mine.spec.template.spec.containers[0].with_env(core_v1.EnvVar(name="A", value="b"))  # type: ignore[union-attr, index]

    after = deployments.apply(mine, field_manager="me")

    assert after.spec.replicas == 1  # nobody's now, and defaulted
    assert [one.name for one in after.spec.template.spec.containers[0].env] == ["A"]


@pytest.mark.parity("APC-04")
def test_a_subresource_is_extracted_by_its_name(client: Clientset) -> None:
    deployments = client.apps_v1.deployments("default")
    deployments.apply(_deployment(None), field_manager="me")
    status = apps_v1.Deployment("web", "default", status=apps_v1.DeploymentStatus(replicas=3))
    deployments.apply_status(status, field_manager="me")
    scale = autoscaling_v1.Scale("web", "default", spec=autoscaling_v1.ScaleSpec(replicas=5))
    deployments.apply_scale("web", scale, field_manager="me", force=True)
    stored = deployments.get("web")

    assert apps_v1.extract_deployment(stored, "me", "status") == status
    assert apps_v1.extract_deployment(stored, "me", subresource="scale").to_dict()["spec"] == {"replicas": 5}
    assert apps_v1.extract_deployment(stored, "me").spec.replicas is None  # type: ignore[union-attr]


@pytest.mark.parity("APC-05")
def test_a_manager_without_an_entry_has_applied_an_identity(client: Clientset) -> None:
    stored = client.apps_v1.deployments("default").apply(_deployment(), field_manager="me")
    updated = client.core_v1.config_maps("default").create(
        api.core_v1.ConfigMap(metadata=api.meta_v1.ObjectMeta(name="a"), data={"k": "v"}), field_manager="me"
    )
    namespace = client.core_v1.namespaces().get("default")

    assert apps_v1.extract_deployment(stored, "nobody") == apps_v1.Deployment("web", "default")
    assert core_v1.extract_config_map(updated, "me") == core_v1.ConfigMap("a", "default")
    assert core_v1.extract_namespace(namespace, "me") == core_v1.Namespace("default")


@pytest.mark.parametrize("others", [{}, {"f:data": {"f:k": {}}}])
def test_an_applied_empty_map_is_not_taken_for_what_others_put_there(others: dict[str, object]) -> None:
    entries = [
        {"manager": "me", "operation": "Apply", "fieldsV1": {"f:data": {}}},
        {"manager": "other", "operation": "Update", "fieldsV1": others},
    ]
    obj = {"metadata": {"name": "a", "managedFields": entries}, "data": {"k": "v"} if others else {}}

    assert extract_unstructured(Unstructured(obj), "me").object == {"metadata": {"name": "a"}, "data": {}}


def test_an_atomic_value_is_extracted_whole(client: Clientset) -> None:
    pods = client.core_v1.pods("default")
    spec = core_v1.PodSpec(containers=[core_v1.Container(name="a", image="i", command=["x", "y"])])
    stored = pods.apply(core_v1.Pod("p", "default", spec=spec.with_node_selector({"a": "b"})), field_manager="me")

    mine = core_v1.extract_pod(stored, "me")

    assert mine.spec == spec


def test_sets_and_finalizers_are_extracted_by_their_values(client: Clientset) -> None:
    maps = client.core_v1.config_maps("default")
    maps.apply(core_v1.ConfigMap("a", "default", finalizers=["example.com/a"]), field_manager="me")
    stored = maps.apply(core_v1.ConfigMap("a", "default", finalizers=["example.com/b"]), field_manager="other")

    assert stored.metadata.finalizers == ["example.com/a", "example.com/b"]
    assert core_v1.extract_config_map(stored, "me").finalizers == ["example.com/a"]


@pytest.mark.parity("APC-06")
def test_dynamic_objects_are_extracted_without_asking_for_a_schema(client: Clientset) -> None:
    maps = client.dynamic.resource("v1", "configmaps").namespace("default")
    given = Unstructured({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}})
    maps.apply(given, field_manager="me")
    stored = maps.apply(
        Unstructured({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"l": "w"}}),
        field_manager="other",
    )

    identity = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "default"}}
    assert extract_unstructured(stored, "me").object == {**identity, "data": {"k": "v"}}
    assert extract_unstructured(stored, "nobody").object == identity


@pytest.mark.parity("APC-07")
def test_a_conflict_names_the_fields_and_their_owner_and_force_is_never_implied(client: Clientset) -> None:
    deployments = client.apps_v1.deployments("default")
    deployments.apply(_deployment(1), field_manager="me")
    spec = apps_v1.DeploymentSpec(replicas=2)

    with pytest.raises(Conflict) as caught:
        deployments.apply(apps_v1.Deployment("web", "default", spec=spec), field_manager="other")
    forced = deployments.apply(apps_v1.Deployment("web", "default", spec=spec), field_manager="other", force=True)

    details = caught.value.status.details
    assert details is not None
    assert [(one.reason, one.field, one.message) for one in details.causes] == [
        ("FieldManagerConflict", ".spec.replicas", 'conflict with "me"')
    ]
    assert forced.spec.replicas == 2


@pytest.mark.parity("TYP-07")
def test_applying_nothing_or_something_without_a_name_is_refused(client: Clientset) -> None:
    maps = client.core_v1.config_maps("default")

    with pytest.raises(ValueError, match=r"^object provided to Apply must not be nil$"):
        maps.apply(None, field_manager="me")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^obj.Name must be provided to Apply$"):
        maps.apply(core_v1.ConfigMap("", "default"), field_manager="me")
    with pytest.raises(ValueError, match=r"^obj.Name must be provided to Apply$"):
        maps.apply({"kind": "ConfigMap", "apiVersion": "v1"}, field_manager="me")


def test_the_types_tell_what_may_be_applied_where(client: Clientset) -> None:
    service = core_v1.Service("a", "default", spec=core_v1.ServiceSpec(ports=[core_v1.ServicePort(port=80)]))

    applied: api.core_v1.Service = client.core_v1.services("default").apply(service, field_manager="me")
    with pytest.raises(BadRequest):
        client.core_v1.config_maps("default").apply(service, field_manager="me")  # type: ignore[arg-type]

    assert applied.spec.ports[0].port == 80


def test_any_kind_is_applied_by_the_dynamic_client_too(client: Clientset) -> None:
    maps = client.dynamic.resource("v1", "configmaps").namespace("default")

    applied = maps.apply(core_v1.ConfigMap("a", "default", data={"k": "v"}), field_manager="me")

    assert applied["data"] == {"k": "v"}
    with pytest.raises(ValueError, match="name is required"):
        maps.apply(core_v1.ConfigMap("", "default"), field_manager="me")
