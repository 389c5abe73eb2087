"""Connects from outside a cluster, with a kubeconfig, and tells typed errors apart.

    python examples/out_of_cluster.py
    python examples/out_of_cluster.py --server ~/.kube/config

`memory`, the default, serves a cluster of this process over HTTP and writes a kubeconfig for it, so that what follows is the
same: the client finds the server, and who it is, in that file.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kubeclient import Clientset, errors


@contextmanager
def kubeconfig(server: str) -> Iterator[Path]:
    """The file that leads to the server."""
    if server != "memory":
        yield Path(server).expanduser()
        return
    from kubefake import Cluster
    from kubefake.serve.kubeconfig import kubeconfig, write_kubeconfig

    with tempfile.TemporaryDirectory() as folder, Cluster().serve() as served:
        path = Path(folder) / "kubeconfig"
        write_kubeconfig(path, kubeconfig(served.url))
        yield path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    with kubeconfig(parser.parse_args().server) as path, Clientset.from_kubeconfig(path) as client:
        print(f"server version {client.discovery.server_version().git_version}")
        pods = client.core_v1.pods("").list()
        print(f"there are {len(pods.items)} pods in the cluster")
        try:
            client.core_v1.pods("default").get("example-xxxxx")
        except errors.NotFound as error:
            print(f"not found: {error}")
        except errors.StatusError as error:
            print(f"the server answered {error.code} {error.reason}: {error}")


if __name__ == "__main__":
    main()
