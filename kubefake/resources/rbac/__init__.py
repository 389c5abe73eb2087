"""The rbac.authorization.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy, path_name
from kubefake.resources.rbac.defaults import default_binding
from kubefake.resources.strategy import Strategy

__all__ = ["STRATEGIES"]

_GROUP = "rbac.authorization.k8s.io"

STRATEGIES: Mapping[str, Strategy] = {
    **{
        plural: BuiltinStrategy(_GROUP, plural, default=default_binding, name=path_name)
        for plural in ("clusterrolebindings", "rolebindings")
    },
    **{plural: BuiltinStrategy(_GROUP, plural, name=path_name) for plural in ("clusterroles", "roles")},
}
