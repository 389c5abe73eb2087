"""Which kinds the server's scheme knows, served or not: bodies of unknown kinds and of known ones are refused differently."""

from __future__ import annotations

from collections.abc import Mapping

from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubefake import data

__all__ = ["Kinds"]

# Groups whose kinds moved between them, so that one internal type stands behind the same kind in each.
_MOVED = (
    frozenset({"extensions", "apps", "networking.k8s.io", "policy"}),
    frozenset({"", "events.k8s.io"}),
)
# The kind that left its groups for another one, whose name others have too.
_SCALES = frozenset(
    GroupVersionKind(group, version, "Scale")
    for group, version in (("extensions", "v1beta1"), ("apps", "v1beta1"), ("apps", "v1beta2"))
)
# The scheme of the core server does not hold what its built-in extensions serve.
_ELSEWHERE = ("apiextensions.k8s.io/", "apiregistration.k8s.io/", "meta.k8s.io/")


class Kinds:
    """The scheme's kinds by apiVersion."""

    __slots__ = ("_known",)

    def __init__(self, known: Mapping[str, frozenset[str]]) -> None:
        self._known = known

    @classmethod
    def builtin(cls) -> Kinds:
        """Those of the server that the data files were recorded from."""
        listed = data.load("kinds.json")
        return cls(
            {version: frozenset(kinds) for version, kinds in listed.items() if not version.startswith(_ELSEWHERE)}
        )

    def knows(self, kind: GroupVersionKind) -> bool:
        """Whether the scheme has the kind."""
        return kind.kind in self._known.get(kind.api_version, ())

    def conversion_problem(self, found: GroupVersionKind, expected: GroupVersionKind) -> str:
        """Why an object of one kind cannot be read as another; "" when it can and only its version is wrong."""
        if not self.knows(found):
            where = f'registered for version {quote(found.api_version)} in scheme "pkg/runtime/scheme.go:111"'
            return f"no kind {quote(found.kind)} is {where}"
        if found.kind == expected.kind and (_related(found.group, expected.group) or found in _SCALES):
            return ""
        internal = f"{expected.group.partition('.')[0] or 'core'}.{expected.kind}"
        return f"converting ({found.version}.{found.kind}) to ({internal}): unknown conversion"


def _related(one: str, other: str) -> bool:
    return one == other or any(one in groups and other in groups for groups in _MOVED)
