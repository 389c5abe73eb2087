"""What decoding fills into deployments, daemon sets, stateful sets and replica sets.

Follows pkg/apis/apps/v1/{defaults,conversion}.go.
"""

from __future__ import annotations

import re
from typing import Final

from kubeclient.apimachinery.errors import new_bad_request
from kubeclient.apimachinery.gotext import quote
from kubefake.resources.core.defaults import default_claim
from kubefake.resources.core.pod_defaults import default_template
from kubefake.resources.strategy import JSONObject

__all__ = [
    "TEMPLATE_GENERATION",
    "default_daemon_set",
    "default_deployment",
    "default_replica_set",
    "default_stateful_set",
]


def default_deployment(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """SetDefaults_Deployment."""
    spec = obj["spec"]
    default_template(spec["template"])
    spec.setdefault("replicas", 1)
    strategy = spec["strategy"]
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)


def default_daemon_set(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """SetDefaults_DaemonSet, and the annotation that the conversion between versions leaves."""
    _template_generation(obj["metadata"])
    spec = obj["spec"]
    default_template(spec["template"])
    strategy = spec["updateStrategy"]
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)


TEMPLATE_GENERATION: Final = "deprecated.daemonset.template.generation"


def _template_generation(meta: JSONObject) -> None:
    """The number is a field of the internal type; as an annotation it is always there, and who writes without it resets it."""
    annotations = meta.get("annotations") or {}
    given = annotations.get(TEMPLATE_GENERATION, "0")
    if not _INTEGER.fullmatch(given):
        text = f"strconv.ParseInt: parsing {quote(given)}: invalid syntax"
        raise new_bad_request(f'DaemonSet in version "v1" cannot be handled as a DaemonSet: {text}')
    meta["annotations"] = dict(sorted({**annotations, TEMPLATE_GENERATION: str(int(given))}.items()))


_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def default_stateful_set(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """SetDefaults_StatefulSet, and the kinds of the claims' templates."""
    spec = obj["spec"]
    default_template(spec["template"])
    for claim in spec.get("volumeClaimTemplates") or ():
        claim["kind"], claim["apiVersion"] = "PersistentVolumeClaim", "v1"
        default_claim(claim)
    spec.setdefault("podManagementPolicy", "OrderedReady")
    strategy = spec["updateStrategy"]
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
        strategy.setdefault("rollingUpdate", {})
    if strategy["type"] == "RollingUpdate" and strategy.get("rollingUpdate") is not None:
        strategy["rollingUpdate"].setdefault("partition", 0)
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    retention.setdefault("whenDeleted", "Retain")
    retention.setdefault("whenScaled", "Retain")
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)


def default_replica_set(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """SetDefaults_ReplicaSet."""
    spec = obj["spec"]
    default_template(spec["template"])
    spec.setdefault("replicas", 1)
