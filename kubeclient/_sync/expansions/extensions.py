# generated from kubeclient/_async/expansions/extensions.py by .ci/twin.py, do not edit
"""Deployments of extensions/v1beta1: rollback. Ported from client-go kubernetes/typed/extensions/v1beta1."""

from __future__ import annotations

from typing import Unpack

from kubeclient._sync.resource import ScalableClient
from kubeclient.api.extensions_v1beta1 import Deployment, DeploymentList, DeploymentRollback, Scale
from kubeclient.machines.codec import encode
from kubeclient.machines.options import CreateKeywords

__all__ = ["RollbackClient"]


class RollbackClient(ScalableClient[Deployment, DeploymentList, Scale]):
    """Deployments that can be rolled back by the server."""

    __slots__ = ()

    def rollback(self, rollback: DeploymentRollback, **options: Unpack[CreateKeywords]) -> None:
        """Rolls the deployment that the rollback names back to a revision."""
        self._write("POST", rollback.name, "rollback", encode(rollback), options)
