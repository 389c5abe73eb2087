"""How to test code that uses a client: hand it one of a cluster in memory, and make the cluster misbehave.

python examples/fake_client.py
pytest examples/fake_client.py
"""

from __future__ import annotations

import argparse

import kubefake
from kubeclient import Clientset
from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.errors import ServiceUnavailable
from kubeclient.retry import retry_on_conflict


def count_visit(client: Clientset, page: str) -> int:
    """What is tested: counts a visit of a page, also while others count theirs."""

    def once() -> int:
        counters = client.core_v1.config_maps("default")
        found = counters.get("visits")
        visits = int((found.data or {}).get(page, "0")) + 1
        found.data = {**(found.data or {}), page: str(visits)}
        counters.update(found)
        return visits

    return retry_on_conflict(once)


def cluster() -> kubefake.Cluster:
    """A cluster with the counters in it."""
    return kubefake.Cluster(objects=[ConfigMap(metadata=ObjectMeta(name="visits", namespace="default"))])


def test_counts_from_one() -> None:
    client = cluster().client()

    assert [count_visit(client, "home"), count_visit(client, "home")] == [1, 2]


def test_counts_on_when_somebody_else_was_faster() -> None:
    fake = cluster()
    fake.faults.add(verb="update", resource="configmaps", effect=kubefake.Refuse(409), first=2)

    assert count_visit(fake.client(), "home") == 1


def test_does_not_hide_that_the_server_is_down() -> None:
    fake = cluster()
    fake.faults.add(verb="get", effect=kubefake.Refuse(503))

    try:
        count_visit(fake.client(), "home")
    except ServiceUnavailable:
        return
    raise AssertionError("it should have been told")


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    for test in (
        test_counts_from_one,
        test_counts_on_when_somebody_else_was_faster,
        test_does_not_hide_that_the_server_is_down,
    ):
        test()
        print(f"passed: {test.__name__}")


if __name__ == "__main__":
    main()
