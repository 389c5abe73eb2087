"""The rbac.authorization.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy, path_name
from kubefake.resources.rbac.defaults import default_binding
from kubefake.resources.rbac.validation import check_binding, check_binding_update, check_role
from kubefake.resources.strategy import Strategy

__all__ = ["STRATEGIES"]

_GROUP = "rbac.authorization.k8s.io"

STRATEGIES: Mapping[str, Strategy] = {
    **{
        plural: BuiltinStrategy(
            _GROUP,
            plural,
            default=default_binding,
            check=check_binding,
            check_update=check_binding_update,
            name=path_name,
        )
        for plural in ("clusterrolebindings", "rolebindings")
    },
    **{
        plural: BuiltinStrategy(_GROUP, plural, check=check_role, name=path_name)
        for plural in ("clusterroles", "roles")
    },
}
