"""CustomResourceDefinitions: their own habits, and the kinds that they bring into being."""

from __future__ import annotations

from typing import Final

from kubefake.resources.strategy import Strategy

from .installer import (
    FINALIZER,
    DeleteInstances,
    Installer,
    SetStatus,
    begin_deletion,
    deletion_in_progress,
    finish_deletion,
)
from .served import resources_of
from .strategy import CustomResourceDefinitionStrategy
from .versions import version_priority

__all__ = [
    "FINALIZER",
    "STRATEGIES",
    "CustomResourceDefinitionStrategy",
    "DeleteInstances",
    "Installer",
    "SetStatus",
    "begin_deletion",
    "deletion_in_progress",
    "finish_deletion",
    "resources_of",
    "version_priority",
]

STRATEGIES: Final[dict[str, Strategy]] = {"customresourcedefinitions": CustomResourceDefinitionStrategy()}
