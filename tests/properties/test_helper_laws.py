"""Laws of the helpers: paths find what is there, quantities add up, waits grow, converted objects come back."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeclient.api.autoscaling_v1 import Scale, ScaleSpec, ScaleStatus
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.flowcontrol import KeyedBackoff, TokenBucket
from kubeclient.intstr import get_scaled_value_from_int_or_percent
from kubeclient.jsonpath import JSONPath, JSONPathError, find
from kubeclient.machines.scale import read_scale, write_scale
from kubeclient.openapi3 import group_version_to_path, path_to_group_version
from kubeclient.quantity import Quantity
from kubeclient.unstructured import nested_field, remove_nested_field, set_nested_field
from kubeclient.version import compare_kube_aware_versions
from kubeclient.wait import Backoff, Steps

KEYS = st.text("abcXYZ012-_/.", min_size=1, max_size=6)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text("ab<é \\'\"", max_size=4))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
SUFFIXES = st.sampled_from(
    ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "e-3"]
)
QUANTITIES = st.builds(lambda number, suffix: Quantity(f"{number}{suffix}"), st.integers(-(10**6), 10**6), SUFFIXES)


def paths(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every path in a value, and what is there."""
    found = [(path, value)]
    if isinstance(value, dict):
        for key, inner in value.items():
            escaped = "".join(f"\\{char}" if char in ".,[]$@{}" else char for char in key)
            found += paths(inner, f"{path}.{escaped}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += paths(inner, f"{path}[{index}]")
    return found


@given(OBJECTS)
@pytest.mark.parity("JSP-01")
def test_the_path_of_a_value_finds_that_value_alone(obj: dict[str, Any]) -> None:
    for path, value in paths(obj):
        if path:
            assert find(f"{{{path}}}", obj) == [value]


@given(OBJECTS)
@pytest.mark.parity("PORT-01")
def test_the_same_object_prints_the_same_whatever_the_order_of_its_keys(obj: dict[str, Any]) -> None:
    turned = dict(reversed(obj.items()))
    for template in ("{@}", "{.*}", "{..}"):
        assert JSONPath(template).render(obj) == JSONPath(template).render(turned)


@given(st.text("{}[]().,:?@$*'\"\\ab0-+ <>=!", max_size=12), VALUES)
def test_any_text_is_a_template_or_refused_in_one_way(text: str, value: Any) -> None:
    with contextlib.suppress(JSONPathError):
        assert isinstance(JSONPath(text, allow_missing_keys=True).render(value), str)


@given(QUANTITIES, QUANTITIES)
@pytest.mark.parity("AMC-04")
def test_quantities_add_and_subtract_exactly(one: Quantity, other: Quantity) -> None:
    assert (one + other).as_fraction() == one.as_fraction() + other.as_fraction()
    assert (one - other).as_fraction() == one.as_fraction() - other.as_fraction()
    assert (one + other) - other == one
    assert one + other == other + one
    assert (one < other) == (one.as_fraction() < other.as_fraction())


@given(QUANTITIES)
@pytest.mark.parity("AMC-04")
def test_the_text_of_a_quantity_is_the_same_quantity(one: Quantity) -> None:
    again = Quantity(str(one))
    assert (again, str(again)) == (one, str(one))
    assert one.value() == -((-one.as_fraction()) // 1) if one.sign >= 0 else one.value() == one.as_fraction() // 1
    assert Fraction(one.as_decimal()) == one.as_fraction()


@given(st.integers(0, 200), st.integers(0, 10**6))
def test_a_share_is_between_its_roundings(percent: int, total: int) -> None:
    up = get_scaled_value_from_int_or_percent(f"{percent}%", total, round_up=True)
    down = get_scaled_value_from_int_or_percent(f"{percent}%", total, round_up=False)
    assert down <= Fraction(percent * total, 100) <= up <= down + 1


@given(OBJECTS, st.lists(KEYS, min_size=1, max_size=3), LEAVES)
@pytest.mark.parity("AMC-07")
def test_what_is_set_is_there_and_what_is_removed_is_not(obj: dict[str, Any], fields: list[str], value: Any) -> None:
    try:
        set_nested_field(obj, value, *fields)
    except ValueError:
        return  # something on the way is no map
    assert nested_field(obj, *fields, default="missing") == value
    remove_nested_field(obj, *fields)
    assert nested_field(obj, *fields, default="missing") == "missing"


@given(st.integers(1, 10), st.floats(0.001, 10), st.floats(1, 5), st.floats(0, 100), st.floats(0, 0.99))
@pytest.mark.parity("RET-03")
def test_waits_grow_up_to_their_cap_and_are_no_shorter_than_without_jitter(
    steps: int, duration: float, factor: float, cap: float, share: float
) -> None:
    plain = Steps(Backoff(steps, duration, factor, 0.0, cap), lambda: share)
    jittered = Steps(Backoff(steps, duration, factor, 0.5, cap), lambda: share)
    last = 0.0
    for _ in range(steps + 2):
        wait, longer = plain.step(), jittered.step()
        assert wait <= longer <= wait * 1.5
        assert wait >= min(last, cap or last)
        last = wait
    assert plain.left == 0


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=30), st.integers(1, 20), st.integers(1, 5))
@pytest.mark.parity("FLC-01")
def test_no_more_pass_in_any_time_than_the_burst_and_the_rate_allow(gaps: list[int], qps: int, burst: int) -> None:
    bucket, now, passed = TokenBucket(qps, burst), 0, list[int]()
    for gap in gaps:
        now += gap
        passed.append(now + bucket.reserve(now))
    for at, begin in enumerate(passed):
        for count, end in enumerate(sorted(passed[at:]), 1):
            assert count <= burst + (end - begin) * qps / 10**9 + 1e-3


@given(st.lists(st.integers(0, 10), max_size=20))
@pytest.mark.parity("FLC-02")
def test_the_wait_of_a_key_is_never_longer_than_the_longest(gaps: list[int]) -> None:
    backoff, now = KeyedBackoff(1, 8), 0
    for gap in gaps:
        now += gap
        backoff.next("key", now, now)
        assert 1 <= backoff.get("key") <= 8


@given(st.lists(st.sampled_from(["v1", "v2", "v10", "v1beta1", "v1beta2", "v2alpha1", "foo", "bar"]), max_size=8))
def test_versions_are_in_one_order(texts: list[str]) -> None:
    ordered = sorted(texts, key=cmp_to_key(compare_kube_aware_versions), reverse=True)
    known = ["v10", "v2", "v1", "v1beta2", "v1beta1", "v2alpha1", "bar", "foo"]
    assert ordered == sorted(texts, key=known.index)


@given(st.sampled_from(["apis/apps/v1", "api/v1", "apis/a.b/v1alpha1"]))
@pytest.mark.parity("OAP-03")
def test_keys_of_the_index_of_schemas_come_back(path: str) -> None:
    assert group_version_to_path(path_to_group_version(path)) == path


@given(
    st.sampled_from(["autoscaling/v1", "extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"]),
    st.integers(0, 100),
    st.integers(0, 100),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), max_size=3),
)
@pytest.mark.parity("SCL-02", "SCL-03")
def test_a_scale_comes_back_from_every_form(form: str, wanted: int, running: int, labels: dict[str, str]) -> None:
    selector = ",".join(f"{key}={labels[key]}" for key in sorted(labels))
    scale = Scale(
        metadata=ObjectMeta(name="web"),
        spec=ScaleSpec(replicas=wanted),
        status=ScaleStatus(replicas=running, selector=selector),
    )
    written = write_scale(scale, GroupVersion.parse(form))
    back = read_scale({**written, "apiVersion": form, "kind": "Scale"})

    assert (back.metadata, back.spec, back.status) == (scale.metadata, scale.spec, scale.status)
