"""The admissionregistration.k8s.io group."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kubefake.resources.admissionregistration import defaults
from kubefake.resources.builtin import BuiltinStrategy
from kubefake.resources.strategy import JSONObject, Strategy

__all__ = ["STRATEGIES"]

_DEFAULTS: Mapping[str, Callable[[JSONObject, str], None]] = {
    "mutatingadmissionpolicies": defaults.default_policy,
    "mutatingadmissionpolicybindings": defaults.default_binding,
    "mutatingwebhookconfigurations": defaults.default_mutating,
    "validatingadmissionpolicies": defaults.default_policy,
    "validatingadmissionpolicybindings": defaults.default_binding,
    "validatingwebhookconfigurations": defaults.default_validating,
}

STRATEGIES: Mapping[str, Strategy] = {
    plural: BuiltinStrategy("admissionregistration.k8s.io", plural, default=default)
    for plural, default in _DEFAULTS.items()
}
