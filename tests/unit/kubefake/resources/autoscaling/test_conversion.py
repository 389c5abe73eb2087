"""Autoscalers in their two versions."""

from __future__ import annotations

from typing import Any

V1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers"
V2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}


def test_what_v1_has_no_field_for_rides_in_annotations(client: Any) -> None:
    memory = {
        "type": "Resource",
        "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}},
    }
    spec = {
        "maxReplicas": 3,
        "scaleTargetRef": TARGET,
        "metrics": [memory],
        "behavior": {"scaleDown": {"policies": []}},
    }
    spec["behavior"] = {"scaleDown": {"stabilizationWindowSeconds": 5}}
    client(f"POST {V2}", {"metadata": {"name": "h"}, "spec": spec})

    _, old = client(f"GET {V1}/h")
    _, new = client(f"GET {V2}/h")

    annotations = old["metadata"]["annotations"]
    assert annotations["autoscaling.alpha.kubernetes.io/metrics"] == (
        '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}]'
    )
    assert '"ScaleDown":{"StabilizationWindowSeconds":5' in annotations["autoscaling.alpha.kubernetes.io/behavior"]
    assert new["spec"]["metrics"] == [memory]


def test_a_percentage_of_v1_is_a_metric_of_v2(client: Any) -> None:
    spec = {"maxReplicas": 3, "scaleTargetRef": TARGET, "targetCPUUtilizationPercentage": 60}
    client(f"POST {V1}", {"metadata": {"name": "h"}, "spec": spec})

    _, seen = client(f"GET {V2}/h")

    target = {"type": "Utilization", "averageUtilization": 60}
    assert seen["spec"]["metrics"] == [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
