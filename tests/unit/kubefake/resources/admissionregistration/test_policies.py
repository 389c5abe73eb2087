"""Admission policies: what is wrong with them, short of what a compiler would tell."""

from __future__ import annotations

from typing import Any

GROUP = "/apis/admissionregistration.k8s.io/v1"
RULE = {"apiGroups": ["x.example"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["things"]}
CONSTRAINTS = {"resourceRules": [RULE]}
NEITHER = "Required value: validations or auditAnnotations must contain at least one item"


def causes(client: Any, plural: str, **spec: Any) -> list[str]:
    code, status = client(f"POST {GROUP}/{plural}", {"metadata": {"name": "p"}, "spec": spec})
    return [] if code == 201 else [f"{c['field']}: {c['message']}" for c in status["details"]["causes"]]


def test_a_policy_says_what_it_is_about_and_what_it_wants(client: Any) -> None:
    assert causes(client, "validatingadmissionpolicies") == [
        "spec.matchConstraints: Required value",
        f"spec.validations: {NEITHER}",
        f"spec.auditAnnotations: {NEITHER}",
    ]


def test_expressions_are_stored_uncompiled(client: Any) -> None:
    validations = [{"expression": "object.spec.replicas > 1"}]
    assert causes(client, "validatingadmissionpolicies", matchConstraints=CONSTRAINTS, validations=validations) == []


def test_messages_are_one_line_and_reasons_known(client: Any) -> None:
    validations = [{"expression": "true", "message": "a\nb", "reason": "Whim"}]
    assert causes(client, "validatingadmissionpolicies", matchConstraints=CONSTRAINTS, validations=validations) == [
        'spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks',
        (
            'spec.validations[0].reason: Unsupported value: "Whim": supported values: "Forbidden", "Invalid", '
            '"RequestEntityTooLarge"'
        ),
    ]


def test_variables_are_named_as_cel_names_them(client: Any) -> None:
    given = {"matchConstraints": CONSTRAINTS, "validations": [{"expression": "true"}]}
    variables = [{"name": "in", "expression": "1"}]
    assert causes(client, "validatingadmissionpolicies", **given, variables=variables) == [
        'spec.variables[0].name: Invalid value: "in": must be a valid CEL identifier'
    ]


def test_a_mutation_has_the_part_of_its_kind_and_no_other(client: Any) -> None:
    mutations = [{"patchType": "JSONPatch", "applyConfiguration": {"expression": "Object{}"}}]
    given = {"matchConstraints": CONSTRAINTS, "reinvocationPolicy": "Never", "mutations": mutations}
    assert causes(client, "mutatingadmissionpolicies", **given) == [
        "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch",
        (
            'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when '
            "patchType is JSONPatch"
        ),
    ]


def test_a_binding_names_a_policy_and_its_parameters(client: Any) -> None:
    assert causes(client, "mutatingadmissionpolicybindings", paramRef={}) == [
        "spec.policyName: Required value",
        "spec.paramRef: Required value: one of name or selector must be specified",
        "spec.paramRef.parameterNotFoundAction: Required value",
    ]


def test_denying_and_warning_exclude_each_other(client: Any) -> None:
    found = causes(client, "validatingadmissionpolicybindings", policyName="p", validationActions=["Deny", "Warn"])
    assert found == [
        (
            'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the '
            "same validation failure information in the API response and headers serves no purpose)"
        )
    ]
