import pytest

from kubeclient.apimachinery.errors import StatusError
from kubefake.resources.crd import (
    FINALIZER,
    CustomResourceDefinitionStrategy,
    DeleteInstances,
    Installer,
    SetStatus,
    begin_deletion,
    finish_deletion,
    resources_of,
    version_priority,
)
from kubefake.resources.strategy import Context

NOW = "2030-01-01T00:00:00Z"
CONTEXT = Context(now=NOW, user="u", groups=(), subresource="", version="v1", lookup=None)


class Registry(dict):
    def add(self, resource):
        self[resource.version, resource.plural] = resource

    def remove(self, group, version, plural):
        self.pop((version, plural), None)


def definition(plural="things", kind="Thing", versions=("v1",), short_names=(), **version):
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind} | ({"shortNames": list(short_names)} if short_names else {}),
            "versions": [
                {"name": name, "served": True, "storage": index == 0, "schema": {"openAPIV3Schema": {"type": "object"}}}
                | version
                for index, name in enumerate(versions)
            ],
        },
    }
    strategy = CustomResourceDefinitionStrategy()
    strategy.default(crd, "v1")
    strategy.prepare_for_create(crd, CONTEXT)
    return crd


class Cluster:
    def __init__(self):
        self.registry = Registry()
        self.installer = Installer(self.registry)
        self.objects = {}
        self.seen = []

    def commit(self, kind, crd):
        name = crd["metadata"]["name"]
        old = self.objects.get(name)
        self.objects[name] = crd
        for change in self.installer.on_commit(kind, crd, old, NOW):
            self.seen.append(change)
            if isinstance(change, SetStatus):
                self.commit("MODIFIED", self.objects[change.name] | {"status": change.status})

    def conditions(self, name):
        return [(c["type"], c["status"], c["reason"], c["message"]) for c in self.objects[name]["status"]["conditions"]]


@pytest.fixture
def cluster():
    return Cluster()


def test_a_new_definition_has_defaults_and_an_empty_status():
    crd = definition()
    assert crd["spec"]["names"] == {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    assert crd["spec"]["conversion"] == {"strategy": "None"}
    assert crd["status"] == {"conditions": None, "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": ["v1"]}


def test_names_are_accepted_and_the_kind_is_established_and_served(cluster):
    cluster.commit("ADDED", definition(short_names=["th"]))
    assert cluster.conditions("things.example.com") == [
        ("NamesAccepted", "True", "NoConflicts", "no conflicts found"),
        ("Established", "True", "InitialNamesAccepted", "the initial names have been accepted"),
    ]
    assert cluster.objects["things.example.com"]["status"]["acceptedNames"]["shortNames"] == ["th"]
    assert list(cluster.registry) == [("v1", "things")]


def test_a_name_that_is_taken_keeps_a_kind_from_being_served_until_it_is_free(cluster):
    cluster.commit("ADDED", definition())
    cluster.commit("ADDED", definition("others", "Thing"))
    assert cluster.conditions("others.example.com") == [
        ("NamesAccepted", "False", "ListKindConflict", '"ThingList" is already in use'),
        ("Established", "False", "NotAccepted", "not all names are accepted"),
    ]
    assert list(cluster.registry) == [("v1", "things")]
    for change in cluster.installer.on_commit("DELETED", cluster.objects["things.example.com"], None, NOW):
        cluster.commit("MODIFIED", cluster.objects[change.name] | {"status": change.status})
    assert list(cluster.registry) == [("v1", "others")]


def test_of_several_that_wait_for_a_name_the_first_gets_it(cluster):
    cluster.commit("ADDED", definition("as", "A", short_names=["x", "y"]))
    cluster.commit("ADDED", definition("bs", "A", short_names=["x"]))
    cluster.commit("ADDED", definition("cs", "C", short_names=["x", "y"]))
    message = '["x" is already in use, "y" is already in use]'
    assert cluster.conditions("cs.example.com")[0] == ("NamesAccepted", "False", "ShortNamesConflict", message)
    cluster.commit("DELETED", cluster.objects["as.example.com"])
    assert list(cluster.registry) == [("v1", "bs")]
    assert cluster.conditions("cs.example.com")[0][1:3] == ("False", "ShortNamesConflict")


def test_a_version_that_is_no_longer_served_vanishes(cluster):
    cluster.commit("ADDED", definition(versions=("v1", "v2")))
    crd = cluster.objects["things.example.com"]
    versions = [crd["spec"]["versions"][0], crd["spec"]["versions"][1] | {"served": False}]
    cluster.commit("MODIFIED", crd | {"spec": crd["spec"] | {"versions": versions}})
    assert list(cluster.registry) == [("v1", "things")]


def test_deletion_waits_for_the_instances(cluster):
    cluster.commit("ADDED", definition())
    crd = dict(cluster.objects["things.example.com"])
    crd["metadata"] = crd["metadata"] | {"deletionTimestamp": NOW}
    begin_deletion(crd, NOW)
    assert crd["metadata"]["finalizers"] == [FINALIZER]
    cluster.commit("MODIFIED", crd)
    assert cluster.seen[-1] == DeleteInstances("things.example.com", "example.com", "things")
    strategy = cluster.registry["v1", "things"].strategy
    with pytest.raises(StatusError, match="create not allowed while custom resource definition is terminating"):
        strategy.prepare_for_create({"metadata": {"name": "late"}}, CONTEXT)
    finish_deletion(crd, NOW)
    assert "finalizers" not in crd["metadata"]
    assert crd["status"]["conditions"][-1]["reason"] == "InstanceDeletionCompleted"


def test_a_served_resource_has_the_names_versions_and_subresources_declared():
    subresources = {"status": {}, "scale": {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}}
    crd = definition(versions=("v1beta1", "v1"), subresources=subresources)
    first, second = resources_of(crd)
    assert (first.version, second.version) == ("v1", "v1beta1")
    assert str(first.storage_version) == "example.com/v1beta1"
    assert (first.singular, first.list_kind, first.namespaced, first.custom) == ("thing", "ThingList", True, True)
    assert list(first.subresources) == ["status", "scale"]
    assert str(first.subresources["scale"].kind.group_version) == "autoscaling/v1"


def test_versions_are_preferred_as_kubernetes_prefers_them():
    names = ["foo1", "v1beta1", "v10", "v2", "v11alpha2", "v3beta1", "bar"]
    assert sorted(names, key=version_priority) == ["v10", "v2", "v3beta1", "v1beta1", "v11alpha2", "bar", "foo1"]


@pytest.mark.parametrize(
    ("change", "field"), [({"conversion": {"strategy": "Webhook"}}, r"spec\.conversion\.strategy")]
)
def test_what_is_not_supported_is_refused_loudly(change, field):
    crd = definition()
    crd["spec"] |= change
    with pytest.raises(StatusError, match=field) as caught:
        CustomResourceDefinitionStrategy().prepare_for_create(crd, CONTEXT)
    assert caught.value.status.code == 501
