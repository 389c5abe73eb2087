"""Numbers as the converter behind strategic merge patches leaves them."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.schema.builtin import node_for
from kubefake.schema.convert import with_go_numbers

DEPLOYMENT = node_for("apps", "v1", "Deployment")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param(2.0, 2, id="a whole number with a point"),
        pytest.param(-0.0, 0, id="a negative zero"),
        pytest.param(4294967299, 3, id="more than 32 bits"),
        pytest.param(3000000000, -1294967296, id="the sign bit"),
        pytest.param(1e30, 0, id="more than 64 bits, which ends in the least value, whose lower half is zero"),
        pytest.param(True, True, id="no number"),
    ],
)
def test_numbers_of_32_bits_wrap_around(given: Any, kept: int) -> None:
    converted = with_go_numbers(DEPLOYMENT, {"spec": {"replicas": given}})

    assert converted == {"spec": {"replicas": kept}}


def test_numbers_that_64_bits_do_not_hold_become_the_least_one() -> None:
    spec = {"template": {"spec": {"terminationGracePeriodSeconds": 1 << 63}}}

    converted = with_go_numbers(DEPLOYMENT, {"spec": spec})

    assert converted["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == -(1 << 63)


def test_numbers_or_texts_lose_a_point_and_never_wrap() -> None:
    rolling = {"maxSurge": 1.0, "maxUnavailable": 5000000000}

    converted = with_go_numbers(DEPLOYMENT, {"spec": {"strategy": {"rollingUpdate": rolling}}})

    assert converted["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 5000000000}
