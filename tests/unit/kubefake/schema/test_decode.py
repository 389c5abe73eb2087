import copy
import json

import pytest

from kubefake.schema.builtin import node_for
from kubefake.schema.decode import DecodeError, decode
from kubefake.schema.jsonread import parse

POD = node_for("", "v1", "Pod")
CONFIG_MAP = node_for("", "v1", "ConfigMap")
CRD = node_for("apiextensions.k8s.io", "v1", "CustomResourceDefinition")


def read(node, text):
    raw = text.encode()
    return decode(node, parse(raw), raw=raw, duplicates=True)


def spec_error(text):
    with pytest.raises(DecodeError) as caught:
        read(POD, f'{{"spec":{text}}}')
    return str(caught.value)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ('"x"', "string into Go struct field Pod.spec of type v1.PodSpec"),
        ("[]", "array into Go struct field Pod.spec of type v1.PodSpec"),
        ('{"containers":"x"}', "string into Go struct field PodSpec.spec.containers of type []v1.Container"),
        ('{"containers":[5]}', "number into Go struct field PodSpec.spec.containers of type v1.Container"),
        ('{"containers":[{"name":5}]}', "number into Go struct field Container.spec.containers.name of type string"),
        ('{"hostNetwork":1}', "number into Go struct field PodSpec.spec.hostNetwork of type bool"),
        ('{"nodeSelector":{"a":5}}', "number into Go struct field PodSpec.spec.nodeSelector of type string"),
        ('{"nodeSelector":[]}', "array into Go struct field PodSpec.spec.nodeSelector of type map[string]string"),
        (
            '{"activeDeadlineSeconds":-1.50}',
            "number -1.50 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64",
        ),
        (
            '{"terminationGracePeriodSeconds":99999999999999999999}',
            "number 99999999999999999999 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64",
        ),
        (
            '{"containers":[{"ports":[{"containerPort":80.0}]}]}',
            "number 80.0 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
        ),
        (
            '{"containers":[{"ports":[{"containerPort":1e2}]}]}',
            "number 1e2 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
        ),
        (
            '{"containers":[{"ports":[{"protocol":6}]}]}',
            "number into Go struct field ContainerPort.spec.containers.ports.protocol of type v1.Protocol",
        ),
        (
            '{"containers":[{"resources":{"limits":"x"}}]}',
            "string into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList",
        ),
        (
            '{"containers":[{"livenessProbe":{"httpGet":{"port":true}}}]}',
            "bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32",
        ),
        (
            '{"volumes":[{"hostPath":{"path":1}}]}',
            "number into Go struct field HostPathVolumeSource.spec.volumes.VolumeSource.hostPath.path of type string",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_the_words_of_go(spec, message):
    assert spec_error(spec) == f"json: cannot unmarshal {message}"


@pytest.mark.parametrize("value", ['"x"', "true", "{}", '""', "[]", '"1.5.5"'])
def test_a_bad_quantity_speaks_for_itself(value):
    message = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    assert spec_error(f'{{"containers":[{{"resources":{{"limits":{{"cpu":{value}}}}}}}]}}') == message


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("!!", 0),
        ("YQ", 0),
        ("YQ===", 4),
        ("Y", 0),
        ("YWJj!", 4),
        ("YWJjZA", 4),
        ("YWJj=", 4),
        ("====", 0),
        ("YQ=a", 2),
        ("YWJjYQ==YWJj", 8),
        ("YW J", 2),
        ("YWJjYW-_", 6),
    ],
)
def test_bad_base64_names_the_byte_where_go_gives_up(text, offset):
    with pytest.raises(DecodeError, match=f"^illegal base64 data at input byte {offset}$"):
        read(CONFIG_MAP, json.dumps({"binaryData": {"x": text}}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'),
        ("2020-01-01", 'parsing time "2020-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'),
        ("2020-13-01T00:00:00Z", 'parsing time "2020-13-01T00:00:00Z": month out of range'),
        ("2020-02-30T00:00:00Z", 'parsing time "2020-02-30T00:00:00Z": day out of range'),
        ("2020-01-01T00:00:00Zx", 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"'),
        ("2020-01-01T00:00:00+25:00", 'parsing time "2020-01-01T00:00:00+25:00": time zone offset hour out of range'),
        (
            "2020-01-01T00:00:00.Z",
            'parsing time "2020-01-01T00:00:00.Z" as "2006-01-02T15:04:05Z07:00": cannot parse ".Z" as "Z07:00"',
        ),
        ('a"b', 'parsing time "a\\"b" as "2006-01-02T15:04:05Z07:00": cannot parse "a\\"b" as "2006"'),
    ],
)
def test_a_bad_time_is_explained_as_go_explains_it(text, message):
    with pytest.raises(DecodeError) as caught:
        read(CONFIG_MAP, json.dumps({"metadata": {"creationTimestamp": text}}))
    assert str(caught.value) == message


def test_times_come_out_in_utc_and_whole_seconds():
    result, _ = read(CONFIG_MAP, '{"metadata":{"creationTimestamp":"2020-01-01T00:00:00.7+02:00"}}')
    assert result["metadata"]["creationTimestamp"] == "2019-12-31T22:00:00Z"


def test_strict_errors_come_in_document_order_with_their_paths():
    text = (
        '{"kind":"ConfigMap","metadata":{"name":"a","foo":1},"bar":{"x":1},'
        '"data":{"a":"1","a":"2"},"metadata":{"name":"b"},"DATA":{}}'
    )
    assert read(CONFIG_MAP, text)[1] == [
        'unknown field "metadata.foo"',
        'unknown field "bar"',
        'duplicate field "data.a"',
        'duplicate field "metadata"',
        'unknown field "DATA"',
    ]
    text = '{"spec":{"volumes":[{"name":"x","emptyDir":{"sizeLimit":"1Gi","sizeLimit":"2Gi","q":1}}]}}'
    assert read(POD, text)[1] == [
        'duplicate field "spec.volumes[0].emptyDir.sizeLimit"',
        'unknown field "spec.volumes[0].emptyDir.q"',
    ]


def test_unknown_fields_are_dropped():
    assert read(CONFIG_MAP, '{"Data":{},"data":{"a":"b"}}')[0] == {"metadata": {}, "data": {"a": "b"}}


def test_keys_stand_in_go_order_and_maps_are_sorted():
    result, _ = read(
        CONFIG_MAP, '{"data":{"b":"1","a":"2"},"metadata":{"name":"x"},"apiVersion":"v1","kind":"ConfigMap"}'
    )
    assert list(result) == ["kind", "apiVersion", "metadata", "data"]
    assert list(result["data"]) == ["a", "b"]


def test_nulls_and_empty_values_vanish_where_go_omits_them():
    text = '{"metadata":{"name":"a","labels":{},"finalizers":[],"generation":0},"data":{"a":null},"immutable":null}'
    assert read(CONFIG_MAP, text)[0] == {"metadata": {"name": "a"}, "data": {"a": ""}}


def test_what_go_never_omits_appears():
    deployment = node_for("apps", "v1", "Deployment")
    assert read(deployment, '{"metadata":{"name":"a"},"spec":{}}')[0] == {
        "metadata": {"name": "a"},
        "spec": {"selector": None, "template": {"metadata": {}, "spec": {"containers": None}}, "strategy": {}},
        "status": {},
    }


def test_an_empty_list_that_is_never_omitted_is_nil_after_storage_in_protobuf_but_not_in_json():
    assert read(node_for("rbac.authorization.k8s.io", "v1", "ClusterRole"), '{"rules":[]}')[0]["rules"] is None
    assert read(CRD, '{"status":{"storedVersions":[]}}')[0]["status"]["storedVersions"] == []


def test_null_elements_are_zero_values():
    result, _ = read(
        node_for("rbac.authorization.k8s.io", "v1", "ClusterRole"), '{"rules":[{"verbs":["get",null]},null]}'
    )
    assert result["rules"] == [{"verbs": ["get", ""]}, {"verbs": None}]


def test_a_pointer_keeps_its_zero_and_a_value_loses_it():
    result, _ = read(node_for("apps", "v1", "Deployment"), '{"spec":{"replicas":0,"minReadySeconds":0}}')
    assert result["spec"]["replicas"] == 0
    assert "minReadySeconds" not in result["spec"]


def test_json_schema_unions_take_their_forms_and_refuse_others():
    def schema(text):
        result, _ = read(CRD, f'{{"spec":{{"versions":[{{"schema":{{"openAPIV3Schema":{text}}}}}]}}}}')
        return result["spec"]["versions"][0]["schema"]["openAPIV3Schema"]

    assert schema('{"additionalProperties":true,"items":[{"type":"string"}]}') == {
        "items": [{"type": "string"}],
        "additionalProperties": True,
    }
    assert schema('{"additionalProperties":{"typo":1,"type":"string"}}') == {"additionalProperties": {"type": "string"}}
    assert schema('{"default":{"b":1.0,"a":2},"enum":[null]}') == {"default": {"a": 2, "b": 1}, "enum": [None]}
    with pytest.raises(DecodeError, match=r"^boolean or JSON schema expected$"):
        schema('{"additionalProperties":5}')
    with pytest.raises(
        DecodeError, match=r"JSONSchemaProps\.spec\.versions\.schema\.openAPIV3Schema\.properties\.items\.type"
    ):
        schema('{"properties":{"a":{"items":{"type":5}}}}')


def test_reading_changes_nothing_and_reading_the_result_again_gives_the_same():
    value = {"spec": {"nodeName": "x", "containers": [{"image": "b", "name": "a", "foo": None}]}, "kind": "Pod"}
    before = copy.deepcopy(value)
    first, _ = decode(POD, value)
    assert value == before
    second, strict = decode(POD, first)
    assert json.dumps(second) == json.dumps(first)
    assert strict == []
