"""client-go's `tools/remotecommand`: commands in containers."""

from __future__ import annotations

from kubeclient._async.remote_command import AsyncExecutor
from kubeclient._sync.remote_command import Executor
from kubeclient.machines.remote_command import CodeExitError
from kubeclient.transport.protocol import UpgradeFailure

__all__ = ["AsyncExecutor", "CodeExitError", "Executor", "UpgradeFailure"]
