"""The rbac.authorization.k8s.io group."""

from __future__ import annotations

from collections.abc import Mapping

from kubefake.resources.builtin import BuiltinStrategy, path_name
from kubefake.resources.rbac.defaults import default_binding
from kubefake.resources.rbac.validation import check_binding, check_binding_update, check_role
from kubefake.resources.strategy import JSONObject, Strategy

__all__ = ["STRATEGIES"]

_GROUP = "rbac.authorization.k8s.io"


def _no_rules(obj: JSONObject) -> None:
    """An empty list of rules is stored as none."""
    if not obj.get("rules"):
        obj["rules"] = None


def _role(plural: str) -> Strategy:
    strategy = BuiltinStrategy(
        _GROUP,
        plural,
        check=check_role,
        name=path_name,
        on_create=lambda obj, _: _no_rules(obj),
        on_update=lambda obj, _, __: _no_rules(obj),
    )
    strategy.owned_when_empty = ("rules",)
    return strategy


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
    **{plural: _role(plural) for plural in ("clusterroles", "roles")},
}
