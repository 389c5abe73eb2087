"""Names of kinds and resources: groups, versions, kinds, resources, and their texts.

Ports apimachinery pkg/runtime/schema. Values are frozen, ordered and hashable; two of different types never compare equal.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

__all__ = [
    "GroupKind",
    "GroupResource",
    "GroupVersion",
    "GroupVersionKind",
    "GroupVersionResource",
    "parse_kind_arg",
    "parse_resource_arg",
]


class GroupKind(msgspec.Struct, frozen=True, order=True, gc=False):
    """A kind without a version. `str()` is "Deployment.apps", or the bare kind in the core group."""

    group: str = ""
    kind: str = ""

    @classmethod
    def parse(cls, text: str) -> GroupKind:
        """Reads "Kind.group"; every text is accepted."""
        kind, _, group = text.partition(".")
        return cls(group, kind)

    @property
    def empty(self) -> bool:
        """True when neither group nor kind is set."""
        return not self.group and not self.kind

    def with_version(self, version: str) -> GroupVersionKind:
        return GroupVersionKind(self.group, version, self.kind)

    def __str__(self) -> str:
        return f"{self.kind}.{self.group}" if self.group else self.kind


class GroupResource(msgspec.Struct, frozen=True, order=True, gc=False):
    """A resource without a version. `str()` is "deployments.apps", or the bare resource in the core group."""

    group: str = ""
    resource: str = ""

    @classmethod
    def parse(cls, text: str) -> GroupResource:
        """Reads "resource.group"; every text is accepted."""
        resource, _, group = text.partition(".")
        return cls(group, resource)

    @property
    def empty(self) -> bool:
        """True when neither group nor resource is set."""
        return not self.group and not self.resource

    def with_version(self, version: str) -> GroupVersionResource:
        return GroupVersionResource(self.group, version, self.resource)

    def __str__(self) -> str:
        return f"{self.resource}.{self.group}" if self.group else self.resource


class GroupVersion(msgspec.Struct, frozen=True, order=True, gc=False):
    """A group and a version of it. `str()` is the apiVersion: "apps/v1", or "v1" in the core group."""

    group: str = ""
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> GroupVersion:
        """Reads an apiVersion. The empty text and "/" give the empty value.

        Raises:
            ValueError: when there is more than one slash.
        """
        if text in ("", "/"):
            return cls()
        slashes = text.count("/")
        if slashes == 0:
            return cls("", text)
        if slashes == 1:
            group, _, version = text.partition("/")
            return cls(group, version)
        raise ValueError(f"unexpected GroupVersion string: {text}")

    @property
    def empty(self) -> bool:
        """True when neither group nor version is set."""
        return not self.group and not self.version

    def with_kind(self, kind: str) -> GroupVersionKind:
        return GroupVersionKind(self.group, self.version, kind)

    def with_resource(self, resource: str) -> GroupVersionResource:
        return GroupVersionResource(self.group, self.version, resource)

    def kind_for(self, kinds: Sequence[GroupVersionKind]) -> GroupVersionKind | None:
        """The kind out of several that suits this version: an exact match, else one of the group in this version."""
        for gvk in kinds:
            if gvk.group == self.group and gvk.version == self.version:
                return gvk
        for gvk in kinds:
            if gvk.group == self.group:
                return self.with_kind(gvk.kind)
        return None

    def __str__(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


class GroupVersionKind(msgspec.Struct, frozen=True, order=True, gc=False):
    """A kind in a version. `str()` is "apps/v1, Kind=Deployment" ("/v1, Kind=Pod" in the core group)."""

    group: str = ""
    version: str = ""
    kind: str = ""

    @classmethod
    def from_api_version(cls, api_version: str, kind: str) -> GroupVersionKind:
        """From the two fields every object carries. An apiVersion that cannot be read leaves group and version empty."""
        try:
            gv = GroupVersion.parse(api_version)
        except ValueError:
            return cls("", "", kind)
        return cls(gv.group, gv.version, kind)

    @classmethod
    def parse(cls, text: str) -> GroupVersionKind:
        """Reads what `str()` writes: "apps/v1, Kind=Deployment".

        Raises:
            ValueError: when the text is not of that form.
        """
        head, mark, kind = text.partition(", Kind=")
        group, slash, version = head.rpartition("/")
        if not mark or not slash:
            raise ValueError(f"unexpected GroupVersionKind string: {text}")
        return cls(group, version, kind)

    @property
    def empty(self) -> bool:
        """True when nothing is set."""
        return not self.group and not self.version and not self.kind

    @property
    def api_version(self) -> str:
        """The apiVersion field of objects of this kind."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_version(self) -> GroupVersion:
        return GroupVersion(self.group, self.version)

    @property
    def group_kind(self) -> GroupKind:
        return GroupKind(self.group, self.kind)

    def __str__(self) -> str:
        return f"{self.group}/{self.version}, Kind={self.kind}"


class GroupVersionResource(msgspec.Struct, frozen=True, order=True, gc=False):
    """A resource in a version. `str()` is "apps/v1, Resource=deployments"."""

    group: str = ""
    version: str = ""
    resource: str = ""

    @classmethod
    def parse(cls, text: str) -> GroupVersionResource:
        """Reads what `str()` writes: "apps/v1, Resource=deployments".

        Raises:
            ValueError: when the text is not of that form.
        """
        head, mark, resource = text.partition(", Resource=")
        group, slash, version = head.rpartition("/")
        if not mark or not slash:
            raise ValueError(f"unexpected GroupVersionResource string: {text}")
        return cls(group, version, resource)

    @property
    def empty(self) -> bool:
        """True when nothing is set."""
        return not self.group and not self.version and not self.resource

    @property
    def group_version(self) -> GroupVersion:
        return GroupVersion(self.group, self.version)

    @property
    def group_resource(self) -> GroupResource:
        return GroupResource(self.group, self.resource)

    @property
    def api_version(self) -> str:
        """The apiVersion field of the objects of this resource."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def __str__(self) -> str:
        return f"{self.group}/{self.version}, Resource={self.resource}"


def parse_resource_arg(text: str) -> tuple[GroupVersionResource | None, GroupResource]:
    """Both readings of "resource.version.group" or "resource.group"; the first is None with fewer than two dots."""
    gvr = None
    if text.count(".") >= 2:
        resource, version, group = text.split(".", 2)
        gvr = GroupVersionResource(group, version, resource)
    return gvr, GroupResource.parse(text)


def parse_kind_arg(text: str) -> tuple[GroupVersionKind | None, GroupKind]:
    """Both readings of "Kind.version.group" or "Kind.group"; the first is None with fewer than two dots."""
    gvk = None
    if text.count(".") >= 2:
        kind, version, group = text.split(".", 2)
        gvk = GroupVersionKind(group, version, kind)
    return gvk, GroupKind.parse(text)
