"""What the server warns of in persistent volumes, and the labels of nodes that have newer names.

Follows pkg/api/persistentvolume/util.go.
"""

from __future__ import annotations

from typing import Any

from kubefake.resources.checks import Object
from kubefake.resources.strategy import Context

__all__ = ["renewed", "warn_volume"]

_NEWER = {
    "beta.kubernetes.io/arch": ("kubernetes.io/arch", "v1.14"),
    "beta.kubernetes.io/instance-type": ("node.kubernetes.io/instance-type", "v1.17"),
    "beta.kubernetes.io/os": ("kubernetes.io/os", "v1.14"),
    "failure-domain.beta.kubernetes.io/region": ("topology.kubernetes.io/region", "v1.17"),
    "failure-domain.beta.kubernetes.io/zone": ("topology.kubernetes.io/zone", "v1.17"),
}

_ANNOTATIONS = {
    "volume.beta.kubernetes.io/storage-class": 'deprecated since v1.8; use "storageClassName" attribute instead',
    "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead',
}

_SOURCES = {
    "cephfs": ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    "photonPersistentDisk": ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    "scaleIO": ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    "storageos": ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    "glusterfs": ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    "rbd": ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
}


def warn_volume(obj: Object, old: Object | None, context: Context) -> list[str]:  # noqa: ARG001
    """Warnings of a volume, whenever it is written."""
    if context.subresource:
        return []
    spec, annotations = obj["spec"], obj["metadata"].get("annotations") or {}
    found = [f"metadata.annotations[{key}]: {text}" for key, text in _ANNOTATIONS.items() if key in annotations]
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        found.append(
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. "
            "Instead, the recommended approach is to use dynamic provisioning."
        )
    terms = ((spec.get("nodeAffinity") or {}).get("required") or {}).get("nodeSelectorTerms") or ()
    for index, term in enumerate(terms):
        for number, expression in enumerate(term.get("matchExpressions") or ()):
            newer, since = _NEWER.get(expression.get("key", ""), ("", ""))
            if newer:
                path = f"spec.nodeAffinity.required.nodeSelectorTerms[{index}].matchExpressions[{number}].key"
                found.append(f'{path}: {expression["key"]} is deprecated since {since}; use "{newer}" instead')
    found += [f"spec.{shown}: {text}" for key, (shown, text) in _SOURCES.items() if spec.get(key) is not None]
    return found


def renewed(affinity: Any, wanted: Any) -> Any:
    """An affinity with the newer names of labels wherever the one that is wanted has them there."""
    terms = ((affinity or {}).get("required") or {}).get("nodeSelectorTerms") or []
    others = ((wanted or {}).get("required") or {}).get("nodeSelectorTerms") or []
    if not terms or len(terms) != len(others):
        return affinity
    pairs = zip(terms, others, strict=True)
    return {**affinity, "required": {**affinity["required"], "nodeSelectorTerms": [_term(*pair) for pair in pairs]}}


def _term(term: Object, wanted: Object) -> Object:
    expressions, others = term.get("matchExpressions") or [], wanted.get("matchExpressions") or []
    if not expressions or len(expressions) != len(others):
        return term
    pairs = zip(expressions, others, strict=True)
    return {**term, "matchExpressions": [_expression(*pair) for pair in pairs]}


def _expression(expression: Object, wanted: Object) -> Object:
    newer, _ = _NEWER.get(expression.get("key", ""), ("", ""))
    return {**expression, "key": newer} if newer and wanted.get("key") == newer else expression
