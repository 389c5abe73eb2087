"""What a definition's scale paths lead to must be whole numbers, and finalizers of custom objects should have a domain."""

from __future__ import annotations

from oracle.definitions import DEFINITIONS

from kubeclient.transport.protocol import header

DEFINITION = DEFINITIONS[0]
THINGS = "/apis/differential.example/v1/namespaces/default/things"


def test_replicas_of_another_type_are_told_twice(client):
    client("POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
    thing = {"apiVersion": "differential.example/v1", "kind": "Thing", "metadata": {"name": "a"}}

    code, status = client(f"POST {THINGS}", {**thing, "spec": {"size": "s", "replicas": "3"}})

    causes = [(cause["field"], cause["message"]) for cause in status["details"]["causes"]]
    assert code == 422
    told = "Invalid value: 0: .spec.replicas accessor error: 3 is of the type string, expected int64"
    assert causes[-1] == (".spec.replicas", told)


def test_finalizers_without_a_domain_are_warned_of_once(client):
    client("POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions", DEFINITION)
    thing = {"apiVersion": "differential.example/v1", "kind": "Thing", "spec": {"size": "s"}}
    named = {**thing, "metadata": {"name": "a", "finalizers": ["nodomain", "orphan", "example.com/x"]}}

    first = client.raw(f"POST {THINGS}", named)
    again = client.raw(f"PATCH {THINGS}/a", {"metadata": {"labels": {"a": "b"}}}, type="application/merge-patch+json")

    assert '\\"nodomain\\": prefer a domain-qualified' in header(first.headers, "warning")
    assert header(again.headers, "warning") is None


def test_bad_options_are_told_before_there_is_nothing_to_scale(client):
    path = "/apis/apps/v1/namespaces/default/deployments/none/scale?dryRun=Some"

    code, status = client(f"PATCH {path}", {"spec": {"replicas": 1}}, type="application/merge-patch+json")

    assert (code, status["details"]["kind"]) == (422, "PatchOptions")
