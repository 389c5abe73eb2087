"""Update: replaces an object's state if nobody was faster. Patch and apply end here too, with a state of their own making.

Follows k8s.io/apiserver/pkg/registry/generic/registry/store.go (Update) and pkg/registry/rest/update.go (BeforeUpdate).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.resources.strategy import Context, JSONObject
from kubefake.store import Version
from kubefake.verbs.addresses import SERVICES, take
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.create import check_size, commit_new, misnamed
from kubefake.verbs.failures import MODIFIED, internal
from kubefake.verbs.keys import missing, registry_path
from kubefake.verbs.metadata import (
    DOUBLE_OWNERS,
    dedup_owner_references,
    in_order,
    match_namespace,
    ordered,
    parse_revision,
    validate_metadata_update,
)
from kubefake.verbs.ownership import same_state
from kubefake.verbs.shape import as_shown, in_stored_order

__all__ = ["Produce", "check_name", "in_request_version", "update", "write"]

Produce = Callable[[Mapping[str, Any] | None], JSONObject]
"""Makes the wanted state, private and in the request's version, from the stored one in that version (None: there is none)."""


def update(core: Core, call: Call, obj: JSONObject) -> Outcome:
    """A PUT: the client's whole object, decoded, defaulted and private to the call."""
    meta = obj["metadata"]
    match_namespace(call.resource, call.namespace, meta)
    check_name(call, obj)
    wanted_uid = meta.get("uid", "")

    def produce(live: Mapping[str, Any] | None) -> JSONObject:
        for uid in dedup_owner_references(obj):
            call.warn(DOUBLE_OWNERS.format(uid))
        if live is None:
            core.ownership.record_create(call, obj)
        else:
            core.ownership.record_update(call, live, obj)
        return obj

    return write(core, call, produce, wanted_uid=wanted_uid)


def check_name(call: Call, obj: Mapping[str, Any]) -> None:
    """The object must be the one of the path (handlers.checkName)."""
    name = obj["metadata"].get("name", "")
    if not name:
        text = f"the name of the object ({call.name} based on URL) was undeterminable: name must be provided"
        raise errors.new_bad_request(text)
    if name != call.name:
        raise errors.new_bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({call.name})"
        )


def write(core: Core, call: Call, produce: Produce, *, wanted_uid: str = "", may_create: bool = False) -> Outcome:
    """Replaces the object by what `produce` makes of it.

    Args:
        core, call: as for every verb.
        produce: makes the wanted state; called once.
        wanted_uid: the object must have this uid, when one is given.
        may_create: an object that is not there is created whatever the kind says (apply).

    Raises:
        NotFound, Conflict, Invalid, and what admission raises.
    """
    resource = call.resource
    strategy = resource.strategy
    version = core.store.get(resource.table, resource.key(call.namespace, call.name))
    if version is None:
        problem = missing(call)
        # Where the kind lets updates create, those of its status do so too; its other subresources and apply do not.
        creates = strategy.allow_create_on_update or (may_create and not call.subresource)
        if not creates or call.subresource not in ("", "status") or problem.reason != "NotFound":
            raise problem
        if wanted_uid:
            raise _other_uid(call, wanted_uid, "", "0")
        created = produce(None)
        _revision_of(created["metadata"].get("resourceVersion", ""))  # an update that creates does not ask for one
        if not call.dry_run:
            created["metadata"].pop("resourceVersion", None)
        core.admit(call, "CREATE", created, None)
        return commit_new(core, call, created)
    if wanted_uid and wanted_uid != version.obj["metadata"].get("uid"):
        live = version.obj["metadata"]
        raise _other_uid(call, wanted_uid, live.get("uid", ""), "0")
    live = in_request_version(call, version)
    obj = produce(live)
    old = _in_force(call, version)
    core.admit(call, "UPDATE", obj, old)
    matters: bool | None = None
    if not resource.is_storage_version:
        if resource.custom:  # compared as the request sees them: what its version does not know is no change
            matters = not call.subresource and bool(strategy.generation_matters(obj, live))
        obj = strategy.convert(obj, resource.storage_version.version)
    _check_revision(call, obj["metadata"], version)
    context = core.context(call)
    _before_update(call, obj, old, context, matters=matters)
    core.validate(call, "UPDATE", obj, old)
    return _commit(core, call, obj, version)


def in_request_version(call: Call, version: Version) -> Mapping[str, Any]:
    """A stored object as the request's API version sees it; shared, not to be changed."""
    resource = call.resource
    strategy = resource.strategy
    if not resource.is_storage_version:
        return strategy.convert(strategy.read(version.copy()), resource.version)
    return _in_force(call, version)


def _in_force(call: Call, version: Version) -> Mapping[str, Any]:
    """A stored object as its kind's schema has it now; shared, not to be changed."""
    strategy = call.resource.strategy
    return version.obj if version.revision >= strategy.settled_at else strategy.read(version.copy())


def _check_revision(call: Call, meta: JSONObject, version: Version) -> None:
    """Optimistic concurrency: the client's revision, if it names one, must be the current one."""
    revision = _revision_of(meta.get("resourceVersion"))
    if revision == 0:
        if not call.resource.strategy.allow_unconditional_update or call.resource.custom:
            text = "must be specified for an update"
            about = GroupKind(call.resource.group, call.resource.plural)
            raise errors.new_invalid(about, call.name, [field.invalid("metadata.resourceVersion", 0, text)])
    elif revision != version.revision:
        raise errors.new_conflict(call.resource.group_resource, call.name, MODIFIED)
    meta["resourceVersion"] = str(version.revision)


def _revision_of(given: str | None) -> int:
    """The number of a revision that a client names, 0 for none. Raises InternalError for what is no number."""
    try:
        return parse_revision(given) if given else 0
    except ValueError as exc:
        raise internal(str(exc)) from exc


def _before_update(
    call: Call, obj: JSONObject, old: Mapping[str, Any], context: Context, *, matters: bool | None = None
) -> None:
    """Carries over what an update cannot change, lets the kind prepare, and validates."""
    resource = call.resource
    strategy = resource.strategy
    meta, old_meta = obj["metadata"], old["metadata"]
    _carry_over(meta, old_meta)
    if call.subresource == "status":
        if resource.custom:
            meta = _status_metadata(meta, old_meta)
            obj["metadata"] = meta
        elif strategy.status_keeps_metadata:
            obj["metadata"] = meta = _without(meta, _DESIRED) | {
                key: old_meta[key] for key in _DESIRED if key in old_meta
            }
        for key in [key for key in obj if key not in ("apiVersion", "kind", "metadata", "status")]:
            del obj[key]
        obj.update({key: value for key, value in old.items() if key not in obj and key != "status"})
        strategy.prepare_for_status_update(obj, old, context)
    else:
        if "status" in resource.subresources and strategy.resets_status:
            if "status" in old:
                obj["status"] = old["status"]
            else:
                obj.pop("status", None)
        strategy.prepare_for_update(obj, old, context)
        if strategy.tracks_generation:
            changed = bool(strategy.generation_matters(obj, old)) if matters is None else matters
            meta["generation"] = old_meta.get("generation", 0) + changed
    kind, found = misnamed(call, obj)
    generic, own, last = validate_metadata_update(meta, old_meta, strategy, status=call.subresource == "status")
    found += generic + in_order(strategy.validate_update(obj, old, context), own, last)
    for text in strategy.tolerated(obj):
        call.warn(text)
    if found:
        raise errors.new_invalid(kind, call.name, found)
    for text in strategy.warnings(obj, old, context):
        call.warn(text)


_DESIRED = ("deletionTimestamp", "generation", "labels", "annotations", "finalizers", "ownerReferences")
"""What metav1.ResetObjectMetaForStatus takes back."""


def _without(meta: Mapping[str, Any], keys: tuple[str, ...]) -> JSONObject:
    return {key: value for key, value in meta.items() if key not in keys}


def _status_metadata(meta: Mapping[str, Any], old: Mapping[str, Any]) -> JSONObject:
    """A custom resource's status write keeps the stored metadata, but for who owns what."""
    kept = {key: value for key, value in old.items() if key != "managedFields"}
    if "managedFields" in meta:
        kept["managedFields"] = meta["managedFields"]
    return kept


def _carry_over(meta: JSONObject, old: Mapping[str, Any]) -> None:
    if not meta.get("uid"):
        meta["uid"] = old.get("uid", "")
    for key in ("creationTimestamp", "deletionTimestamp"):
        if key in old:
            meta[key] = old[key]
    if "deletionGracePeriodSeconds" in old:
        meta.setdefault("deletionGracePeriodSeconds", old["deletionGracePeriodSeconds"])
    if "generation" in old:
        meta["generation"] = old["generation"]
    else:
        meta.pop("generation", None)


def _commit(core: Core, call: Call, obj: JSONObject, version: Version) -> Outcome:
    resource = call.resource
    old = version.obj
    link = obj["metadata"].get("selfLink")  # which is not stored, but told where nothing is
    obj["metadata"] = meta = ordered(obj["metadata"])
    obj = in_stored_order(resource, obj)
    if same_state(obj, old) and (call.dry_run or not (_is_new(version) and resource.strategy.settles(old))):
        if call.dry_run and link:
            return Outcome(200, obj=as_shown(resource, _linked(obj, link)))
        return Outcome(200, version)
    if _is_finished(meta) and not resource.strategy.holds(obj):
        if not call.dry_run:
            last = {**old, "metadata": {**old["metadata"]}}
            gone = core.store.delete(resource.table, version.key, last, version)
            core.committed(call, "DELETED", gone.obj, old)
        return Outcome(200, obj=as_shown(resource, _linked(obj, link)))
    if call.dry_run:
        return Outcome(200, obj=as_shown(resource, _linked(obj, link)))
    check_size(call, obj)
    if resource.table == SERVICES:
        take(core.store, obj, old, core.ids.uid, call.now)
    new = core.store.put(resource.table, version.key, obj, version)
    core.committed(call, "MODIFIED", new.obj, old)
    return Outcome(200, new)


def _is_new(version: Version) -> bool:
    return version.prev is None or version.prev.deleted


def _linked(obj: JSONObject, link: str | None) -> JSONObject:
    """An object with the link that it was sent with, where Go writes it."""
    if not link:
        return obj
    meta = obj["metadata"]
    first = {key: meta[key] for key in ("name", "generateName", "namespace") if key in meta}
    return {**obj, "metadata": {**first, "selfLink": link, **meta}}


def _is_finished(meta: Mapping[str, Any]) -> bool:
    """Whether this was the last finalizer of an object whose grace is over (store.ShouldDeleteDuringUpdate)."""
    return "deletionTimestamp" in meta and not meta.get("finalizers") and not meta.get("deletionGracePeriodSeconds")


def _other_uid(call: Call, wanted: str, found: str, revision: str) -> errors.Conflict:
    path = f"/{registry_path(call)}" if call.dry_run else f"/registry/{registry_path(call)}"
    return errors.new_conflict(
        call.resource.group_resource,
        call.name,
        f"StorageError: invalid object, Code: 4, Key: {path}, ResourceVersion: {revision}, AdditionalErrorMsg: "
        f"Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}",
    )
