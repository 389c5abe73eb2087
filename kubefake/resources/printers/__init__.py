"""Table cells of builtin kinds, as kube-apiserver's printers compute them. Assembling tables is `wire/table.py`'s job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from . import cluster, core, pods, workloads
from .text import Cells, JSONMapping, Printer, name_of

__all__ = ["Cells", "Printer", "cells", "printer", "row_conditions"]

_PRINTERS: Final[Mapping[tuple[str, str], Printer]] = {
    ("", "componentstatuses"): core.component_status,
    ("", "configmaps"): core.config_map,
    ("", "endpoints"): core.endpoints,
    ("", "events"): core.event,
    ("", "namespaces"): core.namespace,
    ("", "nodes"): core.node,
    ("", "persistentvolumeclaims"): core.persistent_volume_claim,
    ("", "persistentvolumes"): core.persistent_volume,
    ("", "pods"): pods.pod,
    ("", "podtemplates"): pods.pod_template,
    ("", "replicationcontrollers"): core.replication_controller,
    ("", "resourcequotas"): core.resource_quota,
    ("", "secrets"): core.secret,
    ("", "serviceaccounts"): cluster.age_only,
    ("", "services"): core.service,
    ("admissionregistration.k8s.io", "mutatingadmissionpolicies"): cluster.validating_policy,
    ("admissionregistration.k8s.io", "mutatingadmissionpolicybindings"): cluster.policy_binding,
    ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"): cluster.webhooks,
    ("admissionregistration.k8s.io", "validatingadmissionpolicies"): cluster.validating_policy,
    ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"): cluster.policy_binding,
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations"): cluster.webhooks,
    ("apiregistration.k8s.io", "apiservices"): cluster.api_service,
    ("apps", "controllerrevisions"): workloads.controller_revision,
    ("apps", "daemonsets"): workloads.daemon_set,
    ("apps", "deployments"): workloads.deployment,
    ("apps", "replicasets"): workloads.replica_set,
    ("apps", "statefulsets"): workloads.stateful_set,
    ("autoscaling", "horizontalpodautoscalers"): workloads.horizontal_pod_autoscaler,
    ("batch", "cronjobs"): workloads.cron_job,
    ("batch", "jobs"): workloads.job,
    ("certificates.k8s.io", "certificatesigningrequests"): cluster.csr,
    ("coordination.k8s.io", "leases"): cluster.lease,
    ("discovery.k8s.io", "endpointslices"): cluster.endpoint_slice,
    ("events.k8s.io", "events"): core.event,
    ("flowcontrol.apiserver.k8s.io", "flowschemas"): cluster.flow_schema,
    ("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations"): cluster.priority_level,
    ("networking.k8s.io", "ingressclasses"): cluster.ingress_class,
    ("networking.k8s.io", "ingresses"): cluster.ingress,
    ("networking.k8s.io", "ipaddresses"): cluster.ip_address,
    ("networking.k8s.io", "networkpolicies"): cluster.network_policy,
    ("networking.k8s.io", "servicecidrs"): cluster.service_cidr,
    ("node.k8s.io", "runtimeclasses"): cluster.runtime_class,
    ("policy", "poddisruptionbudgets"): workloads.pod_disruption_budget,
    ("rbac.authorization.k8s.io", "clusterrolebindings"): cluster.binding,
    ("rbac.authorization.k8s.io", "rolebindings"): cluster.binding,
    ("resource.k8s.io", "deviceclasses"): cluster.age_only,
    ("resource.k8s.io", "resourceclaims"): cluster.resource_claim,
    ("resource.k8s.io", "resourceclaimtemplates"): cluster.age_only,
    ("resource.k8s.io", "resourceslices"): cluster.resource_slice,
    ("scheduling.k8s.io", "priorityclasses"): cluster.priority_class,
    ("storage.k8s.io", "csidrivers"): cluster.csi_driver,
    ("storage.k8s.io", "csinodes"): cluster.csi_node,
    ("storage.k8s.io", "storageclasses"): cluster.storage_class,
    ("storage.k8s.io", "volumeattachments"): cluster.volume_attachment,
    ("storage.k8s.io", "volumeattributesclasses"): cluster.volume_attributes_class,
}


def _default(obj: JSONMapping, now: datetime) -> Cells:  # noqa: ARG001
    """Kinds without a printer show when they were made, not how old they are."""
    return [name_of(obj), obj["metadata"].get("creationTimestamp")]


def printer(group: str, plural: str) -> Printer:
    """What computes the cells of a builtin resource."""
    return _PRINTERS.get((group, plural), _default)


def cells(group: str, plural: str, obj: JSONMapping, now: str) -> Cells:
    """The cells of one object, wide columns included; `now` is RFC 3339."""
    return printer(group, plural)(obj, datetime.fromisoformat(now))


def row_conditions(group: str, plural: str, obj: JSONMapping) -> list[dict[str, Any]] | None:
    """The conditions of an object's row: only pods that have ended have some."""
    return pods.pod_conditions(obj) if plural == "pods" and not group else None
