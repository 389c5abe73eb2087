"""Nobody grants what they do not hold: the check on roles and bindings that are written.

Follows pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go. It stands last among the
mutating plugins of admission, which is where the server's storage has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupResource
from kubefake.pipeline.attributes import Attributes, Authorizer
from kubefake.pipeline.caller import UserInfo
from kubefake.pipeline.rbac import MASTERS, Rbac, RoleMissingError
from kubefake.pipeline.rules import FULL_AUTHORITY, Rule, describe, missing_from
from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call
from kubefake.verbs.failures import internal

__all__ = ["EscalationCheck"]

_GROUP = "rbac.authorization.k8s.io"
_ROLES = frozenset({"roles", "clusterroles"})
_BINDINGS = frozenset({"rolebindings", "clusterrolebindings"})
_AGGREGATION = "must have cluster-admin privileges to use the aggregationRule"
_COLLECTED = ("ownerReferences", "finalizers", "managedFields", "resourceVersion")


class EscalationCheck:
    """Implements `Admission`.

    Args:
        rbac: knows who holds which rules.
        authorizer: is asked for the verbs `escalate` and `bind`.
    """

    def __init__(self, rbac: Rbac, authorizer: Authorizer) -> None:
        self._rbac = rbac
        self._authorizer = authorizer

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Mapping[str, Any] | None) -> None:
        """Raises Forbidden for what the caller may not grant, NotFound for a role that is not there to be bound."""
        if call.resource.group != _GROUP or operation == "DELETE" or obj is None or MASTERS in call.user.groups:
            return
        if old is not None and _only_collected(obj, old):
            return
        if call.resource.plural in _ROLES:
            self._check_role(call, obj, old)
        elif call.resource.plural in _BINDINGS:
            self._check_binding(call, obj)

    def validate(
        self, call: Call, operation: str, obj: Mapping[str, Any] | None, old: Mapping[str, Any] | None
    ) -> None:
        """Everything is said before validation."""

    def _check_role(self, call: Call, obj: Mapping[str, Any], old: Mapping[str, Any] | None) -> None:
        plural = call.resource.plural
        asked = Attributes("escalate", "", True, _GROUP, "*", plural, "", call.namespace, call.name)
        if self._authorizer.authorize(call.user, asked).allowed:
            return
        self._check_rules(call, obj, [Rule.of(rule) for rule in obj.get("rules") or ()])
        if plural == "clusterroles" and (_aggregates(obj) or (old is not None and _aggregates(old))):
            held = (rule for rule, _ in self._rbac.held_by(call.user, call.namespace).rules)
            if missing_from(held, FULL_AUTHORITY):
                raise _forbidden(call, obj, _AGGREGATION)

    def _check_binding(self, call: Call, obj: Mapping[str, Any]) -> None:
        role = obj["roleRef"]
        kind, name = role.get("kind", ""), role.get("name", "")
        plural = {"Role": "roles", "ClusterRole": "clusterroles"}.get(kind, "")
        asked = Attributes("bind", "", True, role.get("apiGroup", ""), "*", plural, "", call.namespace, name)
        if plural and self._authorizer.authorize(call.user, asked).allowed:
            return
        if not plural:
            raise internal(f'unsupported role reference kind: "{kind}"')
        if kind == "Role" and not call.namespace:
            raise errors.new_bad_request("Namespace parameter required.")
        try:
            rules = self._rbac.rules_of(kind, name, call.namespace)
        except RoleMissingError as exc:
            # The server looks the role up in the name of the resource that the request is for.
            raise errors.new_not_found(call.resource.group_resource, exc.name) from exc
        self._check_rules(call, obj, rules)

    def _check_rules(self, call: Call, obj: Mapping[str, Any], rules: list[Rule] | tuple[Rule, ...]) -> None:
        held = self._rbac.held_by(call.user, call.namespace)
        missing = missing_from((rule for rule, _ in held.rules), rules)
        if missing:
            raise _forbidden(call, obj, _attempt(call.user, missing, held.problems))


def _attempt(user: UserInfo, missing: list[Rule], problems: list[str]) -> str:
    groups = " ".join(map(quote, user.groups))
    text = (
        f"user {quote(user.name)} (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n"
        + "\n".join(describe(missing))
    )
    return f"{text}; resolution errors: [{' '.join(problems)}]" if problems else text


def _forbidden(call: Call, obj: Mapping[str, Any], text: str) -> errors.Forbidden:
    about = GroupResource(_GROUP, call.resource.plural)
    return errors.new_forbidden(about, obj["metadata"].get("name", ""), text)


def _aggregates(role: Mapping[str, Any]) -> bool:
    return bool((role.get("aggregationRule") or {}).get("clusterRoleSelectors"))


def _only_collected(obj: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a write touches nothing but what the garbage collector does."""
    return _without(obj) == _without(old)


def _without(obj: Mapping[str, Any]) -> JSONObject:
    meta = {key: value for key, value in obj["metadata"].items() if key not in _COLLECTED}
    return {**obj, "metadata": meta}
