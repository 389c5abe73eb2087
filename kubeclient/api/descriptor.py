"""What a typed client has to know of a resource, as one value. It names the model's module and class but imports neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from kubeclient.apimachinery.gvk import GroupVersion, GroupVersionKind, GroupVersionResource

__all__ = ["TypedResource", "index_by"]


class TypedResource(NamedTuple):
    """A resource with a typed client, as client-go's table of typed clients and discovery describe it.

    Attributes:
        module: the module of `kubeclient.api` with the models ("apps_v1"); also the clientset's attribute.
        group: "" for core, else the full name ("rbac.authorization.k8s.io").
        kind: the name of the model, and of the kind. Reviews and expansions have no list kind: `list_kind` is "".
        verbs: what the resource itself answers to, in discovery's words.
        calls: the methods of its typed client, snake_case, in client-go's order; generated ones first, then those that
            client-go writes by hand ("get_logs").
        subresources: paths below an object ("status", "scale"), in discovery's order.
        informer: client-go has an informer, a lister and an apply configuration for it.
        served: kube-apiserver 1.36 answers for it, by default or with all APIs on.
        extra: not one of client-go's own typed clients (custom resource definitions, API services).
        older: client-go had it once and has it no longer.
    """

    module: str
    group: str
    version: str
    plural: str
    singular: str
    kind: str
    list_kind: str
    namespaced: bool
    verbs: tuple[str, ...]
    calls: tuple[str, ...]
    subresources: tuple[str, ...]
    short_names: tuple[str, ...]
    categories: tuple[str, ...]
    informer: bool
    served: bool
    extra: bool
    older: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_version(self) -> GroupVersion:
        return GroupVersion(self.group, self.version)

    @property
    def gvk(self) -> GroupVersionKind:
        return GroupVersionKind(self.group, self.version, self.kind)

    @property
    def gvr(self) -> GroupVersionResource:
        return GroupVersionResource(self.group, self.version, self.plural)

    @property
    def model(self) -> type[Any]:
        """The Struct of its objects; imports the module on first use."""
        return self._class(self.kind)

    @property
    def list_model(self) -> type[Any]:
        """The Struct of its lists.

        Raises:
            LookupError: the resource cannot be listed.
        """
        if not self.list_kind:
            raise LookupError(f"{self.plural} in {self.api_version} have no list kind")
        return self._class(self.list_kind)

    def _class(self, name: str) -> type[Any]:
        found: type[Any] = getattr(import_module(f"kubeclient.api.{self.module}"), name)
        return found


def index_by(
    resources: Iterable[TypedResource], key: Callable[[TypedResource], tuple[str, str, str]]
) -> Mapping[tuple[str, str, str], TypedResource]:
    """The resources by a key; the first of those that share one."""
    index: dict[tuple[str, str, str], TypedResource] = {}
    for resource in resources:
        index.setdefault(key(resource), resource)
    return index
