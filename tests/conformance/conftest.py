"""Runs every test of this folder in five arms: kubefake in process (asyncio, blocking), over HTTP in JSON and in protobuf,
and the real apiserver.

A test is a coroutine that takes `client`, which is an AsyncClientset as far as it can tell, and `namespace`, a new one of
its own. What only some arms can do is marked `@pytest.mark.arm("async", "sync", "http")`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from conformance import arms
from conformance.arms import Arm
from support.oracle import Oracle, missing

from kubeclient.api.core_v1 import Namespace
from kubeclient.api.meta_v1 import ObjectMeta

ARMS: dict[str, Callable[[], Arm]] = {
    "async": arms.in_process_async,
    "sync": arms.in_process_sync,
    "http": arms.http,
    "protobuf": arms.protobuf,
}
_ORACLE = pytest.param("oracle", marks=pytest.mark.oracle)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "arm" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("arm")
        names = marker.args if marker is not None else (*ARMS, "oracle")
        params = [_ORACLE if name == "oracle" else name for name in names]
        metafunc.parametrize("arm", params, indirect=True, ids=names)


@pytest.fixture(scope="session")
def running_oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    reason = missing()
    if reason:
        pytest.skip(reason)
    with Oracle(tmp_path_factory.mktemp("oracle")) as oracle:
        yield oracle


@pytest.fixture
def arm(request: pytest.FixtureRequest) -> Iterator[Arm]:
    name = request.param
    arm = ARMS[name]() if name in ARMS else arms.oracle(request.getfixturevalue("running_oracle"))
    yield arm
    arm.close()


@pytest.fixture
def client(arm: Arm) -> Any:
    """The client under test; closed when the test is over."""
    return arm.client


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def namespace(_numbers: Iterator[int]) -> str:
    """A namespace that exists when the test begins; the real server keeps its objects, so each test has its own."""
    return f"conformance-{next(_numbers)}"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    asyncio.run(_run(pyfuncitem))
    return True


async def _run(item: pytest.Function) -> None:
    names = inspect.signature(item.obj).parameters
    values = {name: item.funcargs[name] for name in names}
    client = item.funcargs["client"]
    try:
        if "namespace" in names:
            await client.core_v1.namespaces().create(Namespace(metadata=ObjectMeta(name=values["namespace"])))
        await item.obj(**values)
    finally:
        await client.aclose()
