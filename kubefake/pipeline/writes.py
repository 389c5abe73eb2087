"""The requests that change something: reads their options and bodies, and hands them to their verb."""

from __future__ import annotations

from kubeclient.transport.protocol import Request, Response, header
from kubefake.pipeline.decode import decode_body
from kubefake.verbs.call import Call, Core, Listing, Outcome
from kubefake.verbs.create import create
from kubefake.verbs.delete import delete
from kubefake.verbs.deletecollection import delete_collection
from kubefake.verbs.update import update
from kubefake.wire.body import BodyReader
from kubefake.wire.options import (
    read_create_options,
    read_delete_options,
    read_list_options,
    read_update_options,
)
from kubefake.wire.status import not_implemented

__all__ = ["Writes"]

Result = Outcome | Listing | Response


class Writes:
    """Carries out writes."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._bodies = BodyReader()

    def run(self, call: Call, request: Request) -> Result:
        """Raises StatusErrors."""
        call.manager = _manager(header(request.headers, "user-agent"))
        if call.subresource not in ("", "status"):
            raise not_implemented(f"the subresource {call.resource.plural}/{call.subresource}")
        match call.verb:
            case "create":
                return self._create(call, request)
            case "update":
                return self._update(call, request)
            case "delete":
                return self._delete(call, request)
            case "deletecollection":
                return self._delete_collection(call, request)
        raise not_implemented(f"the verb {call.verb}")

    def _create(self, call: Call, request: Request) -> Result:
        options = read_create_options(request.query)
        call.dry_run, call.field_validation = options.dry_run, options.field_validation
        call.manager = options.field_manager or call.manager
        resource = call.resource
        body = self._bodies.read(
            request.body, header(request.headers, "content-type"), resource.gvk, custom=resource.custom
        )
        obj = decode_body(call, body)
        resource.strategy.default(obj, resource.version)
        return create(self._core, call, obj)

    def _update(self, call: Call, request: Request) -> Result:
        options = read_update_options(request.query)
        call.dry_run, call.field_validation = options.dry_run, options.field_validation
        call.manager = options.field_manager or call.manager
        resource = call.resource
        body = self._bodies.read(
            request.body, header(request.headers, "content-type"), resource.gvk, custom=resource.custom
        )
        obj = decode_body(call, body)
        resource.strategy.default(obj, resource.version)
        return update(self._core, call, obj)

    def _delete(self, call: Call, request: Request) -> Result:
        body = self._bodies.read_delete(request.body, header(request.headers, "content-type"))
        options = read_delete_options(request.query, body)
        call.dry_run = options.dry_run
        return delete(self._core, call, options)

    def _delete_collection(self, call: Call, request: Request) -> Result:
        selected = read_list_options(request.query)
        body = self._bodies.read_delete(request.body, header(request.headers, "content-type"))
        options = read_delete_options(request.query, body)
        call.dry_run = options.dry_run
        return delete_collection(self._core, call, options, selected)


def _manager(user_agent: str | None) -> str:
    """The field manager of who names none: the first part of the user agent (managerOrUserAgent)."""
    if not user_agent:
        return "unknown"
    name = user_agent.partition("/")[0]
    return "".join(char for char in name if char.isprintable())[:128]
