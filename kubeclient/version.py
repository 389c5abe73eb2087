"""client-go's `pkg/version` and apimachinery's `version`: versions of programs and of APIs."""

from __future__ import annotations

from kubeclient.machines.version import (
    VersionInfo,
    VersionMismatchError,
    check_same_build,
    compare_kube_aware_versions,
    this_version,
)

__all__ = ["VersionInfo", "VersionMismatchError", "check_same_build", "compare_kube_aware_versions", "this_version"]
