"""What is wrong with security contexts, of pods and of containers.

Follows pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kubeclient.apimachinery import field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.gotext import Ordered
from kubefake.resources.checks import Object, dns_subdomain, one_of, relative_path

__all__ = ["check_host_process", "check_host_users", "check_os", "check_pod_security", "check_security_context"]

_PROFILES = ["Localhost", "RuntimeDefault", "Unconfined"]
_SYSCTL = r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
_SYSCTL_NAME = re.compile(_SYSCTL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NETBIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_BAD_USER = re.compile(r'["/\\:;|=,+*?<>@\[\]]')
_NO_WINDOWS = "cannot be set for a windows pod"
_NO_LINUX = "windows options cannot be set for a linux pod"
_CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def _containers(spec: Object, path: str) -> Iterator[tuple[Object, str]]:
    for key in _CONTAINER_LISTS:
        for index, container in enumerate(spec.get(key) or ()):
            yield container, f"{path}.{key}[{index}]"


def check_security_context(path: str, context: Object, *, host_users: bool) -> list[FieldError]:
    """A container's context (ValidateSecurityContext)."""
    found: list[FieldError] = []
    _ids(found, path, context)
    mount = context.get("procMount")
    if mount is not None:
        if mount not in ("Default", "Unmasked"):
            found.append(field.not_supported(f"{path}.procMount", mount, ["Default", "Unmasked"]))
        elif mount == "Unmasked" and host_users:
            found.append(field.invalid(f"{path}.procMount", mount, "`hostUsers` must be false to use `Unmasked`"))
    _seccomp(found, f"{path}.seccompProfile", context.get("seccompProfile"))
    if context.get("allowPrivilegeEscalation") is False:
        text = "cannot set `allowPrivilegeEscalation` to false and "
        if context.get("privileged"):
            found.append(field.invalid(path, _go_context(context), f"{text}`privileged` to true"))
        added = (context.get("capabilities") or {}).get("add") or ()
        text += "`capabilities.Add` CAP_SYS_ADMIN"
        found += [field.invalid(path, _go_context(context), text) for name in added if name == "CAP_SYS_ADMIN"]
    _windows_options(found, f"{path}.windowsOptions", context.get("windowsOptions"))
    _app_armor(found, f"{path}.appArmorProfile", context.get("appArmorProfile"))
    return found


_CONTEXT_FIELDS = (
    "capabilities",
    "privileged",
    "seLinuxOptions",
    "windowsOptions",
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "readOnlyRootFilesystem",
    "allowPrivilegeEscalation",
    "procMount",
    "seccompProfile",
    "appArmorProfile",
)


def _go_name(key: str) -> str:
    return "SELinuxOptions" if key == "seLinuxOptions" else key[0].upper() + key[1:]


def _go_context(context: Object) -> dict[str, object]:
    """A context as Go's internal type is printed: every field, by its Go name."""
    shown: dict[str, object] = Ordered((_go_name(key), context.get(key)) for key in _CONTEXT_FIELDS)
    capabilities = context.get("capabilities")
    if capabilities is not None:
        shown["Capabilities"] = Ordered({"Add": capabilities.get("add"), "Drop": capabilities.get("drop")})
    return shown


def _ids(found: list[FieldError], path: str, context: Object) -> None:
    for key, check in (("runAsUser", validation.is_valid_user_id), ("runAsGroup", validation.is_valid_group_id)):
        value = context.get(key)
        if value is not None:
            found += [field.invalid(f"{path}.{key}", value, text) for text in check(value)]


def _seccomp(found: list[FieldError], path: str, profile: Object | None) -> None:
    if profile is None:
        return
    kind, local = profile.get("type", ""), profile.get("localhostProfile")
    if not kind:
        found.append(field.required(f"{path}.type", "type is required when seccompProfile is set"))
    elif kind not in _PROFILES:
        found.append(field.not_supported(f"{path}.type", kind, _PROFILES))
    if kind == "Localhost":
        if local is None:
            text = "must be set when seccomp type is Localhost"
            found.append(field.required(f"{path}.localhostProfile", text))
        else:
            found += relative_path(f"{path}.localhostProfile", local)
    elif local is not None:
        shown = Ordered({"Type": kind, "LocalhostProfile": local})
        text = "can only be set when seccomp type is Localhost"
        found.append(field.invalid(f"{path}.localhostProfile", shown, text))


def _app_armor(found: list[FieldError], path: str, profile: Object | None) -> None:
    if profile is None:
        return
    kind, local = profile.get("type", ""), profile.get("localhostProfile")
    here = f"{path}.localhostProfile"
    if kind == "Localhost":
        if local is None:
            found.append(field.required(here, "must be set when AppArmor type is Localhost"))
            return
        if local.strip() != local:
            found.append(field.invalid(here, local, "must not be padded with whitespace"))
        elif not local:
            found.append(field.required(here, "must be set when AppArmor type is Localhost"))
        if len(local.encode()) > 4095:
            found.append(field.too_long(here, 4095))
    elif kind in _PROFILES:
        if local is not None:
            found.append(field.invalid(here, local, "can only be set when AppArmor type is Localhost"))
    elif not kind:
        found.append(field.required(f"{path}.type", "type is required when appArmorProfile is set"))
    else:
        found.append(field.not_supported(f"{path}.type", kind, _PROFILES))


def _windows_options(found: list[FieldError], path: str, options: Object | None) -> None:
    if options is None:
        return
    name, spec, user = (options.get(key) for key in ("gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName"))
    if name is not None:
        found += dns_subdomain(f"{path}.gmsaCredentialSpecName", name)
    if spec is not None:
        here = f"{path}.gmsaCredentialSpec"
        if not spec:
            found.append(field.invalid(here, spec, "gmsaCredentialSpec cannot be an empty string"))
        elif len(spec.encode()) > 64 * 1024:
            found.append(field.invalid(here, spec, "gmsaCredentialSpec size must be under 64 KiB"))
    if user is not None:
        found += [field.invalid(f"{path}.runAsUserName", user, text) for text in _windows_user(user)]


def _windows_user(name: str) -> list[str]:
    if not name:
        return ["runAsUserName cannot be an empty string"]
    if _CONTROL.search(name):
        return ["runAsUserName cannot contain control characters"]
    parts = name.split("\\")
    if len(parts) > 2:
        return ["runAsUserName cannot contain more than one backslash"]
    user, domain = parts[-1], parts[0] if len(parts) == 2 else None
    found = []
    if domain is not None:
        if len(domain) >= 256:
            found.append("runAsUserName's Domain length must be under 256 characters")
        if not _NETBIOS.fullmatch(domain) and not _DOMAIN.fullmatch(domain):
            found.append("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    if not user:
        found.append("runAsUserName's User cannot be empty")
    elif len(user) > 104:
        found.append("runAsUserName's User length must not be longer than 104 characters")
    if user and not user.strip(". "):
        found.append("runAsUserName's User cannot contain only periods or spaces")
    if _BAD_USER.search(user):
        found.append("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]")
    return found


def check_pod_security(path: str, spec: Object) -> list[FieldError]:
    """A pod's context (validatePodSpecSecurityContext)."""
    context = spec.get("securityContext") or {}
    found: list[FieldError] = []
    if not context and not spec.get("shareProcessNamespace"):
        return found
    group = context.get("fsGroup")
    if group is not None:
        found += [field.invalid(f"{path}.fsGroup", group, text) for text in validation.is_valid_group_id(group)]
    _ids(found, path, context)
    for index, group in enumerate(context.get("supplementalGroups") or ()):
        texts = validation.is_valid_group_id(group)
        found += [field.invalid(f"{path}.supplementalGroups[{index}]", group, text) for text in texts]
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        text = "ShareProcessNamespace and HostPID cannot both be enabled"
        found.append(field.invalid(f"{path}.shareProcessNamespace", True, text))
    _sysctls(found, f"{path}.sysctls", context.get("sysctls") or (), spec)
    if context.get("fsGroupChangePolicy") is not None:
        here = f"{path}.fsGroupChangePolicy"
        found += one_of(here, context["fsGroupChangePolicy"], ("Always", "OnRootMismatch"))
    _seccomp(found, f"{path}.seccompProfile", context.get("seccompProfile"))
    _windows_options(found, f"{path}.windowsOptions", context.get("windowsOptions"))
    _app_armor(found, f"{path}.appArmorProfile", context.get("appArmorProfile"))
    for key, known in (
        ("supplementalGroupsPolicy", ("Merge", "Strict")),
        ("seLinuxChangePolicy", ("Recursive",)),
    ):
        if context.get(key) is not None:
            found += one_of(f"{path}.{key}", context[key], known)
    return found


_IPC = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")


def _sysctls(found: list[FieldError], path: str, sysctls: Sequence[Object], spec: Object) -> None:
    names: set[str] = set()
    for index, sysctl in enumerate(sysctls):
        here, name = f"{path}[{index}].name", sysctl.get("name", "")
        if not name:
            found.append(field.required(here))
        elif len(name) > 253 or not _SYSCTL_NAME.match(name):
            found.append(field.invalid(here, name, f"must have at most 253 characters and match regex {_SYSCTL}"))
        elif name in names:
            found.append(field.duplicate(here, name))
        names.add(name)
        dotted = name.replace("/", ".")
        if spec.get("hostNetwork") and dotted.startswith("net."):
            found.append(field.invalid(here, name, "may not be specified when 'hostNetwork' is true"))
        elif spec.get("hostIPC") and dotted.startswith(_IPC):
            found.append(field.invalid(here, name, "may not be specified when 'hostIPC' is true"))


def check_host_process(path: str, spec: Object) -> list[FieldError]:
    """Containers that are processes of a Windows host are all of them, or none (validateWindowsHostProcessPod)."""
    found: list[FieldError] = []
    wanted = ((spec.get("securityContext") or {}).get("windowsOptions") or {}).get("hostProcess")
    count = chosen = 0
    for container, here in _containers(spec, path):
        count += 1
        own = ((container.get("securityContext") or {}).get("windowsOptions") or {}).get("hostProcess")
        if wanted is not None and own is not None and wanted != own:
            text = f"pod hostProcess value must be identical if both are specified, was {str(wanted).lower()}"
            found.append(field.invalid(f"{here}.securityContext.windowsOptions.hostProcess", own, text))
        if own or (own is None and wanted):
            chosen += 1
    if chosen:
        if chosen != count:
            text = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
            found.append(field.invalid(path, "", text))
        if not spec.get("hostNetwork"):
            text = "hostNetwork must be true if pod contains any hostProcess containers"
            found.append(field.invalid(f"{path}.hostNetwork", False, text))
    return found


def check_host_users(path: str, spec: Object) -> list[FieldError]:
    """What a pod with users of its own cannot have of the host (validateHostUsers)."""
    if spec.get("hostUsers") is not False:
        return []
    text = "when `hostUsers` is false"
    found = [
        field.forbidden(f"{path}.{shown}", text)
        for key, shown in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC"))
        if spec.get(key)
    ]
    found += [
        field.forbidden(f"{here}.volumeDevices", text)
        for container, here in _containers(spec, path)
        if container.get("volumeDevices")
    ]
    return found


_POD_NOT_WINDOWS = (
    ("securityContext", "appArmorProfile"),
    ("securityContext", "seLinuxOptions"),
    ("", "hostUsers"),
    ("", "hostPID"),
    ("", "hostIPC"),
    ("securityContext", "seccompProfile"),
    ("securityContext", "fsGroup"),
    ("securityContext", "fsGroupChangePolicy"),
    ("securityContext", "sysctls"),
    ("", "shareProcessNamespace"),
    ("securityContext", "runAsUser"),
    ("securityContext", "runAsGroup"),
    ("securityContext", "supplementalGroups"),
    ("securityContext", "supplementalGroupsPolicy"),
    ("securityContext", "seLinuxChangePolicy"),
)
_NOT_WINDOWS = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)


def check_os(path: str, spec: Object) -> list[FieldError]:
    """What the operating system of a pod rules out (validateOS, validateLinux, validateWindows)."""
    os = spec.get("os")
    if os is None:
        return []
    name = os.get("name", "")
    if not name:
        return [field.required(f"{path}.os.name")]
    if name not in ("linux", "windows"):
        return [field.not_supported(f"{path}.os", name, ["linux", "windows"])]
    found: list[FieldError] = []
    context = spec.get("securityContext") or {}
    if name == "linux":
        if context.get("windowsOptions") is not None:
            found.append(field.forbidden(f"{path}.securityContext.windowsOptions", _NO_LINUX))
        for container, here in _containers(spec, path):
            if (container.get("securityContext") or {}).get("windowsOptions") is not None:
                found.append(field.forbidden(f"{here}.securityContext.windowsOptions", _NO_LINUX))
        return found
    for part, key in _POD_NOT_WINDOWS:
        if (context if part else spec).get(key) is not None:
            found.append(field.forbidden(f"{path}.{part}.{key}" if part else f"{path}.{key}", _NO_WINDOWS))
    for container, here in _containers(spec, path):
        own = container.get("securityContext") or {}
        refused = [key for key in _NOT_WINDOWS if own.get(key) is not None]
        found += [field.forbidden(f"{here}.securityContext.{key}", _NO_WINDOWS) for key in refused]
    return found
