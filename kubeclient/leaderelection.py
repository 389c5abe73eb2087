"""client-go's tools/leaderelection: one of several programs does the work, and another goes on when it cannot."""

from __future__ import annotations

from kubeclient._async.leader_election import AsyncLeaderElector
from kubeclient._async.resource_lock import UNKNOWN_LEADER, AsyncLeaseLock, AsyncLock, AsyncMultiLock
from kubeclient._async.resource_lock import new_lock as async_new_lock
from kubeclient._sync.leader_election import LeaderElector
from kubeclient._sync.resource_lock import LeaseLock, Lock, MultiLock, new_lock
from kubeclient.machines.leader_election import LeaderElectionRecord, Timings

__all__ = [
    "UNKNOWN_LEADER",
    "AsyncLeaderElector",
    "AsyncLeaseLock",
    "AsyncLock",
    "AsyncMultiLock",
    "LeaderElectionRecord",
    "LeaderElector",
    "LeaseLock",
    "Lock",
    "MultiLock",
    "Timings",
    "async_new_lock",
    "new_lock",
]
