from __future__ import annotations

from typing import Any

import pytest

from kubefake import data
from kubefake.resources.printers import cells, row_conditions
from kubefake.resources.printers.text import human_duration

NOW = "2026-01-01T01:00:00Z"
META = {"name": "a", "creationTimestamp": "2026-01-01T00:00:00Z"}


def pod(**status: Any) -> dict[str, Any]:
    spec = {
        "containers": [{"name": "c"}],
        "initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}],
    }
    return {"metadata": META, "spec": spec, "status": {"phase": "Pending", **status}}


def state(obj: dict[str, Any]) -> list[Any]:
    return cells("", "pods", obj, NOW)[1:4]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"),
        (-1, "0s"),
        (119, "119s"),
        (120, "2m"),
        (599, "9m59s"),
        (600, "10m"),
        (3 * 3600 + 60, "3h1m"),
        (47 * 3600, "47h"),
        (49 * 3600, "2d1h"),
        (100 * 86400, "100d"),
        (800 * 86400, "2y70d"),
        (4000 * 86400, "10y"),
    ],
)
def test_durations_are_short(seconds: int, text: str) -> None:
    assert human_duration(seconds) == text


def test_every_builtin_kind_with_columns_has_as_many_cells() -> None:
    for key, columns in data.load("columns.json").items():
        api_version, plural = key.split()
        group = api_version.rpartition("/")[0]

        found = cells(group, plural, {"metadata": META, "apiVersion": api_version}, NOW)

        extra = 1 if plural == "ipaddresses" else 0  # whose age has no column
        assert len(found) == len(columns) + extra, key


def test_a_pod_waits_for_its_init_containers() -> None:
    waiting = pod(initContainerStatuses=[{"name": "i", "state": {"running": {}}}])
    failed = pod(initContainerStatuses=[{"name": "i", "state": {"terminated": {"exitCode": 3}}, "restartCount": 2}])

    assert state(waiting) == ["0/2", "Init:0/2", "0"]
    assert state(failed) == ["0/2", "Init:ExitCode:3", "2"]


def test_a_started_sidecar_counts_as_ready() -> None:
    obj = pod(
        phase="Running",
        initContainerStatuses=[
            {"name": "i", "state": {"terminated": {"exitCode": 0}}, "restartCount": 5},
            {"name": "s", "state": {"running": {}}, "started": True, "ready": True, "restartCount": 1},
        ],
        containerStatuses=[{"name": "c", "state": {"running": {}}, "ready": True}],
    )

    assert state(obj) == ["2/2", "Running", "1"]


def test_restarts_tell_when_the_last_one_was() -> None:
    last = {"terminated": {"finishedAt": "2026-01-01T00:55:00Z"}}
    obj = pod(
        phase="Running",
        containerStatuses=[
            {"name": "c", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": last, "restartCount": 3}
        ],
    )

    assert state(obj) == ["0/2", "CrashLoopBackOff", "3 (5m ago)"]


def test_a_pod_that_is_deleted_terminates_unless_it_has_ended() -> None:
    running, ended = pod(phase="Running"), pod(phase="Succeeded")
    for obj in (running, ended):
        obj["metadata"] = {**META, "deletionTimestamp": NOW}

    assert (state(running)[1], state(ended)[1]) == ("Terminating", "Succeeded")


def test_rows_of_ended_pods_have_a_condition() -> None:
    assert row_conditions("", "pods", pod()) is None
    found = row_conditions("", "pods", pod(phase="Failed"))
    assert found is not None
    assert found[0]["reason"] == "Failed"


def test_services_show_every_address() -> None:
    spec: dict[str, Any] = {
        "type": "LoadBalancer",
        "clusterIPs": ["10.0.0.1"],
        "externalIPs": ["1.2.3.4"],
        "selector": {"b": "2", "a": "1"},
    }
    spec["ports"] = [{"port": 80, "nodePort": 30080, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]
    obj = {
        "metadata": META,
        "spec": spec,
        "status": {"loadBalancer": {"ingress": [{"hostname": "lb"}, {"ip": "5.6.7.8"}]}},
    }

    assert cells("", "services", obj, NOW) == [
        "a",
        "LoadBalancer",
        "10.0.0.1",
        "5.6.7.8,lb,1.2.3.4",
        "80:30080/TCP,53/UDP",
        "60m",
        "a=1,b=2",
    ]


def test_kinds_without_a_printer_show_when_they_were_made() -> None:
    assert cells("rbac.authorization.k8s.io", "roles", {"metadata": META}, NOW) == ["a", "2026-01-01T00:00:00Z"]
