"""client-go's way to fake: reactors that answer calls, and a record of what was asked for.

    fake = Fake()
    fake.prepend_reactor("get", "pods", lambda action: Pod(metadata=ObjectMeta(name=action.name)))
    client = Clientset(FakeTransport(fake, current_runtime()))

`kubefake.testing` puts a whole apiserver behind the reactors. Ported from client-go testing.
"""

from __future__ import annotations

from ._async.fake_controller_source import AsyncFakeControllerSource
from ._async.fake_transport import AsyncFakeTransport, AsyncFunctionTransport
from ._sync.fake_controller_source import FakeControllerSource
from ._sync.fake_transport import FakeTransport, FunctionTransport
from .machines.actions import (
    Action,
    CreateAction,
    DeleteAction,
    DeleteCollectionAction,
    GenericAction,
    GetAction,
    ListAction,
    PatchAction,
    ProxyGetAction,
    UpdateAction,
    WatchAction,
)
from .machines.reactors import HANDLED, Fake, Reactor
from .machines.watch_feed import WatchFeed

__all__ = [
    "HANDLED",
    "Action",
    "AsyncFakeControllerSource",
    "AsyncFakeTransport",
    "AsyncFunctionTransport",
    "CreateAction",
    "DeleteAction",
    "DeleteCollectionAction",
    "Fake",
    "FakeControllerSource",
    "FakeTransport",
    "FunctionTransport",
    "GenericAction",
    "GetAction",
    "ListAction",
    "PatchAction",
    "ProxyGetAction",
    "Reactor",
    "UpdateAction",
    "WatchAction",
    "WatchFeed",
]
