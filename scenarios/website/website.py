"""What the operator decides: pure functions from what is seen to what should be. Nothing here waits or talks to a server.

A Website stays a dict with the names of its CRD (the dynamic client's Unstructured); its children are typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kubeclient.api.apps_v1 import Deployment, DeploymentSpec
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import (
    ConfigMap,
    Container,
    ContainerPort,
    PodSpec,
    PodTemplateSpec,
    Service,
    ServicePort,
    ServiceSpec,
)
from kubeclient.api.meta_v1 import LabelSelector, ObjectMeta, OwnerReference
from kubeclient.apimachinery.conditions import set_status_condition
from kubeclient.apimachinery.gvk import GroupVersionKind, GroupVersionResource
from kubeclient.apimachinery.meta import controller_of, is_controlled_by, new_controller_ref
from kubeclient.apimachinery.times import Time
from kubeclient.cache import DeletedFinalStateUnknown
from kubeclient.dynamic import Unstructured

GVK = GroupVersionKind("example.com", "v1", "Website")
GVR = GroupVersionResource("example.com", "v1", "websites")
FINALIZER = "example.com/dns-record"
DNS_RECORDS = "dns-records"  # a ConfigMap in each namespace: which host leads to which Website
PART_OF = "example.com/website"
RETRY_TAKEN_HOST = 30.0


@dataclass(frozen=True)
class Problem:
    """Why a Website cannot be what it should be; trying again soon would not help."""

    reason: str
    message: str


# Children.


def labels(website: Unstructured) -> dict[str, str]:
    """What marks the pods of a Website, and everything else that belongs to it."""
    return {PART_OF: website.name}


def metadata(website: Unstructured) -> ObjectMeta:
    """Children bear the name of their Website: a second one cannot be made, however often that is tried."""
    owner = new_controller_ref(website, GVK, OwnerReference)
    return ObjectMeta(name=website.name, namespace=website.namespace, labels=labels(website), owner_references=[owner])


def desired_deployment(website: Unstructured) -> Deployment:
    """The Deployment that a Website asks for."""
    spec = website["spec"]
    container = Container(name="site", image=spec["image"], ports=[ContainerPort(container_port=spec["port"])])
    template = PodTemplateSpec(metadata=ObjectMeta(labels=labels(website)), spec=PodSpec(containers=[container]))
    return Deployment(
        metadata=metadata(website),
        spec=DeploymentSpec(
            replicas=spec["replicas"], selector=LabelSelector(match_labels=labels(website)), template=template
        ),
    )


def desired_service(website: Unstructured) -> Service:
    """The Service that a Website asks for."""
    port = ServicePort(name="http", port=80, target_port=website["spec"]["port"])
    return Service(metadata=metadata(website), spec=ServiceSpec(selector=labels(website), ports=[port]))


def changed_deployment(current: Deployment, website: Unstructured) -> Deployment | None:
    """The current Deployment with what the Website decides put right; None when nothing is to be changed.

    Only those fields are compared: the rest holds the server's defaults and what others own.
    """
    desired = desired_deployment(website).spec
    changed = deep_copy(current)
    containers, wanted = changed.spec.template.spec.containers, desired.template.spec.containers[0]
    site = next((one for one in containers if one.name == wanted.name), None)
    if site is None:
        containers.insert(0, wanted)
    else:
        site.image = wanted.image
        if [port.container_port for port in site.ports] != [port.container_port for port in wanted.ports]:
            site.ports = wanted.ports
    changed.spec.replicas = desired.replicas
    return None if changed == current else changed


def changed_service(current: Service, website: Unstructured) -> Service | None:
    """As `changed_deployment`."""
    desired = desired_service(website).spec
    changed = deep_copy(current)
    changed.spec.selector = desired.selector
    if [(port.port, port.target_port) for port in changed.spec.ports] != [(80, website["spec"]["port"])]:
        changed.spec.ports = desired.ports
    return None if changed == current else changed


def foreign(child: Deployment | Service, website: Unstructured) -> Problem | None:
    """The problem that something of a child's name is there and belongs to somebody else. It is not adopted."""
    if is_controlled_by(child, website):
        return None
    return Problem(
        "NotOwned", f'{type(child).__name__} "{child.metadata.name}" exists and is not controlled by this Website'
    )


def owner_key(child: Any) -> str | None:
    """The key of the Website that a child, or what is left of a deleted one, belongs to."""
    obj = child.obj if isinstance(child, DeletedFinalStateUnknown) else child
    owner = controller_of(obj)
    if owner is None or owner.kind != GVK.kind or owner.api_version != GVK.api_version:
        return None
    return f"{obj.metadata.namespace}/{owner.name}"


# The host's record.


def host_of(website: Unstructured) -> str:
    """The host that leads to a Website; "" for none."""
    host: str = website["spec"].get("host") or ""
    return host


def needs_record(website: Unstructured) -> bool:
    """Whether the Website has, or may have left, an entry among the records."""
    return bool(host_of(website)) or FINALIZER in website.finalizers


def with_record(records: dict[str, str], website: Unstructured, host: str) -> dict[str, str]:
    """The records with this Website under `host` alone ("": nowhere). Raises HostTakenError."""
    if host and records.get(host, website.name) != website.name:
        raise HostTakenError(host, records[host])
    others = {name: site for name, site in records.items() if site != website.name}
    return {**others, host: website.name} if host else others


def new_records(website: Unstructured, host: str) -> ConfigMap:
    """The ConfigMap of a namespace's records, with the first one."""
    return ConfigMap(
        metadata=ObjectMeta(name=DNS_RECORDS, namespace=website.namespace), data=with_record({}, website, host)
    )


class HostTakenError(Exception):
    """Another Website has the host."""

    def __init__(self, host: str, holder: str) -> None:
        super().__init__(f'host "{host}" belongs to Website "{holder}"')

    @property
    def problem(self) -> Problem:
        return Problem("HostTaken", str(self))


# Status.


def changed_status(
    website: Unstructured, deployment: Deployment, problem: Problem | None, now: Time
) -> Unstructured | None:
    """The Website with its status brought up to date; None when it is already, so that a calm Website is not written."""
    changed = website.deep_copy()
    status = changed.setdefault("status", {})
    ready = 0 if foreign(deployment, website) else deployment.status.ready_replicas
    status["observedGeneration"] = website.generation
    status["readyReplicas"] = ready
    conditions: list[Any] = status.setdefault("conditions", [])
    for condition in conditions_of(website, deployment, ready, problem):
        set_status_condition(conditions, condition, now=now)
    return None if changed == website else changed


def conditions_of(
    website: Unstructured, deployment: Deployment, ready: int, problem: Problem | None
) -> list[dict[str, Any]]:
    """Ready and Progressing, without the times of their transitions."""
    wanted = website["spec"]["replicas"]
    if problem is not None:
        states = (
            ("Ready", "False", problem.reason, problem.message),
            ("Progressing", "False", problem.reason, problem.message),
        )
    elif rolled_out(deployment, wanted):
        text = f"{ready} of {wanted} replicas are ready"
        states = (("Ready", "True", "AllReplicasReady", text), ("Progressing", "False", "RolledOut", text))
    else:
        text = f"{ready} of {wanted} replicas are ready"
        states = (("Ready", "False", "ReplicasMissing", text), ("Progressing", "True", "RollingOut", text))
    return [
        {"type": type_, "status": state, "reason": reason, "message": message, "observedGeneration": website.generation}
        for type_, state, reason, message in states
    ]


def rolled_out(deployment: Deployment, wanted: int) -> bool:
    """Whether the Deployment's controller has seen its last spec, and all replicas are of it and ready."""
    status = deployment.status
    return (
        status.observed_generation >= deployment.metadata.generation
        and deployment.spec.replicas == wanted
        and status.updated_replicas == status.replicas == status.ready_replicas == wanted
    )
