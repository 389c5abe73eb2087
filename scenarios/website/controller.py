"""The Website operator for asyncio, built as client-go's sample-controller is: informers, a work queue, workers.

    python scenarios/website/controller.py --kubeconfig ~/.kube/config

What it decides is in website.py; here is only the doing. controller_sync.py is the same for threads.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import website as decide
from website import GVR, Problem

from kubeclient import AsyncClientset, Unstructured
from kubeclient.api.apps_v1 import Deployment
from kubeclient.api.copying import deep_copy
from kubeclient.api.core_v1 import Service
from kubeclient.apimachinery.meta import add_finalizer, remove_finalizer
from kubeclient.apimachinery.times import Time
from kubeclient.cache import deletion_handling_key, meta_namespace_key, split_meta_namespace_key
from kubeclient.errors import NotFound
from kubeclient.informers import AsyncSharedInformerFactory
from kubeclient.retry import async_retry_on_conflict
from kubeclient.runtime.protocol import AsyncEvent
from kubeclient.workqueue import AsyncRateLimitingQueue, QueueShutDown

WORKERS = 2

logger = logging.getLogger("website")


class WebsiteController:
    """Keeps a Deployment, a Service and a DNS record for every Website."""

    def __init__(self, client: AsyncClientset, factory: AsyncSharedInformerFactory) -> None:
        self.client = client
        self.runtime = client.runtime
        self.queue: AsyncRateLimitingQueue[str] = AsyncRateLimitingQueue(name="websites", runtime=client.runtime)
        websites = client.dynamic.resource(GVR)
        deployments, services = client.apps_v1.deployments(""), client.core_v1.services("")
        self.websites = factory.lister(websites)
        self.deployments = factory.lister(deployments)
        self.services = factory.lister(services)
        self._watch(factory.informer(websites), self.enqueue)
        self._watch(factory.informer(deployments), self.enqueue_owner)
        self._watch(factory.informer(services), self.enqueue_owner)

    @staticmethod
    def _watch(informer: Any, handler: Callable[[Any], None]) -> None:
        informer.add_event_handler(on_add=handler, on_update=lambda _, new: handler(new), on_delete=handler)

    def enqueue(self, website: Any) -> None:
        """A Website changed: look at it."""
        self.queue.add(deletion_handling_key(website, meta_namespace_key))

    def enqueue_owner(self, child: Any) -> None:
        """A Deployment or a Service changed: look at the Website that owns it."""
        key = decide.owner_key(child)
        if key is not None:
            self.queue.add(key)

    async def run(self, stop: AsyncEvent) -> None:
        """Works until `stop` is set, then finishes what it has begun."""
        workers = [self.runtime.spawn(self._work, name=f"website worker {index}") for index in range(WORKERS)]
        await stop.wait()
        await self.queue.shut_down_with_drain()
        for worker in workers:
            await worker.join()

    async def _work(self) -> None:
        while True:
            try:
                key = await self.queue.get()
            except QueueShutDown:
                return
            try:
                await self.reconcile(key)
            except Exception as error:  # noqa: BLE001  whatever went wrong, it is tried again later
                logger.info("%s: %s: %s", key, type(error).__name__, error)
                self.queue.add_rate_limited(key)
            else:
                self.queue.forget(key)
            finally:
                self.queue.done(key)

    async def reconcile(self, key: str) -> None:
        """Brings the cluster one step nearer to what a Website asks for. An error means: try again."""
        namespace, name = split_meta_namespace_key(key)
        try:
            website = self.websites.namespace(namespace).get(name)
        except NotFound:
            return  # the garbage collector removes the children
        if website.deletion_timestamp:
            await self.finalize(website)
            return
        website = await self.add_finalizer(website)
        problem = None
        try:
            await self.sync_record(website, decide.host_of(website))
        except decide.HostTakenError as error:
            problem = error.problem
            self.queue.add_after(key, decide.RETRY_TAKEN_HOST)
        deployment = await self.sync_deployment(website)
        not_owned = decide.foreign(deployment, website) or await self.sync_service(website)
        problem = not_owned or problem
        await self.sync_status(website, deployment, problem)

    # The host's record, which no garbage collector knows: a finalizer sees to it.

    async def add_finalizer(self, website: Unstructured) -> Unstructured:
        """The finalizer must be stored before the record is: else a crash between the two leaves it behind."""
        if not decide.host_of(website):
            return website
        changed = website.deep_copy()
        if not add_finalizer(changed, decide.FINALIZER):
            return website
        return await self.client.dynamic.resource(GVR).namespace(website.namespace).update(changed)

    async def finalize(self, website: Unstructured) -> None:
        """Releases the record, then lets the Website go."""
        changed = website.deep_copy()
        if remove_finalizer(changed, decide.FINALIZER):
            await self.sync_record(website, "")
            with suppress(NotFound):  # an answer that was lost: it is gone already
                await self.client.dynamic.resource(GVR).namespace(website.namespace).update(changed)

    async def sync_record(self, website: Unstructured, host: str) -> None:
        """Registers the Website under `host`, and under nothing else."""
        if not decide.needs_record(website):
            return
        config_maps = self.client.core_v1.config_maps(website.namespace)

        async def read_and_write() -> None:
            try:
                current = await config_maps.get(decide.DNS_RECORDS)
            except NotFound:
                if host:
                    await config_maps.create(decide.new_records(website, host))
                return
            changed = deep_copy(current)
            changed.data = decide.with_record(current.data, website, host)
            if changed.data != current.data:
                await config_maps.update(changed)

        # All Websites of the namespace write this object: reading it again and trying at once is cheaper than a requeue.
        await async_retry_on_conflict(read_and_write, runtime=self.runtime)

    # Children: read from the cache, written with the version that was read, so that a cache that lags behind causes a
    # conflict and another try, never a lost change or a second child.

    async def sync_deployment(self, website: Unstructured) -> Deployment:
        """The Deployment of that name, made or changed as needed, unless somebody else controls it."""
        try:
            current = self.deployments.namespace(website.namespace).get(website.name)
        except NotFound:
            return await self.client.apps_v1.deployments(website.namespace).create(decide.desired_deployment(website))
        changed = None if decide.foreign(current, website) else decide.changed_deployment(current, website)
        if changed is None:
            return current
        return await self.client.apps_v1.deployments(website.namespace).update(changed)

    async def sync_service(self, website: Unstructured) -> Problem | None:
        """Makes or changes the Service of that name; returns the problem that somebody else controls it."""
        try:
            current: Service = self.services.namespace(website.namespace).get(website.name)
        except NotFound:
            await self.client.core_v1.services(website.namespace).create(decide.desired_service(website))
            return None
        problem = decide.foreign(current, website)
        changed = None if problem else decide.changed_service(current, website)
        if changed is not None:
            await self.client.core_v1.services(website.namespace).update(changed)
        return problem

    async def sync_status(self, website: Unstructured, deployment: Deployment, problem: Problem | None) -> None:
        """Writes the status when it says something else than before."""
        now = Time(self.runtime.clock.time_ns())
        changed = decide.changed_status(website, deployment, problem, now)
        if changed is not None:
            await self.client.dynamic.resource(GVR).namespace(website.namespace).update_status(changed)


async def run(controller_type: type[WebsiteController], client: AsyncClientset, stop: AsyncEvent) -> None:
    """Runs a controller of that type until `stop` is set."""
    factory = AsyncSharedInformerFactory(client)
    controller = controller_type(client, factory)
    async with factory:  # starts the informers and waits for their first lists; stops them at the end
        await controller.run(stop)


async def main(client: AsyncClientset, stop: AsyncEvent) -> None:
    """The program."""
    await run(WebsiteController, client, stop)


async def _command_line() -> None:
    parser = argparse.ArgumentParser(description="Serves the Websites of a cluster.")
    parser.add_argument("--kubeconfig", help="by default that of KUBECONFIG, or ~/.kube/config")
    arguments = parser.parse_args()
    async with AsyncClientset.from_kubeconfig(arguments.kubeconfig) as client:
        await main(client, client.runtime.event())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    with suppress(KeyboardInterrupt):
        asyncio.run(_command_line())
