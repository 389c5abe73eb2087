"""What the server warns of in pods and in templates of pods.

Follows pkg/api/pod/warnings.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubeclient.apimachinery import validation
from kubefake.resources.checks import Object
from kubefake.resources.core.quantities import quantity
from kubefake.resources.strategy import Context

__all__ = ["warn_pod", "warn_template"]

_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}
_LISTS = ("initContainers", "containers", "ephemeralContainers")


def warn_pod(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Warnings of a new pod; changes are not warned of."""
    if old is not None:
        return []
    found = []
    texts = validation.is_dns1123_label(obj["metadata"].get("name", ""))
    if texts:
        found.append(
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
            f"a DNS label is recommended: [{' '.join(texts)}]"
        )
    return found + list(_spec("spec", obj["spec"]))


def warn_template(path: str, template: Object | None) -> list[str]:
    """Warnings of a template."""
    if not template:
        return []
    return list(_spec(f"{path}.spec", template.get("spec") or {}))


def _spec(path: str, spec: Object) -> Iterator[str]:
    for key in spec.get("nodeSelector") or ():
        if key in _LABELS:
            yield f"{path}.nodeSelector[{key}]: {_LABELS[key]}"
    for index, alias in enumerate(spec.get("hostAliases") or ()):
        for name in alias.get("hostnames") or ():
            if name in ("localhost", "localhost.localdomain"):
                yield f"{path}.hostAliases[{index}].hostnames: {name}"
    yield from _volumes(path, spec.get("volumes") or ())
    yield from _containers(path, spec)
    for index, secret in enumerate(spec.get("imagePullSecrets") or ()):
        if not secret.get("name"):
            yield f'{path}.imagePullSecrets[{index}].name: invalid empty name ""'
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        yield f"{path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"


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


def _containers(path: str, spec: Object) -> Iterator[str]:
    for key in _LISTS:
        for index, container in enumerate(spec.get(key) or ()):
            here = f"{path}.{key}[{index}]"
            for kind in ("limits", "requests"):
                resources: Mapping[str, Any] = container.get("resources", {}).get(kind) or {}
                for name, text in resources.items():
                    if name in ("memory", "ephemeral-storage") and quantity(text).milli_value() % 1000:
                        yield f'{here}.resources.{kind}[{name}]: fractional byte value "{text}" is invalid, must be an integer'
            seen: set[str] = set()
            for number, variable in enumerate(container.get("env") or ()):
                name = variable.get("name", "")
                if name in seen:
                    where = f"{here}.env[{number}]"
                    yield f'{where}: hides previous definition of "{name}", which may be dropped when using apply'
                seen.add(name)
