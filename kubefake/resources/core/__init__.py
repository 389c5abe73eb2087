"""The core group, and events wherever they are served."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.core.namespaces import NamespaceStrategy
from kubefake.resources.core.pods import PodStrategy
from kubefake.resources.strategy import Strategy

__all__ = ["STRATEGIES"]

STRATEGIES: Mapping[str, Strategy] = {"namespaces": NamespaceStrategy(), "pods": PodStrategy()}
