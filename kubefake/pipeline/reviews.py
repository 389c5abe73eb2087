"""Questions that are asked by creating them: who holds a token, who may do what, what may I do, who am I.

Nothing of it is stored. Follows pkg/registry/authorization, pkg/registry/authentication and their validation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from kubeclient.apimachinery import errors, field, fields, labels, validation
from kubeclient.apimachinery.gotext import Ordered
from kubeclient.apimachinery.gvk import GroupKind
from kubefake.pipeline.attributes import Attributes, Authorizer
from kubefake.pipeline.caller import UserInfo
from kubefake.pipeline.identify import Authenticator, TokenError
from kubefake.pipeline.rbac import Held
from kubefake.resources.resource import Resource
from kubefake.resources.strategy import JSONObject
from kubefake.verbs.call import Call, Core, Outcome
from kubefake.verbs.metadata import match_namespace, ordered, wipe_system_fields

__all__ = ["Reviews", "RuleResolver"]

_AUTHORIZATION = "authorization.k8s.io"
_AUTHENTICATION = "authentication.k8s.io"
_ENTRY = ("manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource")
_ONE_OF = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
_VALUES_NEEDED = "must be specified when `operator` is 'In' or 'NotIn'"
_VALUES_FORBIDDEN = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"

Found = Iterator[field.FieldError]


class RuleResolver(Protocol):
    """Knows what a user may do as a list."""

    def held_by(self, user: UserInfo, namespace: str) -> Held: ...


class Reviews:
    """Answers reviews.

    Args:
        core: the rooms of verbs.
        authenticator: reads tokens.
        authorizer: is asked who may do what.
        resolver: tells what somebody may do; None when the authoriser cannot tell.
    """

    def __init__(
        self, core: Core, authenticator: Authenticator, authorizer: Authorizer, resolver: RuleResolver | None
    ) -> None:
        self._core = core
        self._authenticator = authenticator
        self._authorizer = authorizer
        self._resolver = resolver
        self._kinds: Mapping[tuple[str, str], Callable[[Call, JSONObject], JSONObject]] = {
            (_AUTHENTICATION, "selfsubjectreviews"): self._self,
            (_AUTHENTICATION, "tokenreviews"): self._token,
            (_AUTHORIZATION, "localsubjectaccessreviews"): self._local_access,
            (_AUTHORIZATION, "selfsubjectaccessreviews"): self._self_access,
            (_AUTHORIZATION, "selfsubjectrulesreviews"): self._self_rules,
            (_AUTHORIZATION, "subjectaccessreviews"): self._access,
        }

    def answers(self, resource: Resource) -> bool:
        """Whether it is such a question."""
        return (resource.group, resource.plural) in self._kinds

    def create(self, call: Call, obj: JSONObject) -> Outcome:
        """The answer; `obj` is decoded and private to the call. Raises BadRequest, Invalid, and what admission raises."""
        resource = call.resource
        wipe_system_fields(obj["metadata"])
        match_namespace(resource, call.namespace, obj["metadata"])
        self._core.ownership.record_create(call, obj)
        self._core.admit(call, "CREATE", obj, None)
        answer = self._kinds[resource.group, resource.plural](call, obj)
        answer["metadata"] = ordered(answer["metadata"])
        return Outcome(201, obj=answer)

    # Who.

    def _self(self, call: Call, obj: JSONObject) -> JSONObject:
        self._core.validate(call, "CREATE", obj, None)
        return _fresh(obj, metadata={"creationTimestamp": call.now}, status={"userInfo": _user(call.user)})

    def _token(self, call: Call, obj: JSONObject) -> JSONObject:
        spec = obj["spec"]
        token = spec.get("token", "")
        if not token:
            raise errors.new_bad_request("token is required for TokenReview in authentication")
        self._core.validate(call, "CREATE", obj, None)
        status: JSONObject = {"user": {}, **obj.get("status", {})}
        status.pop("authenticated", None)
        try:
            found = self._authenticator.review(token, spec.get("audiences") or ())
        except TokenError as exc:
            status["error"] = str(exc)
        else:
            status |= {"authenticated": True, "user": _user(found.user), "audiences": list(found.audiences)}
        obj["status"] = status
        return obj

    # May they.

    def _access(self, call: Call, obj: JSONObject) -> JSONObject:
        _refuse([*_spec_errors(obj["spec"]), *_metadata_errors(obj)])
        return self._decided(call, obj, _reviewed_user(obj["spec"]))

    def _local_access(self, call: Call, obj: JSONObject) -> JSONObject:
        spec, namespace = obj["spec"], obj["metadata"].get("namespace", "")
        found = [*_spec_errors(spec), *_metadata_errors(obj, local=True)]
        resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
        if resource is not None and resource.get("namespace", "") != namespace:
            text = "must match metadata.namespace"
            found.append(field.invalid("spec.resourceAttributes.namespace", resource.get("namespace", ""), text))
        if path is not None:
            text = "disallowed on this kind of request"
            found.append(field.invalid("spec.nonResourceAttributes", _internal(path), text))
        _refuse(found)
        return self._decided(call, obj, _reviewed_user(spec))

    def _self_access(self, call: Call, obj: JSONObject) -> JSONObject:
        _refuse([*_spec_errors(obj["spec"], for_self=True), *_metadata_errors(obj)])
        return self._decided(call, obj, call.user)

    def _decided(self, call: Call, obj: JSONObject, user: UserInfo) -> JSONObject:
        self._core.validate(call, "CREATE", obj, None)
        decision = self._authorizer.authorize(user, _attributes(obj["spec"]))
        obj["status"] = {"allowed": decision.allowed}
        if decision.reason:
            obj["status"]["reason"] = decision.reason
        problems = _selector_problems(obj["spec"].get("resourceAttributes") or {})
        if problems:
            obj["status"]["evaluationError"] = "; ".join(problems)
        return obj

    def _self_rules(self, call: Call, obj: JSONObject) -> JSONObject:
        namespace = obj["spec"].get("namespace", "")
        if not namespace:
            raise errors.new_bad_request("no namespace on request")
        self._core.validate(call, "CREATE", obj, None)
        resource_rules: list[JSONObject] = []
        path_rules: list[JSONObject] = []
        status = {"resourceRules": resource_rules, "nonResourceRules": path_rules, "incomplete": False}
        if self._resolver is None:
            status |= {"incomplete": True, "evaluationError": "the authorizer does not support user rule resolution"}
            return _fresh(obj, metadata={}, spec={}, status=status)
        held = self._resolver.held_by(call.user, namespace)
        for rule, _ in held.rules:
            if rule.resources:
                told: JSONObject = {"verbs": list(rule.verbs)}
                told |= {"apiGroups": list(rule.groups)} if rule.groups else {}
                told["resources"] = list(rule.resources)
                resource_rules.append({**told, "resourceNames": list(rule.names)} if rule.names else told)
            if rule.urls:
                path_rules.append({"verbs": list(rule.verbs), "nonResourceURLs": list(rule.urls)})
        if held.problems:
            status["evaluationError"] = field.aggregate(held.problems)
        return _fresh(obj, metadata={}, spec={}, status=status)


def _fresh(obj: JSONObject, **parts: JSONObject) -> JSONObject:
    """An answer that repeats nothing of the question."""
    return {"kind": obj["kind"], "apiVersion": obj["apiVersion"], **parts}


def _user(user: UserInfo) -> JSONObject:
    told: JSONObject = {"username": user.name, "uid": user.uid, "groups": list(user.groups)}
    told["extra"] = {key: list(user.extra[key]) for key in sorted(user.extra)}
    return {key: value for key, value in told.items() if value}


def _reviewed_user(spec: Mapping[str, Any]) -> UserInfo:
    extra = {key: tuple(values or ()) for key, values in (spec.get("extra") or {}).items()}
    return UserInfo(spec.get("user", ""), tuple(_groups(spec)), spec.get("uid", ""), extra)


def _groups(spec: Mapping[str, Any]) -> Sequence[str]:
    """The groups that are asked about; v1beta1 called them "group"."""
    return spec.get("groups") or spec.get("group") or ()


def _attributes(spec: Mapping[str, Any]) -> Attributes:
    asked = spec.get("resourceAttributes")
    if asked is None:
        path = spec["nonResourceAttributes"]
        return Attributes(path.get("verb", ""), path.get("path", ""), is_resource_request=False)
    return Attributes(
        asked.get("verb", ""),
        group=asked.get("group", ""),
        version=asked.get("version", ""),
        resource=asked.get("resource", ""),
        subresource=asked.get("subresource", ""),
        namespace=asked.get("namespace", ""),
        name=asked.get("name", ""),
    )


# What is wrong with a question.


def _refuse(found: list[field.FieldError]) -> None:
    if found:
        raise errors.new_invalid(GroupKind(_AUTHORIZATION, ""), "", found)


def _internal(path: Mapping[str, Any]) -> JSONObject:
    """NonResourceAttributes as the server's own type is printed."""
    return {"Path": path.get("path", ""), "Verb": path.get("verb", "")}


def _spec_errors(spec: Mapping[str, Any], *, for_self: bool = False) -> Found:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is not None and path is not None:
        text = "cannot be specified in combination with resourceAttributes"
        yield field.invalid("spec.nonResourceAttributes", _internal(path), text)
    if resource is None and path is None:
        yield field.invalid("spec.resourceAttributes", None, _ONE_OF)
    if not for_self and not spec.get("user") and not _groups(spec):
        yield field.invalid("spec.user", "", "at least one of user or group must be specified")
    for kind in ("fieldSelector", "labelSelector"):
        selector = (resource or {}).get(kind)
        if selector is not None:
            yield from _selector_errors(selector, f"spec.resourceAttributes.{kind}", for_labels=kind == "labelSelector")


def _selector_errors(selector: Mapping[str, Any], path: str, *, for_labels: bool) -> Found:
    raw, requirements = selector.get("rawSelector", ""), selector.get("requirements") or ()
    if raw and requirements:
        yield field.invalid(f"{path}.rawSelector", raw, "may not specified at the same time as requirements")
    if not raw and not requirements:
        text = f"when {path} is specified, requirements or rawSelector is required"
        yield field.required(f"{path}.requirements", text)
    for index, requirement in enumerate(requirements):
        at = f"{path}.requirements[{index}]"
        key, operator = requirement.get("key", ""), requirement.get("operator", "")
        values = requirement.get("values") or ()
        if not for_labels and not key:
            yield field.required(f"{at}.key", "must be specified")
        if operator in ("In", "NotIn") and not values:
            yield field.required(f"{at}.values", _VALUES_NEEDED)
        if operator in ("Exists", "DoesNotExist") and values:
            yield field.forbidden(f"{at}.values", _VALUES_FORBIDDEN)
        if for_labels:
            yield from (field.invalid(f"{at}.key", key, text) for text in validation.is_qualified_name(key))
            for position, value in enumerate(values):
                texts = validation.is_valid_label_value(value)
                yield from (field.invalid(f"{at}.values[{position}]", value, text) for text in texts)


def _selector_problems(asked: Mapping[str, Any]) -> list[str]:
    """What of the selectors is not understood, and does not count."""
    found = []
    for kind in ("fieldSelector", "labelSelector"):
        selector = asked.get(kind) or {}
        raw, requirements = selector.get("rawSelector", ""), selector.get("requirements") or ()
        understood = [item for item in requirements if _is_understood(item, for_labels=kind == "labelSelector")]
        if len(understood) < len(requirements):
            part = "partially ignored" if understood else "ignored"
            found.append(f"spec.resourceAttributes.{kind} {part} due to parse error")
        elif raw:
            try:
                labels.parse(raw) if kind == "labelSelector" else fields.parse_selector(raw)
            except ValueError:
                found.append(f"spec.resourceAttributes.{kind} ignored due to parse error")
    return found


def _is_understood(requirement: Mapping[str, Any], *, for_labels: bool) -> bool:
    operator = requirement.get("operator", "")
    if for_labels:
        return operator in ("In", "NotIn", "Exists", "DoesNotExist")
    return operator in ("In", "NotIn") and len(requirement.get("values") or ()) == 1


def _metadata_errors(obj: Mapping[str, Any], *, local: bool = False) -> Found:
    meta = obj["metadata"]
    allowed = {"managedFields", "namespace"} if local else {"managedFields"}
    if any(value for key, value in meta.items() if key not in allowed):
        text = "must be empty except for namespace" if local else "must be empty"
        yield field.invalid("metadata", _printed(meta), text)


def _printed(meta: Mapping[str, Any]) -> Ordered:
    """Metadata in the order of the server's struct."""
    shown = Ordered(ordered(meta))
    if "managedFields" in shown:
        shown["managedFields"] = [_in_struct_order(entry) for entry in shown["managedFields"]]
    return shown


def _in_struct_order(entry: Mapping[str, Any]) -> Ordered:
    return Ordered({key: entry[key] for key in _ENTRY if key in entry})
