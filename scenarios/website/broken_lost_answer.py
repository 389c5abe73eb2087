"""The operator with a bug on purpose: it sends a create again when the connection broke before the answer came.

It reads the server and not a cache, so a late watch does it no harm. But a request without an answer may have been carried
out; with a name of the server's choice, sending it again makes a second Deployment.
"""

from __future__ import annotations

import website as decide
from controller import WebsiteController, run

from kubeclient import AsyncClientset, Unstructured
from kubeclient.api.apps_v1 import Deployment
from kubeclient.apimachinery.meta import is_controlled_by
from kubeclient.retry import async_on_error
from kubeclient.runtime.protocol import AsyncEvent
from kubeclient.transport.protocol import TransportError


class LostAnswerController(WebsiteController):
    async def sync_deployment(self, website: Unstructured) -> Deployment:
        deployments = self.client.apps_v1.deployments(website.namespace)
        found = (await deployments.list(label_selector=f"{decide.PART_OF}={website.name}")).items
        current = next((one for one in found if is_controlled_by(one, website)), None)
        if current is None:
            desired = decide.desired_deployment(website)
            desired.metadata.name, desired.metadata.generate_name = "", f"{website.name}-"
            return await async_on_error(
                lambda: deployments.create(desired),
                retriable=lambda error: isinstance(error, TransportError),
                runtime=self.runtime,
            )
        changed = decide.changed_deployment(current, website)
        return current if changed is None else await deployments.update(changed)


async def main(client: AsyncClientset, stop: AsyncEvent) -> None:
    await run(LostAnswerController, client, stop)
