"""A queue between those who notice work and those who do it: what comes twice is done once, what fails comes again later.

    python examples/workqueue.py
    python examples/workqueue.py --server ~/.kube/config

An informer puts the names of config maps into the queue; a worker in a thread of its own takes them out.
"""

from __future__ import annotations

import argparse
import threading

from kubeclient import Clientset
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.informers import SharedInformerFactory
from kubeclient.workqueue import QueueShutDown, RateLimitingQueue

LABEL = "example=workqueue"
TRIES = 3


def connect(server: str) -> Clientset:
    """A client of the cluster in memory or of the one that a kubeconfig names."""
    if server != "memory":
        return Clientset.from_kubeconfig(server)
    from kubefake import Cluster

    return Cluster().client()


def worker(queue: RateLimitingQueue[str], finished: list[str]) -> None:
    """Does what is in the queue; what is called "odd" fails at first."""
    while True:
        try:
            name = queue.get()
        except QueueShutDown:
            return
        try:
            if name == "odd" and queue.num_requeues(name) < TRIES:
                queue.add_rate_limited(name)
                continue
            print(f"{name} done after {queue.num_requeues(name)} failures")
            queue.forget(name)
            finished.append(name)
        finally:
            queue.done(name)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    with connect(parser.parse_args().server) as client:
        queue: RateLimitingQueue[str] = RateLimitingQueue(name="example", runtime=client.runtime)
        maps = client.core_v1.config_maps("default")
        for name in ("even", "odd"):
            maps.create(ConfigMap(metadata=ObjectMeta(name=name, labels={"example": "workqueue"})))

        factory = SharedInformerFactory(client, namespace="default", options={"label_selector": LABEL})
        informer = factory.core_v1.config_maps
        informer.add_event_handler(on_add=lambda found: queue.add(found.metadata.name))
        finished: list[str] = []
        with factory:
            working = threading.Thread(target=worker, args=(queue, finished))
            working.start()
            while len(finished) < 2:
                client.runtime.sleep(0.01)
            queue.shut_down()
            working.join()
            print(f"{len(informer.lister.list())} config maps in the local copy")
        maps.delete_collection(label_selector=LABEL)


if __name__ == "__main__":
    main()
