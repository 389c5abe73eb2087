"""Which ReplicaSet belongs to which pod template, and what it is called. Pure.

The hash is Kubernetes' in form (its alphabet and width), not in value: that one is taken of how Go prints a struct.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from kubeclient.api.apps_v1 import Deployment, ReplicaSet, ReplicaSetSpec
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import PodTemplateSpec
from kubeclient.api.meta_v1 import LabelSelector, ObjectMeta, OwnerReference
from kubeclient.apimachinery.json import encode
from kubeclient.apimachinery.meta import new_controller_ref

from .rollout import DESIRED_REPLICAS, MAX_REPLICAS, creation_order, limits_of

__all__ = ["HASH_LABEL", "REVISION", "annotations_for", "find_new", "new_replica_set", "revision_of", "same_template"]

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_NOT_COPIED = frozenset(
    (
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        REVISION_HISTORY,
        DESIRED_REPLICAS,
        MAX_REPLICAS,
        "deprecated.deployment.rollback.to",
    )
)


def template_hash(template: PodTemplateSpec, collisions: int | None) -> str:
    """A short text that differs for different templates, made of characters that spell nothing."""
    number = crc32(encode(template) + (b"" if collisions is None else collisions.to_bytes(8, "little")))
    return "".join(_ALPHABET[int(digit) % len(_ALPHABET)] for digit in str(number))


def same_template(one: PodTemplateSpec, other: PodTemplateSpec) -> bool:
    """Whether two templates are equal but for the hash that ReplicaSets add."""
    return _unhashed(one) == _unhashed(other)


def _unhashed(template: PodTemplateSpec) -> PodTemplateSpec:
    copy = deep_copy(template)
    copy.metadata.labels.pop(HASH_LABEL, None)
    return copy


def find_new(deployment: Deployment, replica_sets: Sequence[ReplicaSet]) -> ReplicaSet | None:
    """The ReplicaSet of the current template, the oldest if there are several."""
    fitting = [one for one in replica_sets if same_template(one.spec.template, deployment.spec.template)]
    return min(fitting, key=creation_order, default=None)


def revision_of(obj: Deployment | ReplicaSet) -> int:
    """Its revision, 0 when it bears none."""
    text = obj.metadata.annotations.get(REVISION, "")
    return int(text) if text.isdecimal() else 0


def annotations_for(deployment: Deployment, existing: dict[str, str], revision: int, *, exists: bool) -> dict[str, str]:
    """A new ReplicaSet's annotations: the Deployment's, and the revision, which only grows."""
    copied = {key: value for key, value in deployment.metadata.annotations.items() if key not in _NOT_COPIED}
    annotations = {**existing, **copied}
    before = existing.get(REVISION, "")
    if not before.isdecimal() or int(before) < revision:
        annotations[REVISION] = str(revision)
        if before:
            annotations[REVISION_HISTORY] = ",".join(filter(None, (existing.get(REVISION_HISTORY), before)))
    if not exists:
        annotations.update(size_annotations(deployment))
    return annotations


def size_annotations(deployment: Deployment) -> dict[str, str]:
    """How many the Deployment asks for, and may have, when a ReplicaSet is written."""
    desired = deployment.spec.replicas or 0
    return {DESIRED_REPLICAS: str(desired), MAX_REPLICAS: str(desired + limits_of(deployment).surge)}


def new_replica_set(deployment: Deployment, revision: int) -> ReplicaSet:
    """A ReplicaSet of the current template, of size 0 so far."""
    template = deep_copy(deployment.spec.template)
    name = template_hash(template, deployment.status.collision_count)
    template.metadata.labels[HASH_LABEL] = name
    selector = deep_copy(deployment.spec.selector) or LabelSelector()
    selector.match_labels[HASH_LABEL] = name
    return ReplicaSet(
        metadata=ObjectMeta(
            name=f"{deployment.metadata.name}-{name}",
            namespace=deployment.metadata.namespace,
            labels=template.metadata.labels,
            annotations=annotations_for(deployment, {}, revision, exists=False),
            owner_references=[new_controller_ref(deployment, Deployment.GVK, OwnerReference)],
        ),
        spec=ReplicaSetSpec(
            replicas=0, min_ready_seconds=deployment.spec.min_ready_seconds, selector=selector, template=template
        ),
    )
