"""A server in a thread of its own, for test fixtures and for clients that block."""

from __future__ import annotations

import asyncio
import ssl
import threading
from typing import Self

from kubeclient.runtime.protocol import AsyncRuntime
from kubefake.faults.door import Door
from kubefake.pipeline.caller import ADMIN, Caller
from kubefake.serve.server import HttpServer

__all__ = ["ServerThread"]


class ServerThread:
    """Runs an `HttpServer` in a daemon thread. The door needs a lock as soon as others use it as well.

    Args: as `HttpServer`.
    """

    def __init__(
        self,
        door: Door,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        caller: Caller = ADMIN,
        tls: ssl.SSLContext | None = None,
        runtime: AsyncRuntime | None = None,
    ) -> None:

        def make() -> HttpServer:
            return HttpServer(door, host, port, caller=caller, tls=tls, runtime=runtime)

        self._make = make
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._error: BaseException | None = None
        self.url = ""

    def start(self) -> Self:
        """Returns when the server listens; `url` is known afterwards. Raises OSError when the port is taken."""
        self._thread = threading.Thread(target=self._run, name="kubefake-serve", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error
        return self

    def stop(self) -> None:
        """Stops the server and waits for its thread. May be called twice."""
        if self._thread is None or self._loop is None or self._stop is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001  raised again by start()
            self._error = error
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = self._make()
        await server.start()
        self.url = server.url
        self._ready.set()
        await self._stop.wait()
        await server.stop()
