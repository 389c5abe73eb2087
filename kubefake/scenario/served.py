"""A cluster over HTTP for as long as a `with` block lasts, and the kubeconfig that leads to it."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from kubefake.serve.kubeconfig import kubeconfig, write_kubeconfig
from kubefake.serve.thread import ServerThread

from .cluster import Cluster

__all__ = ["Served"]


class Served:
    """A server in a thread of its own.

    Attributes:
        url: where it listens, once entered.
        kubeconfig: the path of the file that was written for other clients.
    """

    def __init__(self, cluster: Cluster, path: Path) -> None:
        self.url = ""
        self.kubeconfig = path
        self._thread: ServerThread = cluster.serve()

    def __enter__(self) -> Self:
        self._thread.start()
        self.url = self._thread.url
        write_kubeconfig(self.kubeconfig, kubeconfig(self.url))
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._thread.stop()

    def __repr__(self) -> str:
        return f"<Served {self.url or 'not listening'}>"
