"""The operator with a bug on purpose: it believes its cache, and lets the server name the Deployment.

A cache lags behind. Between the create and the event that tells of it, the next look at the Website finds no Deployment and
makes a second one. No fault is needed for it, only a watch that is a little late. controller.py gives the child a name that
follows from its owner: the second create fails with AlreadyExists.
"""

from __future__ import annotations

import website as decide
from controller import WebsiteController, run

from kubeclient import AsyncClientset, Unstructured
from kubeclient.api.apps_v1 import Deployment
from kubeclient.apimachinery.meta import is_controlled_by
from kubeclient.runtime.protocol import AsyncEvent


class StaleCacheController(WebsiteController):
    async def sync_deployment(self, website: Unstructured) -> Deployment:
        deployments = self.client.apps_v1.deployments(website.namespace)
        cached = self.deployments.namespace(website.namespace).list()
        current = next((one for one in cached if is_controlled_by(one, website)), None)
        if current is None:
            desired = decide.desired_deployment(website)
            desired.metadata.name, desired.metadata.generate_name = "", f"{website.name}-"
            return await deployments.create(desired)
        changed = decide.changed_deployment(current, website)
        return current if changed is None else await deployments.update(changed)


async def main(client: AsyncClientset, stop: AsyncEvent) -> None:
    await run(StaleCacheController, client, stop)
