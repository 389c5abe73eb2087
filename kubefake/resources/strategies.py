"""Where a kind's habits are found: its group's folder, or this table of plain traits.

A group's folder is a package with a mapping `STRATEGIES` from plural names to strategies; a resource that it does not name
gets a plain `Strategy` with the traits below. Folders are imported when their group is first asked for.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Mapping
from typing import Literal

from kubefake.resources.strategy import Strategy

__all__ = ["COUNTS_GENERATION", "FOLDERS", "apply_traits", "plain_strategy", "strategy_for"]

FOLDERS: Mapping[str, str] = {
    "": "core",
    "admissionregistration.k8s.io": "admissionregistration",
    "apiextensions.k8s.io": "crd",
    "apiregistration.k8s.io": "apiregistration",
    "apps": "apps",
    "authentication.k8s.io": "authentication",
    "authorization.k8s.io": "authorization",
    "autoscaling": "autoscaling",
    "batch": "batch",
    "certificates.k8s.io": "certificates",
    "coordination.k8s.io": "coordination",
    "discovery.k8s.io": "endpointslices",
    "events.k8s.io": "events",
    "flowcontrol.apiserver.k8s.io": "flowcontrol",
    "internal.apiserver.k8s.io": "apiserverinternal",
    "networking.k8s.io": "networking",
    "node.k8s.io": "node",
    "policy": "policy",
    "rbac.authorization.k8s.io": "rbac",
    "resource.k8s.io": "dynamicresources",
    "scheduling.k8s.io": "scheduling",
    "storage.k8s.io": "storage",
    "storagemigration.k8s.io": "storagemigration",
}
"""The folder of each group under `kubefake/resources`."""

COUNTS_GENERATION = frozenset(
    {
        "admissionregistration.k8s.io/mutatingadmissionpolicies",
        "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
        "admissionregistration.k8s.io/mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/validatingadmissionpolicies",
        "admissionregistration.k8s.io/validatingadmissionpolicybindings",
        "admissionregistration.k8s.io/validatingwebhookconfigurations",
        "apiextensions.k8s.io/customresourcedefinitions",
        "apps/daemonsets",
        "apps/deployments",
        "apps/replicasets",
        "apps/statefulsets",
        "batch/cronjobs",
        "batch/jobs",
        "discovery.k8s.io/endpointslices",
        "flowcontrol.apiserver.k8s.io/flowschemas",
        "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
        "networking.k8s.io/ingressclasses",
        "networking.k8s.io/ingresses",
        "networking.k8s.io/networkpolicies",
        "policy/poddisruptionbudgets",
        "resource.k8s.io/deviceclasses",
        "resource.k8s.io/resourceslices",
        "scheduling.k8s.io/priorityclasses",
        "/pods",
        "/podtemplates",
        "/replicationcontrollers",
    }
)
"""Resources whose metadata.generation counts changes of the desired state."""

_CREATED_ON_UPDATE = frozenset(
    {
        "/endpoints",
        "/events",
        "/limitranges",
        "/services",
        "coordination.k8s.io/leases",
        "events.k8s.io/events",
        "node.k8s.io/runtimeclasses",
        "rbac.authorization.k8s.io/clusterrolebindings",
        "rbac.authorization.k8s.io/clusterroles",
        "rbac.authorization.k8s.io/rolebindings",
        "rbac.authorization.k8s.io/roles",
    }
)

_ALWAYS_CONDITIONAL = frozenset(
    {
        "admissionregistration.k8s.io/mutatingadmissionpolicies",
        "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
        "admissionregistration.k8s.io/mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/validatingadmissionpolicies",
        "admissionregistration.k8s.io/validatingadmissionpolicybindings",
        "admissionregistration.k8s.io/validatingwebhookconfigurations",
        "apiextensions.k8s.io/customresourcedefinitions",
        "apiregistration.k8s.io/apiservices",
        "coordination.k8s.io/leases",
        "node.k8s.io/runtimeclasses",
        "policy/poddisruptionbudgets",
        "storage.k8s.io/csidrivers",
        "storage.k8s.io/csinodes",
        "storage.k8s.io/csistoragecapacities",
        "storage.k8s.io/volumeattachments",
    }
)

_DEPRECATED: Mapping[str, str] = {
    "/componentstatuses": "v1 ComponentStatus is deprecated in v1.19+",
    "/endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}

_STATUS_ALONE = frozenset(
    {
        "admissionregistration.k8s.io/validatingadmissionpolicies",
        "apiregistration.k8s.io/apiservices",
        "flowcontrol.apiserver.k8s.io/flowschemas",
        "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
        "networking.k8s.io/servicecidrs",
        "resource.k8s.io/resourceclaims",
        "storage.k8s.io/volumeattachments",
    }
)

_OWNED_WHEN_EMPTY: Mapping[str, tuple[str, ...]] = {
    "discovery.k8s.io/endpointslices": ("endpoints", "ports"),
    "storage.k8s.io/csinodes": ("spec.drivers",),
}

_TEMPLATE_LABELS = ("spec.template.metadata.labels",)
_REFUSED_WHEN_EMPTY: Mapping[str, tuple[str, ...]] = {
    "/persistentvolumeclaims": ("spec.accessModes", "spec.resources.requests"),
    "apps/daemonsets": _TEMPLATE_LABELS,
    "apps/deployments": _TEMPLATE_LABELS,
    "apps/replicasets": _TEMPLATE_LABELS,
    "apps/statefulsets": _TEMPLATE_LABELS,
    "autoscaling/horizontalpodautoscalers": (
        "spec.behavior.scaleDown.policies",
        "spec.behavior.scaleUp.policies",
    ),
    "batch/jobs": ("spec.template.spec.containers",),
    "networking.k8s.io/ingresses": ("spec.rules",),
}

_ORPHANING = frozenset({"/replicationcontrollers", "batch/jobs"})

_CHECKED_WHOLE = frozenset(
    {
        "/configmaps",
        "/endpoints",
        "/persistentvolumeclaims",
        "/pods",
        "/secrets",
        "/serviceaccounts",
        "apiregistration.k8s.io/apiservices",
        "apps/controllerrevisions",
        "networking.k8s.io/ingressclasses",
        "networking.k8s.io/ingresses",
        "storage.k8s.io/volumeattributesclasses",
    }
)
"""Kinds whose update validation runs the whole of their creation's."""

_CHECKED_WHOLE_FIRST = frozenset(
    {
        "/nodes",
        "batch/jobs",
        "node.k8s.io/runtimeclasses",
        "resource.k8s.io/deviceclasses",
        "resource.k8s.io/resourceclaims",
        "resource.k8s.io/resourceclaimtemplates",
        "storage.k8s.io/csistoragecapacities",
        "storage.k8s.io/storageclasses",
    }
)
"""Kinds that run it before they look at what changed."""

_CHECKED_WHOLE_ONLY = frozenset(
    {
        "/limitranges",
        "discovery.k8s.io/endpointslices",
        "flowcontrol.apiserver.k8s.io/flowschemas",
        "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
        "storage.k8s.io/csinodes",
        "storage.k8s.io/volumeattachments",
    }
)
"""Kinds that do not look at the changes of metadata themselves."""

_CHECKED_ONCE = frozenset({"/events", "policy/poddisruptionbudgets"})
"""Kinds whose validation leaves metadata to the generic rules."""

_ANY_FINALIZERS = _CHECKED_ONCE | {
    "apiextensions.k8s.io/customresourcedefinitions",
    "apiregistration.k8s.io/apiservices",
    "coordination.k8s.io/leases",
    "node.k8s.io/runtimeclasses",
}

_RETURNED = frozenset(
    {
        "/persistentvolumeclaims",
        "/persistentvolumes",
        "/pods",
        "/podtemplates",
        "/resourcequotas",
        "/serviceaccounts",
        "/services",
        "resource.k8s.io/deviceclasses",
        "resource.k8s.io/resourceclaims",
        "resource.k8s.io/resourceclaimtemplates",
        "resource.k8s.io/resourceslices",
        "storage.k8s.io/csidrivers",
        "storage.k8s.io/csinodes",
        "storage.k8s.io/storageclasses",
        "storage.k8s.io/volumeattachments",
        "storage.k8s.io/volumeattributesclasses",
    }
)


_ZERO_ANNOTATIONS = {"apps/daemonsets": {"deprecated.daemonset.template.generation": "0"}}


def strategy_for(group: str, plural: str) -> Strategy:
    """The habits of a builtin resource."""
    return _folder(group).get(plural) or plain_strategy(group, plural)


@functools.cache
def plain_strategy(group: str, plural: str) -> Strategy:
    """A strategy without hooks, with the traits of that resource."""
    strategy = Strategy()
    apply_traits(strategy, group, plural)
    return strategy


def apply_traits(strategy: Strategy, group: str, plural: str) -> None:
    """Sets the traits that the tables of this module know for a resource."""
    name = f"{group}/{plural}"
    strategy.tracks_generation = name in COUNTS_GENERATION
    strategy.zero_replicas = name in ("apps/deployments", "apps/replicasets", "apps/statefulsets")
    strategy.cached = name not in ("/events", "events.k8s.io/events")
    strategy.allow_create_on_update = name in _CREATED_ON_UPDATE
    strategy.allow_unconditional_update = name not in _ALWAYS_CONDITIONAL
    strategy.orphans_dependents = name in _ORPHANING
    strategy.returns_deleted = name in _RETURNED
    strategy.metadata_checks = _metadata_checks(group, name)
    strategy.changes_checked_last = group == "rbac.authorization.k8s.io"
    strategy.standard_finalizers = name not in _ANY_FINALIZERS and group != "admissionregistration.k8s.io"
    strategy.computed = name == "/componentstatuses"
    strategy.deprecation = _DEPRECATED.get(name, "")
    strategy.zero_annotations = _ZERO_ANNOTATIONS.get(name, {})
    if name in _STATUS_ALONE:
        strategy.status_keeps_metadata = True
        strategy.status_resets = (("f:spec",), ("f:metadata",))
    strategy.owned_when_empty = _OWNED_WHEN_EMPTY.get(name, ())
    strategy.version_annotation = next(iter(strategy.zero_annotations), "")
    strategy.refused_when_empty = _REFUSED_WHEN_EMPTY.get(name, ())
    strategy.resets_status = name != "/nodes"
    if name == "/nodes":  # their status is kept, but nobody comes to own it by this door
        strategy.resets = {"": (("f:status",),)}


def _metadata_checks(group: str, name: str) -> tuple[Literal["update", "whole"], ...]:
    if name in _CHECKED_WHOLE_ONLY or group in ("admissionregistration.k8s.io", "rbac.authorization.k8s.io"):
        return ("whole",)
    if name in _CHECKED_WHOLE_FIRST:
        return ("whole", "update")
    if name == "/persistentvolumes":
        return ("whole", "whole")
    if name in _CHECKED_WHOLE:
        return ("update", "whole")
    return () if name in _CHECKED_ONCE else ("update",)


@functools.cache
def _folder(group: str) -> Mapping[str, Strategy]:
    folder = FOLDERS.get(group)
    if folder is None or importlib.util.find_spec(f"kubefake.resources.{folder}") is None:
        return {}
    module = importlib.import_module(f"kubefake.resources.{folder}")
    strategies: Mapping[str, Strategy] = getattr(module, "STRATEGIES", {})
    return strategies
