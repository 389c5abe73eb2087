"""The batch group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.batch import defaults, validation
from kubefake.resources.batch.status_validation import check_job_status
from kubefake.resources.builtin import BuiltinStrategy, nested
from kubefake.resources.strategy import Context, JSONObject, Strategy

__all__ = ["STRATEGIES"]


class JobStrategy(BuiltinStrategy):
    """Jobs select the pods that they make, and leave them behind when they are deleted without a word."""

    def prepare_for_create(self, obj: JSONObject, context: Context) -> None:  # noqa: ARG002
        defaults.select_own_pods(obj)

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
        check=validation.check_cron_job,
        check_update=validation.check_cron_job_update,
    ),
    "jobs": JobStrategy(
        "batch",
        "jobs",
        default=defaults.default_job,
        check=validation.check_job,
        check_update=validation.check_job_update,
        check_status=check_job_status,
        fields={"status.successful": nested("status", "succeeded", default="0")},
        unknown_field='field label "{}" not supported for Job',
    ),
}
