"""APIServices: named after what they serve, and local ones available at once."""

from __future__ import annotations

from typing import Any

SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"


def create(client: Any, name: str = "v1.x.example", **spec: Any) -> tuple[int, Any]:
    whole = {"group": "x.example", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1, **spec}
    result: tuple[int, Any] = client(f"POST {SERVICES}", {"metadata": {"name": name}, "spec": whole})
    return result


def causes(client: Any, name: str = "v1.x.example", **spec: Any) -> list[str]:
    _, status = create(client, name, **spec)
    return [f"{c['field']}: {c['message']}" for c in status["details"]["causes"]]


def test_the_name_is_version_and_group(client: Any) -> None:
    assert causes(client, "v2.x.example") == [
        'metadata.name: Invalid value: "v2.x.example": must be `spec.version+"."+spec.group`: "v1.x.example"'
    ]


def test_a_local_one_is_available_and_needs_no_trust(client: Any) -> None:
    assert create(client)[1]["status"]["conditions"][0]["reason"] == "Local"
    assert causes(client, insecureSkipTLSVerify=True, caBundle="eHg=") == [
        'spec.caBundle: Invalid value: "2 bytes": local APIServices may not have a caBundle',
        "spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify",
    ]


def test_a_service_gets_the_port_of_https(client: Any) -> None:
    code, created = create(client, service={"namespace": "x", "name": "y"})

    assert code == 201
    assert created["spec"]["service"]["port"] == 443
    assert created["status"] == {}


def test_priorities_are_bounded(client: Any) -> None:
    assert causes(client, groupPriorityMinimum=20_001, versionPriority=0) == [
        "spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000",
        "spec.versionPriority: Invalid value: 0: must be positive and less than 1000",
    ]
