"""Tokens on request: the token subresource of service accounts.

Follows pkg/registry/core/serviceaccount/storage/token.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubeclient.apimachinery import errors, field
from kubeclient.apimachinery.gvk import GroupKind, GroupResource, GroupVersion
from kubefake.pipeline.tokens import EXTENDED_SECONDS, WARN_ONLY_SECONDS, Binding, Tokens
from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call, Core, Outcome, StoreLookup
from kubefake.verbs.metadata import match_namespace, ordered, wipe_system_fields
from kubefake.verbs.times import format_seconds, parse_seconds

__all__ = ["TokenRequests"]

_KIND = GroupKind("authentication.k8s.io", "TokenRequest")
_DEFAULT_SECONDS = 3600
_MIN_SECONDS = 600
_MAX_SECONDS = 1 << 32
_BOUND = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}


class TokenRequests:
    """Creates tokens.

    Args:
        core: the rooms of verbs.
        tokens: what signs them.
    """

    def __init__(self, core: Core, tokens: Tokens) -> None:
        self._core = core
        self._tokens = tokens
        self._lookup = StoreLookup(core)

    def create(self, call: Call, obj: JSONObject) -> Outcome:
        """The request with its token; `obj` is decoded and private to the call.

        Raises:
            NotFound: there is no such account, or nothing of the name that the token is to be bound to.
            Invalid, BadRequest, Conflict: it cannot be had as asked. StatusError 501: the cluster has no key.
        """
        spec, meta = obj["spec"], obj["metadata"]
        wanted_uid = meta.get("uid")
        wipe_system_fields(meta)
        match_namespace(call.resource, call.namespace, meta)
        if spec.get("expirationSeconds") is None:
            spec["expirationSeconds"] = _DEFAULT_SECONDS
        node = call.resource.subresources["token"].node
        assert node is not None
        manager = self._core.ownership.subresource_manager(node, obj["apiVersion"], obj["kind"], "token")
        managed = manager.update(None, obj, call.manager, call.now)
        if managed:
            meta["managedFields"] = managed
        self._core.admit(call, "CREATE", obj, None)
        given = meta.get("name")
        if given and given != call.name:
            text = "must match the service account name if specified"
            raise errors.new_invalid(_KIND, call.name, [field.invalid("metadata.name", given, text)])
        account = self._find("serviceaccounts", call.namespace, call.name)
        if not spec.get("audiences"):
            spec["audiences"] = list(self._tokens.audiences)
        meta.update(name=call.name, namespace=call.namespace, creationTimestamp=call.now)
        uid = meta["uid"] = account["metadata"]["uid"]
        if wanted_uid and wanted_uid != uid:
            text = f"the UID in the token request ({wanted_uid}) does not match the UID of the service account ({uid})"
            raise errors.new_conflict(GroupResource(_KIND.group, _KIND.kind), call.name, text)
        self._check(spec["expirationSeconds"])
        self._core.validate(call, "CREATE", obj, None)
        bindings = self._bindings(call, spec.get("boundObjectRef"))
        token = self._issue(account, spec, bindings)
        expires = format_seconds(parse_seconds(call.now) + spec["expirationSeconds"])
        obj["metadata"] = ordered(meta)
        obj["status"] = {"token": token, "expirationTimestamp": expires}
        return Outcome(201, obj=obj, foreign=True)

    def _issue(self, account: Mapping[str, Any], spec: Mapping[str, Any], bindings: list[Binding]) -> str:
        seconds, warn_after = spec["expirationSeconds"], 0
        audiences = spec["audiences"]
        extends = seconds == WARN_ONLY_SECONDS and set(audiences) <= set(self._tokens.audiences)
        if extends and any(bound.kind == "pod" for bound in bindings):
            seconds, warn_after = EXTENDED_SECONDS, seconds
        return self._tokens.issue(account, audiences, seconds, bindings, warn_after=warn_after)

    def _check(self, seconds: int) -> None:
        text = ""
        if seconds < _MIN_SECONDS:
            text = "may not specify a duration less than 10 minutes"
        elif seconds > _MAX_SECONDS:
            text = "may not specify a duration larger than 2^32 seconds"
        if text:
            raise errors.new_invalid(_KIND, "", [field.invalid("spec.expirationSeconds", seconds, text)])

    def _bindings(self, call: Call, ref: Mapping[str, Any] | None) -> list[Binding]:
        """What the token is bound to; a pod's node comes along with it."""
        if ref is None:
            return []
        version, kind, name = GroupVersion.parse(ref.get("apiVersion", "")), ref.get("kind", ""), ref.get("name", "")
        plural = "" if version.group else _BOUND.get(kind, "")
        if not plural:
            told = f"{version.group}/{version.version}, Kind={kind}"
            raise errors.new_bad_request(f"cannot bind token to object of type {told}")
        obj = self._find(plural, "" if kind == "Node" else call.namespace, name)
        bound = [Binding(kind.lower(), name, obj["metadata"]["uid"])]
        if kind == "Pod":
            spec = obj.get("spec", {})
            if spec.get("serviceAccountName", "") != call.name:
                raise errors.new_bad_request(
                    f'cannot bind token for serviceaccount "{call.name}" to pod running with different serviceaccount '
                    "name."
                )
            if spec.get("nodeName"):
                node = self._lookup.get("", "nodes", "", spec["nodeName"])
                bound.append(Binding("node", spec["nodeName"], "" if node is None else node["metadata"]["uid"]))
        uid = ref.get("uid", "")
        if uid and uid != bound[0].uid:
            text = (
                f"the UID in the bound object reference ({uid}) does not match the UID in record. "
                "The object might have been deleted and then recreated"
            )
            raise errors.new_conflict(GroupResource("", kind), name, text)
        return bound

    def _find(self, plural: str, namespace: str, name: str) -> Mapping[str, Any]:
        if not name:
            raise errors.new_bad_request("Name parameter required.")
        obj = self._lookup.get("", plural, namespace, name)
        if obj is None:
            raise errors.new_not_found(GroupResource("", plural), name)
        return obj
