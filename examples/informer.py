"""A controller in small: an informer keeps a copy of config maps, a queue collects work, a worker does it.

It writes the number of entries of every config map that asks for it into an annotation, and ends after the three that the
example makes.

    python examples/informer.py
    python examples/informer.py --server ~/.kube/config
"""

from __future__ import annotations

import argparse
import asyncio

from kubeclient import AsyncClientset
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.cache import split_meta_namespace_key
from kubeclient.errors import NotFound, StatusError
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.workqueue import AsyncRateLimitingQueue, QueueShutDown

LABELS = {"example": "informer"}
ANNOTATION = "example.com/entries"
COUNT = 3


def connect(server: str) -> AsyncClientset:
    """A client of the cluster in memory or of the one that a kubeconfig names."""
    if server != "memory":
        return AsyncClientset.from_kubeconfig(server)
    from kubefake import Cluster

    return Cluster().async_client()


async def work(client: AsyncClientset, factory: AsyncSharedInformerFactory, queue: AsyncRateLimitingQueue[str]) -> None:
    """Takes keys from the queue until it is shut down; what fails is tried again later."""
    lister = factory.lister(client.core_v1.config_maps(""))
    while True:
        try:
            key = await queue.get()
        except QueueShutDown:
            return
        try:
            namespace, name = split_meta_namespace_key(key)
            found = lister.namespace(namespace).get(name)
            entries = str(len(found.data or {}))
            if (found.metadata.annotations or {}).get(ANNOTATION) != entries:
                patch = {"metadata": {"annotations": {ANNOTATION: entries}}}
                await client.core_v1.config_maps(namespace).patch(name, patch)
                print(f"{name} has {entries} entries")
            queue.forget(key)
        except NotFound:
            queue.forget(key)
        except StatusError as error:
            print(f"{key}: {error}; again later")
            queue.add_rate_limited(key)
        finally:
            queue.done(key)


async def run(server: str) -> None:
    async with connect(server) as client:
        selector = ",".join(f"{key}={value}" for key, value in LABELS.items())
        factory = AsyncSharedInformerFactory(client, options={"label_selector": selector})
        queue: AsyncRateLimitingQueue[str] = AsyncRateLimitingQueue(name="example", runtime=client.runtime)
        done = asyncio.Event()

        def changed(found: ConfigMap) -> None:
            queue.add(f"{found.metadata.namespace}/{found.metadata.name}")
            counted = [one for one in informer.indexer.list() if ANNOTATION in (one.metadata.annotations or {})]
            if len(counted) == COUNT:
                done.set()

        informer = factory.informer(client.core_v1.config_maps(""))
        informer.add_event_handler(on_add=changed, on_update=lambda _, new: changed(new))
        async with factory:
            worker = asyncio.create_task(work(client, factory, queue))
            config_maps = client.core_v1.config_maps("default")
            for size in range(COUNT):
                data = {f"key-{number}": "value" for number in range(size)}
                metadata = ObjectMeta(name=f"example-{size}", labels=LABELS)
                await config_maps.create(ConfigMap(metadata=metadata, data=data))
            await done.wait()
            queue.shut_down()
            await worker
            await config_maps.delete_collection(label_selector=selector)
        print("all counted")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    asyncio.run(run(parser.parse_args().server))


if __name__ == "__main__":
    main()
