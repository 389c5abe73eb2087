"""Siblings of cases are made from the cases and a seed alone, and do no lasting harm."""

from __future__ import annotations

from typing import Any

from oracle.siblings import Siblings

CASES: dict[str, list[dict[str, Any]]] = {
    "a": [
        {
            "do": "POST /api/v1/namespaces/$(ns)/configmaps",
            "body": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "b"}},
        },
        {"do": "PATCH /api/v1/namespaces/$(ns)/configmaps/a", "type": "merge", "body": {"data": {"a": "c"}}},
        {"do": "DELETE /apis/rbac.authorization.k8s.io/v1/clusterroles/admin"},
        {"do": "GET /api/v1/configmaps"},
    ]
}


def test_the_same_seed_makes_the_same_siblings() -> None:
    one, other = Siblings(CASES, "x"), Siblings(CASES, "x")

    assert [one.one() for _ in range(50)] == [other.one() for _ in range(50)]


def test_cases_are_not_changed_by_their_siblings() -> None:
    before = str(CASES)
    siblings = Siblings(CASES, "x", rate=1)

    for _ in range(50):
        siblings.one()

    assert str(CASES) == before


def test_what_all_cases_share_is_deleted_only_in_dry_runs() -> None:
    siblings = Siblings(CASES, "x")
    steps = [step for _ in range(100) for step in siblings.one()[1]]

    harmful = [step["do"] for step in steps if step["do"].startswith("DELETE /apis/rbac")]
    assert harmful
    assert all("dryRun=All" in one for one in harmful)
