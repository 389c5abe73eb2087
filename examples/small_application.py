"""The objects of a small application, built from code: a namespace, a pod, a replication controller and a service.

    python examples/small_application.py
    python examples/small_application.py --server ~/.kube/config

Amounts are Quantity values, which can be compared and added; ports are numbers or names. Then it polls until a pod is there,
lists what there is, and takes the namespace away with everything in it.
"""

from __future__ import annotations

import argparse

from kubeclient import Clientset
from kubeclient.api.core_v1 import (
    Container,
    ContainerPort,
    HTTPGetAction,
    Namespace,
    Pod,
    PodSpec,
    PodTemplateSpec,
    Probe,
    ReplicationController,
    ReplicationControllerSpec,
    ResourceRequirements,
    Service,
    ServicePort,
    ServiceSpec,
)
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.quantity import Quantity

SPACE = "example-shop"
LABELS = {"app": "shop"}


def connect(server: str) -> Clientset:
    """A client of the cluster in memory or of the one that a kubeconfig names."""
    if server != "memory":
        return Clientset.from_kubeconfig(server)
    from kubefake import Cluster

    return Cluster().client()


def pod_spec() -> PodSpec:
    """One web server that says whether it is well, and how much it needs."""
    requests = {"cpu": Quantity("100m"), "memory": Quantity("64Mi")}
    limits = {name: amount + amount for name, amount in requests.items()}
    return PodSpec(
        containers=[
            Container(
                name="web",
                image="nginx:1.27",
                ports=[ContainerPort(name="http", container_port=80)],
                resources=ResourceRequirements(requests=requests, limits=limits),
                readiness_probe=Probe(http_get=HTTPGetAction(path="/", port="http")),
                liveness_probe=Probe(http_get=HTTPGetAction(path="/", port=80)),
            )
        ]
    )


def controller() -> ReplicationController:
    """Keeps two such pods, and takes the one that is there already for one of them."""
    template = PodTemplateSpec(metadata=ObjectMeta(labels=LABELS), spec=pod_spec())
    spec = ReplicationControllerSpec(replicas=2, selector=LABELS, template=template)
    return ReplicationController(metadata=ObjectMeta(name="shop"), spec=spec)


def service() -> Service:
    """Leads to the pods: to the port that they call "http"."""
    spec = ServiceSpec(selector=LABELS, ports=[ServicePort(name="http", port=8080, target_port="http")])
    return Service(metadata=ObjectMeta(name="shop"), spec=spec)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    with connect(parser.parse_args().server) as client:
        core = client.core_v1
        core.namespaces().create(Namespace(metadata=ObjectMeta(name=SPACE)))
        core.pods(SPACE).create(Pod(metadata=ObjectMeta(name="shop-0", labels=LABELS), spec=pod_spec()))
        kept = core.replication_controllers(SPACE).create(controller())
        reached = core.services(SPACE).create(service())
        print(f"controller {kept.metadata.name} wants {kept.spec.replicas} pods")
        print(
            f"service {reached.metadata.name} leads from {reached.spec.ports[0].port} to {reached.spec.ports[0].target_port}"
        )

        for _ in range(30):
            pods = core.pods(SPACE).list(label_selector="app=shop").items
            if pods:
                break
            client.runtime.sleep(1)
        for pod in pods:
            limits = pod.spec.containers[0].resources.limits
            print(f"pod {pod.metadata.name}: {limits['cpu']} of a processor, {limits['memory']} of memory at most")
        core.namespaces().delete(SPACE)
        print(f"deleted {SPACE}")


if __name__ == "__main__":
    main()
