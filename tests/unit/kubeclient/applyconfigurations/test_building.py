"""Building apply configurations: what is set is there, and nothing else."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable

import pytest

from kubeclient import applyconfigurations
from kubeclient.api.copying import deep_copy
from kubeclient.api.resources import RESOURCES
from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.applyconfigurations import apps_v1, core_v1, meta_v1, networking_v1, rbac_v1


@pytest.mark.parity("APC-01")
def test_a_configuration_says_what_it_is_and_holds_only_what_was_set() -> None:
    deployment = apps_v1.Deployment("web", "shop")
    role = rbac_v1.ClusterRole("reader")

    assert deployment.to_dict() == {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {"name": "web", "namespace": "shop"},
    }
    assert role.to_dict() == {
        "kind": "ClusterRole",
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": {"name": "reader"},
    }
    assert (deployment.spec, role.rules, apps_v1.DeploymentSpec().to_dict()) == (None, None, {})


@pytest.mark.parity("APC-01")
def test_zero_false_and_empty_values_are_set_and_none_is_not() -> None:
    spec = apps_v1.DeploymentSpec(replicas=0, paused=False, min_ready_seconds=None)

    assert spec.to_dict() == {"replicas": 0, "paused": False}
    assert core_v1.ConfigMap("a", "b", data={}).to_dict()["data"] == {}


@pytest.mark.parity("APC-01")
def test_setters_return_the_configuration() -> None:
    deployment = (
        apps_v1.Deployment("web", "shop")
        .with_labels({"app": "web"})
        .with_spec(apps_v1.DeploymentSpec().with_replicas(2).with_paused(False))
    )

    assert deployment.to_dict()["spec"] == {"replicas": 2, "paused": False}
    assert deployment.with_name("other").with_namespace("there").to_dict()["metadata"] == {
        "name": "other",
        "namespace": "there",
        "labels": {"app": "web"},
    }


@pytest.mark.parity("APC-01")
def test_fields_are_attributes_that_can_be_set_changed_and_unset() -> None:
    spec = apps_v1.DeploymentSpec(replicas=2, paused=True)
    spec.replicas = 3
    spec.paused = None
    del spec.min_ready_seconds

    assert (spec.replicas, spec.paused, spec.to_dict()) == (3, None, {"replicas": 3})


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(TypeError, match=r"DeploymentSpec\(\) got an unexpected keyword argument 'replica'"):
        apps_v1.DeploymentSpec(replica=3)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        apps_v1.DeploymentSpec().replica = 3  # type: ignore[attr-defined]


@pytest.mark.parity("APC-02")
def test_setters_of_lists_append_and_those_of_maps_merge() -> None:
    spec = core_v1.PodSpec(containers=[core_v1.Container(name="a")], node_selector={"disk": "ssd"})
    spec.with_containers(core_v1.Container(name="b"), core_v1.Container(name="c")).with_containers()
    spec.with_node_selector({"zone": "z"}).with_node_selector({"disk": "any"}).with_node_selector({})

    assert [one.name for one in spec.containers or ()] == ["a", "b", "c"]
    assert spec.to_dict()["nodeSelector"] == {"disk": "any", "zone": "z"}
    assert core_v1.PodSpec().with_node_selector({}).to_dict() == {}


def test_what_the_caller_keeps_is_not_changed() -> None:
    command, data = ["a"], {"a": "b"}
    container = core_v1.Container(command=command).with_command("b")
    config_map = core_v1.ConfigMap("a", "b", data=data).with_data({"c": "d"})

    assert (container.command, config_map.data) == (["a", "b"], {"a": "b", "c": "d"})
    assert (command, data) == (["a"], {"a": "b"})


@pytest.mark.parametrize("copied", [deep_copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_shares_nothing(copied: Callable[[apps_v1.Deployment], apps_v1.Deployment]) -> None:
    original = apps_v1.Deployment("web", "shop", labels={"a": "b"}, spec=apps_v1.DeploymentSpec(replicas=1))

    other = copied(original)
    assert other == original
    assert other.spec is not None
    other.spec.replicas = 2
    other.metadata.labels["c"] = "d"  # type: ignore[union-attr, index]

    assert original.to_dict()["spec"] == {"replicas": 1}
    assert original.labels == {"a": "b"}


@pytest.mark.parity("APC-02")
def test_an_item_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^nil value passed to WithContainers$"):
        core_v1.PodSpec().with_containers(None)  # type: ignore[arg-type]


@pytest.mark.parity("APC-03")
def test_a_configuration_tells_what_it_is_and_what_it_is_called() -> None:
    deployment, role = apps_v1.Deployment("web", "shop"), rbac_v1.ClusterRole("reader")

    assert (deployment.kind, deployment.api_version) == ("Deployment", "apps/v1")
    assert (deployment.name, deployment.namespace) == ("web", "shop")
    assert (role.kind, role.api_version, role.name) == ("ClusterRole", "rbac.authorization.k8s.io/v1", "reader")
    empty = apps_v1.Deployment.empty()
    assert (empty.kind, empty.api_version, empty.name, empty.namespace) == ("", "", "", "")


def test_metadata_can_be_given_whole_or_bit_by_bit() -> None:
    owner = meta_v1.OwnerReference(api_version="v1", kind="ConfigMap", name="o", uid="1")
    whole = core_v1.ConfigMap("a", "b", metadata=meta_v1.ObjectMeta(labels={"x": "y"}), annotations={"n": "m"})
    by_bits = core_v1.ConfigMap("a", "b", finalizers=["example.com/f"], owner_references=[owner])
    by_bits.with_finalizers("example.com/g").with_owner_references(owner).with_annotations({"n": "m"})
    by_bits.with_resource_version("7").with_uid("u")

    assert whole.to_dict()["metadata"] == {
        "labels": {"x": "y"},
        "name": "a",
        "namespace": "b",
        "annotations": {"n": "m"},
    }
    metadata = by_bits.to_dict()["metadata"]
    assert metadata["finalizers"] == ["example.com/f", "example.com/g"]
    assert (len(metadata["ownerReferences"]), metadata["resourceVersion"], metadata["uid"]) == (2, "7", "u")


def test_wire_names_are_those_of_go() -> None:
    service = core_v1.ServiceSpec(cluster_ip="None", cluster_ips=["None"], external_ips=["1.2.3.4"])
    rule = networking_v1.NetworkPolicyIngressRule(from_=[networking_v1.NetworkPolicyPeer()])

    assert service.to_dict() == {"clusterIP": "None", "clusterIPs": ["None"], "externalIPs": ["1.2.3.4"]}
    assert rule.to_dict() == {"from": [{}]}
    assert networking_v1.NetworkPolicyIngressRule().with_from(networking_v1.NetworkPolicyPeer()) == rule


def test_amounts_and_bytes_are_written_as_the_api_has_them() -> None:
    resources = core_v1.VolumeResourceRequirements(requests={"storage": Quantity("1Gi")})

    assert json.encode(resources) == b'{"requests":{"storage":"1Gi"}}'
    assert core_v1.Secret("a", "b", data={"k": b"hi"}).to_dict()["data"] == {"k": "aGk="}


def test_plain_values_become_configurations_and_come_back() -> None:
    plain = {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "strategy": {"rollingUpdate": {"maxSurge": "25%"}},
            "template": {
                "spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": "1"}}}]},
                "metadata": {"labels": {"a": "b"}},
            },
        },
    }

    deployment = apps_v1.Deployment.from_dict(plain)

    assert deployment.to_dict() == plain
    assert deployment.spec is not None
    assert deployment.spec.template is not None
    pod = deployment.spec.template.spec
    assert pod is not None
    assert pod.containers is not None
    assert pod.containers[0].resources == core_v1.ResourceRequirements(limits={"cpu": Quantity("1")})
    with pytest.raises(ValueError, match="Deployment has no field 'labels'"):
        apps_v1.Deployment.from_dict({"labels": {}})


def test_configurations_are_equal_by_what_is_set() -> None:
    assert apps_v1.DeploymentSpec(replicas=1) == apps_v1.DeploymentSpec().with_replicas(1)
    assert apps_v1.DeploymentSpec(replicas=1) != apps_v1.DeploymentSpec()
    assert apps_v1.DeploymentSpec() != apps_v1.ReplicaSetSpec()
    assert repr(apps_v1.DeploymentSpec(replicas=1)) == "DeploymentSpec(replicas=1)"


@pytest.mark.parity("APC-08")
def test_every_kind_with_a_client_has_an_empty_configuration() -> None:
    for resource in RESOURCES:
        made = applyconfigurations.for_kind(resource.gvk)
        assert (type(made).__name__, made.to_dict()) == (resource.kind, {})
        assert resource.gvk == type(made).GVK
        assert isinstance(made, applyconfigurations.NamespacedConfiguration) == resource.namespaced


@pytest.mark.parity("APC-08")
def test_a_kind_without_a_configuration_is_refused() -> None:
    with pytest.raises(LookupError, match='no apply configuration is known for kind "Bar" in version "foo/v1"'):
        applyconfigurations.for_kind(GroupVersionKind("foo", "v1", "Bar"))


def test_groups_are_loaded_when_they_are_first_used() -> None:
    script = (
        "import sys; from kubeclient import applyconfigurations as a; "
        "print(any('_v1' in name for name in sys.modules if 'applyconf' in name)); a.batch_v1.Job('a', 'b'); "
        "print(sorted(name.rpartition('.')[2] for name in sys.modules if 'applyconf' in name and '_v' in name))"
    )

    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert shown.splitlines() == ["False", "['batch_v1', 'meta_v1']"]
