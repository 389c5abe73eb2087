"""DeleteCollection: deletes everything that a list would show, one by one, and answers with that list."""

from __future__ import annotations

from dataclasses import replace

from kubefake.verbs.call import Call, Core, Listing
from kubefake.verbs.delete import check_preconditions, delete_version
from kubefake.verbs.keys import missing
from kubefake.verbs.list import list_objects
from kubefake.wire.options import DeleteOptions, ListOptions

__all__ = ["delete_collection"]


def delete_collection(core: Core, call: Call, options: DeleteOptions, selected: ListOptions) -> Listing:
    """Raises what list and delete raise. Preconditions hold for each object."""
    if call.resource.namespaced and not call.namespace:
        raise missing(call)
    if selected.resource_version not in ("", "0") and not selected.resource_version_match:
        selected = replace(selected, resource_version_match="Exact")  # it is listed a page at a time, at that revision
    listing = list_objects(core, call, selected)
    core.admit(call, "DELETE", None, None)
    for version in listing.versions:
        one = replace(call, name=version.name, namespace=version.namespace)
        core.validate(one, "DELETE", None, version.obj)
        current = core.store.get(version.table, version.key)
        if current is not None:
            check_preconditions(one, options, current.obj["metadata"])
            delete_version(core, one, options, current)
    return listing
