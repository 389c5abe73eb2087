"""The pod that all suites use: 1.5 KB of JSON, as one of a deployment has."""

from __future__ import annotations

from typing import Any

__all__ = ["pod", "pod_bytes"]


def pod(index: int, *, labels: dict[str, str] | None = None) -> dict[str, Any]:
    """A pod as JSON has it."""
    name = f"web-7d9f8c6b5-{index:06d}"
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "initialDelaySeconds": 5, "periodSeconds": 10}
    container = {
        "name": "web",
        "image": "registry.example.com/team/web:1.27.3",
        "args": ["--config=/etc/web/config.yaml", "--log-level=info"],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "DATABASE_URL", "value": "postgres://db.default.svc:5432/web"},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "web", "key": "password"}}},
        ],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "livenessProbe": probe,
        "readinessProbe": probe,
        "volumeMounts": [{"name": "config", "mountPath": "/etc/web", "readOnly": True}],
    }
    annotations = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8080",
        "checksum/config": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "default",
            "labels": {"app": "web", "tier": "front", "pod-template-hash": "7d9f8c6b5", **(labels or {})},
            "annotations": annotations,
        },
        "spec": {
            "serviceAccountName": "web",
            "nodeSelector": {"kubernetes.io/os": "linux", "pool": "general"},
            "terminationGracePeriodSeconds": 30,
            "containers": [container],
            "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "web", "effect": "NoSchedule"}],
            "volumes": [{"name": "config", "configMap": {"name": "web-config"}}],
        },
    }


def pod_bytes(index: int, *, labels: dict[str, str] | None = None) -> bytes:
    """A pod as it is sent."""
    from kubeclient.apimachinery.json import encode

    return encode(pod(index, labels=labels))
