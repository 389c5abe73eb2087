import pytest

from kubefake.schema.builtin import go_fields, group_versions, kinds_of, node_for, node_for_type


def test_every_served_kind_has_a_type_whose_every_field_resolves():
    seen = set()

    def visit(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        for child in (*node.fields.values(), node.values, node.items):
            if child is not None:
                visit(child)

    for group_version in group_versions():
        group, _, version = group_version.rpartition("/")
        for kind in kinds_of(group_version):
            visit(node_for(group, version, kind))
    assert len(seen) > 1000


def test_fields_stand_in_go_order_with_embedded_structs_spread_out():
    assert list(node_for("", "v1", "Pod").fields) == ["kind", "apiVersion", "metadata", "spec", "status"]
    assert list(node_for_type("core/v1.Volume").fields)[:3] == ["name", "hostPath", "emptyDir"]


def test_an_embedded_field_remembers_how_go_reaches_it():
    fields = {field.name: field for field in go_fields(node_for_type("core/v1.Volume"))}
    assert fields["name"].embedded == ""
    assert fields["hostPath"].embedded == "VolumeSource."


def test_lists_know_their_keys_and_what_a_missing_key_means():
    ports = node_for_type("core/v1.Container").fields["ports"]
    assert (ports.list_type, ports.map_keys) == ("map", ("containerPort", "protocol"))
    assert ports.key_defaults == {"containerPort": 0, "protocol": "TCP"}
    assert (ports.patch_strategy, ports.patch_merge_key) == (frozenset({"merge"}), "containerPort")
    assert node_for_type("meta/v1.ObjectMeta").fields["finalizers"].list_type == "set"


def test_atomic_types_and_atomic_fields_are_marked():
    assert node_for_type("meta/v1.LabelSelector").atomic
    assert node_for_type("core/v1.ServiceSpec").fields["selector"].atomic
    assert not node_for_type("core/v1.Pod").atomic


def test_go_types_read_as_go_prints_them():
    fields = node_for_type("core/v1.Container").fields
    assert fields["ports"].go_type == "[]v1.ContainerPort"
    assert fields["imagePullPolicy"].go_type == "v1.PullPolicy"
    assert node_for_type("core/v1.ResourceRequirements").fields["limits"].go_type == "v1.ResourceList"
    assert node_for("", "v1", "ConfigMap").fields["binaryData"].go_type == "map[string][]uint8"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("core/v1.ResourceRequirements:limits", "map"),
        ("core/v1.ServicePort:targetPort", "int-or-string"),
        ("meta/v1.ObjectMeta:creationTimestamp", "time"),
        ("coordination/v1.LeaseSpec:renewTime", "microtime"),
        ("meta/v1.ManagedFieldsEntry:fieldsV1", "fieldsv1"),
        ("apps/v1.ControllerRevision:data", "any"),
    ],
)
def test_types_with_json_of_their_own_have_kinds_of_their_own(path, kind):
    name, _, field = path.partition(":")
    assert node_for_type(name).fields[field].kind == kind


def test_a_type_may_contain_itself():
    schema = node_for_type("apiextensions/v1.JSONSchemaProps")
    assert schema.fields["properties"].values is schema
    assert schema.fields["items"].values is schema


def test_openapi_names_find_the_same_node():
    assert node_for_type("io.k8s.api.core.v1.PodSpec") is node_for_type("core/v1.PodSpec")
    name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    assert node_for_type(name).name == name


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError):
        node_for("apps", "v1", "Nothing")


def test_fields_that_two_types_share_are_lists_and_maps_as_the_documents_of_those_types_say() -> None:
    container = node_for("", "v1", "Pod").fields["spec"].fields["ephemeralContainers"].items
    assert container is not None
    assert (container.fields["env"].list_type, container.fields["env"].map_keys) == ("map", ("name",))
    assert container.fields["volumeMounts"].map_keys == ("mountPath",)


def test_a_field_may_be_owned_piece_by_piece_though_its_type_is_owned_as_a_whole() -> None:
    claim = node_for("", "v1", "PersistentVolume").fields["spec"].fields["claimRef"]
    assert not claim.atomic
    assert node_for("", "v1", "Event").fields["involvedObject"].atomic
