"""What decoding fills into network policies and ingress classes.

Follows pkg/apis/networking/v1/defaults.go.
"""

from __future__ import annotations

from kubefake.resources.strategy import JSONObject

__all__ = ["default_ingress", "default_ingress_class", "default_network_policy"]


def default_ingress_class(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """Parameters are of the cluster, unless told otherwise."""
    parameters = (obj.get("spec") or {}).get("parameters")
    if parameters is not None and parameters.get("scope") is None:
        parameters["scope"] = "Cluster"


def default_ingress(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """Nothing but what decoding leaves: that there are no rules is kept only where it is refused."""
    spec = obj.get("spec") or {}
    if spec.get("rules") == [] and spec.get("defaultBackend") is not None:
        del spec["rules"]


def default_network_policy(obj: JSONObject, version: str) -> None:  # noqa: ARG001
    """Policies are about what comes in, and about what goes out if they say something of it."""
    spec = obj["spec"]
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    for key in ("ingress", "egress"):
        for rule in spec.get(key) or ():
            for port in rule.get("ports") or ():
                port.setdefault("protocol", "TCP")
