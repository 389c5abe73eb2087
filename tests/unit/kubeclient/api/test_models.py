"""The typed models: what they are called, what they encode, what they accept."""

from __future__ import annotations

import json as stdlib_json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubeclient.api import apiextensions_v1, apps_v1, core_v1, meta_v1, rbac_v1, resource_v1, scheme
from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.apimachinery.times import Time

_EVERY_KIND = scheme.kinds()


@pytest.mark.parametrize("kind", _EVERY_KIND, ids=str)
def test_an_empty_object_of_every_kind_survives_a_trip_through_json(kind: GroupVersionKind) -> None:
    model = scheme.type_for(kind)

    encoded = json.encode(model())

    assert json.decode(encoded, model) == model()
    assert json.encode(json.decode(encoded, model)) == encoded


def test_a_kind_says_what_it_is_before_anything_else() -> None:
    assert json.encode(core_v1.Pod()).startswith(b'{"kind":"Pod","apiVersion":"v1","metadata":{}')
    assert apps_v1.Deployment().api_version == "apps/v1"
    assert scheme.gvk_for(apps_v1.Deployment) == GroupVersionKind("apps", "v1", "Deployment")


def test_what_go_always_writes_is_written() -> None:
    deployment = apps_v1.Deployment(spec=apps_v1.DeploymentSpec(replicas=0))

    assert stdlib_json.loads(json.encode(deployment)) == {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {},
        "spec": {
            "replicas": 0,
            "selector": None,
            "template": {"metadata": {}, "spec": {"containers": None}},
            "strategy": {},
        },
        "status": {},
    }


def test_empty_optional_fields_are_left_out() -> None:
    container = core_v1.Container(name="web", args=[], tty=False, image_pull_policy="", stdin=True)

    assert json.encode(container) == b'{"name":"web","resources":{},"stdin":true}'


def test_a_pointer_to_a_zero_value_is_written() -> None:
    assert json.encode(apps_v1.RollingUpdateDeployment(max_surge=0)) == b'{"maxSurge":0}'
    assert json.encode(core_v1.SecurityContext(privileged=False)) == b'{"privileged":false}'


def test_an_empty_list_is_not_nil() -> None:
    assert json.encode(rbac_v1.PolicyRule()) == b'{"verbs":null}'
    assert json.encode(rbac_v1.PolicyRule(verbs=[])) == b'{"verbs":[]}'


def test_null_for_a_list_is_a_nil_list_and_stays_null() -> None:
    role = json.decode(b'{"rules":null}', rbac_v1.ClusterRole)

    assert repr(role.rules) == "NIL_LIST"
    assert list(role.rules) == []
    assert b'"rules":null' in json.encode(role)


def test_a_list_kind_without_items_has_an_empty_list() -> None:
    assert core_v1.PodList().items == []
    assert json.decode(b'{"items":null}', core_v1.PodList).items == []
    assert json.encode(core_v1.PodList()) == b'{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}'


def test_two_objects_share_no_defaults() -> None:
    first, second = core_v1.Pod(), core_v1.Pod()

    first.metadata.labels["app"] = "web"
    first.spec.volumes.append(core_v1.Volume(name="data"))

    assert second == core_v1.Pod()


def test_wire_names_with_acronyms_are_kept() -> None:
    status = core_v1.PodStatus(host_ip="10.0.0.1", pod_ips=[core_v1.PodIP(ip="10.1.0.1")])

    assert json.encode(status) == b'{"hostIP":"10.0.0.1","podIPs":[{"ip":"10.1.0.1"}]}'


def test_python_keywords_take_an_underscore() -> None:
    assert json.encode(meta_v1.ListMeta(continue_="more")) == b'{"continue":"more"}'
    assert json.encode(apiextensions_v1.JSONSchemaProps(not_=apiextensions_v1.JSONSchemaProps())) == b'{"not":{}}'


def test_embedded_structs_are_unfolded() -> None:
    volume = core_v1.Volume(name="v", config_map=core_v1.ConfigMapVolumeSource(name="c", optional=True))

    assert json.encode(volume) == b'{"name":"v","configMap":{"name":"c","optional":true}}'


def test_fields_may_be_called_like_builtin_types() -> None:
    attribute = json.decode(b'{"int":3,"bools":[true]}', resource_v1.DeviceAttribute)

    assert (attribute.int, attribute.bools) == (3, [True])


def test_bytes_are_base64() -> None:
    secret = json.decode(b'{"data":{"key":"aGk="}}', core_v1.Secret)

    assert secret.data == {"key": b"hi"}
    assert b'"data":{"key":"aGk="}' in json.encode(secret)


def test_quantities_and_times_are_values() -> None:
    body = b'{"metadata":{"creationTimestamp":"2026-01-02T03:04:05Z"},"spec":{"hard":{"cpu":"1500m"}}}'

    quota = json.decode(body, core_v1.ResourceQuota)

    assert quota.metadata.creation_timestamp == Time.parse("2026-01-02T03:04:05Z")
    assert quota.spec.hard == {"cpu": Quantity("1.5")}


def test_a_zero_time_is_null_except_in_object_metadata() -> None:
    assert json.encode(meta_v1.Condition(type="Ready")) == (
        b'{"type":"Ready","status":"","lastTransitionTime":null,"reason":"","message":""}'
    )
    assert json.encode(meta_v1.ObjectMeta()) == b"{}"


@pytest.mark.parametrize(
    "schema",
    [
        {"items": {"type": "string"}},
        {"items": [{"type": "string"}, {"type": "integer"}]},
        {"additionalProperties": True},
        {"additionalProperties": {"type": "string"}},
        {"dependencies": {"a": ["b"], "c": {"type": "string"}}},
        {"default": {"a": None}, "enum": ["x", 1, None], "maximum": 1, "minimum": 0.5},
        {"$ref": "#/definitions/a", "x-kubernetes-list-map-keys": ["name"], "x-kubernetes-int-or-string": True},
    ],
    ids="+".join,
)
def test_schemas_have_the_json_of_schemas(schema: dict[str, Any]) -> None:
    decoded = msgspec.convert(schema, apiextensions_v1.JSONSchemaProps)

    assert stdlib_json.loads(json.encode(decoded)) == schema


def test_models_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        core_v1.Pod("Pod")  # type: ignore[call-arg]


def test_unknown_fields_are_ignored() -> None:
    assert json.decode(b'{"metadata":{"name":"a"},"novel":1}', core_v1.ConfigMap).metadata.name == "a"


def test_every_model_has_the_fields_of_its_go_type_in_order(shared: Path) -> None:
    types = stdlib_json.loads((shared / "facts" / "types.json").read_bytes())["types"]

    wrong = []
    for kind in _EVERY_KIND:
        for model in _structs_of(scheme.type_for(kind), set()):
            go_name = _go_name(model)
            if go_name in types and tuple(_wire_names(types, go_name)) != model.__struct_encode_fields__:
                wrong.append(go_name)

    assert wrong == []


def _structs_of(annotation: Any, seen: set[type[Any]]) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        if annotation not in seen:
            seen.add(annotation)
            yield annotation
            for one in msgspec.structs.fields(annotation):
                yield from _structs_of(one.type, seen)
    else:
        for argument in getattr(annotation, "__args__", ()):
            yield from _structs_of(argument, seen)


def _go_name(model: type[Any]) -> str:
    group, _, version = model.__module__.rpartition(".")[2].rpartition("_")
    package = {
        "meta": "k8s.io/apimachinery/pkg/apis/meta",
        "apiextensions": "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions",
        "apiregistration": "k8s.io/kube-aggregator/pkg/apis/apiregistration",
    }.get(group, f"k8s.io/api/{group}")
    return f"{package}/{version}.{model.__name__}"


def _wire_names(types: dict[str, Any], go_name: str) -> Any:
    for member in types[go_name].get("fields", ()):
        if member.get("inline"):
            yield from _wire_names(types, member["type"])
        elif member.get("json", "-") != "-":
            yield member["json"]
