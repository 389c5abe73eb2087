"""Role-based access control: who may do what, by the roles that are bound to them.

Follows plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go. It reads the store's four tables
of roles and bindings, compiles each version of an object once, and remembers decisions until one of those tables changes.
Roles that aggregate others hold what their `rules` say: filling those in is a controller's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubeclient.apimachinery import field
from kubefake.pipeline.attributes import ALLOWED, Decision, Question
from kubefake.pipeline.caller import UserInfo
from kubefake.pipeline.rules import Rule
from kubefake.store import Store, Version

__all__ = ["MASTERS", "Held", "Rbac", "RoleMissingError"]

MASTERS = "system:masters"

_GROUP = "rbac.authorization.k8s.io"
_ROLES = f"roles.{_GROUP}"
_CLUSTER_ROLES = f"clusterroles.{_GROUP}"
_ROLE_BINDINGS = f"rolebindings.{_GROUP}"
_CLUSTER_ROLE_BINDINGS = f"clusterrolebindings.{_GROUP}"
_TABLES = (_ROLES, _CLUSTER_ROLES, _ROLE_BINDINGS, _CLUSTER_ROLE_BINDINGS)
_DENIED = Decision(False)
_REMEMBERED = 8192
_NEVER = -1


class RoleMissingError(Exception):
    """A binding refers to a role that is not there. `kind` is Role or ClusterRole."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f'{kind.lower()}.{_GROUP} "{name}" not found')
        self.kind = kind
        self.name = name


@dataclass(slots=True)
class _Binding:
    """A binding, compiled: who is meant, in order of its subjects."""

    name: str
    namespace: str
    role_kind: str
    role_name: str
    subjects: list[tuple[str, str, str]]  # (kind, name or user name, how it is told)

    def subject_of(self, name: str, groups: frozenset[str]) -> str | None:
        """How the first subject that means such a user is told."""
        for kind, meant, told in self.subjects:
            if (meant in groups) if kind == "Group" else (meant == name):
                return told
        return None

    def told(self, subject: str) -> str:
        """How a decision names the binding."""
        kind = "RoleBinding" if self.namespace else "ClusterRoleBinding"
        name = f"{self.name}/{self.namespace}" if self.namespace else self.name
        return f'{kind} "{name}" of {self.role_kind} "{self.role_name}" to {subject}'


@dataclass(slots=True)
class Held:
    """What a user holds in a namespace, or over the cluster.

    Attributes:
        rules: with the binding that gives each of them.
        problems: why some bindings give nothing.
    """

    rules: list[tuple[Rule, str]]
    problems: list[str]


class Rbac:
    """Decides by roles and bindings; members of system:masters may everything.

    Args:
        store: where they are.
        origin: an authoriser of an older state of the store, whose compiled objects are taken over.
    """

    def __init__(self, store: Store, origin: Rbac | None = None) -> None:
        self._store = store
        self._roles: dict[tuple[str, str], tuple[Version, tuple[Rule, ...]]] = {}
        self._bindings: dict[tuple[str, str], tuple[Version, _Binding]] = {}
        if origin is not None:
            self._roles.update(origin._roles)
            self._bindings.update(origin._bindings)
        self._cluster_bindings: list[_Binding] = []
        self._namespace_bindings: dict[str, list[_Binding]] = {}
        self._held: dict[tuple[str, tuple[str, ...], str], Held] = {}
        self._decisions: dict[tuple[Any, ...], Decision] = {}
        self._revision = self._epoch = self._compacted = _NEVER
        self._marks: list[tuple[Any, int]] = []

    def authorize(self, user: UserInfo, asked: Question) -> Decision:
        """Implements `Authorizer`."""
        if MASTERS in user.groups:
            return ALLOWED
        store = self._store
        if store.revision != self._revision or store.epoch != self._epoch:
            self._look()
        key: tuple[Any, ...]
        if asked.is_resource_request:
            key = (
                user.name,
                user.groups,
                asked.verb,
                asked.group,
                asked.resource,
                asked.subresource,
                asked.namespace,
                asked.name,
            )
        else:
            key = (user.name, user.groups, asked.verb, asked.path)
        found = self._decisions.get(key)
        if found is None:
            if len(self._decisions) >= _REMEMBERED:
                self._decisions.clear()
            found = self._decisions[key] = self._decide(user, asked)
        return found

    def _decide(self, user: UserInfo, asked: Question) -> Decision:
        held = self._held_now(user, asked.namespace if asked.is_resource_request else "")
        for rule, source in held.rules:
            if rule.allows(asked):
                return Decision(True, f"RBAC: allowed by {source}")
        return Decision(False, f"RBAC: {field.aggregate(held.problems)}") if held.problems else _DENIED

    def held_by(self, user: UserInfo, namespace: str) -> Held:
        """The rules that hold for a user in a namespace ("": over the cluster), system:masters left aside."""
        self._look()
        return self._held_now(user, namespace)

    def _held_now(self, user: UserInfo, namespace: str) -> Held:
        key = (user.name, user.groups, namespace)
        held = self._held.get(key)
        if held is None:
            if len(self._held) >= _REMEMBERED:
                self._held.clear()
            held = self._held[key] = Held([], [])
            groups = frozenset(user.groups)
            self._gather(held, user.name, groups, self._cluster_bindings)
            if namespace:
                self._gather(held, user.name, groups, self._namespace_bindings.get(namespace, ()))
        return held

    def _gather(self, held: Held, name: str, groups: frozenset[str], bindings: Iterable[_Binding]) -> None:
        for binding in bindings:
            subject = binding.subject_of(name, groups)
            if subject is None:
                continue
            try:
                rules = self.rules_of(binding.role_kind, binding.role_name, binding.namespace)
            except RoleMissingError as exc:
                held.problems.append(str(exc))
                continue
            told = binding.told(subject)
            held.rules += [(rule, told) for rule in rules]

    def rules_of(self, kind: str, name: str, namespace: str) -> tuple[Rule, ...]:
        """The rules of a role that a binding in a namespace refers to. Raises RoleMissingError."""
        table, key = (_CLUSTER_ROLES, name) if kind == "ClusterRole" else (_ROLES, f"{namespace}/{name}")
        version = self._store.get(table, key)
        if version is None:
            raise RoleMissingError(kind, name)
        known = self._roles.get((table, key))
        if known is None or known[0] is not version:
            rules = tuple(Rule.of(rule) for rule in version.obj.get("rules") or ())
            known = self._roles[table, key] = (version, rules)
        return known[1]

    # Following the store.

    def _look(self) -> None:
        """Forgets what is no longer so, if a table of ours has changed since it was last looked at."""
        store = self._store
        if store.revision == self._revision and store.epoch == self._epoch:
            return
        marks = []
        for name in _TABLES:
            table = store.table(name)
            marks.append((table, table.log[-1].revision if table.log else 0))
        same = store.epoch == self._epoch and store.compacted_revision == self._compacted and marks == self._marks
        self._revision, self._epoch, self._compacted = store.revision, store.epoch, store.compacted_revision
        if same:
            return
        self._marks = marks
        self._decisions.clear()
        self._held.clear()
        self._index()

    def _index(self) -> None:
        bindings: dict[tuple[str, str], tuple[Version, _Binding]] = {}
        self._cluster_bindings = []
        self._namespace_bindings = {}
        for table in (_CLUSTER_ROLE_BINDINGS, _ROLE_BINDINGS):
            for version in self._store.list(table):
                known = self._bindings.get((table, version.key))
                if known is None or known[0] is not version:
                    known = (version, _compile(version.obj))
                bindings[table, version.key] = known
                if table == _ROLE_BINDINGS:
                    self._namespace_bindings.setdefault(version.namespace, []).append(known[1])
                else:
                    self._cluster_bindings.append(known[1])
        self._bindings = bindings
        current = {table: self._store.table(table).current for table in (_ROLES, _CLUSTER_ROLES)}
        self._roles = {at: known for at, known in self._roles.items() if current[at[0]].get(at[1]) is known[0]}

    def warm(self) -> None:
        """Compiles all that is there, so that forks need not."""
        self._look()
        for version in self._store.list(_CLUSTER_ROLES):
            self.rules_of("ClusterRole", version.name, "")
        for version in self._store.list(_ROLES):
            self.rules_of("Role", version.name, version.namespace)

    def __repr__(self) -> str:
        return f"<Rbac {len(self._bindings)} bindings, {len(self._decisions)} decisions remembered>"


def _compile(obj: Mapping[str, Any]) -> _Binding:
    meta, role = obj["metadata"], obj["roleRef"]
    namespace = meta.get("namespace", "")
    subjects = []
    for subject in obj.get("subjects") or ():
        kind, name = subject.get("kind", ""), subject.get("name", "")
        if kind == "ServiceAccount":
            where = subject.get("namespace") or namespace
            if where:
                subjects.append((kind, f"system:serviceaccount:{where}:{name}", f'{kind} "{name}/{where}"'))
        elif kind in ("User", "Group"):
            subjects.append((kind, name, f'{kind} "{name}"'))
    return _Binding(meta["name"], namespace, role.get("kind", ""), role.get("name", ""), subjects)
