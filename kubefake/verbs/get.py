"""Get: one object as it is now."""

from __future__ import annotations

from kubeclient.apimachinery import errors
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.failures import internal, too_large_revision
from kubefake.verbs.keys import missing
from kubefake.verbs.metadata import parse_revision
from kubefake.wire.options import GetOptions

__all__ = ["get"]


def get(core: Core, call: Call, options: GetOptions) -> Outcome:
    """Raises NotFound; Timeout for a revision that has not happened."""
    resource = call.resource
    if options.resource_version:
        try:
            revision = parse_revision(options.resource_version)
        except ValueError as exc:
            text = f'resourceVersion: Invalid value: "{options.resource_version}": {exc}'
            if not resource.strategy.cached:
                raise errors.new_bad_request(f"invalid resource version: {text}") from exc
            raise internal(text) from exc
        if revision > core.store.revision:
            raise too_large_revision(revision, core.store.revision, cached=call.resource.strategy.cached)
    version = core.store.get(resource.table, f"{call.namespace}/{call.name}" if resource.namespaced else call.name)
    if version is None:
        raise missing(call)
    return Outcome(200, version)
