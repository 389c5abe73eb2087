"""What a server tells of itself, derived from its registry: groups and resources, version, health, metrics."""

from __future__ import annotations

from .health import Health
from .metrics import Metrics
from .service import Discovery, ServerVersion

__all__ = ["Discovery", "Health", "Metrics", "ServerVersion"]
