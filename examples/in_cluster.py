"""Connects from a pod of the cluster, as the pod's service account, and counts the pods there are.

    python examples/in_cluster.py                 # plays the pod: needs no cluster
    python examples/in_cluster.py --server pod    # in a pod

A pod finds the address of the server in its environment, and a token and the server's authority in a mounted folder; the
client reads the token again when it is renewed. The example makes such a folder for a cluster of this process, which is
reached by plain HTTP, so that there is no authority.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kubeclient import Clientset, errors
from kubeclient.rest import in_cluster_config


@contextmanager
def connect(server: str) -> Iterator[Clientset]:
    """The client of the pod that this is, or plays."""
    if server == "pod":
        with Clientset.in_cluster() as client:
            yield client
        return
    import logging

    from kubefake import Cluster

    logging.getLogger("kubeclient.config").setLevel(logging.CRITICAL)  # it would miss the authority
    with tempfile.TemporaryDirectory() as folder, Cluster().serve() as served:
        (Path(folder) / "token").write_text("the-token")
        host, _, port = served.url.rpartition("/")[2].partition(":")
        environment = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
        config = replace(in_cluster_config(environment, mount=Path(folder)), host=served.url)
        with Clientset.from_config(config) as client:
            yield client


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or pod (default: %(default)s)")
    with connect(parser.parse_args().server) as client:
        pods = client.core_v1.pods("").list()
        print(f"there are {len(pods.items)} pods in the cluster")
        try:
            client.core_v1.pods("default").get("example-xxxxx")
        except errors.NotFound:
            print("pod example-xxxxx not found in default namespace")


if __name__ == "__main__":
    main()
