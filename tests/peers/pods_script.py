"""What the container of the pod `web` does; for `kubefake serve --pods`."""

from __future__ import annotations

import io
import tarfile
import threading


class Container:
    """Knows some programs, and keeps files for tar."""

    def __init__(self):
        self.files = {"/etc/motd": b"welcome"}

    def exec(self, session):
        program, *rest = session.command
        return getattr(self, f"_{program}")(session, *rest)

    def _cat(self, session):
        for line in session.stdin:
            session.stdout.write(line.upper())

    def _fail(self, session, code):
        session.stderr.write("it failed\n")
        return int(code)

    def _size(self, session):
        for width, height in session.resizes():
            session.stdout.write(f"{width}x{height}\n")
            break

    def _tar(self, session, *rest):
        if rest[0] == "cf":
            with tarfile.open(fileobj=(packed := io.BytesIO()), mode="w") as archive:
                member = tarfile.TarInfo(rest[-1].lstrip("/"))
                member.size = len(self.files[rest[-1]])
                archive.addfile(member, io.BytesIO(self.files[rest[-1]]))
            session.stdout.write(packed.getvalue())
            return 0
        folder = rest[rest.index("-C") + 1] if "-C" in rest else "/"
        with tarfile.open(fileobj=io.BytesIO(session.stdin.read()), mode="r|") as archive:
            for member in archive:
                self.files[f"{folder.rstrip('/')}/{member.name}"] = archive.extractfile(member).read()
        return 0

    def _test(self, session, *rest):
        return 0 if rest[-1] in ("/tmp", "/etc") else 1


async def attach(session):
    await session.stdout.write("attached\n")
    async for line in session.stdin:
        await session.stdout.write(b"got " + line)


async def shout(connection):
    while data := await connection.read(10_000):
        await connection.write(data.upper())


def http(connection):
    while connection.readline().strip():
        continue
    connection.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello")


def script(pods):
    web = pods.script(
        "default/web", logs=["one", "two"], exec=Container().exec, attach=attach, ports={80: http, 8080: shout}
    )

    def more(session):
        web.log("three")
        threading.Timer(0.2, web.end).start()

    pods.script("default/writer", exec=more)
    pods.script("default/plain", logs=["only logs"])
