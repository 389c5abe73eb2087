"""Builtin controllers, opt-in: ordinary programs on kubeclient that act as kube-controller-manager's would.

    world.start(ACTORS["deployment"], name="deployment")

Each takes a client and a stop event and runs until that is set. They know nothing of kubefake: started with a client of a
real cluster they would work there as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from kubeclient import AsyncClientset
from kubeclient.runtime.protocol import AsyncEvent

from . import deployment, gc, namespace, nodes, replicaset

__all__ = ["ACTORS", "Program"]

Program = Callable[[AsyncClientset, AsyncEvent], Awaitable[None]]

ACTORS: dict[str, Program] = {
    "deployment": deployment.run,
    "gc": gc.run,
    "namespace": namespace.run,
    "nodes": nodes.run,
    "replicaset": replicaset.run,
}
"""Every builtin controller by name."""
