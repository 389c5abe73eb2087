"""Pods: how long they are given to end.

Follows pkg/registry/core/pod/strategy.go (CheckGracefulDelete).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubefake.resources.strategy import Strategy

__all__ = ["PodStrategy"]


class PodStrategy(Strategy):
    """The habits of pods."""

    returns_deleted = True
    status_resets = (("f:spec",), ("f:metadata", "f:deletionTimestamp"), ("f:metadata", "f:ownerReferences"))

    def grace_seconds(self, obj: Mapping[str, Any], requested: int | None) -> int | None:
        """What was asked for or the pod says; a pod that is on no node, or has ended, goes at once."""
        spec = obj.get("spec", {})
        seconds = spec.get("terminationGracePeriodSeconds", 0) if requested is None else requested
        if not spec.get("nodeName") or obj.get("status", {}).get("phase") in ("Failed", "Succeeded"):
            return 0
        return max(int(seconds), 0) if seconds >= 0 else 1
