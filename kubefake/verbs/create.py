"""Create: a new object, named by the client or from its generateName.

Follows k8s.io/apiserver/pkg/endpoints/handlers/create.go and pkg/registry/generic/registry/store.go (Create).
"""

from __future__ import annotations

from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubeclient.apimachinery.unstructured import deep_copy
from kubefake.resources.strategy import JSONObject
from kubefake.schema.decode import zero_value
from kubefake.store import Version
from kubefake.verbs.addresses import SERVICES, take
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.failures import internal
from kubefake.verbs.metadata import (
    DOUBLE_OWNERS,
    dedup_owner_references,
    in_order,
    match_namespace,
    ordered,
    parse_revision,
    validate_metadata,
    wipe_system_fields,
)
from kubefake.verbs.shape import as_shown, in_stored_order, stored_node
from kubefake.wire.status import encode

__all__ = ["check_size", "commit_new", "create", "misnamed"]

_GENERATED_NAME_RETRIES = 8
_MAX_PREFIX = 58  # 63 characters less the five of the suffix (names.maxGeneratedNameLength)
_TOO_LARGE = 1_572_864  # etcd's default limit of a request, 1.5 MiB


def create(core: Core, call: Call, obj: JSONObject) -> Outcome:
    """Stores a new object; `obj` is decoded, defaulted and private to the call."""
    meta = obj["metadata"]
    wipe_system_fields(meta)
    match_namespace(call.resource, call.namespace, meta)
    for uid in dedup_owner_references(obj):
        call.warn(DOUBLE_OWNERS.format(uid))
    core.ownership.record_create(call, obj)
    core.admit(call, "CREATE", obj, None)
    return commit_new(core, call, obj)


def commit_new(core: Core, call: Call, obj: JSONObject, *, code: int = 201) -> Outcome:
    """The part of a creation that update and apply share: names, validation, storage."""
    resource = call.resource
    strategy = resource.strategy
    context = core.context(call)
    stored = obj if resource.is_storage_version else strategy.convert(obj, resource.storage_version.version)
    meta = stored["metadata"]
    wipe_system_fields(meta)
    if strategy.resets_status and "status" in resource.subresources and not resource.custom:
        _reset_status(stored, call)
    prefix = meta.get("generateName")
    generated = bool(prefix) and not meta.get("name")
    if generated:
        meta["name"] = prefix[:_MAX_PREFIX] + core.ids.name_suffix()
    meta["uid"] = core.ids.uid()
    meta["creationTimestamp"] = call.now
    strategy.prepare_for_create(stored, context)
    for text in strategy.forewarnings(stored):
        call.warn(text)
    if strategy.tracks_generation:
        meta["generation"] = 1
    kind, found = misnamed(call, obj)
    if found:  # nothing more is asked of what is of another kind
        raise errors.new_invalid(kind, meta.get("name", ""), found)
    problems = strategy.validate(stored, context)
    looks = []
    if strategy.metadata_checks or not problems:  # who leaves metadata to the generic rules is asked before them
        looks.append(
            validate_metadata(meta, resource, lambda name, prefix: strategy.validate_name(name, prefix=prefix))
        )
    found += in_order(problems, looks)
    if found:
        raise errors.new_invalid(kind, meta.get("name", ""), found)
    for text in strategy.warnings(stored, None, context):
        call.warn(text)
    core.validate(call, "CREATE", stored, None)
    table, namespace = resource.table, call.namespace
    key = resource.key(namespace, meta["name"])
    if core.store.get(table, key) is not None and generated:
        key = _another_name(core, call, meta, prefix)
    existing = core.store.get(table, key)
    if existing is not None:
        raise _already_exists(call, existing, meta)
    given = meta.get("resourceVersion")
    if call.dry_run:  # which does not come as far as the storage, that asks for a revision
        if not given:
            meta.pop("resourceVersion", None)
        stored["metadata"] = ordered(meta)
        return Outcome(code, obj=as_shown(resource, in_stored_order(resource, stored)))
    if given and _is_revision(given):
        raise internal("resourceVersion should not be set on objects to be created")
    check_size(call, stored)
    meta["resourceVersion"] = ""
    stored["metadata"] = ordered(meta)
    if table == SERVICES:
        take(core.store, stored, None, core.ids.uid, call.now)
    version = core.store.put(table, key, in_stored_order(resource, stored), None)
    core.committed(call, "ADDED", version.obj, None)
    return Outcome(code, version)


def _is_revision(text: str) -> bool:
    """Whether a creator asks for a revision; what is no number asks for none."""
    try:
        return parse_revision(text) != 0
    except ValueError:
        return False


def misnamed(call: Call, obj: JSONObject) -> tuple[GroupKind, list[Any]]:
    """The kind that an object says it is of, and what is wrong with that; only custom ones come this far misnamed."""
    resource = call.resource
    if not resource.custom:
        return GroupKind(resource.storage.group, resource.kind), []
    if not obj["apiVersion"]:
        raise errors.new_internal_error("Object 'apiVersion' is missing in 'object has no apiVersion field'")
    found: list[Any] = []
    if obj["kind"] != resource.kind:
        found.append(field.invalid("kind", obj["kind"], f"must be {resource.kind}"))
    storage = f"{resource.group}/{resource.storage_version.version}"
    if obj["apiVersion"] not in (resource.api_version, storage):
        found.append(field.invalid("apiVersion", obj["apiVersion"], f"must be {resource.api_version}"))
    group = obj["apiVersion"].rpartition("/")[0]
    return GroupKind(group, obj["kind"]), found


def _already_exists(call: Call, existing: Version, meta: JSONObject) -> errors.AlreadyExists:
    about, name = call.resource.group_resource, meta["name"]
    error: errors.AlreadyExists
    if meta.get("generateName"):  # even when the client chose the name itself
        error = errors.new_generate_name_conflict(about, name, 1)
    else:
        error = errors.new_already_exists(about, name)
    if "deletionTimestamp" in existing.obj["metadata"]:
        error.status.message = f"object is being deleted: {error.status.message}"
    return error


def check_size(call: Call, obj: JSONObject) -> None:
    """Refuses what etcd would: objects of more than 1.5 MiB, measured as JSON. Small requests are not measured."""
    if call.size > _TOO_LARGE // 2 and len(encode(obj)) > _TOO_LARGE:
        raise internal("etcdserver: request is too large")


def _another_name(core: Core, call: Call, meta: JSONObject, prefix: str) -> str:
    """Tries more suffixes, as the server does (RetryGenerateName), before it gives up."""
    for _ in range(_GENERATED_NAME_RETRIES - 1):
        meta["name"] = prefix[:_MAX_PREFIX] + core.ids.name_suffix()
        key = call.resource.key(call.namespace, meta["name"])
        if core.store.get(call.resource.table, key) is None:
            return key
    raise errors.new_generate_name_conflict(call.resource.group_resource, meta["name"], 1)


def _reset_status(obj: JSONObject, call: Call) -> None:
    node = stored_node(call.resource)
    zero = node.cache.get("zero")
    if zero is None:
        zero = node.cache["zero"] = zero_value(node)
    if "status" in zero:
        obj["status"] = deep_copy(zero["status"])
    else:
        obj.pop("status", None)
