"""What Go and Python do differently by themselves, and the clients do alike all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kubeclient import AsyncClientset
from kubeclient._async.wait import poll_until_context_cancel
from kubeclient.api.apps_v1 import Deployment, DeploymentSpec
from kubeclient.apimachinery import json
from kubeclient.apimachinery.protobuf import unwrap
from kubeclient.machines.codec import ResourceType
from kubeclient.runtime.aio import AioRuntime
from kubeclient.transport.protocol import Response, header


@pytest.mark.parity("PORT-07")
def test_a_scalar_that_is_not_set_is_not_a_zero() -> None:
    unset, zero = Deployment(spec=DeploymentSpec()), Deployment(spec=DeploymentSpec(replicas=0, paused=False))
    assert (unset.spec.replicas, zero.spec.replicas) == (None, 0)
    assert "replicas" not in json.to_builtins(unset)["spec"]
    assert json.to_builtins(zero)["spec"]["replicas"] == 0
    assert json.decode(json.encode(zero), Deployment).spec.replicas == 0


@pytest.mark.parity("PORT-15")
def test_every_builtin_resource_has_a_form_in_protobuf() -> None:
    from kubeclient.api.resources import RESOURCES

    missing = []
    for one in RESOURCES:
        typed = ResourceType(
            one.group,
            one.version,
            one.plural,
            one.kind,
            namespaced=one.namespaced,
            type_=one.model,
            list_type=one.list_model if one.list_kind else one.model,
        )
        form = typed.in_protobuf
        if form is None:
            missing.append(f"{one.group}/{one.version} {one.kind}")
            continue
        envelope = unwrap(form.encode(one.model()))
        assert (envelope.api_version, envelope.kind) == (typed.path.group_version.__str__(), one.kind)
    assert [name for name in missing if "apiextensions" not in name and "apiregistration" not in name] == []


@pytest.mark.parity("PORT-11")
def test_names_of_headers_are_lower_case_in_both_directions() -> None:
    response = Response(200, [("content-type", "a"), ("warning", "b"), ("warning", "c")])
    assert (header(response.headers, "warning"), header(response.headers, "Warning")) == ("b", None)


@pytest.mark.parity("PORT-03")
def test_a_cancellation_goes_through() -> None:
    async def never() -> bool:
        return False

    async def run() -> str:
        task = asyncio.create_task(poll_until_context_cancel(never, interval=3600, runtime=AioRuntime()))
        await asyncio.sleep(0)  # noqa: TID251 - lets the task begin
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return "cancelled"
        return "swallowed"

    assert asyncio.run(run()) == "cancelled"


@pytest.mark.parity("PORT-04")
def test_no_driver_reads_a_clock_of_its_own(repository: Path) -> None:
    own = ("import time", "from time ", "import datetime", "from datetime ", "import random", "from random ")
    drivers = sorted((repository / "kubeclient" / "_async").rglob("*.py"))
    assert drivers
    assert [
        path.name for path in drivers for line in path.read_text().splitlines() if line.strip().startswith(own)
    ] == []


@pytest.mark.parity("PORT-02", "PORT-12")
def test_drivers_wait_through_their_runtime_alone(repository: Path) -> None:
    for folder, libraries in (("_async", ("asyncio", "anyio", "threading", "queue")), ("_sync", ("asyncio", "anyio"))):
        for path in sorted((repository / "kubeclient" / folder).rglob("*.py")):
            imported = [
                line.split()[1].partition(".")[0]
                for line in path.read_text().splitlines()
                if line.startswith(("import ", "from "))
            ]
            assert not set(imported) & set(libraries), path


@pytest.mark.parity("PORT-12")
def test_clients_of_one_program_share_no_loop() -> None:
    class Transport:
        async def round_trip(self, request: object) -> Response:
            return Response(200, [("content-type", "application/json")], b'{"gitVersion": "v1"}')

        async def open_stream(self, request: object) -> object:
            raise NotImplementedError("not needed by this test")

        async def aclose(self) -> None:
            return

    async def ask() -> str:
        async with AsyncClientset(Transport()) as client:  # type: ignore[arg-type]
            return (await client.discovery.server_version()).git_version

    assert [asyncio.run(ask()) for _ in range(2)] == ["v1", "v1"]
