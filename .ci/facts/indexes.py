"""Writes the two indexes of `kubeclient/api`: the package that loads its modules on first use, and the table of kinds."""

from __future__ import annotations

from . import types
from .attributes import LEFT_OUT
from .types import META, Dump

__all__ = ["kinds", "package"]


def package(modules: list[str], banner: str) -> str:
    """The source of `__init__.py`."""
    listed = "".join(f'        "{name}",\n' for name in modules)
    imported = "".join(f"        {name} as {name},\n" for name in modules)
    return f'''{banner}"""Typed models of the Kubernetes API, one module a group version: `from kubeclient.api import apps_v1`.

A module is imported on first use, by import or as an attribute of this package; `dir()` names only those already in use.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from . import (
{imported}    )

MODULES: Final = frozenset(
    (
{listed}    )
)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> ModuleType:
        if name in MODULES:
            return import_module(f"{{__name__}}.{{name}}")
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
'''


def kinds(dump: Dump, banner: str) -> str:
    """The source of `kinds.py`."""
    rows: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for kind, go_name in dump.kinds.items():
        package, _, short = go_name.rpartition(".")
        if package == META and (kind.group not in {"", "meta.k8s.io"} or short in LEFT_OUT):
            continue
        assert short == kind.kind, f"{kind} is called {short} in Go"
        module = types.module_of(package)
        key = (kind.api_version, module)
        rows.setdefault(key, (module, []))[1].append(kind.kind)
    text = (
        banner
        + '"""Which module declares which kinds, by apiVersion. Kinds of meta/v1 that every group accepts are listed once."""\n\n'
    )
    text += 'from __future__ import annotations\n\nfrom typing import Final\n\n__all__ = ["KINDS"]\n\n'
    text += "# apiVersion, module, kinds\nKINDS: Final = (\n"
    for (api_version, module), (_, names) in sorted(rows.items()):
        text += f'    ("{api_version}", "{module}", "{" ".join(sorted(names))}"),\n'
    return text + ")\n"
