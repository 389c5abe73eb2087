"""What the server warns of in services, claims, accounts, secrets, nodes and endpoints.

Follows pkg/api/{service,persistentvolumeclaim}/… and the strategies of pkg/registry/core (WarningsOnCreate, WarningsOnUpdate).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from kubeclient.apimachinery import validation
from kubefake.resources.address_warnings import warn_of_address, warn_of_range
from kubefake.resources.checks import Object
from kubefake.resources.core.pod_warnings import warn_claim_spec, warn_template
from kubefake.resources.strategy import Context

__all__ = [
    "warn_account",
    "warn_claim",
    "warn_endpoints",
    "warn_node",
    "warn_pod_template",
    "warn_secret",
    "warn_service",
    "warn_template_owner",
]

_HINTS = "service.kubernetes.io/topology-aware-hints"
_MOUNTABLE = "kubernetes.io/enforce-mountable-secrets"
_BETA_CLASS = "volume.beta.kubernetes.io/storage-class"
_BLOCK = re.compile(rb"-----BEGIN ([^-]+)-----")


def warn_service(obj: Object, old: Object | None, context: Context) -> list[str]:
    """Whenever a service or its status is written."""
    if context.subresource == "status" and old is not None:
        entries = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
        return [
            text
            for index, entry in enumerate(entries)
            for text in warn_of_address(f"status.loadBalancer.ingress[{index}]", entry.get("ip", ""))
        ]
    return list(_service(obj))


def _service(obj: Object) -> Iterator[str]:
    spec = obj["spec"]
    if _HINTS in (obj["metadata"].get("annotations") or {}):
        yield f"annotation {_HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead"
    external, kind = spec.get("externalIPs") or (), spec.get("type")
    if kind != "ExternalName" and spec.get("clusterIP") != "None":
        for index, address in enumerate(spec.get("clusterIPs") or ()):
            yield from warn_of_address(f"spec.clusterIPs[{index}]", address)
    headless = kind == "ClusterIP" and spec.get("clusterIP") == "None"
    if headless:
        if spec.get("loadBalancerIP"):
            yield "spec.loadBalancerIP is ignored for headless services"
        if external:
            yield "spec.externalIPs is ignored for headless services"
        if spec.get("sessionAffinity") != "None":
            yield "spec.SessionAffinity is ignored for headless services"
    for index, address in enumerate(external):
        yield from warn_of_address(f"spec.externalIPs[{index}]", address)
    if external and not headless and kind != "ExternalName":
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    yield from warn_of_address("spec.loadBalancerIP", spec.get("loadBalancerIP", ""))
    for index, cidr in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        yield from warn_of_range(f"spec.loadBalancerSourceRanges[{index}]", cidr)
    if kind == "ExternalName" and external:
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if kind != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def warn_claim(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Whenever a claim is written."""
    if context.subresource:
        return []
    found = []
    if _BETA_CLASS in (obj["metadata"].get("annotations") or {}):
        text = 'deprecated since v1.8; use "storageClassName" attribute instead'
        found.append(f"metadata.annotations[{_BETA_CLASS}]: {text}")
    return [*found, *warn_claim_spec("spec", obj["spec"])]


def warn_account(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """When the annotation that is going away comes."""
    given, before = ((one or {}).get("metadata", {}).get("annotations") or {} for one in (obj, old))
    if _MOUNTABLE not in given or _MOUNTABLE in before:
        return []
    text = "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
    return [f"metadata.annotations[{_MOUNTABLE}]: {text}"]


def warn_secret(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of a certificate and key that are none; whether they belong together is not looked at."""
    if obj.get("type") != "kubernetes.io/tls":
        return []
    data = obj.get("data") or {}
    for key, what, wanted in (("tls.crt", "certificate", "CERTIFICATE"), ("tls.key", "key", "PRIVATE KEY")):
        kinds = _blocks(data.get(key, ""))
        if not kinds:
            return [f"tls: failed to find any PEM data in {what} input"]
        if not any(kind.endswith(wanted) for kind in kinds):
            listed = "[" + " ".join(kinds) + "]"
            if what == "certificate":
                skipped = f"after skipping PEM blocks of the following types: {listed}"
                return [f'tls: failed to find "CERTIFICATE" PEM block in certificate input {skipped}']
            ending = f'with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: {listed}'
            return [f"tls: failed to find PEM block {ending}"]
    return []


def _blocks(data: str) -> list[str]:
    try:
        raw = base64.b64decode(data)
    except ValueError:
        return []
    return [kind.decode("ascii", "replace") for kind in _BLOCK.findall(raw)]


def warn_node(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of fields that nobody reads any more, and of odd ranges."""
    spec = obj.get("spec") or {}
    found = []
    if spec.get("configSource") is not None:
        found.append("spec.configSource: the spec.configSource field is deprecated and unused")
    if spec.get("externalID"):
        found.append("spec.externalID: this field is deprecated, and is unused by Kubernetes")
    for index, cidr in enumerate(spec.get("podCIDRs") or ()):
        found += warn_of_range(f"spec.podCIDRs[{index}]", cidr)
    return found


def warn_endpoints(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of odd addresses."""
    return [
        text
        for index, subset in enumerate(obj.get("subsets") or ())
        for key in ("addresses", "notReadyAddresses")
        for number, address in enumerate(subset.get(key) or ())
        for text in warn_of_address(f"subsets[{index}].{key}[{number}].ip", address.get("ip", ""))
    ]


def warn_pod_template(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of a new template, and of a changed one."""
    return warn_template("template", obj.get("template")) if _is_new(obj, old) else []


def warn_template_owner(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Of what makes pods that carry its name: of the name when it is new, of the template with every generation."""
    found = _name(obj) if old is None else []
    return found + (warn_template("spec.template", obj["spec"].get("template")) if _is_new(obj, old) else [])


def _name(obj: Object) -> list[str]:
    problems = validation.is_dns1123_label(obj["metadata"].get("name", ""))
    if not problems:
        return []
    text = (
        "this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended"
    )
    return [f"metadata.name: {text}: [{' '.join(problems)}]"]


def _is_new(obj: Object, old: Object | None) -> bool:
    return old is None or obj["metadata"].get("generation") != old["metadata"].get("generation")
