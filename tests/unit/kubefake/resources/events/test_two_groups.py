"""Events: one object, two groups."""

from __future__ import annotations

from typing import Any

CORE = "/api/v1/namespaces/default/events"
NEW = "/apis/events.k8s.io/v1/namespaces/default/events"


def test_an_event_of_the_core_group_is_seen_in_the_other(client: Any) -> None:
    about = {"kind": "Pod", "namespace": "default", "name": "p"}
    client(f"POST {CORE}", {"metadata": {"name": "e"}, "involvedObject": about, "message": "m", "count": 2})

    _, seen = client(f"GET {NEW}/e")

    assert (seen["apiVersion"], seen["note"], seen["deprecatedCount"]) == ("events.k8s.io/v1", "m", 2)
    assert seen["regarding"] == about


def test_the_new_group_demands_more(client: Any) -> None:
    code, status = client(f"POST {NEW}", {"metadata": {"name": "e"}, "regarding": {"namespace": "default"}})

    assert code == 422
    assert [cause["field"] for cause in status["details"]["causes"]] == ["eventTime", "type"]
