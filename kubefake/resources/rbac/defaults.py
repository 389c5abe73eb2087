"""What decoding fills into bindings of roles.

Follows pkg/apis/rbac/v1/defaults.go.
"""

from __future__ import annotations

from kubefake.resources.strategy import JSONObject

__all__ = ["default_binding"]

_GROUP = "rbac.authorization.k8s.io"


def default_binding(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """The groups of roles and of subjects that are people."""
    role = obj["roleRef"]
    if not role.get("apiGroup"):
        role["apiGroup"] = _GROUP
    for subject in obj.get("subjects") or ():
        if not subject.get("apiGroup") and subject.get("kind") in ("User", "Group"):
            subject["apiGroup"] = _GROUP
