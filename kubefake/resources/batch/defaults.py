"""What decoding fills into jobs and cron jobs, and the labels and selector that a new job gets.

Follows pkg/apis/batch/v1/defaults.go and pkg/registry/batch/job/strategy.go.
"""

from __future__ import annotations

from kubefake.resources.core.pod_defaults import default_template
from kubefake.resources.strategy import JSONObject

__all__ = ["GENERATED", "default_cron_job", "default_job", "select_own_pods"]


def default_job_spec(spec: JSONObject) -> None:
    """What the spec of a template of jobs gets: its pods' defaults."""
    default_template(spec["template"])
    for rule in (spec.get("podFailurePolicy") or {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            if not pattern.get("status"):
                pattern["status"] = "True"


def default_job(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """SetDefaults_Job."""
    spec = obj["spec"]
    default_job_spec(spec)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6 if spec.get("backoffLimitPerIndex") is None else 2**31 - 1)
    labels = (spec["template"].get("metadata") or {}).get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    replaced = "TerminatingOrFailed" if spec.get("podFailurePolicy") is None else "Failed"
    spec.setdefault("podReplacementPolicy", replaced)
    spec.setdefault("manualSelector", False)


def default_cron_job(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """SetDefaults_CronJob."""
    spec = obj["spec"]
    default_job_spec(
        spec["jobTemplate"].setdefault("spec", {"template": {"metadata": {}, "spec": {"containers": None}}})
    )
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)


_UID = ("controller-uid", "batch.kubernetes.io/controller-uid")
_NAME = ("job-name", "batch.kubernetes.io/job-name")
GENERATED = frozenset({*_UID, *_NAME})
"""The labels that the server makes for the pods of a job."""


def select_own_pods(obj: JSONObject) -> None:
    """Labels a new job's pods with its name and uid, and selects by the uid; a manual selector is left alone."""
    spec, meta = obj["spec"], obj["metadata"]
    if not spec.get("manualSelector"):
        template = spec["template"]["metadata"]
        labels = template.get("labels") or {}
        shared = bool(labels) and meta.get("labels") == labels  # as they are when the job has them from its template
        for key in _NAME:
            labels.setdefault(key, meta.get("name", ""))
        for key in _UID:
            labels.setdefault(key, meta.get("uid", ""))
        template["labels"] = dict(sorted(labels.items()))
        if shared:
            meta["labels"] = dict(template["labels"])
        selector = spec.setdefault("selector", {}).setdefault("matchLabels", {})
        selector.setdefault(_UID[1], meta.get("uid", ""))
    labels = spec["template"].get("metadata", {}).get("labels")
    if labels and not meta.get("labels"):
        meta["labels"] = dict(labels)
