"""Who is in charge of a pod, asked of local copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.api import apps_v1, batch_v1, core_v1, extensions_v1beta1, policy_v1, policy_v1beta1
from kubeclient.api.meta_v1 import LabelSelector, LabelSelectorRequirement, ObjectMeta
from kubeclient.apimachinery.gvk import GroupResource
from kubeclient.listers import (
    Lister,
    history_daemon_sets,
    history_stateful_sets,
    pod_controllers,
    pod_daemon_sets,
    pod_disruption_budgets,
    pod_jobs,
    pod_replica_sets,
    pod_stateful_sets,
)
from kubeclient.machines.indexer import Indexer

LABELS = {"a": "b", "c": "d"}
POD = core_v1.Pod(metadata=ObjectMeta(name="p", namespace="ns", labels=LABELS))
OTHER = core_v1.Pod(metadata=ObjectMeta(name="p", namespace="elsewhere", labels=LABELS))
BARE = core_v1.Pod(metadata=ObjectMeta(name="p", namespace="ns"))


def _lister(*objects: Any) -> Lister[Any]:
    indexer: Indexer[Any] = Indexer()
    for obj in objects:
        indexer.add(obj)
    return Lister(indexer, GroupResource("", "things"))


def _named(name: str) -> ObjectMeta:
    return ObjectMeta(name=name, namespace="ns")


def _all(make: Callable[[str, Any], Any]) -> Lister[Any]:
    """One that matches, and those that must not: of other labels, without a selector, with an empty or a wrong one."""
    wrong = LabelSelector(match_expressions=[LabelSelectorRequirement(key="a", operator="Is")])
    return _lister(
        make("matches", LabelSelector(match_labels={"a": "b"})),
        make("other", LabelSelector(match_labels={"a": "x"})),
        make("none", None),
        make("empty", LabelSelector()),
        make("wrong", wrong),
    )


def _daemon_set(name: str, selector: Any) -> apps_v1.DaemonSet:
    return apps_v1.DaemonSet(metadata=_named(name), spec=apps_v1.DaemonSetSpec(selector=selector))


def _old_daemon_set(name: str, selector: Any) -> extensions_v1beta1.DaemonSet:
    spec = extensions_v1beta1.DaemonSetSpec(selector=selector)
    return extensions_v1beta1.DaemonSet(metadata=_named(name), spec=spec)


def _replica_set(name: str, selector: Any) -> apps_v1.ReplicaSet:
    return apps_v1.ReplicaSet(metadata=_named(name), spec=apps_v1.ReplicaSetSpec(selector=selector))


def _stateful_set(name: str, selector: Any) -> apps_v1.StatefulSet:
    return apps_v1.StatefulSet(metadata=_named(name), spec=apps_v1.StatefulSetSpec(selector=selector))


def _job(name: str, selector: Any) -> batch_v1.Job:
    return batch_v1.Job(metadata=_named(name), spec=batch_v1.JobSpec(selector=selector))


def _controller(name: str, selector: Any) -> core_v1.ReplicationController:
    labels = selector.match_labels if selector is not None else {}
    if name == "wrong":
        labels = {"z": "z"}
    spec = core_v1.ReplicationControllerSpec(selector=labels)
    return core_v1.ReplicationController(metadata=_named(name), spec=spec)


@pytest.mark.parity("STO-15")
@pytest.mark.parametrize(
    ("ask", "make", "unlabelled", "nobody"),
    [
        (pod_daemon_sets, _daemon_set, "no daemon sets found for pod p", "daemon set for pod p"),
        (pod_daemon_sets, _old_daemon_set, "no daemon sets found for pod p", "daemon set for pod p"),
        (pod_replica_sets, _replica_set, "no ReplicaSets found for pod p", "ReplicaSet for pod p"),
        (pod_stateful_sets, _stateful_set, "no StatefulSets found for pod p", "StatefulSet for pod p"),
        (pod_jobs, _job, "no jobs found for pod p", "jobs for pod p"),
        (pod_controllers, _controller, "no controllers found for pod p", "controller for pod p"),
        (
            history_daemon_sets,
            _daemon_set,
            "no DaemonSet found for ControllerRevision p",
            "DaemonSets for ControllerRevision p",
        ),
        (
            history_stateful_sets,
            _stateful_set,
            "no StatefulSet found for ControllerRevision p",
            "StatefulSets for ControllerRevision p",
        ),
    ],
)
def test_those_whose_selectors_match_are_found(ask: Any, make: Any, unlabelled: str, nobody: str) -> None:
    lister = _all(make)

    assert [one.metadata.name for one in ask(lister, POD)] == ["matches"]
    with pytest.raises(LookupError) as nothing:
        ask(lister, OTHER)
    with pytest.raises(LookupError) as bare:
        ask(lister, BARE)

    assert str(nothing.value) == f"could not find {nobody} in namespace elsewhere with labels: map[a:b c:d]"
    assert str(bare.value) == f"{unlabelled} because it has no labels"


@pytest.mark.parity("STO-15")
@pytest.mark.parametrize(("version", "expected"), [(policy_v1, ["empty", "matches"]), (policy_v1beta1, ["matches"])])
def test_an_empty_budget_is_for_every_pod_in_v1_and_for_none_in_v1beta1(version: Any, expected: list[str]) -> None:
    def make(name: str, selector: Any) -> Any:
        spec = version.PodDisruptionBudgetSpec(selector=selector)
        return version.PodDisruptionBudget(metadata=_named(name), spec=spec)

    lister = _all(make)

    assert sorted(one.metadata.name for one in pod_disruption_budgets(lister, POD)) == expected
    with pytest.raises(LookupError, match="could not find PodDisruptionBudget for pod p in namespace elsewhere with"):
        pod_disruption_budgets(lister, OTHER)
