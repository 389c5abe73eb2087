"""The operator with a bug on purpose: it registers the DNS record first and the finalizer that releases it second.

When it dies between the two, or the second write fails, and the Website is deleted meanwhile, nobody releases the record.
"""

from __future__ import annotations

import website as decide
from controller import WebsiteController, run

from kubeclient import AsyncClientset, Unstructured
from kubeclient.runtime.protocol import AsyncEvent


class OrphanRecordController(WebsiteController):
    async def add_finalizer(self, website: Unstructured) -> Unstructured:
        await self.sync_record(website, decide.host_of(website))
        return await super().add_finalizer(website)


async def main(client: AsyncClientset, stop: AsyncEvent) -> None:
    await run(OrphanRecordController, client, stop)
