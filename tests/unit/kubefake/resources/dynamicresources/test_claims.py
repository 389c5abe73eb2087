"""Claims of devices: what they ask for, and what is allocated to them."""

from __future__ import annotations

from typing import Any

import pytest

CLAIMS = "/apis/resource.k8s.io/v1/namespaces/default/resourceclaims"
RESULT = {"request": "r", "driver": "x.example", "pool": "p", "device": "d"}


def claim(*requests: dict[str, Any], **devices: Any) -> dict[str, Any]:
    given = list(requests) or [{"name": "r", "exactly": {"deviceClassName": "gpu"}}]
    return {"metadata": {"name": "c"}, "spec": {"devices": {"requests": given, **devices}}}


def causes(status: Any) -> list[tuple[str, str]]:
    return [(cause["field"], cause["message"]) for cause in status["details"]["causes"]]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (
            claim({"name": "r"}),
            "spec.devices.requests[0]",
            "Required value: exactly one of `exactly` or `firstAvailable` is required",
        ),
        (
            claim({"name": "r", "exactly": {"deviceClassName": "g", "allocationMode": "All", "count": 2}}),
            "spec.devices.requests[0].exactly.count",
            "Invalid value: 2: must not be specified when allocationMode is 'All'",
        ),
        (
            claim(constraints=[{"matchAttribute": "a"}]),
            "spec.devices.constraints[0].matchAttribute",
            'Invalid value: "a": a fully qualified name must be a domain and a name separated by a slash',
        ),
        (claim(config=[{}]), "spec.devices.config[0].opaque", "Required value"),
    ],
)
def test_a_claim_says_what_it_wants_in_full(client: Any, body: Any, field: str, message: str) -> None:
    code, refused = client(f"POST {CLAIMS}", body)

    assert (code, causes(refused)) == (422, [(field, message)])


def test_a_claim_is_reserved_only_once_it_is_allocated(client: Any) -> None:
    _, made = client(f"POST {CLAIMS}", claim())
    made["status"] = {"reservedFor": [{"resource": "pods", "name": "p", "uid": "u"}]}

    _, refused = client(f"PUT {CLAIMS}/c/status", made)
    made["status"]["allocation"] = {"devices": {"results": [RESULT]}}
    reserved, _ = client(f"PUT {CLAIMS}/c/status", made)

    text = "Forbidden: may not be specified when `allocated` is not set"
    assert causes(refused) == [("status.reservedFor", text)]
    assert reserved == 200


def test_what_is_allocated_stays(client: Any) -> None:
    _, made = client(f"POST {CLAIMS}", claim())
    made["status"] = {"allocation": {"devices": {"results": [RESULT]}}}
    _, made = client(f"PUT {CLAIMS}/c/status", made)
    made["status"] = {"allocation": {"devices": {"results": [{**RESULT, "device": "e"}]}}}

    code, refused = client(f"PUT {CLAIMS}/c/status", made)

    assert code == 422
    assert causes(refused)[0][1].endswith("field is immutable")
