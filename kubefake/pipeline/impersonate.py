"""Acting as somebody else: whom the Impersonate headers name, and in which mode the caller may be them.

Follows k8s.io/apiserver/pkg/endpoints/filters/impersonation: the constrained modes are tried first, each of which needs the
right to impersonate and the right to do so for this request; then the mode that is as old as impersonation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from kubeclient.apimachinery import errors, field, validation
from kubeclient.apimachinery.gotext import quote
from kubeclient.transport.protocol import HeaderList
from kubefake.pipeline.attributes import Attributes, Authorizer, Question
from kubefake.pipeline.authorise import refusal
from kubefake.pipeline.caller import UserInfo
from kubefake.pipeline.identify import ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED, account_groups, split_account
from kubefake.pipeline.rbac import MASTERS

__all__ = ["Impersonator", "wanted_user"]

_AUTHENTICATION = "authentication.k8s.io"
_NODE = "system:node:"
_NODES = "system:nodes"
_NODE_NAME = "authentication.kubernetes.io/node-name"
_NODE_KEYS = "authentication.kubernetes.io/associated-node-keys"
_PATH = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")
_MANY = 4
_REMEMBERED = 10_000
_LEGACY = ""
_MODES = ("associated-node", "arbitrary-node", "serviceaccount", "user-info", _LEGACY)


def wanted_user(headers: HeaderList) -> UserInfo | None:
    """Whom the Impersonate headers name, as they say it; None without any.

    Raises BadRequest for a group, a uid or an extra value without a user.
    """
    name, uid = "", ""
    groups: list[str] = []
    extra: dict[str, list[str]] = {}
    for key, value in headers:
        if not key.startswith("impersonate-"):
            continue
        if key == "impersonate-user":
            name = name or value
        elif key == "impersonate-group":
            groups.append(value)
        elif key == "impersonate-uid":
            uid = uid or value
        elif key.startswith("impersonate-extra-"):
            extra.setdefault(unquote(key[18:].lower()), []).append(value)
    if not name:
        if groups or extra or uid:
            raise errors.new_bad_request(f"requested {_go_user(uid, groups, extra)} without impersonating a user name")
        return None
    return UserInfo(name, tuple(groups), uid, {key: tuple(values) for key, values in extra.items()})


def _go_user(uid: str, groups: list[str], extra: dict[str, list[str]]) -> str:
    """A user without a name as Go's %#v prints it."""
    listed = _go_strings(groups) if groups else "[]string(nil)"
    pairs = ", ".join(f"{quote(key)}:{_go_strings(extra[key])}" for key in sorted(extra))
    told = f"map[string][]string{{{pairs}}}" if extra else "map[string][]string(nil)"
    return f'&user.DefaultInfo{{Name:"", UID:{quote(uid)}, Groups:{listed}, Extra:{told}}}'


def _go_strings(values: list[str]) -> str:
    return f"[]string{{{', '.join(map(quote, values))}}}"


def _node_name(username: str) -> str:
    """The node whose username that is; "" when it is no node's."""
    name = username.removeprefix(_NODE) if username.startswith(_NODE) else ""
    return name if name and not validation.is_dns1123_subdomain(name) else ""


class Impersonator:
    """Decides on impersonations.

    Args:
        authorizer: is asked for each right that one takes.
    """

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer
        # Which mode served a requestor last is tried first, which shows in the refusals they get.
        self._last: dict[str, str] = {}

    def act_as(self, wanted: UserInfo, user: UserInfo, asked: Question) -> UserInfo:
        """The identity under which `user` acts for this request. Raises Forbidden."""
        last = self._last.get(user.name)
        modes = _MODES if last is None else (last, *(mode for mode in _MODES if mode != last))
        first: errors.Forbidden | None = None
        for mode in modes:
            if not _applies(mode, wanted, user):
                continue
            try:
                acted = self._try(mode, wanted, user, asked)
            except errors.Forbidden as exc:
                first = first or exc
                continue
            if len(self._last) >= _REMEMBERED:
                self._last.clear()
            self._last[user.name] = mode
            return acted
        assert first is not None  # the oldest mode applies to everybody
        raise first

    def _try(self, mode: str, wanted: UserInfo, user: UserInfo, asked: Question) -> UserInfo:
        if mode == "associated-node":
            # The right must not depend on which node it is: only the names of the extra values are told.
            user = UserInfo(user.name, user.groups, user.uid, {_NODE_KEYS: tuple(sorted(user.extra))})
        if mode != _LEGACY:
            self._check(user, _with_verb(asked, f"impersonate-on:{mode}:{asked.verb}"))
        verb = f"impersonate:{mode}" if mode else "impersonate"
        for wish in _wishes(mode, wanted, verb):
            self._check(user, wish)
        self._check_groups(mode, verb, wanted, user)
        self._check_extra(mode, verb, wanted, user)
        return _acted(mode, wanted)

    def _check(self, user: UserInfo, asked: Attributes) -> None:
        decision = self._authorizer.authorize(user, asked)
        if not decision.allowed:
            raise refusal(user, asked, decision.reason)

    def _may(self, user: UserInfo, asked: Attributes) -> bool:
        return self._authorizer.authorize(user, asked).allowed

    def _check_groups(self, mode: str, verb: str, wanted: UserInfo, user: UserInfo) -> None:
        group = _AUTHENTICATION if mode else ""
        if mode and wanted.groups:
            if "" in wanted.groups:
                text = "impersonating the empty string group is not allowed"
                raise refusal(user, _wish(verb, group, "groups", ""), text)
            if MASTERS in wanted.groups:
                text = "impersonating the system:masters group is not allowed"
                raise refusal(user, _wish(verb, group, "groups", MASTERS), text)
            if len(wanted.groups) >= _MANY and self._may(user, _wish(verb, group, "groups", "*")):
                return
        for name in wanted.groups:
            self._check(user, _wish(verb, group, "groups", name))

    def _check_extra(self, mode: str, verb: str, wanted: UserInfo, user: UserInfo) -> None:
        if mode and wanted.extra:
            problem = _bad_extra(wanted)
            if problem:
                raise refusal(user, _wish(verb, _AUTHENTICATION, "userextras", ""), problem)
            large = len(wanted.extra) >= _MANY or sum(map(len, wanted.extra.values())) >= _MANY
            if large and self._may(user, _wish(verb, _AUTHENTICATION, "userextras", "*", "*")):
                return
        for key, values in wanted.extra.items():
            for value in values:
                self._check(user, _wish(verb, _AUTHENTICATION, "userextras", value, key))


def _applies(mode: str, wanted: UserInfo, user: UserInfo) -> bool:
    """Whether a mode is for such users at all."""
    if mode == _LEGACY:
        return True
    node = _node_name(wanted.name)
    if mode == "user-info":
        return not node and split_account(wanted.name) is None
    if wanted.uid or wanted.groups or wanted.extra:
        return False
    if mode == "serviceaccount":
        return split_account(wanted.name) is not None
    if not node or mode == "arbitrary-node":
        return bool(node)
    return split_account(user.name) is not None and user.extra.get(_NODE_NAME) == (node,)


def _with_verb(asked: Question, verb: str) -> Attributes:
    return Attributes(
        verb,
        asked.path,
        asked.is_resource_request,
        asked.group,
        asked.version,
        asked.resource,
        asked.subresource,
        asked.namespace,
        asked.name,
    )


def _wish(verb: str, group: str, resource: str, name: str, subresource: str = "", namespace: str = "") -> Attributes:
    return Attributes(verb, "", True, group, "v1", resource, subresource, namespace, name)


def _wishes(mode: str, wanted: UserInfo, verb: str) -> Iterator[Attributes]:
    """The name and the uid as what an authoriser is asked."""
    group = _AUTHENTICATION if mode else ""
    account = split_account(wanted.name)
    node = _node_name(wanted.name) if mode else ""
    if account is not None:
        yield _wish(verb, group, "serviceaccounts", account[1], namespace=account[0])
    elif node:
        yield _wish(verb, group, "nodes", "*" if mode == "associated-node" else node)
    else:
        yield _wish(verb, group, "users", wanted.name)
    if wanted.uid:
        yield _wish(verb, _AUTHENTICATION, "uids", wanted.uid)


def _acted(mode: str, wanted: UserInfo) -> UserInfo:
    """Who the caller is then: with the groups that come by themselves."""
    groups = wanted.groups
    account = split_account(wanted.name)
    if not groups and account is not None:
        groups = account_groups(account[0])
    elif not groups and mode and _node_name(wanted.name):
        groups = (_NODES,)
    added = UNAUTHENTICATED if wanted.name == ANONYMOUS.name else AUTHENTICATED
    if added not in groups and UNAUTHENTICATED not in groups:
        groups = (*groups, added)
    return UserInfo(wanted.name, groups, wanted.uid, wanted.extra)


def _bad_extra(wanted: UserInfo) -> str:
    """What a constrained mode has against extra values; "" when nothing."""
    for key in sorted(wanted.extra):
        values = wanted.extra[key]
        if not key:
            return "impersonating the empty string key in extra is not allowed"
        problem = _bad_key(key)
        if problem:
            return f"impersonating an invalid key in extra is not allowed: {problem}"
        if "" in values:
            return "impersonating the empty string value in extra is not allowed"
    return ""


def _bad_key(key: str) -> str:
    """What is wrong with the key of an extra value, which is to be a path below a domain; "" when nothing."""
    path = field.Path("extra", "key")
    host, _, rest = key.partition("/")
    if not host or not rest:
        return str(field.invalid(path, key, 'must be a domain-prefixed path (such as "acme.io/foo")'))
    found = [field.invalid(path, host, text) for text in validation.is_dns1123_subdomain(host)]
    if not _PATH.fullmatch(rest):
        found.append(field.invalid(path, rest, f"Invalid path (regex used for validation is '{_PATH.pattern}')"))
    return field.aggregate(found)
