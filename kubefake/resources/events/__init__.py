"""The events.k8s.io group: another view of the core group's events."""

from __future__ import annotations

from kubefake.resources.core import EVENTS as STRATEGIES

__all__ = ["STRATEGIES"]
