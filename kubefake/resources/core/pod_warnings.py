"""What the server warns of in pods and in templates of pods.

Follows pkg/api/pod/warnings.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubeclient.apimachinery import validation
from kubefake.resources.address_warnings import warn_of_address
from kubefake.resources.checks import Object
from kubefake.resources.core.quantities import quantity
from kubefake.resources.strategy import Context

__all__ = ["deprecated_label", "warn_claim_spec", "warn_of_selector", "warn_pod", "warn_template"]

_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}
_LISTS = ("initContainers", "containers", "ephemeralContainers")


def warn_pod(obj: Object, old: Object | None, context: Context) -> list[str]:
    """Warnings of a new pod, and of a status; other changes are not warned of."""
    if context.subresource == "status":
        status = obj.get("status") or {}
        return [
            text
            for key in ("podIPs", "hostIPs")
            for index, entry in enumerate(status.get(key) or ())
            for text in warn_of_address(f"status.{key}[{index}].ip", entry.get("ip", ""))
        ]
    if old is not None:
        return []
    found: list[str] = []
    texts = validation.is_dns1123_label(obj["metadata"].get("name", ""))
    if texts:
        found.append(
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
            f"a DNS label is recommended: [{' '.join(texts)}]"
        )
    return found + list(_spec("", obj["spec"], obj["metadata"].get("annotations") or {}))


def warn_new_pod(obj: Object) -> list[str]:
    """Of profiles of AppArmor in annotations, which a new pod is warned of even when it is refused."""
    annotations = obj["metadata"].get("annotations") or {}
    containers = (one for key in _LISTS for one in obj["spec"].get(key) or ())
    return [text for container in containers for text in _app_armor("", container, annotations)]


def warn_template(path: str, template: Object | None) -> list[str]:
    """Warnings of a template."""
    if not template:
        return []
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    spec = template.get("spec") or {}
    found = list(_spec(f"{path}.", spec, annotations))
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        text = "must be >= 0; negative values are invalid and will be treated as 1"
        found.append(f"{path}.spec.terminationGracePeriodSeconds: {text}")
    return found


def deprecated_label(key: str) -> str:
    """What there is to say against a label of nodes; "" when nothing is."""
    return _LABELS.get(key, "")


def warn_of_selector(path: str, term: Object | None) -> Iterator[str]:
    """A term that selects nodes by labels which have newer names."""
    for index, expression in enumerate((term or {}).get("matchExpressions") or ()):
        key = expression.get("key", "")
        if key in _LABELS:
            yield f"{path}.matchExpressions[{index}].key: {key} is {_LABELS[key]}"


def warn_claim_spec(path: str, spec: Object) -> Iterator[str]:
    """Sizes that are no whole bytes."""
    for kind in ("requests", "limits"):
        size = ((spec.get("resources") or {}).get(kind) or {}).get("storage", "0")
        yield from _fractional(f"{path}.resources.{kind}[storage]", size)


_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_NO_SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead'
_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
_NO_SYSCTLS = 'non-functional in v1.11+; use the "sysctls" field instead'
_ANNOTATIONS = (
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        'non-functional in v1.16+; use the "priorityClassName" field instead',
    ),
    ("security.alpha.kubernetes.io/sysctls", _NO_SYSCTLS),
    ("security.alpha.kubernetes.io/unsafe-sysctls", _NO_SYSCTLS),
)


def _app_armor(root: str, container: Object, annotations: Object) -> Iterator[str]:
    key = f"{_APP_ARMOR}{container.get('name', '')}"
    if key in annotations:
        yield f'{root}metadata.annotations[{key}]: deprecated since v1.30; use the "appArmorProfile" field instead'


def _spec(path: str, spec: Object, annotations: Object) -> Iterator[str]:
    yield from _labels(f"{path}spec", spec)
    for key, text in _ANNOTATIONS:
        if key in annotations:
            yield f"{path}metadata.annotations[{key}]: {text}"
    root = path
    path += "spec"
    yield from _volumes(path, spec.get("volumes") or ())
    seen: set[str] = set()
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        if alias.get("ip", "") in seen:
            yield f'{path}.hostAliases[{index}].ip: duplicate ip "{alias["ip"]}"'
        seen.add(alias.get("ip", ""))
    yield from _secrets(f"{path}.imagePullSecrets", spec.get("imagePullSecrets") or ())
    for name in ("memory", "ephemeral-storage"):
        yield from _fractional(f"{path}.overhead[{name}]", (spec.get("overhead") or {}).get(name, "0"))
    if _SECCOMP in annotations:
        yield f"{root}metadata.annotations[{_SECCOMP}]: {_NO_SECCOMP}"
    yield from _containers(root, spec, annotations)
    yield from _ports(path, spec)
    affinity = spec.get("affinity") or {}
    for kind in ("podAffinity", "podAntiAffinity"):
        yield from _affinity(f"{path}.affinity.{kind}", affinity.get(kind) or {})
    for index, address in enumerate((spec.get("dnsConfig") or {}).get("nameservers") or ()):
        yield from warn_of_address(f"{path}.dnsConfig.nameservers[{index}]", address)
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        yield from warn_of_address(f"{path}.hostAliases[{index}].ip", alias.get("ip", ""))


def _labels(path: str, spec: Object) -> Iterator[str]:
    for key in spec.get("nodeSelector") or ():
        if key in _LABELS:
            yield f"{path}.nodeSelector[{key}]: {_LABELS[key]}"
    nodes = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    here = f"{path}.affinity.nodeAffinity"
    terms = (nodes.get(_REQUIRED) or {}).get("nodeSelectorTerms") or ()
    for index, term in enumerate(terms):
        yield from warn_of_selector(f"{here}.{_REQUIRED}.nodeSelectorTerms[{index}]", term)
    for index, term in enumerate(nodes.get(_PREFERRED) or ()):
        yield from warn_of_selector(f"{here}.{_PREFERRED}[{index}].preference", term.get("preference"))
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        key = constraint.get("topologyKey", "")
        if key in _LABELS:
            yield f"{path}.topologySpreadConstraints[{index}].topologyKey: {key} is {_LABELS[key]}"
        if constraint.get("labelSelector") is None:
            yield f"{path}.topologySpreadConstraints[{index}].labelSelector: {_MATCHES_NOTHING}"


_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_MATCHES_NOTHING = "a null labelSelector results in matching no pod"


def _affinity(path: str, affinity: Object) -> Iterator[str]:
    for index, term in enumerate(affinity.get(_REQUIRED) or ()):
        if term.get("labelSelector") is None:
            yield f"{path}.{_REQUIRED}[{index}].labelSelector: {_MATCHES_NOTHING}"
    for index, term in enumerate(affinity.get(_PREFERRED) or ()):
        if (term.get("podAffinityTerm") or {}).get("labelSelector") is None:
            yield f"{path}.{_PREFERRED}[{index}].podAffinityTerm.labelSelector: {_MATCHES_NOTHING}"


def _secrets(path: str, secrets: Sequence[Object]) -> Iterator[str]:
    names = [secret.get("name", "") for secret in secrets]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f'{path}[{index}].name: duplicate name "{name}"'
    for index, name in enumerate(names):
        if not name:
            yield f'{path}[{index}].name: invalid empty name ""'


_REMOVED = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}


def _volumes(path: str, volumes: Sequence[Object]) -> Iterator[str]:
    for index, volume in enumerate(volumes):
        for key, text in _REMOVED.items():
            if volume.get(key) is not None:
                yield f"{path}.volumes[{index}].{key}: {text}"
        claim = (volume.get("ephemeral") or {}).get("volumeClaimTemplate")
        if claim is not None:
            here = f"{path}.volumes[{index}].ephemeral.volumeClaimTemplate.spec"
            yield from warn_claim_spec(here, claim.get("spec") or {})
    for volume in volumes:
        yield from _overlaps(volume)


def _overlaps(volume: Object) -> Iterator[str]:
    """Files of a volume that are to lie where others, or their folders, do."""
    name = volume.get("name", "")
    for key, kind, by in _FILES:
        source = volume.get(key)
        if source is not None:
            about = f'{kind} "{source.get(by, "")}"' if by else kind
            clash = _clashes([(item.get("path", ""), "") for item in source.get("items") or ()])
            if clash:
                yield f'volume "{name}" ({about}): overlapping paths: {clash}'
    projected = volume.get("projected")
    if projected is None:
        return
    paths: list[tuple[str, str]] = []
    for source in projected.get("sources") or ():
        if not source:
            yield f'volume "{name}" (Projected) has no sources provided'
        for key, kind, _ in _FILES:
            part = source.get(key)
            if part is not None:
                about = f' ({kind} "{part.get("name", "")}")' if key != "downwardAPI" else f" ({kind})"
                paths += [(item.get("path", ""), about) for item in part.get("items") or ()]
        token = source.get("serviceAccountToken")
        if token is not None:
            paths.append((token.get("path", ""), " (ServiceAccountToken)"))
    clash = _clashes(paths)
    if clash:
        yield f'volume "{name}" (Projected): overlapping paths: {clash}'


_FILES = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"), ("downwardAPI", "DownwardAPI", ""))


def _clashes(paths: list[tuple[str, str]]) -> str:
    found = []
    for index, (path, source) in enumerate(paths):
        for other, origin in paths[:index]:
            if f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/"):
                found.append(f'"{path}"{source} with "{other}"{origin}')
    return ", ".join(found)


def _fractional(path: str, text: str) -> Iterator[str]:
    if quantity(text).milli_value() % 1000:
        yield f'{path}: fractional byte value "{text}" is invalid, must be an integer'


def _containers(root: str, spec: Object, annotations: Object) -> Iterator[str]:
    for key in _LISTS:
        for index, container in enumerate(spec.get(key) or ()):
            here = f"{root}spec.{key}[{index}]"
            annotation = f"container.seccomp.security.alpha.kubernetes.io/{container.get('name', '')}"
            if annotation in annotations:
                yield f"{root}metadata.annotations[{annotation}]: {_NO_SECCOMP}"
            if root:  # pods themselves are warned of it before
                yield from _app_armor(root, container, annotations)
            resources = container.get("resources") or {}
            for name in ("memory", "ephemeral-storage"):
                for kind in ("limits", "requests"):
                    size = (resources.get(kind) or {}).get(name, "0")
                    yield from _fractional(f"{here}.resources.{kind}[{name}]", size)
            seen: set[str] = set()
            for number, variable in enumerate(container.get("env") or ()):
                name = variable.get("name", "")
                if name in seen and f"$({name})" not in variable.get("value", ""):
                    where = f"{here}.env[{number}]"
                    yield f'{where}: hides previous definition of "{name}", which may be dropped when using apply'
                seen.add(name)


def _ports(path: str, spec: Object) -> Iterator[str]:
    known: dict[tuple[int, str], list[tuple[str, Object]]] = {}
    for key in _LISTS:
        for index, container in enumerate(spec.get(key) or ()):
            for number, port in enumerate(container.get("ports") or ()):
                here = f"{path}.{key}[{index}].ports[{number}]"
                if port.get("hostIP") and not port.get("hostPort"):
                    yield f"{here}: hostIP set without hostPort: {_shown(port)}"
                others = known.setdefault((port.get("containerPort", 0), port.get("protocol", "TCP")), [])
                for where, other in others:
                    how = _clash(port, other)
                    if how:
                        yield f"{here}: {how} port definition with {where}"
                others.append((here, port))


def _shown(port: Object) -> str:
    parts = (("Name", "name", ""), ("HostPort", "hostPort", 0), ("ContainerPort", "containerPort", 0))
    rest = (("Protocol", "protocol", ""), ("HostIP", "hostIP", ""))
    return "{" + " ".join(f"{name}:{port.get(key, empty)}" for name, key, empty in (*parts, *rest)) + "}"


def _clash(port: Object, other: Object) -> str:
    (number, address), (another, host) = ((one.get("hostPort", 0), one.get("hostIP", "")) for one in (port, other))
    if (number, address) == (another, host):
        return "duplicate"
    if not number or not another:
        return "overlapping"
    return "dangerously ambiguous" if number == another and bool(address) != bool(host) else ""
