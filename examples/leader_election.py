"""Two candidates for one lease: the first leads, and when it leaves the second goes on.

    python examples/leader_election.py
    python examples/leader_election.py --server ~/.kube/config

Real candidates are programs on different machines; here they are tasks of one, each with a client of its own.
"""

from __future__ import annotations

import argparse
import asyncio

from kubeclient import AsyncClientset
from kubeclient.leaderelection import AsyncLeaderElector, AsyncLeaseLock
from kubeclient.runtime.protocol import AsyncEvent

NAME = "example-leader"


async def candidate(client: AsyncClientset, identity: str, leading: asyncio.Event) -> None:
    """Waits to lead, does its work, and gives the lease back."""
    stop = client.runtime.event()

    async def work(lost: AsyncEvent) -> None:
        print(f"{identity} leads")
        leading.set()
        await lost.wait(0.1)  # the work; whoever loses the lease has to stop it
        print(f"{identity} has done its work")
        stop.set()

    elector = AsyncLeaderElector(
        AsyncLeaseLock(client, "default", NAME, identity=identity),
        on_started_leading=work,
        on_stopped_leading=lambda: print(f"{identity} leads no longer"),
        lease_duration=3,
        renew_deadline=2,
        retry_period=0.2,
        release_on_cancel=True,  # the next one need not wait until the lease has run out
        runtime=client.runtime,
    )
    await elector.run(stop)


async def run(server: str) -> None:
    if server == "memory":
        from kubefake import Cluster

        clients = [Cluster().async_client()] * 2
    else:
        clients = [AsyncClientset.from_kubeconfig(server) for _ in range(2)]
    leading = asyncio.Event()
    first = asyncio.create_task(candidate(clients[0], "first", leading))
    await leading.wait()
    await asyncio.gather(first, candidate(clients[1], "second", leading))
    await clients[0].coordination_v1.leases("default").delete(NAME)
    for client in clients:
        await client.aclose()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    asyncio.run(run(parser.parse_args().server))


if __name__ == "__main__":
    main()
