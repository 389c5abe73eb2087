"""Writes changes of a merged kubeconfig back into the files that its entries are from, as `kubectl config` does.

While it works, every file that may change is locked by a file `<file>.lock` beside it, as client-go does, so that two
programs never write over each other. Ported from client-go tools/clientcmd/config.go.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .kubeconfig import AuthInfo, Cluster, Context, KubeConfig, KubeConfigError
from .loading import LoadingRules, read_file
from .shaping import relativize
from .writing import write_to_file

__all__ = ["modify_config"]

E = TypeVar("E", Cluster, AuthInfo, Context)


@contextlib.contextmanager
def _locked(files: list[str]) -> Iterator[None]:
    """Holds the lock files. Always taken in the same order, so that two writers do not wait for each other."""
    held: list[Path] = []
    try:
        for file in sorted(files):
            lock = Path(f"{file}.lock")
            lock.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            try:
                os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError as error:
                raise KubeConfigError(
                    f"{lock} exists: another program changes {file}, or died while it did; remove it then"
                ) from error
            held.append(lock)
        yield
    finally:
        for lock in held:
            lock.unlink(missing_ok=True)


class _Files:
    """The files as they will be; each is read once, and written when it has changed."""

    def __init__(self) -> None:
        self._read: dict[str, KubeConfig] = {}
        self._changed: dict[str, None] = {}

    def read(self, file: str) -> KubeConfig:
        if file not in self._read:
            try:
                self._read[file] = read_file(file)
            except FileNotFoundError:
                self._read[file] = KubeConfig()
        return self._read[file]

    def change(self, file: str) -> KubeConfig:
        config = self.read(file)
        self._changed[file] = None
        return config

    def write(self) -> None:
        for file in self._changed:
            write_to_file(self._read[file], file)


def modify_config(rules: LoadingRules, config: KubeConfig, *, relativize_paths: bool = True) -> None:
    """Makes the files of `rules` come to `config`.

    A changed entry is written to the file it is from, a new one and the preferences to the default file; other entries
    of these files stay as they are written. A current context that is emptied goes from the first file that names one.

    Raises KubeConfigError when a file is locked, cannot be read, or no file is known; OSError when one cannot be written.
    """
    sources = list(dict.fromkeys([*rules.files, *_origins(config)]))
    with _locked(sources):
        try:
            before = rules.load()
        except FileNotFoundError:
            before = KubeConfig()
        files, default = _Files(), rules.default_filename()
        if not default:
            raise KubeConfigError("no config found to write to")
        if config.current_context != before.current_context:
            _change_current_context(files, rules, default, config.current_context)
        if config.preferences != before.preferences:
            files.change(default).preferences = dict(config.preferences)
        if config.extensions != before.extensions:
            files.change(default).extensions = dict(config.extensions)
        written = _with_origins(config, default)
        written = relativize(written) if relativize_paths else written
        for listed in ("clusters", "users", "contexts"):
            _change_entries(
                files, listed, getattr(before, listed), getattr(config, listed), getattr(written, listed), default
            )
        files.write()


def _origins(config: KubeConfig) -> list[str]:
    entries: list[Any] = [*config.clusters.values(), *config.users.values(), *config.contexts.values()]
    return sorted({entry.location_of_origin for entry in entries if entry.location_of_origin})


def _with_origins(config: KubeConfig, default: str) -> KubeConfig:
    """A copy in which entries without an origin are from the default file."""
    copied = config.copy()
    entries: list[Any] = [*copied.clusters.values(), *copied.users.values(), *copied.contexts.values()]
    for entry in entries:
        entry.location_of_origin = entry.location_of_origin or default
    return copied


def _change_current_context(files: _Files, rules: LoadingRules, default: str, name: str) -> None:
    if name or rules.explicit_path:
        files.change(default).current_context = name
        return
    for file in rules.files:
        if files.read(file).current_context:
            files.change(file).current_context = ""
            return


def _change_entries(
    files: _Files,
    listed: str,
    before: Mapping[str, E],
    after: Mapping[str, E],
    written: Mapping[str, E],
    default: str,
) -> None:
    for name in sorted(after):
        if before.get(name) != after[name]:
            target = files.change(written[name].location_of_origin or default)
            getattr(target, listed)[name] = written[name]
    for name in sorted(before):
        if name not in after:
            getattr(files.change(before[name].location_of_origin or default), listed).pop(name, None)
