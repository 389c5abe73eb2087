"""The IPAddress objects of services: there as long as the service has the address."""

from __future__ import annotations

from typing import Any

SERVICES = "/api/v1/namespaces/default/services"
ADDRESS = "/apis/networking.k8s.io/v1/ipaddresses/10.0.0.77"
MERGE = "application/merge-patch+json"


def service(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "s"}, "spec": {"clusterIP": "10.0.0.77", "ports": [{"port": 80}], **spec}}


def test_a_service_takes_the_address_that_it_has(client: Any) -> None:
    client(f"POST {SERVICES}", service())

    code, address = client(f"GET {ADDRESS}")

    assert code == 200
    assert address["spec"] == {"parentRef": {"resource": "services", "namespace": "default", "name": "s"}}


def test_an_address_is_free_again_after_its_service(client: Any) -> None:
    client(f"POST {SERVICES}", service())
    client(f"DELETE {SERVICES}/s")

    assert client(f"GET {ADDRESS}")[0] == 404
    assert client(f"POST {SERVICES}", service())[0] == 201


def test_a_service_that_turns_to_a_name_gives_its_address_back(client: Any) -> None:
    client(f"POST {SERVICES}", service())
    change = {"type": "ExternalName", "externalName": "a.example", "clusterIP": "", "clusterIPs": None}

    assert client(f"PATCH {SERVICES}/s", {"spec": change}, type=MERGE)[0] == 200
    assert client(f"GET {ADDRESS}")[0] == 404


def test_a_dry_run_takes_no_address(client: Any) -> None:
    assert client(f"POST {SERVICES}?dryRun=All", service())[0] == 201
    assert client(f"GET {ADDRESS}")[0] == 404


def test_a_claim_of_a_class_that_does_not_grow_stays_as_it_is(client: Any) -> None:
    claims = "/api/v1/namespaces/default/persistentvolumeclaims"
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    client(f"POST {claims}", {"metadata": {"name": "c"}, "spec": spec})
    client(f"PATCH {claims}/c/status", {"status": {"phase": "Bound"}}, type=MERGE)
    larger = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}

    code, status = client(f"PATCH {claims}/c", larger, type=MERGE)

    assert code == 403
    assert "the storageclass that provisions the pvc must support resize" in status["message"]
