"""What the Pod Security Standards ask of pods: the checks of the baseline and restricted levels, by their version.

Pure: a check looks at a pod and gives the reason and the detail of its refusal, or nothing. Follows
k8s.io/pod-security-admission/policy.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["LATEST", "Refusal", "evaluate"]

LATEST = 10_000
"""A minor version beyond every check's."""

Object = Mapping[str, Any]
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_SYSCTLS = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
}
"""Safe settings of the kernel, and the minor version that first took them for safe."""
_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_WINDOWS_APART = 25
_USER_NAMESPACES = 35


class Refusal(NamedTuple):
    """What a check has against a pod."""

    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


class _Pod:
    """A pod or the template of one, as the checks look at it."""

    __slots__ = ("annotations", "containers", "security", "spec", "version")

    def __init__(self, annotations: Object, spec: Object, version: int) -> None:
        self.annotations, self.spec, self.version = annotations, spec, version
        self.security: Object = spec.get("securityContext") or {}
        self.containers: list[tuple[str, Object, Object]] = [
            (container.get("name", ""), container, container.get("securityContext") or {})
            for key in ("initContainers", "containers", "ephemeralContainers")
            for container in spec.get(key) or ()
        ]

    def where(self, condition: Callable[[Object], Any]) -> list[str]:
        """Names of the containers whose security context meets it."""
        return [name for name, _, security in self.containers if condition(security)]

    @property
    def is_windows(self) -> bool:
        return self.version >= _WINDOWS_APART and (self.spec.get("os") or {}).get("name") == "windows"

    @property
    def has_own_users(self) -> bool:
        return self.version >= _USER_NAMESPACES and self.spec.get("hostUsers") is False


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)


def _many(word: str, values: Iterable[Any]) -> str:
    return word if len(list(values)) == 1 else f"{word}s"


def _containers(names: list[str]) -> str:
    return f"{_many('container', names)} {_quoted(names)}"


def _setters(pod: bool, names: list[str]) -> str:
    """Who set something: the pod, some containers, or both."""
    return " and ".join((["pod"] if pod else []) + ([_containers(names)] if names else []))


# --- baseline


def _apparmor(pod: _Pod) -> Refusal | None:
    allowed = ("RuntimeDefault", "Localhost")
    values: set[str] = set()

    def bad(security: Object) -> bool:
        profile = security.get("appArmorProfile")
        if profile is None or profile.get("type") in allowed:
            return False
        values.add(f'"{profile.get("type", "")}"')
        return True

    of_pod = bad(pod.security)
    setters = [_setters(of_pod, names)] if (names := pod.where(bad)) or of_pod else []
    notes = {
        key: value
        for key, value in pod.annotations.items()
        if key.startswith(_APPARMOR) and value not in ("", "runtime/default") and not value.startswith("localhost/")
    }
    if notes:
        setters.append(_many("annotation", notes))
        values.update(f'"{key}="{value}"' for key, value in notes.items())
    if not values:
        return None
    detail = f"{' and '.join(setters)} must not set AppArmor profile type to {', '.join(sorted(values))}"
    return Refusal(_many("forbidden AppArmor profile", values), detail)


def _baseline_capabilities(pod: _Pod) -> Refusal | None:
    return _added(pod, "non-default capabilities", _CAPABILITIES)


def _added(pod: _Pod, reason: str, allowed: frozenset[str]) -> Refusal | None:
    values: set[str] = set()

    def bad(security: Object) -> bool:
        found = set((security.get("capabilities") or {}).get("add") or ()) - allowed
        values.update(found)
        return bool(found)

    names = pod.where(bad)
    if not names:
        return None
    text = f"{_containers(names)} must not include {_quoted(sorted(values))} in securityContext.capabilities.add"
    return Refusal(reason, text)


def _host_namespaces(pod: _Pod) -> Refusal | None:
    shared = [f"{key}=true" for key in ("hostNetwork", "hostPID", "hostIPC") if pod.spec.get(key)]
    return Refusal("host namespaces", ", ".join(shared)) if shared else None


def _host_paths(pod: _Pod) -> Refusal | None:
    names = [v.get("name", "") for v in pod.spec.get("volumes") or () if v.get("hostPath") is not None]
    return Refusal("hostPath volumes", f"{_many('volume', names)} {_quoted(names)}") if names else None


def _host_ports(pod: _Pod) -> Refusal | None:
    used = {
        name: [port["hostPort"] for port in container.get("ports") or () if port.get("hostPort")]
        for name, container, _ in pod.containers
    }
    names = [name for name, ports in used.items() if ports]
    ports = sorted({str(port) for some in used.values() for port in some})
    return Refusal("hostPort", _uses(names, "hostPort", ports)) if names else None


def _uses(names: list[str], what: str, values: list[str]) -> str:
    verb = "uses" if len(names) == 1 else "use"
    return f"{_containers(names)} {verb} {_many(what, values)} {', '.join(values)}"


def _probed_hosts(pod: _Pod) -> Refusal | None:
    if pod.version < 34:
        return None
    hosts = {name: set(_hosts(container)) for name, container, _ in pod.containers}
    names = [name for name, some in hosts.items() if some]
    values = [f'"{host}"' for host in sorted(set().union(*hosts.values()))]
    return Refusal("probe or lifecycle host", _uses(names, "probe or lifecycle host", values)) if names else None


def _hosts(container: Object) -> Iterator[str]:
    lifecycle: Object = container.get("lifecycle") or {}
    handlers = [container.get(key) for key in ("livenessProbe", "readinessProbe", "startupProbe")]
    for handler in (*handlers, lifecycle.get("postStart"), lifecycle.get("preStop")):
        for key in ("httpGet", "tcpSocket"):
            host = ((handler or {}).get(key) or {}).get("host")
            if host:
                yield host


def _privileged(pod: _Pod) -> Refusal | None:
    names = pod.where(lambda security: security.get("privileged"))
    return (
        Refusal("privileged", f"{_containers(names)} must not set securityContext.privileged=true") if names else None
    )


def _baseline_proc_mount(pod: _Pod) -> Refusal | None:
    return None if pod.has_own_users else _proc_mount(pod)


def _proc_mount(pod: _Pod) -> Refusal | None:
    values: set[str] = set()

    def bad(security: Object) -> bool:
        mount = security.get("procMount") or "Default"
        if mount != "Default":
            values.add(mount)
        return bool(mount != "Default")

    names = pod.where(bad)
    if not names:
        return None
    return Refusal(
        "procMount", f"{_containers(names)} must not set securityContext.procMount to {_quoted(sorted(values))}"
    )


def _selinux(pod: _Pod) -> Refusal | None:
    types: set[str] = set()
    keys: set[str] = set()
    allowed = _SELINUX_TYPES | {"container_engine_t"} if pod.version >= 31 else _SELINUX_TYPES

    def bad(security: Object) -> bool:
        options: Object = security.get("seLinuxOptions") or {}
        kind = options.get("type", "")
        wrong = [key for key in ("user", "role") if options.get(key)]
        keys.update(wrong)
        if kind not in allowed:
            types.add(kind)
        return bool(wrong) or kind not in allowed

    of_pod = bad(pod.security)
    names = pod.where(bad)
    if not of_pod and not names:
        return None
    parts = [f"{_many('type', types)} {_quoted(sorted(types))}"] if types else []
    parts += [f"{key} may not be set" for key in ("user", "role") if key in keys]
    setters = _setters(of_pod, names)
    return Refusal("seLinuxOptions", f"{setters} set forbidden securityContext.seLinuxOptions: {'; '.join(parts)}")


def _seccomp_set(pod: _Pod) -> Refusal | None:
    """Profiles that are said and are not allowed, at both levels."""
    if pod.version < 19:
        return None
    values: set[str] = set()

    def bad(security: Object) -> bool:
        profile = security.get("seccompProfile")
        if profile is None or profile.get("type") in ("RuntimeDefault", "Localhost"):
            return False
        values.add(profile.get("type", ""))
        return True

    of_pod = bad(pod.security)
    names = pod.where(bad)
    if not values:
        return None
    text = f"{_setters(of_pod, names)} must not set securityContext.seccompProfile.type to {_quoted(sorted(values))}"
    return Refusal("seccompProfile", text)


def _sysctls(pod: _Pod) -> Refusal | None:
    names = [sysctl.get("name", "") for sysctl in pod.security.get("sysctls") or ()]
    forbidden = [name for name in names if _SYSCTLS.get(name, LATEST + 1) > pod.version]
    return Refusal("forbidden sysctls", ", ".join(forbidden)) if forbidden else None


def _host_process(pod: _Pod) -> Refusal | None:
    def bad(security: Object) -> bool:
        return bool((security.get("windowsOptions") or {}).get("hostProcess"))

    of_pod = bad(pod.security)
    names = pod.where(bad)
    if not of_pod and not names:
        return None
    text = "must not set securityContext.windowsOptions.hostProcess=true"
    return Refusal("hostProcess", f"{_setters(of_pod, names)} {text}")


# --- restricted


def _escalation(pod: _Pod) -> Refusal | None:
    if pod.is_windows:
        return None
    names = pod.where(lambda security: security.get("allowPrivilegeEscalation") is not False)
    if not names:
        return None
    text = f"{_containers(names)} must set securityContext.allowPrivilegeEscalation=false"
    return Refusal("allowPrivilegeEscalation != false", text)


def _restricted_capabilities(pod: _Pod) -> Refusal | None:
    if pod.is_windows:
        return None
    keeps = pod.where(lambda security: "ALL" not in ((security.get("capabilities") or {}).get("drop") or ()))
    added = _added(pod, "", frozenset({"NET_BIND_SERVICE"}))
    parts = [f'{_containers(keeps)} must set securityContext.capabilities.drop=["ALL"]'] if keeps else []
    parts += [added.detail] if added else []
    return Refusal("unrestricted capabilities", "; ".join(parts)) if parts else None


def _restricted_volumes(pod: _Pod) -> Refusal | None:
    names: list[str] = []
    kinds: set[str] = set()
    for volume in pod.spec.get("volumes") or ():
        sources = {key for key, value in volume.items() if key != "name" and value is not None}
        if sources and not sources & _VOLUMES:
            names.append(volume.get("name", ""))
            kinds |= sources
    if not names:
        return None
    uses = "uses" if len(names) == 1 else "use"
    text = f"{_many('volume', names)} {_quoted(names)} {uses} {_many('restricted volume type', kinds)} "
    return Refusal("restricted volume types", text + _quoted(sorted(kinds)))


def _run_as_non_root(pod: _Pod) -> Refusal | None:
    if pod.has_own_users:
        return None
    reason = "runAsNonRoot != true"
    of_pod = pod.security.get("runAsNonRoot")
    names = pod.where(lambda security: security.get("runAsNonRoot") is False)
    if names or of_pod is False:
        setters = _setters(of_pod is False, names)
        return Refusal(reason, f"{setters} must not set securityContext.runAsNonRoot=false")
    if of_pod:
        return None
    silent = pod.where(lambda security: security.get("runAsNonRoot") is None)
    return (
        Refusal(reason, f"pod or {_containers(silent)} must set securityContext.runAsNonRoot=true") if silent else None
    )


def _run_as_user(pod: _Pod) -> Refusal | None:
    if pod.has_own_users:
        return None
    of_pod = pod.security.get("runAsUser") == 0
    names = pod.where(lambda security: security.get("runAsUser") == 0)
    return Refusal("runAsUser=0", f"{_setters(of_pod, names)} must not set runAsUser=0") if of_pod or names else None


def _restricted_seccomp(pod: _Pod) -> Refusal | None:
    if pod.is_windows:
        return None
    said = _seccomp_set(pod)
    if said or pod.security.get("seccompProfile"):
        return said
    silent = pod.where(lambda security: security.get("seccompProfile") is None)
    text = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return Refusal("seccompProfile", f"pod or {_containers(silent)} {text}") if silent else None


_Check = Callable[[_Pod], Refusal | None]
_BASELINE: tuple[_Check, ...] = (
    _apparmor,
    _baseline_capabilities,
    _host_namespaces,
    _host_paths,
    _host_ports,
    _probed_hosts,
    _privileged,
    _baseline_proc_mount,
    _selinux,
    _seccomp_set,
    _sysctls,
    _host_process,
)


_RESTRICTED: tuple[tuple[_Check, int, tuple[_Check, ...]], ...] = (
    (_escalation, 8, ()),
    (_restricted_capabilities, 22, (_baseline_capabilities,)),
    (_proc_mount, _USER_NAMESPACES, (_baseline_proc_mount,)),
    (_restricted_volumes, 0, (_host_paths,)),
    (_run_as_non_root, 0, ()),
    (_run_as_user, 23, ()),
    (_restricted_seccomp, 19, (_seccomp_set,)),
)
"""Checks, the minor versions that first have them, and the baseline ones that they stand for."""


@functools.cache
def _restricted(version: int) -> tuple[_Check, ...]:
    """Both levels: a restricted check stands for the baseline one of the same matter as soon as there is one."""
    own = [(check, replaced) for check, first, replaced in _RESTRICTED if version >= first]
    gone = {check for _, replaced in own for check in replaced}
    return (*(check for check in _BASELINE if check not in gone), *(check for check, _ in own))


def evaluate(level: str, version: int, annotations: Object, spec: Object) -> list[Refusal]:
    """What a level of a minor version (or LATEST) has against a pod, in the order in which it is told."""
    if level == "privileged":
        return []
    pod = _Pod(annotations, spec, version)
    checks = _BASELINE if level == "baseline" else _restricted(version)
    return [refusal for check in checks if (refusal := check(pod)) is not None]
