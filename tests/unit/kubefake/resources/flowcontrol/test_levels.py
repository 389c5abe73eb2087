"""Priority levels: exempt or limited, and queues that can be dealt from."""

from __future__ import annotations

from typing import Any

LEVELS = "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations"


def causes(client: Any, **spec: Any) -> list[str]:
    code, status = client(f"POST {LEVELS}", {"metadata": {"name": "x"}, "spec": spec})
    return [] if code == 201 else [f"{c['field']}: {c['message']}" for c in status["details"]["causes"]]


def queue(**queuing: int) -> dict[str, Any]:
    return {"limitResponse": {"type": "Queue", "queuing": queuing}}


def test_only_the_exempt_level_is_exempt(client: Any) -> None:
    assert causes(client, type="Exempt", exempt={}) == [
        "spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"
    ]


def test_a_limited_level_says_what_it_does_at_its_limit(client: Any) -> None:
    assert causes(client, type="Limited", limited={}) == ["spec.limited.limitResponse.type: Required value"]


def test_a_hand_is_dealt_from_the_queues(client: Any) -> None:
    path = "spec.limited.limitResponse.queuing.handSize"
    assert causes(client, type="Limited", limited=queue(queues=2, handSize=3, queueLengthLimit=1)) == [
        f"{path}: Invalid value: 3: should not be greater than queues (2)"
    ]
    assert causes(client, type="Limited", limited=queue(queues=10_000_000, handSize=20, queueLengthLimit=1)) == [
        (
            f"{path}: Invalid value: 20: required entropy bits of deckSize 10000000 and handSize 20 should not be greater "
            "than 60"
        )
    ]


def test_shares_are_told_before_and_percents_after_the_response(client: Any) -> None:
    limited = {"nominalConcurrencyShares": -1, "lendablePercent": 101, "limitResponse": {"type": "Shrug"}}
    assert [cause.partition(":")[0] for cause in causes(client, type="Limited", limited=limited)] == [
        "spec.limited.nominalConcurrencyShares",
        "spec.limited.limitResponse.type",
        "spec.limited.lendablePercent",
    ]
