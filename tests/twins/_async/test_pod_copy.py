"""Files that are copied to and from scripted containers."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from kubeclient._async.pod_copy import copy_from_pod, copy_to_pod
from kubeclient.runtime.current import current_async_runtime
from kubeclient.transport.tarring import CopyError
from kubefake import Cluster
from tests.twins.support import AsyncInProcessTransport

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
PATH = "/api/v1/namespaces/default/pods/web"


class Files:
    """A container that has tar, and test -d."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.members: list[tuple[str, bytes, bytes]] = []

    async def exec(self, session: Any) -> int:
        program, *rest = session.command
        if program == "test":
            return 0 if rest[1] == "/srv" else 1
        if rest[0] == "cf":
            return await self._pack(session, rest[-1])
        folder = rest[-1] if "-C" in rest else ""
        with tarfile.open(fileobj=io.BytesIO(await session.stdin.read())) as archive:
            for member in archive:
                if (file := archive.extractfile(member)) is not None:
                    self.files[f"{folder}/{member.name}"] = file.read()
        return 0

    async def _pack(self, session: Any, path: str) -> int:
        if not self.members:
            await session.stderr.write(f"tar: {path}: Cannot stat: No such file or directory\n")
            return 2
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, data, kind in self.members:
                member = tarfile.TarInfo(name)
                member.size, member.type, member.linkname = len(data), kind, "elsewhere"
                archive.addfile(member, io.BytesIO(data))
        await session.stdout.write(packed.getvalue())
        return 0


def scripted() -> tuple[Any, Files]:
    cluster, files = Cluster(objects=[POD]), Files()
    cluster.pods.script("web", exec=files.exec)
    return AsyncInProcessTransport(cluster.door, current_async_runtime()), files


async def test_a_file_gets_the_name_that_it_is_given_or_goes_into_a_folder(tmp_path: Path) -> None:
    transport, files = scripted()
    (tmp_path / "page").write_bytes(b"x" * 100_000)

    await copy_to_pod(transport, PATH, tmp_path / "page", "/tmp/new")
    await copy_to_pod(transport, PATH, tmp_path / "page", "/srv", preserve=False)

    assert files.files == {"/tmp/new": b"x" * 100_000, "/srv/page": b"x" * 100_000}


async def test_a_folder_is_copied_with_all_that_is_in_it(tmp_path: Path) -> None:
    transport, files = scripted()
    (tmp_path / "site" / "deep").mkdir(parents=True)
    (tmp_path / "site" / "a").write_text("A")
    (tmp_path / "site" / "deep" / "b").write_text("B")
    (tmp_path / "site" / "empty").write_text("")

    await copy_to_pod(transport, PATH, tmp_path / "site", "/srv")

    assert files.files == {"/srv/site/a": b"A", "/srv/site/deep/b": b"B", "/srv/site/empty": b""}


async def test_files_come_back_under_the_name_that_they_are_given_or_into_a_folder(tmp_path: Path) -> None:
    transport, files = scripted()
    files.members = [("etc/app", b"", tarfile.DIRTYPE), ("etc/app/a", b"A", tarfile.REGTYPE)]

    assert await copy_from_pod(transport, PATH, "/etc/app", tmp_path / "new") == [tmp_path / "new" / "a"]
    assert await copy_from_pod(transport, PATH, "/etc/app", tmp_path) == [tmp_path / "app" / "a"]
    assert (tmp_path / "app" / "a").read_text() == "A"


async def test_nothing_is_written_outside_of_the_destination(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    transport, files = scripted()
    files.members = [
        ("etc/app/../../../evil", b"E", tarfile.REGTYPE),
        ("etc/app/link", b"", tarfile.SYMTYPE),
        ("etc/app/a", b"A", tarfile.REGTYPE),
    ]

    assert await copy_from_pod(transport, PATH, "/etc/app", tmp_path / "new") == [tmp_path / "new" / "a"]
    assert "outside target destination" in caplog.text
    assert "skipping symlink: 'etc/app/link' -> 'elsewhere'" in caplog.text

    files.members = [("etc/other", b"E", tarfile.REGTYPE)]
    with pytest.raises(CopyError, match="tar contents corrupted"):
        await copy_from_pod(transport, PATH, "/etc/app", tmp_path / "other")


async def test_what_tar_says_is_told(tmp_path: Path) -> None:
    transport, _ = scripted()

    with pytest.raises(CopyError, match="No such file or directory"):
        await copy_from_pod(transport, PATH, "/none", tmp_path)
    with pytest.raises(FileNotFoundError):
        await copy_to_pod(transport, PATH, tmp_path / "none", "/srv")
