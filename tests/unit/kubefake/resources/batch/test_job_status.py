"""The status of jobs: what is finished stays so, counters do not shrink, and indexes are in order."""

from __future__ import annotations

from typing import Any

import pytest

JOBS = "/apis/batch/v1/namespaces/default/jobs"
JOB = {
    "metadata": {"name": "j"},
    "spec": {
        "completionMode": "Indexed",
        "completions": 3,
        "parallelism": 2,
        "backoffLimitPerIndex": 1,
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}},
    },
}


def written(client: Any, **status: Any) -> tuple[int, list[tuple[str, str]]]:
    """What becomes of a status: the code, and what is wrong with which field."""
    code, body = client(f"PATCH {JOBS}/j/status", {"status": status}, type="application/merge-patch+json")
    return code, [(cause["field"], cause["message"]) for cause in (body.get("details") or {}).get("causes", ())]


@pytest.mark.parametrize(
    ("completed", "problem"),
    [
        ("0-3", 'too large index: "3"'),
        ("2,1", "non-increasing order, previous: 2, current: 1"),
        ("1-1", "non-increasing order, previous: 1, current: 1"),
        ("x", 'cannot convert string to integer for index: "x"'),
    ],
)
def test_completed_indexes_are_a_list_in_order(client: Any, completed: str, problem: str) -> None:
    client(f"POST {JOBS}", JOB)

    code, found = written(client, completedIndexes=completed)

    assert code == 422
    expected = f'Invalid value: "{completed}": error parsing completedIndexes: {problem}'
    assert found == [("status.completedIndexes", expected)]


def test_no_index_has_both_failed_and_completed(client: Any) -> None:
    client(f"POST {JOBS}", JOB)

    code, found = written(client, completedIndexes="0-1", failedIndexes="1-2")

    assert code == 422
    assert found[0][1].endswith("failedIndexes and completedIndexes overlap at index: 1")


def test_counters_do_not_shrink(client: Any) -> None:
    client(f"POST {JOBS}", JOB)

    assert written(client, failed=2)[0] == 200
    assert written(client, failed=1) == (
        422,
        [("status.failed", "Invalid value: 1: cannot decrease the failed counter")],
    )


def test_what_is_finished_stays_finished(client: Any) -> None:
    client(f"POST {JOBS}", JOB)
    ended = [{"type": kind, "status": "True"} for kind in ("FailureTarget", "Failed")]

    assert written(client, startTime="2024-01-01T00:00:00Z", conditions=ended)[0] == 200
    code, found = written(client, conditions=ended[:1])

    assert code == 422
    assert found == [("status.conditions", "Invalid value: cannot disable the terminal Failed=True condition")]
