"""As careful.py, but lets the server name the result: when an answer is lost, it makes another one."""

from __future__ import annotations

from typing import Any

from wishes import asked_for, result

from kubeclient import AsyncClientset
from kubeclient.transport.protocol import TransportError


async def main(client: AsyncClientset, stop: Any) -> None:
    maps = client.core_v1.config_maps("default")
    while await client.runtime.sleep(1, stop):
        for name in asked_for((await maps.list()).items):
            while True:
                try:
                    await maps.create(result(name))
                    break
                except TransportError:
                    continue
