"""Expectations are partial, and say where they are not met."""

from __future__ import annotations

import pytest

from kubefake.scenario.matching import differences, matches

POD = {
    "metadata": {"name": "a", "labels": {"x": "1"}},
    "spec": {"containers": [{"name": "one", "image": "i:1", "ports": [{"port": 80}]}, {"name": "two", "image": "i:2"}]},
    "status": {"conditions": [{"type": "Ready", "status": "True"}], "ready": True, "ips": ["10.0.0.1", "10.0.0.2"]},
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"metadata": {"labels": {"x": "1"}}},
        {"spec": {"containers": [{"name": "two", "image": "i:2"}]}},
        {"status": {"conditions": [{"type": "Ready", "status": "True"}], "ready": True}},
        {"status": {"ips": ["10.0.0.1", "10.0.0.2"]}},
        {"metadata": {"finalizers": None}, "spec": {"nodeName": None}},
    ],
)
def test_what_is_there_matches_whatever_else_is(expected: object) -> None:
    assert matches(expected, POD)


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ({"metadata": {"labels": {"x": "2"}}}, "metadata.labels.x: expected '2', found '1'"),
        (
            {"spec": {"containers": [{"name": "two", "image": "i:3"}]}},
            "spec.containers[name=two].image: expected 'i:3', found 'i:2'",
        ),
        (
            {"spec": {"containers": [{"name": "three"}]}},
            "spec.containers[name=three]: expected {'name': 'three'}, found nothing",
        ),
        ({"status": {"ready": 1}}, "status.ready: expected 1, found True"),
        ({"status": {"ips": ["10.0.0.1"]}}, "status.ips: expected 1 items, found 2"),
        ({"status": {"ips": ["10.0.0.1", "x"]}}, "status.ips[1]: expected 'x', found '10.0.0.2'"),
        ({"metadata": {"labels": None}}, "metadata.labels: expected nothing, found {'x': '1'}"),
        ({"spec": {"nodeName": "n"}}, "spec.nodeName: expected 'n', found nothing"),
        ({"metadata": {"name": {}}}, "metadata.name: expected {}, found 'a'"),
    ],
)
def test_what_differs_is_named_by_its_path(expected: object, difference: str) -> None:
    assert list(differences(expected, POD)) == [difference]
