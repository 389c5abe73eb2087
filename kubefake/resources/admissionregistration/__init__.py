"""The admissionregistration.k8s.io group."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kubefake.resources.admissionregistration import defaults, policy_validation, webhook_validation
from kubefake.resources.builtin import BuiltinStrategy, Check
from kubefake.resources.strategy import JSONObject, Strategy

__all__ = ["STRATEGIES"]

_KINDS: Mapping[str, tuple[Callable[[JSONObject, str], None], Check]] = {
    "mutatingadmissionpolicies": (defaults.default_policy, policy_validation.check_mutating_policy),
    "mutatingadmissionpolicybindings": (defaults.default_binding, policy_validation.check_mutating_binding),
    "mutatingwebhookconfigurations": (defaults.default_mutating, webhook_validation.check_mutating),
    "validatingadmissionpolicies": (defaults.default_policy, policy_validation.check_validating_policy),
    "validatingadmissionpolicybindings": (defaults.default_binding, policy_validation.check_validating_binding),
    "validatingwebhookconfigurations": (defaults.default_validating, webhook_validation.check_validating),
}

STRATEGIES: Mapping[str, Strategy] = {
    plural: BuiltinStrategy("admissionregistration.k8s.io", plural, default=default, check=check)
    for plural, (default, check) in _KINDS.items()
}
