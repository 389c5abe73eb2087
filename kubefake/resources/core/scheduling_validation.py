"""What is wrong with where pods want to run: selectors, affinities, tolerations, spreading.

Follows pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import (
    Object,
    dns_label,
    dns_subdomain,
    label_name,
    label_selector,
    named,
    one_of,
)

__all__ = ["check_affinity", "check_node_selector", "check_spread", "check_taint_effect", "check_tolerations"]

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
_POSITIVE = "must be greater than zero"


def check_node_selector(path: str, selector: Object) -> list[FieldError]:
    """A selector of nodes, all of whose terms are checked (ValidateNodeSelector)."""
    terms = selector.get("nodeSelectorTerms")
    if not terms:
        return [field.required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")]
    found: list[FieldError] = []
    for index, term in enumerate(terms):
        _node_term(found, f"{path}.nodeSelectorTerms[{index}]", term, strict=True)
    return found


def _node_term(found: list[FieldError], path: str, term: Object, *, strict: bool) -> None:
    for index, requirement in enumerate(term.get("matchExpressions") or ()):
        _node_requirement(found, f"{path}.matchExpressions[{index}]", requirement, strict=strict)
    for index, requirement in enumerate(term.get("matchFields") or ()):
        _field_requirement(found, f"{path}.matchFields[{index}]", requirement)


def _node_requirement(found: list[FieldError], path: str, requirement: Object, *, strict: bool) -> None:
    operator, values = requirement.get("operator", ""), requirement.get("values") or ()
    if operator in ("In", "NotIn"):
        if not values:
            found.append(field.required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            found.append(field.forbidden(f"{path}.values", text))
    elif operator in ("Gt", "Lt"):
        if len(values) != 1:
            text = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            found.append(field.required(f"{path}.values", text))
    else:
        found.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    found += label_name(f"{path}.key", requirement.get("key", ""))
    if strict:
        for index, value in enumerate(values):
            found += named(f"{path}.values[{index}]", value, validation.is_valid_label_value)


def _field_requirement(found: list[FieldError], path: str, requirement: Object) -> None:
    operator, values = requirement.get("operator", ""), requirement.get("values") or ()
    if operator in ("In", "NotIn"):
        if len(values) != 1:
            text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
            found.append(field.required(f"{path}.values", text))
    else:
        found.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    if requirement.get("key") != "metadata.name":
        found.append(field.invalid(f"{path}.key", requirement.get("key", ""), "not a valid field selector key"))
        return
    for index, value in enumerate(values):
        found += dns_subdomain(f"{path}.values[{index}]", value)


def _weight(found: list[FieldError], path: str, term: Object) -> None:
    weight = term.get("weight", 0)
    if not 0 < weight <= 100:
        found.append(field.invalid(f"{path}.weight", weight, "must be in the range 1-100"))


def check_affinity(path: str, affinity: Object | None) -> list[FieldError]:
    """What a pod wants to be near, and far from (validateAffinity)."""
    found: list[FieldError] = []
    if not affinity:
        return found
    nodes = affinity.get("nodeAffinity")
    if nodes:
        here = f"{path}.nodeAffinity"
        if nodes.get(_REQUIRED) is not None:
            found += check_node_selector(f"{here}.{_REQUIRED}", nodes[_REQUIRED])
        for index, term in enumerate(nodes.get(_PREFERRED) or ()):
            _weight(found, f"{here}.{_PREFERRED}[{index}]", term)
            where = f"{here}.{_PREFERRED}[{index}].preference"
            _node_term(found, where, term.get("preference", {}), strict=False)
    for key in ("podAffinity", "podAntiAffinity"):
        side = affinity.get(key)
        if not side:
            continue
        for index, term in enumerate(side.get(_REQUIRED) or ()):
            _pod_term(found, f"{path}.{key}.{_REQUIRED}[{index}]", term)
        for index, term in enumerate(side.get(_PREFERRED) or ()):
            here = f"{path}.{key}.{_PREFERRED}[{index}]"
            _weight(found, here, term)
            _pod_term(found, f"{here}.podAffinityTerm", term.get("podAffinityTerm", {}))
    return found


def _pod_term(found: list[FieldError], path: str, term: Object) -> None:
    found += label_selector(f"{path}.labelSelector", term.get("labelSelector"))
    found += label_selector(f"{path}.namespaceSelector", term.get("namespaceSelector"))
    for name in term.get("namespaces") or ():
        found += dns_label(f"{path}.namespace", name)
    _label_keys(found, path, term)
    key = term.get("topologyKey", "")
    if not key:
        found.append(field.required(f"{path}.topologyKey", "can not be empty"))
    found += label_name(f"{path}.topologyKey", key)


def _label_keys(found: list[FieldError], path: str, term: Object) -> None:
    """Keys whose values are taken from the pod (ValidateMatchLabelKeysAndMismatchLabelKeys)."""
    selector = term.get("labelSelector")
    match, mismatch = term.get("matchLabelKeys") or [], term.get("mismatchLabelKeys") or []
    for name, keys in (("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)):
        if keys and selector is None:
            found.append(field.forbidden(f"{path}.{name}", "must not be specified when labelSelector is not set"))
        elif keys:
            for index, key in enumerate(keys):
                found += label_name(f"{path}.{name}[{index}]", key)
    if selector is not None and match:
        positions: Mapping[str, int] = {key: index for index, key in enumerate(match)}
        known = set(selector.get("matchLabels") or ())
        for expression in selector.get("matchExpressions") or ():
            key = expression.get("key", "")
            if key in positions and key in known:
                text = "exists in both matchLabelKeys and labelSelector"
                found.append(field.invalid(f"{path}[{positions[key]}]", key, text))
            known.add(key)
    for index, key in enumerate(match):
        if key in mismatch:
            text = "exists in both matchLabelKeys and mismatchLabelKeys"
            found.append(field.invalid(f"{path}.matchLabelKeys[{index}]", key, text))


def check_taint_effect(path: str, effect: str) -> list[FieldError]:
    """What a taint does; "" is not one."""
    if not effect:
        return [field.required(path)]
    return [] if effect in _EFFECTS else [field.not_supported(path, effect, _EFFECTS)]


def check_tolerations(path: str, tolerations: list[Object] | None) -> list[FieldError]:
    """The taints that a pod stands (ValidateTolerations)."""
    found: list[FieldError] = []
    for index, toleration in enumerate(tolerations or ()):
        here, key = f"{path}[{index}]", toleration.get("key", "")
        operator, value, effect = (toleration.get(name, "") for name in ("operator", "value", "effect"))
        if key:
            found += label_name(f"{here}.key", key)
        elif operator != "Exists":
            text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            found.append(field.invalid(f"{here}.operator", operator, text))
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            found.append(field.invalid(f"{here}.effect", effect, text))
        if operator in ("Equal", ""):
            texts = validation.is_valid_label_value(value) if value else ()
            if texts:
                found.append(field.invalid(f"{here}.operator", value, ";".join(texts)))
        elif operator == "Exists":
            if value:
                text = "value must be empty when `operator` is 'Exists'"
                found.append(field.invalid(f"{here}.operator", value, text))
        elif operator in ("Lt", "Gt"):
            found.append(field.not_supported(f"{here}.operator", operator, ["Equal", "Exists", "Lt", "Gt"]))
        else:
            found.append(field.not_supported(f"{here}.operator", operator, ["Equal", "Exists"]))
        if effect:
            found += check_taint_effect(f"{here}.effect", effect)
    return found


def check_spread(path: str, constraints: list[Object] | None) -> list[FieldError]:
    """How pods are spread (validateTopologySpreadConstraints)."""
    found: list[FieldError] = []
    for index, constraint in enumerate(constraints or ()):
        here = f"{path}[{index}]"
        if constraint.get("maxSkew", 0) <= 0:
            found.append(field.invalid(f"{here}.maxSkew", constraint.get("maxSkew", 0), _POSITIVE))
        key, action = constraint.get("topologyKey", ""), constraint.get("whenUnsatisfiable", "")
        if not key:
            found.append(field.required(f"{here}.topologyKey", "can not be empty"))
        found += one_of(f"{here}.whenUnsatisfiable", action, ("DoNotSchedule", "ScheduleAnyway"))
        for other in (constraints or [])[index + 1 :]:
            if other.get("topologyKey", "") == key and other.get("whenUnsatisfiable", "") == action:
                value = f"{{{key}, {action}}}"
                found.append(field.duplicate(f"{here}.{{topologyKey, whenUnsatisfiable}}", value))
                break
        domains = constraint.get("minDomains")
        if domains is not None:
            if domains <= 0:
                found.append(field.invalid(f"{here}.minDomains", domains, _POSITIVE))
            if action != "DoNotSchedule":
                text = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
                found.append(field.invalid(f"{here}.minDomains", domains, text))
        for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if constraint.get(name) is not None:
                found += one_of(f"{here}.{name}", constraint[name], ("Honor", "Ignore"))
        _label_keys(found, here, constraint)
        found += label_selector(f"{here}.labelSelector", constraint.get("labelSelector"))
    return found
