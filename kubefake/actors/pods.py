"""What controllers ask of pods. Pure; follows pkg/api/v1/pod and pkg/controller/controller_utils.go."""

from __future__ import annotations

from kubeclient.api.core_v1 import Pod, PodCondition

__all__ = ["available_at_ns", "is_active", "is_ready", "is_terminal", "ready_condition", "worth_keeping"]

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASE_RANK = {"Pending": 0, "Unknown": 1, "Running": 2}


def ready_condition(pod: Pod) -> PodCondition | None:
    return next((one for one in pod.status.conditions if one.type == "Ready"), None)


def is_ready(pod: Pod) -> bool:
    condition = ready_condition(pod)
    return condition is not None and condition.status == "True"


def is_terminal(pod: Pod) -> bool:
    """Whether all its containers have ended for good."""
    return pod.status.phase in ("Succeeded", "Failed")


def is_active(pod: Pod) -> bool:
    """Whether it counts as a replica: neither ended nor being deleted."""
    return not is_terminal(pod) and pod.metadata.deletion_timestamp is None


def available_at_ns(pod: Pod, min_ready_seconds: int) -> int | None:
    """When a pod becomes or became available, in nanoseconds since 1970; None while it is not ready."""
    condition = ready_condition(pod)
    if condition is None or condition.status != "True":
        return None
    if min_ready_seconds == 0:
        return 0
    since = condition.last_transition_time
    return None if since is None or since.is_zero else since.ns + min_ready_seconds * 1_000_000_000


def worth_keeping(pod: Pod, neighbours: int) -> tuple[int, ...]:
    """A sort key: of two pods the one with the smaller is deleted first, as ActivePodsWithRanks orders them.

    `neighbours`: how many active pods of the same owner run on its node.
    """
    condition = ready_condition(pod)
    ready_since = condition.last_transition_time if condition is not None and condition.status == "True" else None
    restarts = max((status.restart_count for status in pod.status.container_statuses), default=0)
    created = pod.metadata.creation_timestamp
    return (
        1 if pod.spec.node_name else 0,
        _PHASE_RANK.get(pod.status.phase, 0),
        1 if is_ready(pod) else 0,
        _deletion_cost(pod),
        -neighbours,
        0 if ready_since is None else -ready_since.ns,  # ready for longer is kept
        -restarts,
        0 if created is None else -created.ns,
    )


def _deletion_cost(pod: Pod) -> int:
    text = pod.metadata.annotations.get(DELETION_COST, "0")
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    return sign * int(digits) if digits.isdecimal() and (digits == "0" or not digits.startswith("0")) else 0
