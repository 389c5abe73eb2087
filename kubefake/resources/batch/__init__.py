"""The batch group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.batch import cronjob_validation, defaults, validation
from kubefake.resources.batch.status_validation import check_job_status
from kubefake.resources.builtin import BuiltinStrategy, nested
from kubefake.resources.checks import Object
from kubefake.resources.core.object_warnings import warn_template_owner
from kubefake.resources.core.pod_warnings import warn_template
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]


def _warn_job(obj: Object, old: Object | None, context: Context) -> list[str]:
    found = warn_template_owner(obj, old, context)
    spec = obj["spec"]
    large = (spec.get("completions") or 0) > _MANY_COMPLETIONS and (spec.get("parallelism") or 0) > _MANY_AT_ONCE
    if old is None and spec.get("completionMode") == "Indexed" and large:
        found.append(
            "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, a Kubernetes "
            "control plane might not be able to track completedIndexes when a big number of indexes fail"
        )
    return found


def _warn_cron_job(obj: Object, old: Object | None, context: Context) -> list[str]:
    """As of a job; its template lies deeper."""
    inner = ((obj["spec"].get("jobTemplate") or {}).get("spec") or {}).get("template")
    found = warn_template_owner({"metadata": obj["metadata"], "spec": {}}, old, context)
    if old is None or obj["metadata"].get("generation") != old["metadata"].get("generation"):
        found += warn_template("spec.jobTemplate.spec.template", inner)
    return found


_MANY_COMPLETIONS = 100_000
_MANY_AT_ONCE = 10_000


class JobStrategy(BuiltinStrategy):
    """Jobs select the pods that they make, and leave them behind when they are deleted without a word."""

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:  # noqa: ARG002
        defaults.select_own_pods(obj)

    def settles(self, created: Object) -> bool:
        """Labels that a job has from its template, which had none itself, are filled in when it is read."""
        given = (created["spec"]["template"].get("metadata") or {}).get("labels") or {}
        return given.keys() == defaults.GENERATED and created["metadata"].get("labels") == given

    def delete_warnings(self, *, policy_given: bool) -> list[str]:
        if policy_given:
            return []
        text = (
            "child pods are preserved by default when jobs are deleted; "
            "set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"
        )
        return [text]


STRATEGIES: Mapping[str, Strategy] = {
    "cronjobs": BuiltinStrategy(
        "batch",
        "cronjobs",
        default=defaults.default_cron_job,
        check=cronjob_validation.check_cron_job,
        check_update=cronjob_validation.check_cron_job_update,
        warn=_warn_cron_job,
    ),
    "jobs": JobStrategy(
        "batch",
        "jobs",
        default=defaults.default_job,
        check=validation.check_job,
        check_update=validation.check_job_update,
        check_status=check_job_status,
        warn=_warn_job,
        fields={"status.successful": nested("status", "succeeded", default="0")},
        unknown_field='field label "{}" not supported for Job',
    ),
}
