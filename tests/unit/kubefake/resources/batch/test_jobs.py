"""Jobs and cron jobs: selectors that the server makes, and schedules that it cannot read."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.resources.batch.schedules import schedule_problem

JOBS = "/apis/batch/v1/namespaces/default/jobs"


def test_a_job_selects_its_pods_by_its_own_uid(client: Any) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i:1"}]}}
    code, made = client(f"POST {JOBS}", {"metadata": {"name": "j"}, "spec": {"template": template}})

    assert code == 201
    uid = made["metadata"]["uid"]
    assert made["spec"]["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    assert made["spec"]["template"]["metadata"]["labels"]["job-name"] == "j"


@pytest.mark.parametrize("schedule", ["* * * * *", "*/5 0-6 1,15 jan MON", "@daily", "@every 1h", "0 0 ? * 0"])
def test_a_schedule_that_cron_reads_is_in_order(schedule: str) -> None:
    assert schedule_problem(schedule) == ""


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * * * x", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("@never", "unrecognized descriptor: @never"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
    ],
)
def test_a_bad_schedule_is_told_in_the_words_of_cron(schedule: str, problem: str) -> None:
    assert schedule_problem(schedule) == problem
