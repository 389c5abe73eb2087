"""Questions to the authorizer: declared everywhere, answered where an authorizer is a variable.

Follows k8s.io/apiserver/pkg/cel/library/authz.go. Custom kinds have no such variable, so that nothing here runs for them.
"""

from __future__ import annotations

from typing import Any, Final

from kubefake.cel.overloads import Overload, method
from kubefake.cel.values import CelError

__all__ = ["AUTHORIZATION"]

_A, _P, _G, _R, _D = (
    f"kubernetes.authorization.{name}"
    for name in ("Authorizer", "PathCheck", "GroupCheck", "ResourceCheck", "Decision")
)


def _nobody(*_: Any) -> Any:
    raise CelError("no such overload")


AUTHORIZATION: Final[tuple[Overload, ...]] = (
    method("path", "authorizer_path", f"{_A}; string -> {_P}", _nobody),
    method("group", "authorizer_group", f"{_A}; string -> {_G}", _nobody),
    method("serviceAccount", "authorizer_serviceaccount", f"{_A}; string; string -> {_A}", _nobody),
    method("resource", "groupcheck_resource", f"{_G}; string -> {_R}", _nobody),
    method("subresource", "resourcecheck_subresource", f"{_R}; string -> {_R}", _nobody),
    method("namespace", "resourcecheck_namespace", f"{_R}; string -> {_R}", _nobody),
    method("name", "resourcecheck_name", f"{_R}; string -> {_R}", _nobody),
    method("fieldSelector", "authorizer_fieldselector", f"{_R}; string -> {_R}", _nobody),
    method("labelSelector", "authorizer_labelselector", f"{_R}; string -> {_R}", _nobody),
    method("check", "pathcheck_check", f"{_P}; string -> {_D}", _nobody),
    method("check", "resourcecheck_check", f"{_R}; string -> {_D}", _nobody),
    method("errored", "decision_errored", f"{_D} -> bool", _nobody),
    method("error", "decision_error", f"{_D} -> string", _nobody),
    method("allowed", "decision_allowed", f"{_D} -> bool", _nobody),
    method("reason", "decision_reason", f"{_D} -> string", _nobody),
)
