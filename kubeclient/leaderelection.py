"""client-go's tools/leaderelection: one of several programs does the work, and another goes on when it cannot."""

from __future__ import annotations

from kubeclient._async.leader_election import AsyncLeaderElector
from kubeclient._async.lease_candidate import AsyncCandidate
from kubeclient._async.resource_lock import UNKNOWN_LEADER, AsyncLeaseLock, AsyncLock, AsyncMultiLock
from kubeclient._async.resource_lock import new_from_kubeconfig as async_new_from_kubeconfig
from kubeclient._async.resource_lock import new_lock as async_new_lock
from kubeclient._sync.leader_election import LeaderElector
from kubeclient._sync.lease_candidate import Candidate
from kubeclient._sync.resource_lock import LeaseLock, Lock, MultiLock, new_from_kubeconfig, new_lock
from kubeclient.machines.leader_election import LeaderElectionMetrics, LeaderElectionRecord, Timings

__all__ = [
    "UNKNOWN_LEADER",
    "AsyncCandidate",
    "AsyncLeaderElector",
    "AsyncLeaseLock",
    "AsyncLock",
    "AsyncMultiLock",
    "Candidate",
    "LeaderElectionMetrics",
    "LeaderElectionRecord",
    "LeaderElector",
    "LeaseLock",
    "Lock",
    "MultiLock",
    "Timings",
    "async_new_from_kubeconfig",
    "async_new_lock",
    "new_from_kubeconfig",
    "new_lock",
]
