"""As careful.py, for threads."""

from __future__ import annotations

from typing import Any

from wishes import asked_for, result

from kubeclient import Clientset
from kubeclient.errors import StatusError
from kubeclient.transport.protocol import TransportError


def main(client: Clientset, stop: Any) -> None:
    maps = client.core_v1.config_maps("default")
    while client.runtime.sleep(1, stop):
        try:
            for name in asked_for(maps.list().items):
                maps.create(result(name, f"{name}-result"))
        except (StatusError, TransportError):
            continue
