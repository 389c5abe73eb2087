"""Pods: what the server fills in, refuses, and lets change."""

from __future__ import annotations

from typing import Any

import pytest

PODS = "/api/v1/namespaces/default/pods"


def causes(status: dict[str, Any]) -> list[tuple[str, str]]:
    return [(cause["field"], cause["message"]) for cause in status["details"]["causes"]]


def test_a_pod_is_filled_in(client: Any, pod: Any) -> None:
    code, made = client(f"POST {PODS}", pod())

    assert code == 201
    assert made["spec"]["restartPolicy"] == "Always"
    assert made["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent"
    assert made["spec"]["priority"] == 0
    assert [t["tolerationSeconds"] for t in made["spec"]["tolerations"]] == [300, 300]
    assert made["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1", "IfNotPresent"),
        (f"n@sha256:{'a' * 64}", "IfNotPresent"),
    ],
)
def test_the_latest_image_is_always_pulled(client: Any, pod: Any, image: str, policy: str) -> None:
    _, made = client(f"POST {PODS}", pod(containers=[{"name": "c", "image": image}]))

    assert made["spec"]["containers"][0]["imagePullPolicy"] == policy


def test_requests_follow_limits_and_make_a_pod_guaranteed(client: Any, pod: Any) -> None:
    limits = {"cpu": "1", "memory": "1Gi"}
    _, made = client(f"POST {PODS}", pod(containers=[{"name": "c", "image": "i", "resources": {"limits": limits}}]))

    assert made["spec"]["containers"][0]["resources"]["requests"] == limits
    assert made["status"]["qosClass"] == "Guaranteed"


def test_every_error_is_told_in_the_order_of_the_server(client: Any, pod: Any) -> None:
    ports = [{"containerPort": 0, "protocol": "X"}]
    code, status = client(f"POST {PODS}", pod(containers=[{"name": "C_", "image": "", "ports": ports}], dnsPolicy="No"))

    assert code == 422
    assert [field for field, _ in causes(status)] == [
        "spec.containers[0].name",
        "spec.containers[0].image",
        "spec.containers[0].ports[0].containerPort",
        "spec.containers[0].ports[0].protocol",
        "spec.dnsPolicy",
    ]


def test_only_the_image_of_a_container_may_change(client: Any, pod: Any) -> None:
    client(f"POST {PODS}", pod())
    merge = "application/strategic-merge-patch+json"

    code, _ = client(f"PATCH {PODS}/p", {"spec": {"containers": [{"name": "c", "image": "x:2"}]}}, type=merge)
    refused, status = client(f"PATCH {PODS}/p", {"spec": {"hostNetwork": True}}, type=merge)

    assert code == 200
    assert refused == 422
    assert causes(status)[0][1].startswith("Forbidden: pod updates may not change fields other than `spec.containers")
    assert '+  "HostNetwork": true' in causes(status)[0][1]


def test_an_unknown_priority_class_is_refused(client: Any, pod: Any) -> None:
    code, status = client(f"POST {PODS}", pod(priorityClassName="none"))

    assert code == 403
    assert status["message"].endswith("no PriorityClass with name none was found")


def test_a_resize_may_not_change_the_class_of_a_pod(client: Any, pod: Any) -> None:
    client(f"POST {PODS}", pod())
    patch = {"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]}}

    code, status = client(f"PATCH {PODS}/p/resize", patch, type="application/strategic-merge-patch+json")

    assert code == 422
    assert ("spec", 'Invalid value: "BestEffort": Pod QOS Class may not change as a result of resizing') in causes(
        status
    )
