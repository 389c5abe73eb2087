"""The ranges that services get their addresses from."""

from __future__ import annotations

from typing import Any

import pytest

RANGES = "/apis/networking.k8s.io/v1/servicecidrs"


def body(*ranges: str) -> dict[str, Any]:
    return {"metadata": {"name": "more"}, "spec": {"cidrs": list(ranges)}}


@pytest.mark.parametrize(
    ("ranges", "problem"),
    [
        ((), "spec.cidrs: Required value: at least one CIDR required"),
        (("192.0.2.1/28",), 'Invalid value: "192.0.2.1/28": must not have bits set beyond the prefix length'),
        (("2001:DB8::/64",), 'Invalid value: "2001:DB8::/64": must be in canonical form ("2001:db8::/64")'),
        (("192.0.2.0/28", "192.0.2.16/28"), "may specify no more than one IP for each IP family"),
    ],
)
def test_ranges_are_one_of_each_family_in_their_proper_form(client: Any, ranges: Any, problem: str) -> None:
    code, refused = client(f"POST {RANGES}", body(*ranges))

    assert code == 422
    assert problem in refused["message"]


def test_a_range_of_the_other_family_may_be_added_and_nothing_else_changed(client: Any) -> None:
    _, made = client(f"POST {RANGES}", body("192.0.2.0/28"))
    made["spec"]["cidrs"] = ["192.0.2.0/28", "2001:db8::/64"]
    added, made = client(f"PUT {RANGES}/more", made)
    made["spec"]["cidrs"] = ["192.0.2.0/28"]
    taken, _ = client(f"PUT {RANGES}/more", made)

    assert (added, taken) == (200, 422)
