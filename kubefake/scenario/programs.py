"""Imports the functions that a scenario names, and forgets their modules afterwards.

Each run imports them anew, so that what a module keeps in variables cannot pass from one seed's world to the next's.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from .model import Entrypoint
from .problems import ScenarioFileError

__all__ = ["Programs"]

_KEPT = frozenset({"kubefake", "kubeclient"})


class Programs:
    """Functions by their entry points, for as long as a `with` block lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._paths: list[str] = []
        self._found: dict[Entrypoint, Callable[..., Any]] = {}
        self._before: dict[str, ModuleType] = {}

    def __enter__(self) -> Self:
        self._before = dict(sys.modules)
        self._look_in(self._folder)
        return self

    def __exit__(self, *exc_info: object) -> None:
        for path in self._paths:
            sys.path.remove(path)
        for name, module in list(sys.modules.items()):
            if self._before.get(name) is not module and self._is_ours(name, module):
                if name in self._before:
                    sys.modules[name] = self._before[name]
                else:
                    del sys.modules[name]

    def __call__(self, entrypoint: Entrypoint) -> Callable[..., Any]:
        """The function. Raises ScenarioFileError when there is none, or its module cannot be imported."""
        if entrypoint not in self._found:
            self._found[entrypoint] = self._find(entrypoint)
        return self._found[entrypoint]

    def _find(self, entrypoint: Entrypoint) -> Callable[..., Any]:
        where, name = entrypoint.where or entrypoint.text, entrypoint.module
        try:
            module = (
                self._file((self._folder / name).resolve()) if name.endswith(".py") else importlib.import_module(name)
            )
        except Exception as error:
            text = f"{where}: {name} cannot be imported: {type(error).__name__}: {error}"
            raise ScenarioFileError([text]) from error
        function = getattr(module, entrypoint.function, None)
        if not callable(function):
            raise ScenarioFileError([f"{where}: {name} has no function {entrypoint.function!r}"])
        found: Callable[..., Any] = function
        return found

    def _look_in(self, folder: Path) -> None:
        if str(folder) not in self._paths:
            self._paths.append(str(folder))
            sys.path.insert(0, str(folder))
            importlib.invalidate_caches()

    def _file(self, path: Path) -> ModuleType:
        """A file's module; as for Python's own programs, its neighbours can be imported."""
        self._look_in(path.parent)
        name = path.stem
        loaded = sys.modules.get(name)
        if loaded is not None and getattr(loaded, "__file__", None) == str(path):
            return loaded
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def _is_ours(self, name: str, module: ModuleType) -> bool:
        """Whether a module came from the scenario's folders, and not from something installed below it."""
        file = getattr(module, "__file__", None) or ""
        if name.partition(".")[0] in _KEPT or "site-packages" in file:
            return False
        return any(file.startswith(path + os.sep) for path in self._paths)
