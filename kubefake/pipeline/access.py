"""What somebody really used of a cluster, and the least role that would have let them.

Recording is off until it is asked for. What was refused is recorded too: it is what the role has to allow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubefake.wire.request_info import RequestInfo

__all__ = ["AccessLog"]

_API_VERSION = "rbac.authorization.k8s.io/v1"
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")

_Use = tuple[str, str, str, str]  # verb, API group, resource or resource/subresource, namespace


class AccessLog:
    """Remembers which verbs on which resources, in which namespaces, each client and each user asked for.

    Attributes:
        enabled: whether requests are recorded.
    """

    __slots__ = ("_paths", "_uses", "enabled")

    def __init__(self) -> None:
        self.enabled = False
        # Both are keyed by ("client" or "user", name); dicts, because sets would forget the order.
        self._uses: dict[tuple[str, str], dict[_Use, None]] = {}
        self._paths: dict[tuple[str, str], dict[tuple[str, str], None]] = {}

    def note(self, client: str, user: str, info: RequestInfo) -> None:
        """Records one request of a client (by the name that fault rules know; "" has none) as a user."""
        for who in (("user", user), ("client", client)):
            if not who[1]:
                continue
            if not info.is_resource_request:
                self._paths.setdefault(who, {})[info.verb, info.path] = None
                continue
            resource = f"{info.resource}/{info.subresource}" if info.subresource else info.resource
            self._uses.setdefault(who, {})[info.verb, info.group, resource, info.namespace] = None

    def clear(self) -> None:
        """Forgets what was recorded."""
        self._uses.clear()
        self._paths.clear()

    def role_for(self, who: str, *, name: str = "", paths: bool = False) -> dict[str, Any]:
        """The least role that allows all that a client or a user of that name asked for, as a manifest.

        It is a Role when all of it happened in one namespace, else a ClusterRole. Names of single objects are not told,
        and neither are paths that are no resources (every cluster lets its users discover it) unless `paths` is set.

        Args:
            who: the name that a client was given (`cluster.client(name=…)`), or else a user name.
            name: of the role; by default `who`, made fit for a name.
            paths: adds rules for the paths that are no resources, which makes it a ClusterRole.
        """
        uses, asked = self._of(who, self._uses), self._of(who, self._paths) if paths else ()
        namespaces = sorted({namespace for _, _, _, namespace in uses})
        metadata = {"name": name or who.replace("/", "-").replace("%", "-")}
        role: dict[str, Any] = {"apiVersion": _API_VERSION, "kind": "ClusterRole", "metadata": metadata}
        if len(namespaces) == 1 and namespaces[0] and not asked:
            role["kind"], metadata["namespace"] = "Role", namespaces[0]
        return {**role, "rules": [*_rules(uses), *_path_rules(asked)]}

    def _of(self, who: str, log: dict[tuple[str, str], dict[Any, None]]) -> Iterable[Any]:
        return log.get(("client", who)) or log.get(("user", who)) or ()

    def names(self) -> list[str]:
        """The clients and users that were recorded."""
        return sorted({name for _, name in (*self._uses, *self._paths)})

    def __repr__(self) -> str:
        return f"<AccessLog {'on' if self.enabled else 'off'}, {len(self.names())} names>"


def _in_order(verbs: Iterable[str]) -> tuple[str, ...]:
    """Verbs in the order in which people list them."""
    return tuple(sorted(verbs, key=lambda verb: (_VERBS.index(verb) if verb in _VERBS else len(_VERBS), verb)))


def _rules(uses: Iterable[_Use]) -> list[dict[str, Any]]:
    """One rule for all resources of a group that need the same verbs, ordered by group and resource."""
    verbs: dict[tuple[str, str], set[str]] = {}
    for verb, group, resource, _ in uses:
        verbs.setdefault((group, resource), set()).add(verb)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (group, resource), needed in sorted(verbs.items()):
        together.setdefault((group, _in_order(needed)), []).append(resource)
    return [
        {"apiGroups": [group], "resources": resources, "verbs": list(needed)}
        for (group, needed), resources in together.items()
    ]


def _path_rules(asked: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    verbs: dict[str, set[str]] = {}
    for verb, path in asked:
        verbs.setdefault(path, set()).add(verb)
    together: dict[tuple[str, ...], list[str]] = {}
    for path, needed in sorted(verbs.items()):
        together.setdefault(_in_order(needed), []).append(path)
    return [{"nonResourceURLs": paths, "verbs": list(needed)} for needed, paths in together.items()]
