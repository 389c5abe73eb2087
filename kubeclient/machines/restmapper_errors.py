"""Why a kind or a resource has no mapping, or more than one. Ported from apimachinery pkg/api/meta/errors.go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubeclient.apimachinery.gotext import quote
from kubeclient.apimachinery.gvk import GroupKind, GroupVersion, GroupVersionKind, GroupVersionResource

__all__ = [
    "AmbiguousKindError",
    "AmbiguousMatchError",
    "AmbiguousResourceError",
    "NoKindMatchError",
    "NoMatchError",
    "NoResourceMatchError",
    "is_ambiguous_error",
    "is_no_match_error",
]


class NoMatchError(LookupError):
    """The server serves nothing that fits."""


class NoKindMatchError(NoMatchError):
    """The server serves no such kind."""

    def __init__(self, kind: GroupKind, versions: Iterable[str]) -> None:
        searched = sorted({str(GroupVersion(kind.group, version)) for version in versions if version})
        what = f"no matches for kind {quote(kind.kind)} in "
        if len(searched) == 1:
            what += f"version {quote(searched[0])}"
        elif searched:
            what += f"versions [{' '.join(map(quote, searched))}]"
        else:
            what += f"group {quote(kind.group)}"
        super().__init__(what)
        self.group_kind = kind


class NoResourceMatchError(NoMatchError):
    """The server serves no such resource."""

    def __init__(self, resource: GroupVersionResource) -> None:
        super().__init__(f"no matches for {resource}")
        self.resource = resource


class AmbiguousMatchError(LookupError):
    """Several things fit, and none goes before the others."""

    def __init__(
        self,
        partial: GroupVersionResource | GroupVersionKind,
        *,
        resources: Sequence[GroupVersionResource] = (),
        kinds: Sequence[GroupVersionKind] = (),
    ) -> None:
        listed = [
            f"{word} [{' '.join(map(str, found))}]"
            for word, found in (("resources", resources), ("kinds", kinds))
            if found
        ]
        super().__init__(f"{partial} matches multiple {' and '.join(listed) or 'resources or kinds'}")
        self.partial = partial
        self.resources = list(resources)
        self.kinds = list(kinds)


class AmbiguousResourceError(AmbiguousMatchError):
    """A resource that was named in part is one of several."""


class AmbiguousKindError(AmbiguousMatchError):
    """A kind that was named in part is one of several."""


def is_no_match_error(error: BaseException | None) -> bool:
    """Whether nothing fits what was asked for."""
    return isinstance(error, NoMatchError)


def is_ambiguous_error(error: BaseException | None) -> bool:
    """Whether several things fit what was asked for."""
    return isinstance(error, AmbiguousMatchError)
