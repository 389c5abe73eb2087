"""Makes one ConfigMap "result" for every ConfigMap that asks for one, under a name that follows from the asking one's."""

from __future__ import annotations

from typing import Any

from wishes import asked_for, result

from kubeclient import AsyncClientset
from kubeclient.errors import StatusError
from kubeclient.transport.protocol import TransportError


async def main(client: AsyncClientset, stop: Any) -> None:
    maps = client.core_v1.config_maps("default")
    while await client.runtime.sleep(1, stop):
        try:
            for name in asked_for((await maps.list()).items):
                await maps.create(result(name, f"{name}-result"))
        except (StatusError, TransportError):
            continue
