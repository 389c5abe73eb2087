"""What is wrong with cron jobs.

Follows pkg/apis/batch/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.batch.schedules import schedule_problem
from kubefake.resources.batch.validation import check_job_spec
from kubefake.resources.checks import Object, at_least_zero, one_of
from kubefake.resources.strategy import Context

__all__ = ["check_cron_job", "check_cron_job_update"]


def check_cron_job(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new cron job."""
    found = _cron(obj["spec"], None)
    name = obj["metadata"].get("name", "")
    if len(name) > 52:
        found.append(field.invalid("metadata.name", name, "must be no more than 52 characters"))
    return found


def check_cron_job_update(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a cron job."""
    return _cron(obj["spec"], old["spec"])


def _cron(spec: Object, old: Object | None) -> list[FieldError]:
    found: list[FieldError] = []
    schedule, zone = spec.get("schedule", ""), spec.get("timeZone")
    if not schedule:
        found.append(field.required("spec.schedule"))
    else:
        problem = schedule_problem(schedule)
        if problem:
            found.append(field.invalid("spec.schedule", schedule, problem))
        if "TZ" in schedule:
            tolerated = old is not None and "TZ" in old.get("schedule", "")
            text = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
            if tolerated and zone is not None:
                text = "cannot use both timeZone field and TZ or CRON_TZ in schedule"
            if not tolerated or zone is not None:
                found.append(field.invalid("spec.schedule", schedule, text))
    found += at_least_zero("spec.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
    if zone is not None and (old is None or old.get("timeZone") != zone):
        found += _zone(zone)
    known = ["Allow", "Forbid", "Replace"]
    found += one_of("spec.concurrencyPolicy", spec.get("concurrencyPolicy", ""), known, required=True)
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    if job.get("selector") is not None:
        text = "`selector` will be auto-generated"
        found.append(field.invalid("spec.jobTemplate.spec.selector", job["selector"], text))
    if job.get("manualSelector"):
        known = ["nil", "false"]
        found.append(field.not_supported("spec.jobTemplate.spec.manualSelector", True, known))
    found += check_job_spec("spec.jobTemplate.spec", job)
    for key in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        found += at_least_zero(f"spec.{key}", spec.get(key))
    return found


def _zone(zone: str) -> list[FieldError]:
    path = "spec.timeZone"
    if not zone:
        return [field.invalid(path, zone, "timeZone must be nil or non-empty string")]
    if any(not part or len(part) > 14 or not _zone_part(part) for part in zone.split("/")):
        return [field.invalid(path, zone, f"unknown time zone {zone}")]
    if zone.lower() == "local":
        return [
            field.invalid(
                path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
            )
        ]
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [field.invalid(path, zone, f"unknown time zone {zone}")]
    return []


def _zone_part(part: str) -> bool:
    return part.isascii() and all(char.isalnum() or char in ".-_+" for char in part) and part not in (".", "..")
