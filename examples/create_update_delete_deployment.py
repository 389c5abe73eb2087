"""Creates a Deployment, changes it twice in ways that survive other writers, lists it and deletes it.

    python examples/create_update_delete_deployment.py
    python examples/create_update_delete_deployment.py --server ~/.kube/config

`memory`, the default, is a cluster in this process; anything else is a kubeconfig, of a real cluster or of `kubefake serve`.
"""

from __future__ import annotations

import argparse

from kubeclient import Clientset
from kubeclient.api.apps_v1 import Deployment, DeploymentSpec
from kubeclient.api.core_v1 import Container, ContainerPort, PodSpec, PodTemplateSpec
from kubeclient.api.meta_v1 import LabelSelector, ObjectMeta
from kubeclient.retry import retry_on_conflict

NAME = "demo-deployment"


def connect(server: str) -> Clientset:
    """A client of the cluster in memory or of the one that a kubeconfig names."""
    if server != "memory":
        return Clientset.from_kubeconfig(server)
    from kubefake import Cluster

    return Cluster().client()


def demo() -> Deployment:
    """Two replicas of nginx."""
    labels = {"app": "demo"}
    container = Container(name="web", image="nginx:1.12", ports=[ContainerPort(name="http", container_port=80)])
    template = PodTemplateSpec(metadata=ObjectMeta(labels=labels), spec=PodSpec(containers=[container]))
    spec = DeploymentSpec(replicas=2, selector=LabelSelector(match_labels=labels), template=template)
    return Deployment(metadata=ObjectMeta(name=NAME), spec=spec)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    with connect(parser.parse_args().server) as client:
        deployments = client.apps_v1.deployments("default")
        created = deployments.create(demo())
        print(f"created {created.metadata.name} with {created.spec.replicas} replicas")

        def shrink() -> Deployment:
            # Read, change, write; somebody else may write in between, and then this is done again.
            found = deployments.get(NAME)
            found.spec.replicas = 1
            found.spec.template.spec.containers[0].image = "nginx:1.13"
            return deployments.update(found)

        updated = retry_on_conflict(shrink)
        print(f"updated to {updated.spec.replicas} replica of {updated.spec.template.spec.containers[0].image}")

        scaled = deployments.patch(NAME, {"spec": {"replicas": 3}})
        print(f"patched to {scaled.spec.replicas} replicas")

        for deployment in deployments.list().items:
            print(f" * {deployment.metadata.name} ({deployment.spec.replicas} replicas)")

        deployments.delete(NAME, propagation_policy="Background")
        print(f"deleted {NAME}")


if __name__ == "__main__":
    main()
