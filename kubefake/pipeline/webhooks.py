"""Admission that is configured on the cluster and that this server does not carry out: webhooks and CEL policies.

A request that one of them would see does not pass in silence. Where the configuration says that a failure refuses the request,
it is answered with a 501 that names the configuration; where a failure is to be ignored, or only warned of, the answer has a
warning. What matches is decided as k8s.io/apiserver/pkg/admission/plugin/webhook/predicates does; match conditions, which are
CEL, are taken to hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubeclient.apimachinery import labels
from kubefake.resources.strategy import JSONObject
from kubefake.store import Store
from kubefake.verbs.call import Call
from kubefake.wire.status import not_implemented

__all__ = ["ConfiguredAdmission"]

_GROUP: Final = "admissionregistration.k8s.io"
_WEBHOOKS: Final = ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
_POLICIES: Final = (
    ("mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
    ("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
)
_TABLES: Final = tuple(f"{plural}.{_GROUP}" for plural in (*_WEBHOOKS, *(policy for policy, _ in _POLICIES)))

Object = Mapping[str, Any]
_UNLABELLED: Final[Object] = {"metadata": {}}


class ConfiguredAdmission:
    """Refuses, or warns of, what webhooks and policies would have had a say in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def admit(self, call: Call, operation: str, obj: JSONObject | None, old: Object | None) -> None:
        """Nothing is changed: what would be is refused."""

    def validate(self, call: Call, operation: str, obj: Object | None, old: Object | None) -> None:
        table = self._store.table
        if not any(table(name).keys for name in _TABLES) or call.resource.group == _GROUP:
            return  # configurations are exempt, so that a broken one can be mended
        for name, strict in self._concerned(call, operation, obj, old):
            if strict:
                raise not_implemented(f"admission by {name}, which this request matches")
            call.warn(f"kubefake does not carry out admission by {name}, which this request matches")

    def _concerned(
        self, call: Call, operation: str, obj: Object | None, old: Object | None
    ) -> Iterator[tuple[str, bool]]:
        """The names of what matches the request, and whether its failure would refuse it."""
        for plural in _WEBHOOKS:
            for version in self._store.list(f"{plural}.{_GROUP}"):
                for hook in version.obj.get("webhooks") or ():
                    if self._matches(hook, hook.get("rules"), call, operation, obj, old):
                        yield f"{plural}/{version.name} ({hook.get('name')})", hook.get("failurePolicy") != "Ignore"
        for plural, bindings in _POLICIES:
            for version in self._store.list(f"{plural}.{_GROUP}"):
                bound = self._bindings(bindings, version.name)
                spec = version.obj.get("spec") or {}
                within = spec.get("matchConstraints") or {}
                if bound and self._matches(within, within.get("resourceRules"), call, operation, obj, old):
                    denies = any("Deny" in binding.get("validationActions", ("Deny",)) for binding in bound)
                    yield f"{plural}/{version.name}", denies and spec.get("failurePolicy") != "Ignore"

    def _bindings(self, plural: str, policy: str) -> list[Object]:
        specs = (version.obj.get("spec") or {} for version in self._store.list(f"{plural}.{_GROUP}"))
        return [spec for spec in specs if spec.get("policyName") == policy]

    def _matches(
        self, within: Object, rules: Any, call: Call, operation: str, obj: Object | None, old: Object | None
    ) -> bool:
        if not any(_rule_matches(rule, call, operation) for rule in rules or ()):
            return False
        if any(_rule_matches(rule, call, operation) for rule in within.get("excludeResourceRules") or ()):
            return False
        if not self._namespace_matches(within.get("namespaceSelector"), call, obj):
            return False
        if call.through:  # what is seen of the write is a Scale before and after it, which have no labels
            return _selects(within.get("objectSelector"), _UNLABELLED, _UNLABELLED)
        return _selects(within.get("objectSelector"), obj, old)

    def _namespace_matches(self, selector: Any, call: Call, obj: Object | None) -> bool:
        if not selector:
            return True
        resource = call.resource
        if resource.plural == "namespaces" and not resource.group and obj is not None:
            return _selects(selector, obj, None)
        if not call.namespace:
            return True  # what lives in no namespace is not selected by one
        namespace = self._store.get("namespaces", call.namespace)
        return namespace is not None and _selects(selector, namespace.obj, None)


def _rule_matches(rule: Object, call: Call, operation: str) -> bool:
    resource = call.resource
    scope = rule.get("scope") or "*"
    if scope != "*" and (scope == "Namespaced") != bool(call.namespace):
        return False
    names = rule.get("resourceNames")
    return (
        _listed(rule.get("operations"), operation)
        and _listed(rule.get("apiGroups"), resource.group)
        and _listed(rule.get("apiVersions"), resource.version)
        and any(_is_resource(text, call) for text in rule.get("resources") or ())
        and (not names or call.name in names)
    )


def _listed(values: Any, value: str) -> bool:
    return bool(values) and ("*" in values or value in values)


def _is_resource(text: str, call: Call) -> bool:
    resource, _, subresource = text.partition("/")
    asked = call.subresource or call.through
    return resource in ("*", call.resource.plural) and subresource in ((asked, "*") if asked or "/" in text else ("",))


def _selects(selector: Any, obj: Object | None, old: Object | None) -> bool:
    if not selector:
        return True
    matches = labels.from_label_selector(selector).matches
    return any(matches(one["metadata"].get("labels") or {}) for one in (obj, old) if one is not None)
