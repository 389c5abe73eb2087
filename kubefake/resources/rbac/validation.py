"""What is wrong with roles and their bindings.

Follows pkg/apis/rbac/validation/validation.go.
"""

from __future__ import annotations

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import METADATA, Object, dns_subdomain, label_selector, named
from kubefake.resources.core.diffs import go_value
from kubefake.resources.strategy import Context

__all__ = ["check_binding", "check_binding_update", "check_role"]

_GROUP = "rbac.authorization.k8s.io"
_KINDS = ["ServiceAccount", "User", "Group"]


def check_role(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A role of either kind."""
    found: list[FieldError] = []
    namespaced = obj["kind"] == "Role"
    for index, rule in enumerate(obj.get("rules") or ()):
        _rule(found, f"rules[{index}]", rule, namespaced=namespaced)
    aggregation = obj.get("aggregationRule")
    if aggregation is not None:
        path = "aggregationRule.clusterRoleSelectors"
        selectors = aggregation.get("clusterRoleSelectors") or ()
        if not selectors:
            text = "at least one clusterRoleSelector required if aggregationRule is non-nil"
            found.append(field.required(path, text))
        for index, selector in enumerate(selectors):
            wrong = label_selector(f"{path}[{index}]", selector)
            found += wrong
            if wrong:
                found.append(field.invalid(f"{path}[{index}]", None, "invalid label selector."))
    return found


def _rule(found: list[FieldError], path: str, rule: Object, *, namespaced: bool) -> None:
    if not rule.get("verbs"):
        found.append(field.required(f"{path}.verbs", "verbs must contain at least one value"))
    urls = rule.get("nonResourceURLs")
    if urls:
        here = f"{path}.nonResourceURLs"
        if namespaced:
            found.append(field.invalid(here, urls, "namespaced rules cannot apply to non-resource URLs"))
        if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            text = "rules cannot apply to both regular resources and non-resource URLs"
            found.append(field.invalid(here, urls, text))
        return
    if not rule.get("apiGroups"):
        text = "resource rules must supply at least one api group"
        found.append(field.required(f"{path}.apiGroups", text))
    if not rule.get("resources"):
        found.append(field.required(f"{path}.resources", "resource rules must supply at least one resource"))


def check_binding(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A binding of either kind."""
    found: list[FieldError] = []
    namespaced, role = obj["kind"] == "RoleBinding", obj["roleRef"]
    group, kind, name = role.get("apiGroup", ""), role.get("kind", ""), role.get("name", "")
    known = ["Role", "ClusterRole"] if namespaced else ["ClusterRole"]
    if group != _GROUP:
        found.append(field.not_supported("roleRef.apiGroup", group, [_GROUP]))
    if kind not in known:
        found.append(field.not_supported("roleRef.kind", kind, known))
    if name:
        found += named("roleRef.name", name, validation.is_path_segment_name)
    else:
        found.append(field.required("roleRef.name"))
    for index, subject in enumerate(obj.get("subjects") or ()):
        _subject(found, f"subjects[{index}]", subject, namespaced=namespaced)
    return found


def _subject(found: list[FieldError], path: str, subject: Object, *, namespaced: bool) -> None:
    name, kind, group = subject.get("name", ""), subject.get("kind", ""), subject.get("apiGroup", "")
    if not name:
        found.append(field.required(f"{path}.name"))
    if kind == "ServiceAccount":
        if name:
            found += dns_subdomain(f"{path}.name", name)
        if group:
            found.append(field.not_supported(f"{path}.apiGroup", group, [""]))
        if not namespaced and not subject.get("namespace"):
            found.append(field.required(f"{path}.namespace"))
    elif kind in _KINDS:
        if group != _GROUP:
            found.append(field.not_supported(f"{path}.apiGroup", group, [_GROUP]))
    else:
        found.append(field.not_supported(f"{path}.kind", kind, _KINDS))


def check_binding_update(obj: Object, old: Object, context: Context) -> list[FieldError]:
    """A change of a binding: of who, never of what."""
    found = check_binding(obj, context)
    role = obj["roleRef"]
    if role != old["roleRef"]:
        shown = go_value("rbac/v1.RoleRef", role)
        found.append(METADATA)
        found.append(field.invalid("roleRef", shown, "cannot change roleRef"))
    return found
