import copy

import pytest

from kubefake.resources.crd.validation import validate_definition

SPEC = "spec.validation.openAPIV3Schema"
BASE = {
    "metadata": {"name": "things.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
        "conversion": {"strategy": "None"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
    "status": {"storedVersions": ["v1"]},
}


def errors(change=lambda crd: None):
    crd = copy.deepcopy(BASE)
    change(crd)
    return [f"{error.field}: {error.message}" for error in validate_definition(crd)]


def schema_errors(**spec):
    def change(crd):
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"] = {"spec": spec}

    return [error.removeprefix(f"{SPEC}.properties[spec]") for error in errors(change)]


def test_a_sound_definition_has_no_errors():
    assert errors() == []
    assert schema_errors(type="object", properties={"a": {"type": "integer", "default": 1}}) == []


def test_the_name_is_plural_and_group():
    assert errors(lambda crd: crd["metadata"].update(name="x.example.com")) == [
        'metadata.name: Invalid value: "x.example.com": must be spec.names.plural+"."+spec.group'
    ]


def test_one_version_is_stored():
    assert errors(lambda crd: crd["spec"]["versions"][0].update(storage=False)) == [
        (
            'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,'
            '"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: '
            "must have exactly one version marked as storage version"
        )
    ]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, ".type: Required value: must not be empty for specified object fields"),
        ({"type": "array"}, ".items: Required value: must be specified"),
        (
            {"type": "object", "additionalProperties": {"type": "string"}, "properties": {"a": {"type": "string"}}},
            ".additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive",
        ),
        (
            {"type": "string", "pattern": "("},
            (
                '.pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: '
                "error parsing regexp: missing closing ): `(`"
            ),
        ),
        (
            {"type": "object", "anyOf": [{"type": "object"}]},
            ".anyOf[0].type: Forbidden: must be empty to be structural",
        ),
        (
            {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "bag"},
            '.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"',
        ),
        (
            {"type": "integer", "default": "x"},
            '.default: Invalid value: "string":  in body must be of type integer: "string"',
        ),
        (
            {"type": "object", "default": {"b": 1}, "properties": {"a": {"type": "string"}}},
            '.default: Invalid value: {"b":1}: must not have unknown fields',
        ),
    ],
)
def test_a_schema_that_is_not_structural_is_refused(spec, message):
    assert schema_errors(**spec) == [message]


def test_int_or_string_may_be_spelled_with_any_of():
    either = [{"type": "integer"}, {"type": "string"}]
    assert schema_errors(**{"x-kubernetes-int-or-string": True, "anyOf": either}) == []
    assert schema_errors(**{"x-kubernetes-int-or-string": True, "allOf": [{"anyOf": either}, {"pattern": "a"}]}) == []


def test_what_versions_do_not_share_is_told_by_version():
    def change(crd):
        crd["spec"]["versions"].append(
            {"name": "v2", "served": True, "storage": False, "schema": {"openAPIV3Schema": {"type": "string"}}}
        )

    assert errors(change) == [
        'spec.versions[1].schema.openAPIV3Schema.type: Invalid value: "string": must be object at the root'
    ]
