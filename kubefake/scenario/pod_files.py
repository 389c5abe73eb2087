"""Scripts of pods from files, for servers that are started from a command line: a Python file, or a YAML one for logs alone."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .pods import Pods

__all__ = ["PodFileError", "load_pod_file"]

_FIELDS = ("pod", "container", "logs", "previous_logs")


class PodFileError(ValueError):
    """The file says nothing that can be understood about pods."""


def load_pod_file(path: Path, pods: Pods) -> None:
    """Scripts pods as a file says.

    A file that ends in `.py` defines `script(pods)`, which calls `pods.script(…)`. Any other one is YAML: a list of mappings
    with `pod` ("namespace/name"), `logs`, and at will `container` and `previous_logs`.

    Raises PodFileError, and what the Python file raises.
    """
    if not path.is_file():
        raise PodFileError(f"there is no file {path}")
    if path.suffix == ".py":
        function = runpy.run_path(str(path)).get("script")
        if not callable(function):
            raise PodFileError(f"{path} defines no function script(pods)")
        function(pods)
        return
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PodFileError(f"{path} is no YAML: {error}") from error
    if not isinstance(found, list):
        raise PodFileError(f"{path}: a list of pods is expected")
    for index, entry in enumerate(found):
        _script(pods, entry, f"{path}: [{index}]")


def _script(pods: Pods, entry: Any, where: str) -> None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("pod"), str):
        raise PodFileError(f'{where}: a mapping with "pod" is expected')
    unknown = [str(key) for key in entry if key not in _FIELDS]
    if unknown:
        raise PodFileError(f"{where}: unknown fields {', '.join(unknown)}; there are {', '.join(_FIELDS)}")
    try:
        pods.script(
            entry["pod"],
            container=str(entry.get("container", "")),
            logs=_lines(entry.get("logs", []), f"{where}.logs"),
            previous_logs=None
            if entry.get("previous_logs") is None
            else _lines(entry["previous_logs"], f"{where}.previous_logs"),
        )
    except PodFileError:
        raise
    except ValueError as error:
        raise PodFileError(f"{where}.pod: {error}") from error


def _lines(found: Any, where: str) -> list[str]:
    if isinstance(found, str):
        return found.splitlines()
    if not isinstance(found, list):
        raise PodFileError(f"{where}: a list of lines is expected")
    return [str(line) for line in found]
