# generated from kubeclient/_async/manifests.py by .ci/twin.py, do not edit
"""Manifests to the server: create, apply, replace or delete every object of a text, of files or of folders, and wait.

An object without a namespace goes to the client's. Definitions of custom resources may stand before their objects: a kind
that is not known yet is looked up again, for a while when its definition was among the objects before. An error says, in a
note, at which file and document it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

from kubeclient.apimachinery.errors import Conflict, NotFound
from kubeclient.apimachinery.gvk import GroupKind
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.machines.manifests import Manifest, is_definition_of, note_origin, read_manifests
from kubeclient.machines.options import ApplyKeywords, CreateKeywords, DeleteKeywords, Preconditions
from kubeclient.machines.restmapper import RESTMapping
from kubeclient.machines.restmapper_errors import NoKindMatchError

from .client import ClientBase
from .dynamic import DynamicResource
from .restmapper import RESTMapper
from .wait import poll_until_context_timeout

__all__ = [
    "apply_yaml",
    "create_from_yaml",
    "delete_from_yaml",
    "read_objects",
    "read_sources",
    "replace_from_yaml",
    "wait_for_yaml",
]

_SUFFIXES = (".yaml", ".yml", ".json")
_ESTABLISHED_WITHIN = 30.0
_INTERVAL = 0.2

Source = str | PathLike[str]
Sources = Source | Sequence[Source]


def read_sources(sources: Sources, *, recursive: bool = False) -> list[Manifest]:
    """The objects of a text, of a file, or of all manifests of a folder in the order of their names, or of several of these.

    A string is a path when it is one line that ends in .yaml, .yml or .json, or that is a folder. Raises ManifestError and
    OSError.
    """
    if isinstance(sources, Sequence) and not isinstance(sources, str):
        return [manifest for source in sources for manifest in read_sources(source, recursive=recursive)]
    if isinstance(sources, str) and not _is_path(sources):
        return read_manifests(sources)
    path = Path(sources)
    files = [path]
    if path.is_dir():
        found = path.rglob("*") if recursive else path.iterdir()
        files = sorted(file for file in found if file.suffix in _SUFFIXES and file.is_file())
    return [manifest for file in files for manifest in read_manifests(file.read_text(encoding="utf-8"), str(file))]


def _is_path(text: str) -> bool:
    return "\n" not in text and (text.endswith(_SUFFIXES) or (":" not in text and bool(text) and Path(text).is_dir()))


def read_objects(source: Sources) -> list[dict[str, Any]]:
    """The objects of `read_sources`, without where they were."""
    return [manifest.object for manifest in read_sources(source)]


class _Run:
    """One pass over manifests: where each goes, and what came of those before it."""

    def __init__(self, client: ClientBase, namespace: str) -> None:
        self._client = client
        self._namespace = namespace or client.namespace
        self._mapper = RESTMapper(client.discovery)
        self._before: list[Manifest] = []

    def each(
        self,
        manifests: list[Manifest],
        act: Callable[[DynamicResource, Unstructured], Unstructured | None],
    ) -> list[Unstructured]:
        """What `act` makes of each object, in order, without those of which it makes nothing."""
        made: list[Unstructured] = []
        for manifest in manifests:
            try:
                found = act(self.target(manifest), Unstructured(manifest.object))
            except Exception as error:
                note_origin(error, manifest)
                raise
            if found is not None:
                made.append(found)
            self._before.append(manifest)
        return made

    def target(self, manifest: Manifest) -> DynamicResource:
        """The client of the resource and the namespace of an object. Raises NoKindMatchError."""
        mapping = self._mapping(manifest)
        target = self._client.dynamic.resource(mapping.resource)
        return target.namespace(manifest.namespace or self._namespace) if mapping.namespaced else target

    def _mapping(self, manifest: Manifest) -> RESTMapping:
        kind = GroupKind(manifest.gvk.group, manifest.gvk.kind)
        if not any(is_definition_of(one, kind) for one in self._before):
            return self._mapper.rest_mapping(kind, manifest.gvk.version)
        found: list[RESTMapping] = []

        def served() -> bool:
            try:
                found.append(self._mapper.rest_mapping(kind, manifest.gvk.version))
            except NoKindMatchError:
                self._mapper.reset()
            return bool(found)

        runtime = self._client.runtime
        poll_until_context_timeout(
            served, interval=_INTERVAL, timeout=_ESTABLISHED_WITHIN, immediate=True, runtime=runtime
        )
        return found[0]


def create_from_yaml(
    client: ClientBase,
    source: Sources,
    *,
    namespace: str = "",
    recursive: bool = False,
    **options: Unpack[CreateKeywords],
) -> list[Unstructured]:
    """Creates every object; returns them as stored. Raises at the first that cannot be, leaving those before it."""

    def create(target: DynamicResource, obj: Unstructured) -> Unstructured:
        return target.create(obj, **options)

    return _Run(client, namespace).each(read_sources(source, recursive=recursive), create)


def apply_yaml(
    client: ClientBase,
    source: Sources,
    *,
    field_manager: str,
    namespace: str = "",
    recursive: bool = False,
    **options: Unpack[ApplyKeywords],
) -> list[Unstructured]:
    """Applies every object in the name of `field_manager`; returns them as stored. Raises at the first that cannot be."""

    def apply(target: DynamicResource, obj: Unstructured) -> Unstructured:
        return target.apply(obj, field_manager=field_manager, **options)

    return _Run(client, namespace).each(read_sources(source, recursive=recursive), apply)


def replace_from_yaml(
    client: ClientBase,
    source: Sources,
    *,
    namespace: str = "",
    recursive: bool = False,
    **options: Unpack[CreateKeywords],
) -> list[Unstructured]:
    """Replaces every object, which has to exist; returns them as stored. Raises at the first that cannot be.

    An object that names a resource version replaces only that one; else it replaces whatever is there.
    """

    def replace(target: DynamicResource, obj: Unstructured) -> Unstructured:
        if obj.resource_version:
            return target.update(obj, **options)
        while True:
            whole = obj.deep_copy()
            whole.resource_version = (target.get(obj.name)).resource_version
            try:
                return target.update(whole, **options)
            except Conflict:
                continue  # somebody was faster; what is written counts on nothing that was there

    return _Run(client, namespace).each(read_sources(source, recursive=recursive), replace)


def delete_from_yaml(
    client: ClientBase,
    source: Sources,
    *,
    namespace: str = "",
    recursive: bool = False,
    ignore_not_found: bool = False,
    wait: float | None = None,
    **options: Unpack[DeleteKeywords],
) -> list[Unstructured]:
    """Deletes every object, the last first, as what comes later often needs what came before; returns those that were there.

    With `wait` it waits so many seconds for all of them to be gone. Raises NotFound for one that does not exist, unless
    `ignore_not_found`, and WaitTimeoutError.
    """
    gone: list[tuple[DynamicResource, Unstructured]] = []

    def delete(target: DynamicResource, obj: Unstructured) -> Unstructured | None:
        try:
            found = target.get(obj.name)
            given: DeleteKeywords = {"preconditions": Preconditions(uid=found.uid), **options}
            target.delete(obj.name, **given)
        except (NotFound, NoKindMatchError):
            if ignore_not_found:
                return None
            raise
        gone.append((target, found))
        return found

    run = _Run(client, namespace)
    deleted: list[Unstructured] = []
    for manifest in reversed(read_sources(source, recursive=recursive)):
        try:
            deleted += run.each([manifest], delete)
        except NoKindMatchError:
            if not ignore_not_found:
                raise
    if wait is not None:
        _wait_gone(client, gone, wait)
    return deleted


def _wait_gone(client: ClientBase, gone: list[tuple[DynamicResource, Unstructured]], timeout: float) -> None:
    left = list(gone)

    def all_gone() -> bool:
        while left:
            target, obj = left[0]
            try:
                if (target.get(obj.name)).uid == obj.uid:
                    return False
            except NotFound:
                pass  # the last of it
            left.pop(0)
        return True

    poll_until_context_timeout(all_gone, interval=_INTERVAL, timeout=timeout, immediate=True, runtime=client.runtime)


def wait_for_yaml(
    client: ClientBase,
    source: Sources,
    condition: str | Callable[[Unstructured], bool],
    *,
    timeout: float,
    namespace: str = "",
    recursive: bool = False,
) -> list[Unstructured]:
    """Waits until every object is as it should be; returns them as they are then.

    `condition` is the type of a status condition that has to be "True", or a function of an object. An object that does
    not exist yet is waited for. Raises WaitTimeoutError, with a note that names the object.
    """
    clock = client.runtime.clock
    deadline_ns = clock.monotonic_ns() + int(timeout * 1e9)

    def holds(obj: Unstructured) -> bool:
        if callable(condition):
            return condition(obj)
        conditions = (obj.get("status") or {}).get("conditions") or ()
        return any(one.get("type") == condition and one.get("status") == "True" for one in conditions)

    def wait(target: DynamicResource, obj: Unstructured) -> Unstructured:
        found: list[Unstructured] = []

        def so() -> bool:
            try:
                found.append(target.get(obj.name))
            except NotFound:
                return False
            return holds(found[-1])

        left = max(0.0, (deadline_ns - clock.monotonic_ns()) / 1e9)
        poll_until_context_timeout(so, interval=_INTERVAL, timeout=left, immediate=True, runtime=client.runtime)
        return found[-1]

    return _Run(client, namespace).each(read_sources(source, recursive=recursive), wait)
