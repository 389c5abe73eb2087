"""kmock over HTTP in a process of its own, as its pytest fixture makes it; prints its URL and serves until it is killed."""

from __future__ import annotations

import asyncio

import kmock


async def main() -> None:
    async with kmock.KubernetesEmulator() as handler, kmock.Server(handler) as server:
        handler.resources.load_bundled()
        print(server.url, flush=True)
        await asyncio.Event().wait()


asyncio.run(main())
