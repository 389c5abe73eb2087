"""What a Deployment says of its rollout: counts and conditions. Pure. Follows pkg/controller/deployment/{sync,progress}.go."""

from __future__ import annotations

from collections.abc import Sequence

from kubeclient.api.apps_v1 import Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet
from kubeclient.api.copying import deep_copy
from kubeclient.apimachinery.times import Time

from .rollout import available_total, limits_of, total

__all__ = [
    "AVAILABLE",
    "FAILURE",
    "NO_DEADLINE",
    "PROGRESSING",
    "counts",
    "deadline_ns",
    "find",
    "is_complete",
    "progress",
    "with_condition",
]

AVAILABLE, PROGRESSING, FAILURE = "Available", "Progressing", "ReplicaFailure"
NO_DEADLINE = 2**31 - 1
_DONE = "NewReplicaSetAvailable"
_LATE = "ProgressDeadlineExceeded"


def find(status: DeploymentStatus, type_: str) -> DeploymentCondition | None:
    return next((one for one in status.conditions if one.type == type_), None)


def with_condition(
    status: DeploymentStatus,
    type_: str,
    state: str,
    reason: str,
    message: str,
    now: Time,
    *,
    update: Time | None = None,
) -> None:
    """Sets a condition; one that says the same state for the same reason stays as it is."""
    current = find(status, type_)
    if current is not None and current.status == state and current.reason == reason:
        return
    kept = current is not None and current.status == state
    fresh = DeploymentCondition(
        type=type_,
        status=state,
        reason=reason,
        message=message,
        last_update_time=update or now,
        last_transition_time=current.last_transition_time if kept and current is not None else now,
    )
    status.conditions = [*(one for one in status.conditions if one.type != type_), fresh]


def without_condition(status: DeploymentStatus, type_: str) -> None:
    status.conditions = [one for one in status.conditions if one.type != type_]


def counts(deployment: Deployment, sets: Sequence[ReplicaSet], new: ReplicaSet | None, now: Time) -> DeploymentStatus:
    """The status with fresh numbers and the Available condition; the other conditions are those from before."""
    available, wanted = available_total(sets), total(sets)
    before = deployment.status
    status = DeploymentStatus(
        observed_generation=deployment.metadata.generation,
        replicas=sum(one.status.replicas for one in sets),
        updated_replicas=0 if new is None else new.status.replicas,
        ready_replicas=sum(one.status.ready_replicas for one in sets),
        available_replicas=available,
        unavailable_replicas=max(0, wanted - available),
        terminating_replicas=sum(one.status.terminating_replicas or 0 for one in sets),
        collision_count=before.collision_count,
        conditions=deep_copy(before.conditions),
    )
    if available >= (deployment.spec.replicas or 0) - limits_of(deployment).unavailable:
        text = "Deployment has minimum availability."
        with_condition(status, AVAILABLE, "True", "MinimumReplicasAvailable", text, now)
    else:
        text = "Deployment does not have minimum availability."
        with_condition(status, AVAILABLE, "False", "MinimumReplicasUnavailable", text, now)
    return status


def is_complete(deployment: Deployment, status: DeploymentStatus) -> bool:
    """Whether all replicas are of the new template and available, and no old ones are left."""
    wanted = deployment.spec.replicas or 0
    return (
        status.updated_replicas == wanted
        and status.replicas == wanted
        and status.available_replicas == wanted
        and status.observed_generation >= deployment.metadata.generation
    )


def is_progressing(before: DeploymentStatus, after: DeploymentStatus) -> bool:
    """Whether there is more that is new, less that is old, or more that is ready than before."""
    return (
        after.updated_replicas > before.updated_replicas
        or after.replicas - after.updated_replicas < before.replicas - before.updated_replicas
        or after.ready_replicas > before.ready_replicas
        or after.available_replicas > before.available_replicas
    )


def deadline_ns(deployment: Deployment, status: DeploymentStatus) -> int | None:
    """When a rollout that makes no progress counts as failed, in nanoseconds since 1970; None: it does not."""
    seconds, condition = deployment.spec.progress_deadline_seconds, find(status, PROGRESSING)
    if seconds is None or seconds == NO_DEADLINE or condition is None or condition.last_update_time is None:
        return None
    if condition.reason in (_DONE, _LATE):
        return None
    return condition.last_update_time.ns + seconds * 1_000_000_000


def progress(
    deployment: Deployment, sets: Sequence[ReplicaSet], new: ReplicaSet | None, status: DeploymentStatus, now: Time
) -> None:
    """Brings the Progressing and ReplicaFailure conditions of a fresh status up to date."""
    seconds = deployment.spec.progress_deadline_seconds
    if seconds is None or seconds == NO_DEADLINE:
        without_condition(status, PROGRESSING)
    else:
        _progress(deployment, new, status, now)
    failing = next(
        (one for one in sets for _ in one.status.conditions if _.type == FAILURE and _.status == "True"), None
    )
    if failing is not None:
        cause = next(one for one in failing.status.conditions if one.type == FAILURE)
        with_condition(status, FAILURE, "True", cause.reason, cause.message, now)
    else:
        without_condition(status, FAILURE)


def _progress(deployment: Deployment, new: ReplicaSet | None, status: DeploymentStatus, now: Time) -> None:
    current = find(deployment.status, PROGRESSING)
    name = f'ReplicaSet "{new.metadata.name}"' if new is not None else f'Deployment "{deployment.metadata.name}"'
    # A rollout that was done stays done until somebody changes the template.
    if status.replicas == status.updated_replicas and current is not None and current.reason == _DONE:
        return
    if is_complete(deployment, status):
        with_condition(status, PROGRESSING, "True", _DONE, f"{name} has successfully progressed.", now)
    elif is_progressing(deployment.status, status):
        if current is not None and current.status == "True" and current.reason == "ReplicaSetUpdated":
            without_condition(status, PROGRESSING)  # the same news again: only its time is fresh
        with_condition(status, PROGRESSING, "True", "ReplicaSetUpdated", f"{name} is progressing.", now)
        fresh = find(status, PROGRESSING)
        if current is not None and current.status == "True" and fresh is not None:
            fresh.last_transition_time = current.last_transition_time
    else:
        deadline = deadline_ns(deployment, deployment.status)
        if deadline is not None and deadline <= now.ns:
            with_condition(status, PROGRESSING, "False", _LATE, f"{name} has timed out progressing.", now)
