"""Objects for these tests."""

from __future__ import annotations

from typing import Any

from kubeclient.api.apps_v1 import Deployment, DeploymentSpec
from kubeclient.api.core_v1 import ConfigMap, Container, PodSpec, PodTemplateSpec
from kubeclient.api.meta_v1 import LabelSelector, ObjectMeta

__all__ = ["config_map", "deployment", "website_definition"]


def config_map(name: str, *, labels: dict[str, str] | None = None, generate_name: str = "", **data: str) -> ConfigMap:
    """A config map with this data."""
    return ConfigMap(metadata=ObjectMeta(name=name, generate_name=generate_name, labels=labels), data=data or None)


def deployment(name: str, replicas: int = 1) -> Deployment:
    """A deployment of one container that is called as it is."""
    labels = {"app": name}
    template = PodTemplateSpec(
        metadata=ObjectMeta(labels=labels), spec=PodSpec(containers=[Container(name=name, image="nginx")])
    )
    spec = DeploymentSpec(replicas=replicas, selector=LabelSelector(match_labels=labels), template=template)
    return Deployment(metadata=ObjectMeta(name=name), spec=spec)


def website_definition(group: str) -> dict[str, Any]:
    """A definition of websites with a status, a scale, defaults, pruning and validation, in a group of its own."""
    spec = {
        "type": "object",
        "required": ["url"],
        "properties": {
            "url": {"type": "string", "maxLength": 30},
            "replicas": {"type": "integer", "default": 1, "minimum": 0},
        },
    }
    status = {"type": "object", "properties": {"replicas": {"type": "integer"}, "phase": {"type": "string"}}}
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}, "scale": scale},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec, "status": status}}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"websites.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "websites", "singular": "website", "kind": "Website", "listKind": "WebsiteList"},
            "versions": [version],
        },
    }
