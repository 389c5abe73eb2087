"""What servers say to those who use an old version: since when it is deprecated, when it went, and what took its place."""

from __future__ import annotations

__all__ = ["deprecation"]

# group/version, or group/version and kind: deprecated in, gone in, replaced by.
_LIVES: dict[str, tuple[str, str, str]] = {
    "admissionregistration.k8s.io/v1beta1": ("1.16", "1.22", "admissionregistration.k8s.io/v1"),
    "apps/v1beta1": ("1.9", "1.16", "apps/v1"),
    "apps/v1beta2": ("1.9", "1.16", "apps/v1"),
    "authentication.k8s.io/v1beta1": ("1.19", "1.22", "authentication.k8s.io/v1"),
    "authorization.k8s.io/v1beta1": ("1.19", "1.22", "authorization.k8s.io/v1"),
    "autoscaling/v2beta1": ("1.22", "1.25", "autoscaling/v2"),
    "autoscaling/v2beta2": ("1.23", "1.26", "autoscaling/v2"),
    "batch/v1beta1": ("1.21", "1.25", "batch/v1"),
    "batch/v2alpha1": ("1.8", "1.21", "batch/v1"),
    "certificates.k8s.io/v1beta1": ("1.19", "1.22", "certificates.k8s.io/v1"),
    "coordination.k8s.io/v1beta1": ("1.19", "1.22", "coordination.k8s.io/v1"),
    "discovery.k8s.io/v1alpha1": ("1.17", "1.21", "discovery.k8s.io/v1"),
    "discovery.k8s.io/v1beta1": ("1.21", "1.25", "discovery.k8s.io/v1"),
    "events.k8s.io/v1beta1": ("1.22", "1.25", "events.k8s.io/v1"),
    "extensions/v1beta1": ("1.9", "1.16", "apps/v1"),
    "extensions/v1beta1 Ingress": ("1.14", "1.22", "networking.k8s.io/v1"),
    "extensions/v1beta1 NetworkPolicy": ("1.9", "1.16", "networking.k8s.io/v1"),
    "extensions/v1beta1 PodSecurityPolicy": ("1.10", "1.16", "policy/v1beta1"),
    "flowcontrol.apiserver.k8s.io/v1alpha1": ("1.20", "1.21", "flowcontrol.apiserver.k8s.io/v1"),
    "flowcontrol.apiserver.k8s.io/v1beta1": ("1.23", "1.26", "flowcontrol.apiserver.k8s.io/v1"),
    "flowcontrol.apiserver.k8s.io/v1beta2": ("1.26", "1.29", "flowcontrol.apiserver.k8s.io/v1"),
    "flowcontrol.apiserver.k8s.io/v1beta3": ("1.29", "1.32", "flowcontrol.apiserver.k8s.io/v1"),
    "networking.k8s.io/v1beta1": ("1.19", "1.22", "networking.k8s.io/v1"),
    "node.k8s.io/v1alpha1": ("1.20", "1.22", "node.k8s.io/v1"),
    "node.k8s.io/v1beta1": ("1.22", "1.25", "node.k8s.io/v1"),
    "policy/v1beta1": ("1.21", "1.25", "policy/v1"),
    "policy/v1beta1 PodSecurityPolicy": ("1.21", "1.25", ""),
    "rbac.authorization.k8s.io/v1alpha1": ("1.17", "1.22", "rbac.authorization.k8s.io/v1"),
    "rbac.authorization.k8s.io/v1beta1": ("1.17", "1.22", "rbac.authorization.k8s.io/v1"),
    "scheduling.k8s.io/v1alpha1": ("1.14", "1.22", "scheduling.k8s.io/v1"),
    "scheduling.k8s.io/v1beta1": ("1.14", "1.22", "scheduling.k8s.io/v1"),
    "storage.k8s.io/v1beta1": ("1.19", "1.22", "storage.k8s.io/v1"),
    "storage.k8s.io/v1beta1 CSINode": ("1.17", "1.22", "storage.k8s.io/v1"),
    "storage.k8s.io/v1beta1 CSIStorageCapacity": ("1.24", "1.27", "storage.k8s.io/v1"),
}


def deprecation(group: str, version: str, kind: str) -> str:
    """The warning, "" for a version that went without one (k8s.io/apiserver/pkg/endpoints/deprecation)."""
    name = f"{group}/{version}"
    life = _LIVES.get(f"{name} {kind}") or _LIVES.get(name)
    if life is None:
        return ""
    since, gone, successor = life
    text = f"{name} {kind} is deprecated in v{since}+, unavailable in v{gone}+"
    return f"{text}; use {successor} {kind}" if successor else text
