"""For those who come from client-go: fake clients with reactors and recorded actions, over a whole apiserver.

from kubefake.testing import FakeClients

fake = FakeClients(pod)
fake.prepend_reactor("delete", "pods", lambda action: HANDLED)
client = fake.clientset()
"""

from __future__ import annotations

from kubeclient.testing import HANDLED, WatchFeed

from .scenario.fake import FakeClients, Tracker

__all__ = ["HANDLED", "FakeClients", "Tracker", "WatchFeed"]
