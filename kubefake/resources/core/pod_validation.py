"""What is wrong with pods and with the specs in templates of pods.

Follows pkg/apis/core/validation/validation.go (ValidatePodSpec, ValidatePodCreate).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import (
    Object,
    dns_label,
    dns_subdomain,
    ip_for_legacy_field,
    label_map,
    label_name,
    named,
)
from kubefake.resources.core.container_validation import (
    PodFacts,
    check_containers,
    check_ephemeral_containers,
    check_init_containers,
)
from kubefake.resources.core.resource_validation import check_container_resources, check_pod_resources
from kubefake.resources.core.scheduling_validation import check_affinity, check_spread, check_tolerations
from kubefake.resources.core.security_validation import (
    check_host_process,
    check_host_users,
    check_os,
    check_pod_security,
)
from kubefake.resources.core.volume_validation import check_volumes
from kubefake.resources.strategy import Context

__all__ = ["check_pod", "check_pod_metadata_and_spec", "check_pod_spec", "check_template"]

_RESTART = ["Always", "OnFailure", "Never"]
_DNS = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]
_MAX_INT32 = 2**31 - 1
_MIRROR = "kubernetes.io/config.mirror"
_COST = "controller.kubernetes.io/pod-deletion-cost"
_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_NAMED_AFTER_POD = b'"ephemeral"'
_encode = msgspec.json.Encoder().encode
_PADDED = "must not have leading or trailing whitespace"


def check_pod(obj: Object, context: Context) -> list[FieldError]:  # noqa: ARG001
    """A new pod (ValidatePodCreate)."""
    found = check_pod_metadata_and_spec(obj)
    spec = obj["spec"]
    if spec.get("ephemeralContainers"):
        found.append(field.forbidden("spec.ephemeralContainers", "cannot be set on create"))
    if spec.get("nodeName") and spec.get("schedulingGates"):
        text = "cannot be set until all schedulingGates have been cleared"
        found.append(field.forbidden("spec.nodeName", text))
    return found


def check_pod_metadata_and_spec(obj: Object) -> list[FieldError]:
    """What is checked of a pod whenever it is written (validatePodMetadataAndSpec)."""
    meta, spec = obj["metadata"], obj["spec"]
    annotations = meta.get("annotations")
    found = _annotations("metadata.annotations", annotations, spec) if annotations else []
    found += check_pod_spec(
        "spec", spec, meta.get("name", ""), pod=True, mirror=bool(annotations and _MIRROR in annotations)
    )
    if not spec.get("serviceAccountName"):
        for index, volume in enumerate(spec.get("volumes") or ()):
            for number, source in enumerate((volume.get("projected") or {}).get("sources") or ()):
                if source.get("serviceAccountToken") is not None:
                    here = f"spec.volumes[{index}].projected.sources[{number}].serviceAccountToken"
                    found.append(field.forbidden(here, "must not be specified when serviceAccountName is not set"))
    for key in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(key) or ()):
            image = container.get("image", "")
            if image and (image[0].isspace() or image[-1].isspace()):
                found.append(field.invalid(f"spec.{key}[{index}].image", image, _PADDED))
    return found


def _annotations(path: str, annotations: Mapping[str, str], spec: Object) -> list[FieldError]:
    """Annotations that mean something (ValidatePodSpecificAnnotations)."""
    found: list[FieldError] = []
    if _MIRROR in annotations and not spec.get("nodeName"):
        text = "must set spec.nodeName if mirror pod annotation is set"
        found.append(field.invalid(f"{path}[{_MIRROR}]", annotations[_MIRROR], text))
    cost = annotations.get(_COST)
    if cost is not None and not _is_cost(cost):
        found.append(field.invalid(f"{path}[{_COST}]", cost, "must be a 32bit integer"))
    for key, value in annotations.items():
        if key == _SECCOMP_POD or key.startswith(_SECCOMP):
            known = value in ("runtime/default", "docker/default", "unconfined")
            if not known and not value.startswith("localhost/"):
                found.append(field.invalid(f"{path}.{key}", value, "must be a valid seccomp profile"))
        elif key.startswith(_APP_ARMOR):
            name = key.removeprefix(_APP_ARMOR)
            if not any(c.get("name") == name for k in ("initContainers", "containers") for c in spec.get(k) or ()):
                found.append(field.invalid(f"{path}[{key}]", name, "container not found"))
            if value not in ("", "runtime/default", "unconfined") and not value.startswith("localhost/"):
                found.append(field.invalid(f"{path}[{key}]", value, f'invalid AppArmor profile name: "{value}"'))
    return found


def _is_cost(text: str) -> bool:
    digits = text.removeprefix("-") if text.startswith("-") else text
    if not digits.isascii() or not digits.isdigit() or (len(digits) > 1 and digits[0] == "0") or text == "-0":
        return False
    return -(2**31) <= int(text) <= _MAX_INT32


def check_template(path: str, template: Object) -> list[FieldError]:
    """A template of pods (ValidatePodTemplateSpec)."""
    meta = template.get("metadata") or {}
    found = label_map(f"{path}.labels", meta.get("labels"))
    annotations = meta.get("annotations")
    if annotations:
        found += [
            field.invalid(f"{path}.annotations", key, text)
            for key in annotations
            for text in validation.is_label_key(key.lower())
        ]
        found += _annotations(f"{path}.annotations", annotations, template.get("spec") or {})
    spec = template.get("spec") or {}
    found += check_pod_spec(f"{path}.spec", spec, "", pod=False, mirror=False)
    if spec.get("ephemeralContainers"):
        text = "ephemeral containers not allowed in pod template"
        found.append(field.forbidden(f"{path}.spec.ephemeralContainers", text))
    return found


def check_pod_spec(path: str, spec: Object, pod_name: str, *, pod: bool, mirror: bool) -> list[FieldError]:
    """What pods and templates have in common (ValidatePodSpec).

    Specs that are fine are remembered: most pods are made from few templates, and updates of pods seldom change specs.
    """
    try:
        text = _encode(spec)
    except (ValueError, OverflowError):
        return _pod_spec(path, spec, pod_name, pod=pod, mirror=mirror)
    if _NAMED_AFTER_POD in text:
        return _pod_spec(path, spec, pod_name, pod=pod, mirror=mirror)
    fine = _fine(text, pod=pod, mirror=mirror)
    if fine:
        return []
    found = _pod_spec(path, spec, pod_name, pod=pod, mirror=mirror)
    if not found:
        fine.append(True)
    return found


@lru_cache(256)
def _fine(spec: bytes, *, pod: bool, mirror: bool) -> list[bool]:  # noqa: ARG001  they are what is remembered
    """The place to note that a spec, in which nothing depends on the pod's name, is fine; empty at first."""
    return []


def _pod_spec(path: str, spec: Object, pod_name: str, *, pod: bool, mirror: bool) -> list[FieldError]:
    claims = {claim.get("name", "") for claim in spec.get("resourceClaims") or ()} - {""}
    volumes, found = check_volumes(f"{path}.volumes", spec.get("volumes"), pod_name, pod=pod)
    if spec.get("resourceClaims"):
        _resource_claims(found, f"{path}.resourceClaims", spec["resourceClaims"], mirror=mirror)
    facts = PodFacts(
        volumes,
        claims,
        spec.get("terminationGracePeriodSeconds"),
        spec.get("restartPolicy", ""),
        (spec.get("os") or {}).get("name") if spec.get("os") is not None else None,
        spec.get("hostUsers") is not False,
    )
    found += check_containers(f"{path}.containers", spec.get("containers"), facts)
    if spec.get("initContainers"):
        found += check_init_containers(f"{path}.initContainers", spec["initContainers"], spec.get("containers"), facts)
    if spec.get("ephemeralContainers"):
        found += check_ephemeral_containers(f"{path}.ephemeralContainers", spec["ephemeralContainers"], spec, facts)
    if spec.get("resources") is not None:
        found += check_pod_resources(f"{path}.resources", spec, claims)
    if spec.get("hostNetwork"):
        _host_network(found, f"{path}.containers", spec, pod=pod)
    if spec.get("restartPolicy") not in _RESTART:
        found.append(field.not_supported(f"{path}.restartPolicy", spec.get("restartPolicy"), _RESTART))
    if spec.get("dnsPolicy") not in _DNS:
        found.append(field.not_supported(f"{path}.dnsPolicy", spec.get("dnsPolicy"), _DNS))
    if spec.get("nodeSelector"):
        found += label_map(f"{path}.nodeSelector", spec["nodeSelector"])
    found += check_pod_security(f"{path}.securityContext", spec)
    found += check_affinity(f"{path}.affinity", spec.get("affinity"))
    _dns_config(found, f"{path}.dnsConfig", spec)
    for index, gate in enumerate(spec.get("readinessGates") or ()):
        found += label_name(f"{path}.readinessGates[{index}].conditionType", gate.get("conditionType", ""))
    _gates(found, f"{path}.schedulingGates", spec.get("schedulingGates") or ())
    found += check_spread(f"{path}.topologySpreadConstraints", spec.get("topologySpreadConstraints"))
    found += check_host_process(path, spec)
    found += check_host_users(path, spec)
    _names(found, path, spec)
    _rest(found, path, spec)
    found += check_os(path, spec)
    _scheduling_group(found, path, spec)
    _file_references(found, path, spec)
    return found


def _names(found: list[FieldError], path: str, spec: Object) -> None:
    hostname = spec.get("hostnameOverride")
    if hostname is not None:
        here = f"{path}.hostnameOverride"
        if spec.get("setHostnameAsFQDN"):
            found.append(field.forbidden(here, "may not be specified when setHostnameAsFQDN is true"))
        if spec.get("hostNetwork"):
            found.append(field.forbidden(here, "may not be specified when hostNetwork is true"))
        if len(hostname.encode()) > 64:
            found.append(field.too_long(here, 64))
        found += dns_subdomain(here, hostname)
    for key in ("serviceAccountName", "nodeName"):
        if spec.get(key):
            found += dns_subdomain(f"{path}.{key}", spec[key])
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= _MAX_INT32:
        text = validation.inclusive_range_error(1, _MAX_INT32)
        found.append(field.invalid(f"{path}.activeDeadlineSeconds", deadline, text))
    for key in ("hostname", "subdomain"):
        if spec.get(key):
            found += dns_label(f"{path}.{key}", spec[key])


def _rest(found: list[FieldError], path: str, spec: Object) -> None:
    found += check_tolerations(f"{path}.tolerations", spec.get("tolerations"))
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        here = f"{path}.hostAliases[{index}]"
        found += ip_for_legacy_field(f"{here}.ip", alias.get("ip", ""))
        for number, name in enumerate(alias.get("hostnames") or ()):
            found += dns_subdomain(f"{here}.hostnames[{number}]", name)
    if spec.get("priorityClassName"):
        found += dns_subdomain(f"{path}.priorityClassName", spec["priorityClassName"])
    if spec.get("runtimeClassName") is not None:
        found += dns_subdomain(f"{path}.runtimeClassName", spec["runtimeClassName"])
    policy = spec.get("preemptionPolicy")
    if policy is not None and policy not in ("PreemptLowerPriority", "Never"):
        known = ["PreemptLowerPriority", "Never"]
        found.append(field.not_supported(f"{path}.preemptionPolicy", policy, known))
    if spec.get("overhead"):
        for error in check_container_resources("", {"limits": spec["overhead"]}, ()):
            here = error.field.replace(".limits", f"{path}.overhead.limits", 1)
            found.append(FieldError(error.type, here, error.bad_value, error.detail))


def _resource_claims(found: list[FieldError], path: str, claims: list[Object], *, mirror: bool) -> None:
    names: set[str] = set()
    for index, claim in enumerate(claims):
        here, name = f"{path}[{index}]", claim.get("name", "")
        if mirror:
            found.append(field.forbidden("", "static pods do not support resource claims"))
            continue
        if not name:
            found.append(field.required(f"{here}.name"))
        elif name in names:
            found.append(field.duplicate(f"{here}.name", name))
        else:
            found += dns_label(f"{here}.name", name)
            names.add(name)
        given = {key: claim.get(key) for key in ("resourceClaimName", "resourceClaimTemplateName")}
        shown = Ordered({"Name": name, "ResourceClaimName": given["resourceClaimName"]})
        shown["ResourceClaimTemplateName"] = given["resourceClaimTemplateName"]
        count = sum(value is not None for value in given.values())
        if count == 2:
            text = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            found.append(field.invalid(here, shown, text))
        elif not count:
            text = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            found.append(field.invalid(here, shown, text))
        for key, value in given.items():
            if value is not None:
                found += dns_subdomain(f"{here}.{key}", value)


def _host_network(found: list[FieldError], path: str, spec: Object, *, pod: bool) -> None:
    for index, container in enumerate(spec.get("containers") or ()):
        for number, port in enumerate(container.get("ports") or ()):
            host, inside = port.get("hostPort", 0), port.get("containerPort", 0)
            if (pod or host) and host != inside:
                text = "must match `containerPort` when `hostNetwork` is true"
                found.append(field.invalid(f"{path}[{index}].ports[{number}].hostPort", host, text))


def _gates(found: list[FieldError], path: str, gates: Sequence[Object]) -> None:
    names: set[str] = set()
    for index, gate in enumerate(gates):
        name = gate.get("name", "")
        found += label_name(f"{path}[{index}]", name)
        if name in names:
            found.append(field.duplicate(f"{path}[{index}]", name))
        names.add(name)


def _dns_config(found: list[FieldError], path: str, spec: Object) -> None:
    config = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            found.append(field.required(path, "must provide `dnsConfig` when `dnsPolicy` is None"))
            return
        if not config.get("nameservers"):
            text = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            found.append(field.required(f"{path}.nameservers", text))
            return
    if config is None:
        return
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if len(servers) > 3:
        found.append(field.invalid(f"{path}.nameservers", servers, "must not have more than 3 nameservers"))
    for index, server in enumerate(servers):
        found += ip_for_legacy_field(f"{path}.nameservers[{index}]", server)
    if len(searches) > 32:
        found.append(field.invalid(f"{path}.searches", searches, "must not have more than 32 search paths"))
    if len(" ".join(searches).encode()) > 2048:
        text = "must not have more than 2048 characters (including spaces) in the search list"
        found.append(field.invalid(f"{path}.searches", searches, text))
    for index, search in enumerate(searches):
        if search != ".":
            check = validation.is_dns1123_subdomain_with_underscore
            found += named(f"{path}.searches[{index}]", search.removesuffix("."), check)
    for index, option in enumerate(config.get("options") or ()):
        if not option.get("name"):
            found.append(field.required(f"{path}.options[{index}]", "must not be empty"))


def _scheduling_group(found: list[FieldError], path: str, spec: Object) -> None:
    group = spec.get("schedulingGroup")
    if group is None:
        return
    here, name = f"{path}.schedulingGroup.podGroupName", group.get("podGroupName")
    if name is None:
        found.append(field.invalid(here, None, "must specify one of: `podGroupName`"))
    else:
        found += dns_subdomain(here, name)


def _file_references(found: list[FieldError], path: str, spec: Object) -> None:
    volumes = {volume.get("name", ""): volume for volume in spec.get("volumes") or ()}
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(key) or ()):
            for number, variable in enumerate(container.get("env") or ()):
                reference = (variable.get("valueFrom") or {}).get("fileKeyRef")
                if reference is None:
                    continue
                here = f"{path}.{key}[{index}].env[{number}].valueFrom.fileKeyRef.volumeName"
                name = reference.get("volumeName", "")
                if name not in volumes:
                    found.append(field.not_found(here, name))
                elif volumes[name].get("emptyDir") is None:
                    found.append(field.invalid(here, name, "referenced volume must be of type emptyDir"))
