"""What is wrong with the status of jobs: what is finished stays so, counters do not shrink, and the conditions fit the rest.

Follows pkg/apis/batch/validation/validation.go (validateJobStatus, ValidateJobUpdateStatus); pkg/registry/batch/job/strategy.go
says which rules a change puts to the test: those about fields that it touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kubeclient.apimachinery import field
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import Object, at_least_zero
from kubefake.resources.strategy import Context

__all__ = ["check_job_status"]

_CONDITIONS = "status.conditions"
_COUNTS = ("active", "succeeded", "failed", "ready", "terminating")
_MET = "SuccessCriteriaMet"
_TARGET = "FailureTarget"


def check_job_status(obj: Object, old: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A change of a job's status."""
    now, before = _Status(obj), _Status(old)
    found = [error for key in _COUNTS for error in at_least_zero(f"status.{key}", now.values.get(key))]
    found += _uncounted(now.values.get("uncountedTerminatedPods"))
    found += _conditions(now, before)
    found += _finished(now, before)
    found += _indexes(now, before)
    found += _pods(now, before)
    found += _changes(now, before)
    return found


class _Status:
    """A job's status, and what its conditions say."""

    def __init__(self, job: Object) -> None:
        self.spec: Object = job["spec"]
        self.values: Object = job.get("status") or {}
        conditions = self.values.get("conditions") or ()
        self.true = {one.get("type") for one in conditions if one.get("status") == "True"}
        self.finished = bool(self.true & {"Complete", "Failed"})

    def differs(self, other: _Status, *keys: str) -> bool:
        """Whether one of some fields, or of some conditions' truths, is another one."""
        return any(
            (key in self.true) != (key in other.true)
            if key[0].isupper()
            else self.values.get(key) != other.values.get(key)
            for key in keys
        )


def _odd(text: str) -> FieldError:
    return field.invalid(_CONDITIONS, field.OMIT_VALUE, text)


def _uncounted(pods: Object | None) -> Iterator[FieldError]:
    seen = set()
    for key in ("succeeded", "failed"):
        for index, uid in enumerate((pods or {}).get(key) or ()):
            path = f"status.uncountedTerminatedPods.{key}[{index}]"
            if not uid:
                yield field.invalid(path, uid, "must not be empty")
            elif uid in seen:
                yield field.duplicate(path, uid)
            seen.add(uid)


def _conditions(now: _Status, before: _Status) -> Iterator[FieldError]:
    done, failed = "Complete" in now.true, "Failed" in now.true
    start, end = now.values.get("startTime"), now.values.get("completionTime")
    if done and failed and now.differs(before, "Complete", "Failed"):
        yield _odd("cannot set Complete=True and Failed=true conditions")
    if done and _TARGET in now.true and now.differs(before, "Complete", _TARGET):
        yield _odd("cannot set Complete=True and FailureTarget=true conditions")
    if now.differs(before, "Complete", "completionTime"):
        path = "status.completionTime"
        if end and not done:
            yield field.invalid(path, end, "cannot set completionTime when there is no Complete=True condition")
        if done and not end:
            yield field.required(path, "completionTime is required for Complete jobs")
    if start and end and end < start and now.differs(before, "startTime", "completionTime"):
        yield field.invalid("status.completionTime", end, "must be equal to or after `startTime`")
    if failed and _TARGET not in now.true and now.differs(before, "Failed", _TARGET):
        yield _odd("cannot set Failed=True condition without the FailureTarget=true condition")
    if done and _MET not in now.true and now.differs(before, "Complete", _MET):
        yield _odd("cannot set Complete=True condition without the SuccessCriteriaMet=true condition")


def _finished(now: _Status, before: _Status) -> Iterator[FieldError]:
    if not now.finished:
        return
    came = now.finished != before.finished
    active = now.values.get("active", 0)
    if active > 0 and (came or now.differs(before, "active")):
        yield field.invalid("status.active", active, "active>0 is invalid for finished job")
    idle = now.spec.get("suspend") is True and now.spec.get("completions") == 0
    if not now.values.get("startTime") and not idle and (came or now.differs(before, "startTime")):
        yield field.required("status.startTime", "startTime is required for finished job")
    pods = now.values.get("uncountedTerminatedPods") or {}
    if (pods.get("succeeded") or pods.get("failed")) and (came or now.differs(before, "uncountedTerminatedPods")):
        shown = {"Succeeded": pods.get("succeeded"), "Failed": pods.get("failed")}
        yield field.invalid("status.uncountedTerminatedPods", Ordered(shown), "must be empty for finished job")


def _indexes(now: _Status, before: _Status) -> Iterator[FieldError]:
    done, failed = now.values.get("completedIndexes", ""), now.values.get("failedIndexes")
    completions, per_index = now.spec.get("completions"), now.spec.get("backoffLimitPerIndex")
    done_changed = done != before.values.get("completedIndexes", "")
    failed_changed = failed != before.values.get("failedIndexes")
    if done_changed and completions is not None:
        problem = _parse(done, completions)[1]
        if problem:
            yield field.invalid("status.completedIndexes", done, f"error parsing completedIndexes: {problem}")
    if failed_changed and completions is not None and per_index is not None and failed is not None:
        problem = _parse(failed, completions)[1]
        if problem:
            yield field.invalid("status.failedIndexes", failed, f"error parsing failedIndexes: {problem}")
    if done and done_changed and now.spec.get("completionMode") != "Indexed":
        text = "cannot set non-empty completedIndexes when non-indexed completion mode"
        yield field.invalid("status.completedIndexes", done, text)
    if failed is not None and failed_changed and per_index is None:
        text = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
        yield field.invalid("status.failedIndexes", failed, text)
    if (done_changed or failed_changed) and completions is not None and failed is not None:
        shared = _overlap(done, failed, completions)
        if shared is not None:
            text = f"failedIndexes and completedIndexes overlap at index: {shared}"
            yield field.invalid("status.failedIndexes", failed, text)


def _parse(text: str, completions: int) -> tuple[list[range], str]:
    """The intervals of a list of indexes, up to what is wrong with it."""
    found: list[range] = []
    for fragment in text.split(",") if text else ():
        parts = fragment.split("-")
        if len(parts) > 2:
            what = "violates the requirement that an index interval can have at most two parts separated by '-'"
            return found, f'the fragment "{fragment}" {what}'
        numbers = []
        for part in parts:
            if not part.isascii() or not part.isdigit():
                return found, f'cannot convert string to integer for index: "{part}"'
            if int(part) >= completions:
                return found, f'too large index: "{part}"'
            numbers.append(int(part))
        before = [found[-1][-1]] if found else []
        for previous, current in (*pairwise(numbers), *zip(before, numbers, strict=False)):
            if previous >= current:
                return found, f"non-increasing order, previous: {previous}, current: {current}"
        found.append(range(numbers[0], numbers[-1] + 1))
    return found, ""


def _overlap(done: str, failed: str, completions: int) -> int | None:
    (one, problem), (other, another) = (_parse(text, completions) for text in (done, failed))
    if problem or another:
        return None
    shared = [max(a[0], b[0]) for a in one for b in other if a[0] <= b[-1] and b[0] <= a[-1]]
    return min(shared, default=None)


def _pods(now: _Status, before: _Status) -> Iterator[FieldError]:
    terminating, ready = now.values.get("terminating") or 0, now.values.get("ready")
    touched = now.finished != before.finished or now.differs(before, "terminating")
    if terminating > 0 and now.finished and touched:
        yield field.invalid("status.terminating", terminating, "terminating>0 is invalid for finished job")
    if ready is not None and ready > now.values.get("active", 0) and now.differs(before, "ready", "active"):
        yield field.invalid("status.ready", ready, "cannot set more ready pods than active")


def _changes(now: _Status, before: _Status) -> Iterator[FieldError]:
    for kind in ("Failed", "Complete", _TARGET):
        if kind in before.true and kind not in now.true:
            yield _odd(f"cannot disable the terminal {kind}=True condition")
    indexed = now.spec.get("completionMode") == "Indexed"
    shrinks = indexed and now.spec.get("completions") == now.spec.get("parallelism")
    for key in ("failed",) if shrinks else ("failed", "succeeded"):
        number = now.values.get(key, 0)
        if number < before.values.get(key, 0):
            yield field.invalid(f"status.{key}", number, f"cannot decrease the {key} counter")
    start, end = now.values.get("startTime"), now.values.get("completionTime")
    if end and before.values.get("completionTime") and now.differs(before, "completionTime"):
        yield field.invalid("status.completionTime", end, "field is immutable")
    if before.values.get("startTime") and now.differs(before, "startTime") and not now.spec.get("suspend"):
        yield field.invalid("status.startTime", start, "field is immutable for unsuspended job once set")
    if _MET in before.true and _MET not in now.true:
        yield _odd("cannot disable the SuccessCriteriaMet=True condition")
    if _MET in now.true:
        for kind in ("Failed", _TARGET):
            if kind in now.true:
                yield _odd(f"cannot set SuccessCriteriaMet=True and {kind}=true conditions")
