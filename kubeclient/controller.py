"""The pattern of a controller: informers, a queue of keys, workers."""

from __future__ import annotations

from ._async.controller import AsyncController
from ._sync.controller import Controller
from .machines.controller import ControllerMetrics, Requeue, owner_key

__all__ = ["AsyncController", "Controller", "ControllerMetrics", "Requeue", "owner_key"]
