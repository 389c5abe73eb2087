"""Requests are counted by what they asked for, and watches that name no end get different ones."""

from __future__ import annotations

from kubefake.realtime import SeededIds, SeededRandom

MAPS = "/api/v1/namespaces/default/configmaps"
HOUR = 3600 * 10**9


def _series(client) -> dict[str, int]:
    _, text = client("GET /metrics")
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("apiserver_request_total{")]
    return {labels: int(count) for labels, _, count in lines}


def _label(verb: str, code: int, scope: str, dry_run: str = "") -> str:
    return (
        f'apiserver_request_total{{code="{code}",component="apiserver",dry_run="{dry_run}",group="",resource="configmaps",'
        f'scope="{scope}",subresource="",verb="{verb}",version="v1"}}'
    )


def test_every_request_for_a_resource_is_counted_with_its_answer(client):
    client(f"POST {MAPS}", {"metadata": {"name": "a"}})
    client(f"POST {MAPS}", {"metadata": {"name": "a"}})
    client(f"POST {MAPS}?dryRun=All", {"metadata": {"name": "b"}})
    applied = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    client(f"PATCH {MAPS}/a?fieldManager=m", applied, type="application/apply-patch+yaml")
    client(f"GET {MAPS}")
    client(f"GET {MAPS}")
    client("GET /api/v1/configmaps")
    client.watch(f"{MAPS}?watch=true")

    assert _series(client) == {
        _label("POST", 201, "resource"): 1,
        _label("POST", 409, "resource"): 1,
        _label("POST", 201, "resource", "All"): 1,
        _label("APPLY", 200, "resource"): 1,
        _label("LIST", 200, "namespace"): 2,
        _label("LIST", 200, "cluster"): 1,
        _label("WATCH", 200, "namespace"): 1,
    }


def test_what_is_no_resource_is_not_counted(client):
    client("GET /apis/none.example/v1/things")

    assert _series(client) == {}


def test_watches_without_a_timeout_end_between_half_an_hour_and_an_hour(client):
    client.server = client.server.fork(ids=SeededIds(1), random=SeededRandom(1, "watches"))
    ends = [client.watch(f"{MAPS}?watch=true").wake_at_ns - client.clock.now for _ in range(20)]

    assert all(HOUR / 2 <= end < HOUR for end in ends)
    assert len(set(ends)) == len(ends)
    asked = client.watch(f"{MAPS}?watch=true&timeoutSeconds=7").wake_at_ns
    assert asked == client.clock.now + 7 * 10**9
