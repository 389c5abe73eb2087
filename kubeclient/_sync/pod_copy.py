# generated from kubeclient/_async/pod_copy.py by .ci/twin.py, do not edit
"""Copies files to and from containers, through the tar that they must have.

    copy_to_pod(transport, "/api/v1/namespaces/default/pods/web", "page.html", "/srv/www")

They are files of this machine, which simulations do not touch: in worlds this cannot be used. Ported from
k8s.io/kubectl/pkg/cmd/cp.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from kubeclient._sync.remote_command import Executor
from kubeclient.machines.remote_command import CodeExitError
from kubeclient.runtime.protocol import Runtime
from kubeclient.transport.offload import beside
from kubeclient.transport.protocol import Transport
from kubeclient.transport.tarring import CopyError, pack, unpack

__all__ = ["copy_from_pod", "copy_to_pod"]

_IN_MEMORY_BYTES = 8 * 1024 * 1024


def copy_to_pod(
    transport: Transport,
    pod: str,
    local: str | Path,
    remote: str,
    *,
    container: str = "",
    preserve: bool = True,
    runtime: Runtime | None = None,
) -> None:
    """Copies a file or a folder of this machine into a container.

    Args:
        transport: one whose streams are WebSockets: `connect(config, websocket=True)`, or a fake cluster's.
        pod: the path of the pod: `/api/v1/namespaces/default/pods/web`.
        remote: its new path; below it, under its old name, where that is a folder.
        preserve: keep owners and modes.

    Raises CopyError with what tar says, OSError for what cannot be read, and what commands raise, see Executor.
    """
    source = Path(local)
    name = beside(lambda: _name_of(source))
    target = PurePosixPath(remote)
    executor = Executor(transport, runtime=runtime)
    if _is_folder(executor, pod, container, str(target)):
        target /= name
    command = ["tar", "-xmf", "-"] if preserve else ["tar", "--no-same-permissions", "--no-same-owner", "-xmf", "-"]
    if str(target.parent) not in ("", "."):
        command += ["-C", str(target.parent)]
    _run(executor, pod, container, command, stdin=_pieces(pack(source, target.name)))


def copy_from_pod(
    transport: Transport,
    pod: str,
    remote: str,
    local: str | Path,
    *,
    container: str = "",
    runtime: Runtime | None = None,
) -> list[Path]:
    """Copies a file or a folder of a container to this machine; returns the files written. Links are left out.

    Args: as `copy_to_pod`; `local` is the new path, or a folder to put it into.

    Raises CopyError with what tar says, or for an archive of something else; OSError for what cannot be written.
    """
    executor = Executor(transport, runtime=runtime)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as archive:
        _run(executor, pod, container, ["tar", "cf", "-", remote], archive=archive)
        archive.seek(0)
        return beside(lambda: unpack(archive, remote, Path(local)))


def _name_of(source: Path) -> str:
    """The last part of a path. Raises OSError for one that is not there."""
    return source.resolve(strict=True).name


def _is_folder(executor: Executor, pod: str, container: str, path: str) -> bool:
    try:
        executor.stream(f"{pod}/exec", ["test", "-d", path], container=container, stdout=_ignored, stderr=_ignored)
    except CodeExitError:
        return False
    return True


def _run(
    executor: Executor,
    pod: str,
    container: str,
    command: Sequence[str],
    *,
    stdin: Iterator[bytes] | None = None,
    archive: tempfile.SpooledTemporaryFile[bytes] | None = None,
) -> None:
    """Runs tar. Raises CopyError with what it says when it fails."""
    errors = bytearray()
    try:
        executor.stream(
            f"{pod}/exec",
            command,
            container=container,
            stdin=stdin,
            stdout=_ignored if archive is None else archive.write,
            stderr=errors.extend,
        )
    except CodeExitError as error:
        raise CopyError(f"{errors.decode('utf-8', 'replace').strip()} ({error})".lstrip()) from error


def _pieces(found: Iterator[bytes]) -> Iterator[bytes]:
    while (piece := beside(lambda: next(found, None))) is not None:
        yield piece


def _ignored(data: bytes) -> None:
    """What a command writes and nobody wants."""
