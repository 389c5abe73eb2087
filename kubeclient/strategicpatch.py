"""apimachinery's `strategicpatch`: patches that know which lists are keyed, made and applied."""

from __future__ import annotations

from kubeclient.machines.patch_schema import MergePatchError
from kubeclient.machines.strategic_diff import (
    PatchConflictError,
    create_three_way_merge_patch,
    create_two_way_merge_patch,
)
from kubeclient.machines.strategic_patch import strategic_merge_patch

__all__ = [
    "MergePatchError",
    "PatchConflictError",
    "create_three_way_merge_patch",
    "create_two_way_merge_patch",
    "strategic_merge_patch",
]
