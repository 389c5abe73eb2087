"""Creates, changes, lists and deletes a Deployment without any type: the dynamic client works on what JSON says.

python examples/dynamic_deployment.py
python examples/dynamic_deployment.py --server ~/.kube/config
"""

from __future__ import annotations

import argparse
from typing import Any

from kubeclient import Clientset
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.retry import retry_on_conflict

NAME = "demo-dynamic"


def connect(server: str) -> Clientset:
    """A client of the cluster in memory or of the one that a kubeconfig names."""
    if server != "memory":
        return Clientset.from_kubeconfig(server)
    from kubefake import Cluster

    return Cluster().client()


def demo() -> Unstructured:
    """Two replicas of nginx, as a manifest would say it."""
    container: dict[str, Any] = {"name": "web", "image": "nginx:1.12", "ports": [{"name": "http", "containerPort": 80}]}
    labels = {"app": "demo"}
    return Unstructured(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": NAME},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    with connect(parser.parse_args().server) as client:
        deployments = client.dynamic.resource("apps/v1", "deployments").namespace("default")
        created = deployments.create(demo())
        print(f"created {created.name} with {created['spec']['replicas']} replicas")

        def change() -> Unstructured:
            found = deployments.get(NAME)
            found["spec"]["replicas"] = 1
            found["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:1.13"
            return deployments.update(found)

        updated = retry_on_conflict(change)
        image = updated["spec"]["template"]["spec"]["containers"][0]["image"]
        print(f"updated to {updated['spec']['replicas']} replica of {image}")

        for deployment in deployments.list().items:
            print(f" * {deployment.name} ({deployment['spec']['replicas']} replicas)")

        deployments.delete(NAME, propagation_policy="Foreground")
        print(f"deleted {NAME}")


if __name__ == "__main__":
    main()
