"""Renders the typed accessors of a shared informer factory. Follows client-go's informer-gen and lister-gen.

The typed clients say what is listed and watched; an accessor only asks the factory for the informer of one of their methods.
"""

from __future__ import annotations

from .description import ASYNC, Colour, ListedResource
from .typed_clients import class_name

__all__ = ["render", "render_groups"]


def render(
    module: str,
    title: str,
    resources: list[ListedResource],
    *,
    banner: str = "",
    models: str = "kubeclient.api",
    home: str = "kubeclient._async",
    colour: Colour = ASYNC,
) -> str:
    """The source of a module: the informers of one group version.

    `module` is also the name of the clientset's attribute; `home` is the package with the typed clients.
    """
    kinds = ", ".join(sorted({one.kind for one in resources}))
    client, prefix = class_name(module, colour), colour.prefix
    properties = "\n".join(_property(one, colour) for one in resources)
    return f'''{banner}"""The informers of {title}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from {colour.room}.group_informers import {prefix}GroupInformers

if TYPE_CHECKING:
    from {models}.{module} import {kinds}

    from {colour.room}.informer import {prefix}SharedIndexInformer
    from {home}.typed.{module} import {client}

__all__ = ["{client}Informers"]


class {client}Informers({prefix}GroupInformers):
    """The informers of {title}, each with its `lister`."""

    __slots__ = ()

    _client: {client}

{properties}'''


def render_groups(
    modules: list[str],
    *,
    banner: str = "",
    doc: str = "The informers of all builtin resources.",
    colour: Colour = ASYNC,
) -> str:
    """The source of the mixin that gives a factory an attribute for every group version."""
    names = {module: f"{class_name(module, colour)}Informers" for module in modules}
    imports = "".join(f"    from .informers.{module} import {name}\n" for module, name in names.items())
    imports = imports or "    pass\n"
    groups = "\n".join(_group(module, name) for module, name in names.items())
    return f'''{banner}"""The groups of a shared informer factory, one attribute a group version, each loaded when it is first used."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
{imports}
__all__ = ["{colour.prefix}InformerGroups"]

G = TypeVar("G")


class {colour.prefix}InformerGroups:
    """{doc}"""

    @abstractmethod
    def _group(self, name: str, type_: type[G]) -> G:
        """The informers of a group of the factory's client. Raises AttributeError where it has no such group."""
        raise NotImplementedError

    @abstractmethod
    def __getattr__(self, name: str) -> Any:
        """A group that only the factory's client knows."""
        raise AttributeError(name)

{groups}'''


def _property(one: ListedResource, colour: Colour) -> str:
    place = "self._namespace" if one.namespaced else ""
    return (
        f"    @property\n    def {one.method}(self) -> {colour.prefix}SharedIndexInformer[{one.kind}]:\n"
        f'        """The informer of {one.kind} objects."""\n'
        f"        return self._factory.informer(self._client.{one.method}({place}))\n"
    )


def _group(module: str, name: str) -> str:
    return (
        f"    @property\n    def {module}(self) -> {name}:\n        from .informers.{module} import {name}\n\n"
        f'        return self._group("{module}", {name})\n'
    )
