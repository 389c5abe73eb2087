"""The rules of metadata that hold for every kind: what a client may set, what the server sets, what is well-formed.

Follows k8s.io/apimachinery/pkg/api/validation/objectmeta.go and k8s.io/apiserver/pkg/registry/rest/{meta,create,update}.go.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from kubeclient.apimachinery import errors, field, validation
from kubeclient.apimachinery.field import FieldError
from kubeclient.apimachinery.status import StatusCause
from kubefake.resources.checks import size_of
from kubefake.resources.resource import Resource
from kubefake.resources.strategy import METADATA_HERE, Strategy
from kubefake.resources.strategy import FieldError as Problem

__all__ = [
    "DOUBLE_OWNERS",
    "DOUBLE_OWNERS_ADMITTED",
    "STANDARD_FINALIZERS",
    "dedup_owner_references",
    "in_order",
    "match_namespace",
    "ordered",
    "parse_revision",
    "validate_metadata",
    "validate_metadata_update",
    "wipe_system_fields",
]

STANDARD_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})

DOUBLE_OWNERS = (
    ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, "
    "and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: {}"
)

DOUBLE_OWNERS_ADMITTED = DOUBLE_OWNERS.replace("entries;", "entries after mutating admission happens;")
"""What patches are warned of, whose result is looked at only then."""

_ANNOTATIONS_LIMIT = 256 * 1024
_IMMUTABLE = "field is immutable"
_ORDER = (
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
)
_MAX_UINT64 = (1 << 64) - 1

Finding = FieldError | StatusCause
NameCheck = Callable[[str, bool], list[str]]


def ordered(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata in the order in which the server writes it, without what it never writes."""
    return {key: meta[key] for key in _ORDER if key in meta}


def wipe_system_fields(meta: dict[str, Any]) -> None:
    """Takes out what a creator may not decide (rest.WipeObjectMetaSystemFields)."""
    for key in ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
        meta.pop(key, None)


def match_namespace(resource: Resource, namespace: str, meta: dict[str, Any]) -> None:
    """Sets the request's namespace, or refuses another one (rest.EnsureObjectNamespaceMatchesRequestNamespace)."""
    given = meta.get("namespace", "")
    if not resource.namespaced:
        namespace = ""
    if given == namespace:
        return
    if not given:
        meta["namespace"] = namespace
        return
    if not namespace:
        meta.pop("namespace", None)
        return
    raise errors.new_bad_request(
        "the namespace of the provided object does not match the namespace sent on the request"
    )


def parse_revision(text: str) -> int:
    """A resourceVersion as a number. Raises ValueError with Go's words."""
    if not text.isascii() or not text.isdigit():
        raise ValueError(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    value = int(text)
    if value > _MAX_UINT64:
        raise ValueError(f'strconv.ParseUint: parsing "{text}": value out of range')
    return value


def dedup_owner_references(obj: dict[str, Any]) -> list[str]:
    """Drops references that are given twice; returns the uids of those that were."""
    meta = obj["metadata"]
    references = meta.get("ownerReferences")
    if not references or len(references) < 2:
        return []
    kept: list[Any] = []
    doubles: list[str] = []
    for reference in references:
        if reference in kept:
            doubles.append(reference.get("uid", ""))
        else:
            kept.append(reference)
    if doubles:
        meta["ownerReferences"] = kept
    return doubles


def validate_metadata(meta: Mapping[str, Any], resource: Resource, name_check: NameCheck) -> list[Finding]:
    """What is wrong with a new object's metadata (validation.ValidateObjectMeta)."""
    found: list[Finding] = []
    prefix = meta.get("generateName")
    if prefix:
        found += [field.invalid("metadata.generateName", prefix, text) for text in name_check(prefix, True)]
    name = meta.get("name")
    if not name:
        found.append(field.required("metadata.name", "name or generateName is required"))
    else:
        found += [field.invalid("metadata.name", name, text) for text in name_check(name, False)]
    namespace = meta.get("namespace", "")
    if resource.namespaced:
        if not namespace:
            found.append(field.required("metadata.namespace"))
        else:
            texts = validation.is_dns1123_label(namespace)
            found += [field.invalid("metadata.namespace", namespace, text) for text in texts]
    elif namespace:
        found.append(field.forbidden("metadata.namespace", "not allowed on this type"))
    generation = meta.get("generation", 0)
    if generation < 0:
        found.append(field.invalid("metadata.generation", generation, "must be greater than or equal to 0"))
    found += _common(meta)
    finalizers = meta.get("finalizers")
    if finalizers:
        found += _finalizers(finalizers, custom=not resource.strategy.standard_finalizers)
    return found + _managers(meta)


_MAX_MANAGER = 128
_PREFIX = "metadata.generateName"


def _managers(meta: Mapping[str, Any]) -> list[Finding]:
    """Names of managers that clients made up themselves (validation.ValidateManagedFields)."""
    found: list[Finding] = []
    for index, entry in enumerate(meta.get("managedFields") or ()):
        name = entry.get("manager", "")
        if name.isascii() and name.isprintable() and len(name) <= _MAX_MANAGER:
            continue
        path = f"metadata.managedFields[{index}].manager"
        if len(name.encode()) > _MAX_MANAGER:
            found.append(field.too_long(path, _MAX_MANAGER))
        for position, char in enumerate(name):
            if not char.isprintable() and char != " ":
                text = f"invalid character U+{ord(char):04X} (at position {position})"
                found.append(field.invalid(path, name, text))
    return found


def _common(meta: Mapping[str, Any]) -> list[Finding]:
    """Labels, annotations and owners, which are checked on creation and on update alike."""
    found: list[Finding] = []
    labels = meta.get("labels")
    if labels:
        for key, value in labels.items():
            if wrong := validation.is_label_key(key):
                found += [field.invalid("metadata.labels", key, text) for text in wrong]
            if wrong := validation.is_valid_label_value(value):
                found += [field.invalid("metadata.labels", value, text) for text in wrong]
    annotations = meta.get("annotations")
    if annotations:
        found += _annotations(annotations)
    owners = meta.get("ownerReferences")
    if owners:
        found += _owners(owners)
    return found


def _annotations(annotations: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = [
        field.invalid("metadata.annotations", key, text)
        for key in annotations
        for text in validation.is_label_key(key.lower())
    ]
    characters = sum(map(len, annotations)) + sum(map(len, annotations.values()))
    if characters > _ANNOTATIONS_LIMIT // 4 and size_of(annotations) > _ANNOTATIONS_LIMIT:
        found.append(field.too_long("metadata.annotations", _ANNOTATIONS_LIMIT))
    return found


def _owners(owners: list[dict[str, Any]]) -> list[Finding]:
    found: list[Finding] = []
    controller = ""
    for owner in owners:
        api_version = owner.get("apiVersion", "")
        kind, name = owner.get("kind", ""), owner.get("name", "")
        group, _, version = api_version.rpartition("/")
        if "/" in group:
            group = version = ""
        if not version:
            found.append(field.invalid("metadata.ownerReferences.apiVersion", api_version, "version must not be empty"))
        found += [
            field.invalid(f"metadata.ownerReferences.{key}", "", "must not be empty")
            for key in ("kind", "name", "uid")
            if not owner.get(key)
        ]
        if kind == "Event" and not group and version == "v1":
            text = f"{group}/{version}, Kind={kind} is disallowed from being an owner"
            found.append(_invalid_owners(owner, text))
        if owner.get("controller"):
            here = f"{kind}/{name}"
            if controller:
                text = (
                    "Only one reference can have Controller set to true. "
                    f'Found "true" in references for {controller} and {here}'
                )
                found.append(_invalid_owners(owners, text))
            else:
                controller = here
    return found


def _invalid_owners(value: Any, text: str) -> StatusCause:
    """A cause that shows references in the order of their fields."""
    shown = msgspec.json.encode(value).decode()
    return StatusCause(field.INVALID, f"Invalid value: {shown}: {text}", "metadata.ownerReferences")


def _finalizers(finalizers: list[str], *, custom: bool) -> list[Finding]:
    found = _finalizer_names(finalizers, qualified=True, standard=False) + _finalizer_pair(finalizers)
    return found if custom else found + _finalizer_names(finalizers, qualified=False, standard=True)


def _finalizer_names(finalizers: list[str], *, qualified: bool, standard: bool) -> list[Finding]:
    found: list[Finding] = []
    for index, name in enumerate(finalizers):
        if qualified:
            found += [field.invalid("metadata.finalizers", name, text) for text in validation.is_label_key(name)]
        if standard and "/" not in name and name not in STANDARD_FINALIZERS:
            text = "name is neither a standard finalizer name nor is it fully qualified"
            found.append(field.invalid(f"metadata.finalizers[{index}]", name, text))
    return found


def _finalizer_pair(finalizers: list[str]) -> list[Finding]:
    if "orphan" not in finalizers or "foregroundDeletion" not in finalizers:
        return []
    text = "finalizer orphan and foregroundDeletion cannot be both set"
    return [field.invalid("metadata.finalizers", finalizers, text)]


def validate_metadata_update(
    meta: Mapping[str, Any], old: Mapping[str, Any], strategy: Strategy | None = None, *, status: bool = False
) -> tuple[list[Finding], list[list[Finding]], list[Finding] | None]:
    """What is wrong with a change of metadata, as often as validators of the server find it.

    The generic rules ask first (rest.BeforeUpdate), then those of the kind's that `strategy` names, and last, if there is one,
    that which looks after the kind's other errors. A write of the status (`status`) is asked for what it changes only.
    """
    changes = _changes(meta, old)
    common: list[Finding] = []
    if any(meta.get(key) != old.get(key) for key in ("labels", "annotations", "ownerReferences")):
        common = _common(meta)
    if meta.get("managedFields") != old.get("managedFields"):
        common += _managers(meta)
    finalizers = meta.get("finalizers") or []
    whole: list[Finding] = []
    named: list[Finding] = []
    if finalizers and finalizers != old.get("finalizers"):
        pair = _finalizer_pair(finalizers)
        whole = _finalizer_names(finalizers, qualified=True, standard=False) + pair
        if strategy is not None and strategy.standard_finalizers:
            named = _finalizer_names(finalizers, qualified=False, standard=True)
    prefix = meta.get("generateName", "")
    segment = (
        [field.invalid(_PREFIX, prefix, text) for text in validation.is_path_segment_prefix(prefix)] if prefix else []
    )
    generic = segment + common + whole + changes + common
    found: list[list[Finding]] = []
    checks = strategy.metadata_checks if strategy is not None else ()
    for check in ("update",) if status and "update" in checks else checks:
        if check == "update":
            found.append(changes + common + named)
        else:
            texts = strategy.validate_name(prefix, prefix=True) if strategy is not None and prefix else ()
            own = [field.invalid(_PREFIX, prefix, text) for text in texts]
            found.append(own + common + (_finalizers(finalizers, custom=not named) if whole or named else []))
    last = changes + common + named if strategy is not None and strategy.changes_checked_last else None
    return generic, found, last


def in_order(
    problems: Iterable[Problem], looks: list[list[Finding]], last: list[Finding] | None = None
) -> list[Finding]:
    """What a kind finds wrong, and what it finds in metadata, in the order in which it looks.

    Args:
        problems: the kind's errors; `METADATA_HERE` among them stands for the next look at metadata.
        looks: what each of its looks at metadata found; those that have no place among the errors come before them.
        last: what the look after the errors found, if there is one.
    """
    problems = list(problems)
    places = sum(error is METADATA_HERE for error in problems)
    if not places:
        return [*itertools.chain(*looks), *(error.cause() for error in problems), *(last or ())]
    if last is not None:
        looks = [*looks, last]
    found = list(itertools.chain(*looks[: len(looks) - places]))
    left = iter(looks[max(0, len(looks) - places) :])
    for error in problems:
        found += next(left, []) if error is METADATA_HERE else [error.cause()]
    return found


def _changes(meta: Mapping[str, Any], old: Mapping[str, Any]) -> list[Finding]:
    """What may not change (validation.ValidateObjectMetaAccessorUpdate)."""
    found: list[Finding] = []
    if "deletionTimestamp" in old:
        before = old.get("finalizers") or ()
        new = [name for name in meta.get("finalizers") or () if name not in before]
        if new:
            listed = ", ".join(f'"{name}"' for name in sorted(new))
            text = f"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{listed}}}"
            found.append(field.forbidden("metadata.finalizers", text))
    if not meta.get("resourceVersion"):
        found.append(field.invalid("metadata.resourceVersion", "", "must be specified for an update"))
    if meta.get("generation", 0) < old.get("generation", 0):
        found.append(field.invalid("metadata.generation", meta.get("generation", 0), "must not be decremented"))
    for key in ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"):
        value = meta.get(key)
        if value != old.get(key):
            empty: Any = "" if key in ("name", "namespace", "uid") else None
            found.append(field.invalid(f"metadata.{key}", empty if value is None else value, _IMMUTABLE))
    return found
