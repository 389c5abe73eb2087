"""The files of a package that are the same for all groups, but for a few names."""

from __future__ import annotations

__all__ = ["FACADE", "FACTORY", "INDEX"]

INDEX = '''"""{doc}"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
{imported}
MODULES: Final = frozenset({{{listed}}})


if not TYPE_CHECKING:

    def __getattr__(name: str) -> ModuleType:
        if name in MODULES:
            return import_module(f"{{__name__}}.{{name}}")
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
'''

FACTORY = '''"""Informers that a program shares: one for a resource, however many ask for it."""

from __future__ import annotations

from {room}.informer_factory import {prefix}InformerFactoryBase

from .informer_groups import {prefix}InformerGroups

__all__ = ["{prefix}SharedInformerFactory"]


class {prefix}SharedInformerFactory({prefix}InformerFactoryBase, {prefix}InformerGroups):
    """The informers of these groups, and of any other resource by its client; used like kubeclient's."""
'''

FACADE = '''"""Typed clients of {titles}.

What is exported here is loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._async.clientset import AsyncClientset
    from ._async.informer_factory import AsyncSharedInformerFactory
    from ._sync.clientset import Clientset
    from ._sync.informer_factory import SharedInformerFactory

__all__ = ["AsyncClientset", "AsyncSharedInformerFactory", "Clientset", "SharedInformerFactory"]

_HOMES = {{
    "AsyncClientset": "._async.clientset",
    "AsyncSharedInformerFactory": "._async.informer_factory",
    "Clientset": "._sync.clientset",
    "SharedInformerFactory": "._sync.informer_factory",
}}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    return getattr(import_module(home, __name__), name)
'''
