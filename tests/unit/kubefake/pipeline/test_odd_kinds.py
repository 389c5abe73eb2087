"""What single kinds do otherwise than most: names that are addresses, lists that are owned empty, versions of evictions."""

from __future__ import annotations

import base64
from typing import Any

import pytest

POD = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses"
PODS = "/api/v1/namespaces/default/pods"
REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"


def _causes(status: Any) -> list[tuple[str, str]]:
    return [(cause["field"], cause["message"]) for cause in status["details"]["causes"]]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("not-an-ip", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        ("010.1.1.1", "must not have leading 0s"),
        ("2001:DB8::1", 'must be in canonical form ("2001:db8::1")'),
        ("::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"),
    ],
)
def test_an_address_is_named_as_it_is_spelt(client, name, problem):
    code, status = client(f"POST {ADDRESSES}", {"metadata": {"name": name}})

    named = f'Invalid value: "{name}": {problem}'
    assert (code, _causes(status)) == (422, [("metadata.name", named), ("spec.parentRef", "Required value")])


def test_what_holds_an_address_is_named_whole_and_stays(client):
    held = {"resource": "services", "namespace": "a", "name": "s"}
    code, status = client(
        f"POST {ADDRESSES}", {"metadata": {"name": "1.2.3.4"}, "spec": {"parentRef": {"name": "a/b"}}}
    )

    assert code == 422
    assert _causes(status) == [
        ("spec.parentRef.resource", "Required value"),
        ("spec.parentRef.name", "Invalid value: \"a/b\": may not contain '/'"),
    ]
    assert client(f"POST {ADDRESSES}", {"metadata": {"name": "1.2.3.4"}, "spec": {"parentRef": held}})[0] == 201
    merge = "application/merge-patch+json"
    code, status = client(f"PATCH {ADDRESSES}/1.2.3.4", {"spec": {"parentRef": {"name": "t"}}}, type=merge)
    assert (code, _causes(status)[0][0]) == (422, "spec.parentRef")


def test_limits_are_owned_though_empty_and_stored_as_null(client):
    path = "/api/v1/namespaces/default/limitranges"

    _, empty = client(f"POST {path}", {"metadata": {"name": "a"}, "spec": {"limits": []}})
    _, none = client(f"POST {path}", {"metadata": {"name": "b"}, "spec": {"limits": None}})

    assert empty["spec"] == none["spec"] == {"limits": None}
    assert [entry["fieldsV1"] for entry in empty["metadata"]["managedFields"]] == [{"f:spec": {"f:limits": {}}}]
    assert "managedFields" not in none["metadata"]


@pytest.mark.parametrize("version", ["policy/v1", "policy/v1beta1"])
def test_evictions_are_taken_in_both_versions(client, version):
    client(f"POST {PODS}", POD)

    code, _ = client(f"POST {PODS}/p/eviction", {"apiVersion": version, "kind": "Eviction", "metadata": {"name": "p"}})

    assert code == 201


@pytest.mark.parametrize(("query", "key"), [("", "/registry/pods/default/p"), ("?dryRun=All", "/pods/default/p")])
def test_a_dry_run_names_keys_without_their_prefix(client, query, key):
    client(f"POST {PODS}", POD)
    binding = {"metadata": {"name": "p", "uid": "other"}, "target": {"kind": "Node", "name": "n"}}

    code, status = client(f"POST {PODS}/p/binding{query}", binding)

    assert code == 409
    assert f"Key: {key}," in status["message"]


def test_a_request_is_the_first_whole_block(client):
    def post(name: str, *blocks: tuple[str, str]) -> int:
        text = "".join(f"-----BEGIN {kind}-----\n{data}\n-----END {kind}-----\n" for kind, data in blocks)
        spec = {
            "request": base64.b64encode(text.encode()).decode(),
            "signerName": "example.com/s",
            "usages": ["client auth"],
        }
        return client(f"POST {REQUESTS}", {"metadata": {"name": name}, "spec": spec})[0]

    assert post("a", ("CERTIFICATE REQUEST", "MIIB")) == 201
    assert post("b", ("CERTIFICATE REQUEST", "MII")) == 422
    assert post("c", ("CERTIFICATE", "MIIB"), ("CERTIFICATE REQUEST", "MIIB")) == 422


def test_groups_that_the_server_serves_itself_are_registered(client):
    _, listed = client("GET /apis/apiregistration.k8s.io/v1/apiservices")
    _, apps = client("GET /apis/apiregistration.k8s.io/v1/apiservices/v1.apps")

    assert len(listed["items"]) == 21
    assert apps["spec"] == {"group": "apps", "version": "v1", "groupPriorityMinimum": 17800, "versionPriority": 15}
    assert apps["status"]["conditions"][0]["reason"] == "Local"
