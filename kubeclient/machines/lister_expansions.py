"""Who is in charge of a pod, or of a revision, by selectors: questions to local copies that client-go's listers answer.

An owner reference says who is in charge; these say who would match. Selectors that do not parse match nothing, and so do empty
ones, which in these kinds would take hold of everything; the exception is a disruption budget of policy/v1.

Follows client-go listers/*/*/*_expansion.go, v0.36. All raise LookupError where nobody matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from kubeclient.apimachinery import labels
from kubeclient.apimachinery.gotext import value_v
from kubeclient.apimachinery.labels import Selector
from kubeclient.apimachinery.meta import labels_of, name_of, namespace_of

from .lister import Lister

__all__ = [
    "history_daemon_sets",
    "history_stateful_sets",
    "pod_controllers",
    "pod_daemon_sets",
    "pod_disruption_budgets",
    "pod_jobs",
    "pod_replica_sets",
    "pod_stateful_sets",
]


class _Selecting(Protocol):
    @property
    def spec(self) -> Any: ...


S = TypeVar("S", bound=_Selecting)


def pod_daemon_sets(lister: Lister[S], pod: object) -> list[S]:
    """The daemon sets, of any version, whose selectors match a pod."""
    return _matching(lister, pod, "no daemon sets found for pod {}", "daemon set for pod")


def history_daemon_sets(lister: Lister[S], history: object) -> list[S]:
    """The daemon sets whose selectors match a controller revision."""
    return _matching(
        lister, history, "no DaemonSet found for ControllerRevision {}", "DaemonSets for ControllerRevision"
    )


def history_stateful_sets(lister: Lister[S], history: object) -> list[S]:
    """The stateful sets whose selectors match a controller revision."""
    return _matching(
        lister, history, "no StatefulSet found for ControllerRevision {}", "StatefulSets for ControllerRevision"
    )


def pod_replica_sets(lister: Lister[S], pod: object) -> list[S]:
    """The replica sets whose selectors match a pod; there should be one."""
    return _matching(lister, pod, "no ReplicaSets found for pod {}", "ReplicaSet for pod")


def pod_stateful_sets(lister: Lister[S], pod: object) -> list[S]:
    """The stateful sets whose selectors match a pod; there should be one."""
    return _matching(lister, pod, "no StatefulSets found for pod {}", "StatefulSet for pod")


def pod_jobs(lister: Lister[S], pod: object) -> list[S]:
    """The jobs whose selectors match a pod."""
    return _matching(lister, pod, "no jobs found for pod {}", "jobs for pod")


def pod_controllers(lister: Lister[S], pod: object) -> list[S]:
    """The replication controllers whose selectors match a pod."""
    return _matching(lister, pod, "no controllers found for pod {}", "controller for pod", select=labels.from_set)


def pod_disruption_budgets(lister: Lister[S], pod: object) -> list[S]:
    """The disruption budgets whose selectors match a pod: an empty one of policy/v1 everything, of v1beta1 nothing."""
    found = [
        budget
        for budget in lister.namespace(namespace_of(pod)).list()
        if _selects(budget, labels_of(pod), labels.from_label_selector, empty=_group_version(budget) == "policy/v1")
    ]
    return _found(found, pod, "PodDisruptionBudget for pod")


def _matching(
    lister: Lister[S],
    obj: object,
    unlabelled: str,
    what: str,
    *,
    select: Callable[[Any], Selector] = labels.from_label_selector,
) -> list[S]:
    own = labels_of(obj)
    if not own:
        raise LookupError(f"{unlabelled.format(name_of(obj))} because it has no labels")
    near = lister.namespace(namespace_of(obj)).list()
    return _found([one for one in near if _selects(one, own, select, empty=False)], obj, what)


def _selects(one: _Selecting, own: Mapping[str, str], select: Callable[[Any], Selector], *, empty: bool) -> bool:
    try:
        selector = select(one.spec.selector)
    except ValueError:
        return False
    return (empty or not selector.empty) and selector.matches(own)


def _found(found: Iterable[S], obj: object, what: str) -> list[S]:
    listed = list(found)
    if not listed:
        place = f"{name_of(obj)} in namespace {namespace_of(obj)}"
        raise LookupError(f"could not find {what} {place} with labels: {value_v(dict(labels_of(obj)))}")
    return listed


def _group_version(obj: object) -> str:
    return str(getattr(obj, "api_version", ""))
