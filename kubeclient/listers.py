"""client-go's listers: reading from an informer's local copy, and asking it who is in charge of a pod."""

from __future__ import annotations

from .machines.lister import Lister, NamespaceLister
from .machines.lister_expansions import (
    history_daemon_sets,
    history_stateful_sets,
    pod_controllers,
    pod_daemon_sets,
    pod_disruption_budgets,
    pod_jobs,
    pod_replica_sets,
    pod_stateful_sets,
)

__all__ = [
    "Lister",
    "NamespaceLister",
    "history_daemon_sets",
    "history_stateful_sets",
    "pod_controllers",
    "pod_daemon_sets",
    "pod_disruption_budgets",
    "pod_jobs",
    "pod_replica_sets",
    "pod_stateful_sets",
]
