"""Custom objects as their definition has them: scaled by its paths, seen by today's schema, gone with it."""

from __future__ import annotations

import pytest

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
THINGS = "/apis/example.com/v1/namespaces/default/things"
MERGE = "application/merge-patch+json"


def definition(spec_schema):
    return {
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "things", "kind": "Thing"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec_schema}}},
                    "subresources": {"scale": {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}},
                }
            ],
        },
    }


INTEGER = {"type": "integer"}
SCHEMA = {"type": "object", "properties": {"n": INTEGER, "old": {"type": "string"}}}


@pytest.fixture
def things(client):
    client(f"POST {DEFINITIONS}", definition(SCHEMA))
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": {"n": 2, "old": "y"}}
    assert client(f"POST {THINGS}", thing)[0] == 201
    return client


def change_schema(client, schema):
    old = client(f"GET {DEFINITIONS}/things.example.com")[1]
    old["spec"]["versions"] = definition(schema)["spec"]["versions"]
    assert client(f"PUT {DEFINITIONS}/things.example.com", old)[0] == 200


def test_a_scale_reads_and_writes_where_the_definition_says(things):
    assert things(f"GET {THINGS}/t/scale")[1]["spec"] == {"replicas": 2}

    assert things(f"PATCH {THINGS}/t/scale", {"spec": {"replicas": 5}}, type=MERGE)[0] == 200

    assert things(f"GET {THINGS}/t")[1]["spec"] == {"n": 5, "old": "y"}


def test_a_scale_of_what_does_not_say_how_many_is_an_error(things):
    things(f"PATCH {THINGS}/t", {"spec": {"n": None}}, type=MERGE)

    code, status = things(f"GET {THINGS}/t/scale")

    assert (code, status["message"]) == (
        500,
        'Internal error occurred: the spec replicas field ".spec.n" does not exist',
    )


def test_objects_are_seen_by_the_schema_of_today(things):
    fresh = {"type": "object", "properties": {"n": INTEGER, "new": {"type": "string", "default": "fresh"}}}
    change_schema(things, fresh)

    assert things(f"GET {THINGS}/t")[1]["spec"] == {"n": 2, "new": "fresh"}
    assert things(f"GET {THINGS}")[1]["items"][0]["spec"] == {"n": 2, "new": "fresh"}


def test_a_write_that_only_settles_what_the_schema_changed_is_no_change_of_state(things):
    change_schema(things, {"type": "object", "properties": {"n": INTEGER}})

    _, patched = things(f"PATCH {THINGS}/t", {"metadata": {"labels": {"l": "m"}}}, type=MERGE)

    assert patched["metadata"]["generation"] == 1
    assert patched["spec"] == {"n": 2}


def test_a_patch_may_not_make_another_kind_of_it(things):
    code, status = things(f"PATCH {THINGS}/t", {"kind": "Thong"}, type=MERGE)

    assert (code, status["details"]["causes"][0]["message"]) == (422, 'Invalid value: "Thong": must be Thing')


def test_a_definition_that_goes_says_what_it_waits_for(things):
    things(f"PATCH {THINGS}/t", {"metadata": {"finalizers": ["example.com/hold"]}}, type=MERGE)

    things(f"DELETE {DEFINITIONS}/things.example.com")

    conditions = things(f"GET {DEFINITIONS}/things.example.com")[1]["status"]["conditions"]
    assert conditions[-1]["reason"] == "InstanceDeletionInProgress"
    held = things(f"GET {THINGS}/t")[1]["metadata"]
    assert "deletionTimestamp" in held
    assert held["generation"] == 2
