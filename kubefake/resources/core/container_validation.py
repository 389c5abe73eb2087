"""What is wrong with containers: of pods and of templates, the running, the initialising and the ephemeral ones.

Follows pkg/apis/core/validation/validation.go. Checks add to a list in the order in which the server tells the errors; nothing
is formatted while everything is in order, except paths.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubefake.resources.checks import Object, at_least_zero, dns_label, named, one_of, port_or_name
from kubefake.resources.core.environment_validation import check_env, check_env_from
from kubefake.resources.core.mount_validation import check_devices, check_mounts
from kubefake.resources.core.resource_validation import check_container_resources
from kubefake.resources.core.security_validation import check_security_context

__all__ = ["PodFacts", "check_containers", "check_ephemeral_containers", "check_init_containers"]

_PROTOCOLS = frozenset({"TCP", "UDP", "SCTP"})
_PULL = frozenset({"Always", "IfNotPresent", "Never"})
_ONE_HANDLER = "may not specify more than 1 handler type"
_NOT_FOR_INIT = "may not be set for init containers without restartPolicy=Always"
_SIGNALS = frozenset(
    [
        f"SIG{name}"
        for name in [
            "ABRT",
            "ALRM",
            "BUS",
            "CHLD",
            "CLD",
            "CONT",
            "FPE",
            "HUP",
            "ILL",
            "INT",
            "IO",
            "IOT",
            "KILL",
            "PIPE",
            "POLL",
            "PROF",
            "PWR",
            "QUIT",
            "SEGV",
            "STKFLT",
            "STOP",
            "SYS",
            "TERM",
            "TRAP",
            "TSTP",
            "TTIN",
            "TTOU",
            "URG",
            "USR1",
            "USR2",
            "VTALRM",
            "WINCH",
            "XCPU",
            "XFSZ",
            "RTMIN",
            "RTMAX",
        ]
    ]
    + [f"SIGRTMIN+{n}" for n in range(1, 16)]
    + [f"SIGRTMAX-{n}" for n in range(1, 15)]
)
_EPHEMERAL_REFUSES = (
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
)


@dataclass(slots=True)
class PodFacts:
    """What checks of a container need to know of its pod."""

    volumes: Mapping[str, Object]
    claims: Collection[str]
    grace: int | None
    restart_policy: str
    os: str | None
    host_users: bool


def check_containers(path: str, containers: list[Object] | None, facts: PodFacts) -> list[FieldError]:
    """The containers that make the pod (validateContainers)."""
    if not containers:
        return [field.required(path)]
    found: list[FieldError] = []
    names: set[str] = set()
    for index, container in enumerate(containers):
        here = f"{path}[{index}]"
        _common(found, here, container, facts)
        name = container.get("name", "")
        if name in names:
            found.append(field.duplicate(f"{here}.name", name))
        names.add(name)
        _hooks(found, here, container, facts)
        _restart_policy(found, here, container)
    _host_ports(found, path, containers)
    return found


def check_init_containers(
    path: str, containers: list[Object], regular: list[Object] | None, facts: PodFacts
) -> list[FieldError]:
    """The containers that run before the others, or beside them (validateInitContainers)."""
    found: list[FieldError] = []
    names = {container.get("name", "") for container in regular or ()}
    for index, container in enumerate(containers):
        here = f"{path}[{index}]"
        _common(found, here, container, facts)
        _restart_policy(found, here, container)
        name = container.get("name", "")
        if name in names:
            found.append(field.duplicate(f"{here}.name", name))
        elif name:
            names.add(name)
        _host_ports(found, path, [container])
        if container.get("restartPolicy") == "Always":
            _hooks(found, here, container, facts)
            continue
        found += [
            field.forbidden(f"{here}.{key}", _NOT_FOR_INIT)
            for key in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
            if container.get(key) is not None
        ]
        for number, policy in enumerate(container.get("resizePolicy") or ()):
            if policy.get("restartPolicy") == "RestartContainer":
                text = "must not be set to 'RestartContainer' for non-sidecar initContainers"
                where = f"{here}.resizePolicy[{number}].restartPolicy"
                found.append(field.invalid(where, policy["restartPolicy"], text))
    return found


def check_ephemeral_containers(path: str, containers: list[Object], spec: Object, facts: PodFacts) -> list[FieldError]:
    """The containers that are added to look at a pod (validateEphemeralContainers)."""
    found: list[FieldError] = []
    others = {c.get("name", "") for key in ("containers", "initContainers") for c in spec.get(key) or ()}
    names = set(others)
    text = "cannot be set for an Ephemeral Container"
    for index, container in enumerate(containers):
        here = f"{path}[{index}]"
        _common(found, here, container, facts)
        image = container.get("image", "")
        if image != image.strip():
            found.append(field.invalid(f"{here}.image", image, "must not have leading or trailing whitespace"))
        name = container.get("name", "")
        if name in names:
            found.append(field.duplicate(f"{here}.name", name))
        names.add(name)
        target = container.get("targetContainerName", "")
        if target and target not in others:
            found.append(field.not_found(f"{here}.targetContainerName", target))
        found += [field.forbidden(f"{here}.{key}", text) for key in _EPHEMERAL_REFUSES if container.get(key)]
        for number, mount in enumerate(container.get("volumeMounts") or ()):
            found += [
                field.forbidden(f"{here}.volumeMounts[{number}].{key}", text)
                for key in ("subPath", "subPathExpr")
                if mount.get(key)
            ]
    return found


def _common(found: list[FieldError], path: str, container: Object, facts: PodFacts) -> None:
    name = container.get("name", "")
    if name:
        found += dns_label(f"{path}.name", name)
    else:
        found.append(field.required(f"{path}.name"))
    if not container.get("image"):
        found.append(field.required(f"{path}.image"))
    policy = container.get("terminationMessagePolicy")
    if policy not in ("File", "FallbackToLogsOnError"):
        known = ["File", "FallbackToLogsOnError"]
        found.append(field.not_supported(f"{path}.terminationMessagePolicy", policy, known))
    ports, env, env_from = container.get("ports"), container.get("env"), container.get("envFrom")
    mounts, devices = container.get("volumeMounts"), container.get("volumeDevices")
    if ports:
        _ports(found, f"{path}.ports", ports)
    if env:
        found += check_env(f"{path}.env", env)
    if env_from:
        found += check_env_from(f"{path}.envFrom", env_from)
    if mounts:
        found += check_mounts(f"{path}.volumeMounts", mounts, devices or (), facts.volumes, container)
    if devices:
        found += check_devices(f"{path}.volumeDevices", devices, mounts or (), facts.volumes)
    found += one_of(f"{path}.imagePullPolicy", container.get("imagePullPolicy", ""), _PULL, required=True)
    resources = container.get("resources")
    if resources:
        found += check_container_resources(f"{path}.resources", resources, facts.claims)
    if container.get("resizePolicy"):
        _resize_policy(found, f"{path}.resizePolicy", container["resizePolicy"], facts.restart_policy)
    context = container.get("securityContext")
    if context is not None:
        found += check_security_context(f"{path}.securityContext", context, host_users=facts.host_users)


def _ports(found: list[FieldError], path: str, ports: list[Object]) -> None:
    names: set[str] = set()
    for index, port in enumerate(ports):
        here, name = f"{path}[{index}]", port.get("name")
        if name:
            wrong = named(f"{here}.name", name, validation.is_valid_port_name)
            found += wrong
            if not wrong:
                if name in names:
                    found.append(field.duplicate(f"{here}.name", name))
                names.add(name)
        number = port.get("containerPort", 0)
        if not number:
            found.append(field.required(f"{here}.containerPort"))
        else:
            found += port_or_name(f"{here}.containerPort", number)
        if port.get("hostPort"):
            found += port_or_name(f"{here}.hostPort", port["hostPort"])
        found += one_of(f"{here}.protocol", port.get("protocol", ""), _PROTOCOLS, required=True)


def _host_ports(found: list[FieldError], path: str, containers: list[Object]) -> None:
    taken: set[str] = set()
    for index, container in enumerate(containers):
        for number, port in enumerate(container.get("ports") or ()):
            host = port.get("hostPort")
            if host:
                key = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{host}"
                if key in taken:
                    found.append(field.duplicate(f"{path}[{index}].ports[{number}].hostPort", key))
                taken.add(key)


def _resize_policy(found: list[FieldError], path: str, policies: list[Object], pod_policy: str) -> None:
    seen: set[str] = set()
    for index, policy in enumerate(policies):
        name, restart = policy.get("resourceName", ""), policy.get("restartPolicy", "")
        if name in seen:
            found.append(field.duplicate(f"{path}[{index}]", name))
        seen.add(name)
        found += one_of(path, name, ("cpu", "memory"), required=True)
        found += one_of(path, restart, ("NotRequired", "RestartContainer"), required=True)
        if pod_policy == "Never" and restart != "NotRequired":
            found.append(field.invalid(path, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))


def _restart_policy(found: list[FieldError], path: str, container: Object) -> None:
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules") or ()
    if policy is None:
        if not rules:
            return
        found.append(field.required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used"))
    else:
        found += one_of(f"{path}.restartPolicy", policy, ("Always", "Never", "OnFailure"))
    if len(rules) > 20:
        found.append(field.too_many(f"{path}.restartPolicyRules", len(rules), 20))
    for index, rule in enumerate(rules):
        here = f"{path}.restartPolicyRules[{index}]"
        found += one_of(f"{here}.action", rule.get("action", ""), ("Restart", "RestartAllContainers"))
        codes = rule.get("exitCodes")
        if codes is None:
            found.append(field.required(f"{here}.exitCodes", "must be specified"))
            continue
        found += one_of(f"{here}.exitCodes.operator", codes.get("operator", ""), ("In", "NotIn"))
        if len(codes.get("values") or ()) > 255:
            found.append(field.too_many(f"{here}.exitCodes.values", len(codes["values"]), 255))


def _hooks(found: list[FieldError], path: str, container: Object, facts: PodFacts) -> None:
    lifecycle = container.get("lifecycle")
    if lifecycle is not None:
        for key in ("postStart", "preStop"):
            if lifecycle.get(key) is not None:
                _handler(found, f"{path}.lifecycle.{key}", lifecycle[key], facts.grace)
        signal = lifecycle.get("stopSignal")
        if signal is not None:
            _stop_signal(found, f"{path}.lifecycle.stopSignal", signal, facts.os)
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(key)
        if probe is not None:
            _probe(found, f"{path}.{key}", key, probe, facts.grace)


def _stop_signal(found: list[FieldError], path: str, signal: str, os: str | None) -> None:
    if os is None:
        found.append(field.forbidden(path, "may not be set for containers with empty `spec.os.name`"))
    elif os == "windows":
        found += one_of(path, signal, ("SIGKILL", "SIGTERM"))
    elif os == "linux":
        found += one_of(path, signal, _SIGNALS)


def _probe(found: list[FieldError], path: str, kind: str, probe: Object, grace: int | None) -> None:
    _handler(found, path, probe, grace)
    for key in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        found += at_least_zero(f"{path}.{key}", probe.get(key, 0))
    own = probe.get("terminationGracePeriodSeconds")
    if own is not None and own <= 0:
        found.append(field.invalid(f"{path}.terminationGracePeriodSeconds", own, "must be greater than 0"))
    if kind == "readinessProbe":
        if own is not None:
            text = "must not be set for readinessProbes"
            found.append(field.invalid(f"{path}.terminationGracePeriodSeconds", own, text))
    elif probe.get("successThreshold") != 1:
        found.append(field.invalid(f"{path}.successThreshold", probe.get("successThreshold", 0), "must be 1"))


def _handler(found: list[FieldError], path: str, handler: Object, grace: int | None) -> None:
    chosen = False
    for key, check in _HANDLERS:
        action = handler.get(key)
        if action is None:
            continue
        if chosen:
            found.append(field.forbidden(f"{path}.{key}", _ONE_HANDLER))
            continue
        chosen = True
        check(found, f"{path}.{key}", action, grace)
    if not chosen:
        found.append(field.required(path, "must specify a handler type"))


def _exec(found: list[FieldError], path: str, action: Object, _grace: int | None) -> None:
    if not action.get("command"):
        found.append(field.required(f"{path}.command"))


def _http_get(found: list[FieldError], path: str, action: Object, _grace: int | None) -> None:
    if not action.get("path"):
        found.append(field.required(f"{path}.path"))
    found += port_or_name(f"{path}.port", action.get("port", 0))
    found += one_of(f"{path}.scheme", action.get("scheme", ""), ("HTTP", "HTTPS"))
    for header in action.get("httpHeaders") or ():
        found += named(f"{path}.httpHeaders", header.get("name", ""), validation.is_http_header_name)


def _port(found: list[FieldError], path: str, action: Object, _grace: int | None) -> None:
    found += port_or_name(f"{path}.port", action.get("port", 0))


def _sleep(found: list[FieldError], path: str, action: Object, grace: int | None) -> None:
    seconds = action.get("seconds", 0)
    if grace is not None and (seconds < 0 or seconds > grace):
        text = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
        found.append(field.invalid(path, seconds, text))


_HANDLERS: tuple[tuple[str, Any], ...] = (
    ("exec", _exec),
    ("httpGet", _http_get),
    ("tcpSocket", _port),
    ("grpc", _port),
    ("sleep", _sleep),
)
