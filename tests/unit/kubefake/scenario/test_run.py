"""Scenarios run: steps, checks after every commit, findings, sweeps and shrinking."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kubefake.faults.rules import LoseAnswer
from kubefake.scenario.load import ScenarioFileError, load_scenario
from kubefake.scenario.model import Scenario
from kubefake.scenario.run import Result, run_seed, shrink_result, sweep

Load = Callable[..., Scenario]

PROGRAM = """
async def main(client, stop):
    {body}
"""
MAP = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}"


def held(result: Result) -> dict[str, bool | None]:
    return {check.section: check.held for check in result.checks}


@pytest.mark.parametrize("name", ["careful", "blocking"])
def test_a_careful_program_holds_in_all_worlds(jobs: Path, name: str) -> None:
    results = list(sweep(load_scenario(jobs / f"{name}.yaml")))

    assert [result.violations for result in results] == [()] * 20
    assert sum(len(result.decisions) for result in results) > 20
    assert {check.held for result in results for check in result.checks} == {True}


def test_a_careless_one_is_found_out_with_the_one_fault_that_it_takes(jobs: Path) -> None:
    scenario = load_scenario(jobs / "careless.yaml")
    failed = next(result for result in sweep(scenario) if not result.ok)

    shrunk = shrink_result(scenario, failed)

    assert [type(decision.effect) for decision in shrunk.decisions] == [LoseAnswer]
    assert shrunk.violations[0].text.startswith("2 results for ")
    assert shrunk.violations[0].by == "worker"
    assert run_seed(scenario, shrunk.seed, only=shrunk.only).trace == shrunk.trace


def test_always_is_looked_at_after_every_commit(load: Load) -> None:
    scenario = load(
        f"timeline: [{{apply: {MAP}}}, {{patch: configmaps/a, merge: {{data: {{x: '1'}}}}}},"
        " {patch: configmaps/a, merge: {data: null}}]\n"
        "expect: {always: [{each: configmaps, where: {metadata: {name: a}}, match: {data: null}}]}"
    )

    (violation,) = run_seed(scenario, 0).violations

    assert violation.section == "always"
    assert violation.text == "default/a: data: expected nothing, found {'x': '1'}"


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("always: [{get: configmaps/a, match: {data: null}}]", {"always": False}),
        ("always: [{get: configmaps/b, absent: true}]", {"always": True}),
        ("never: [{get: configmaps/a, match: {data: {x: '1'}}}]", {"never": False}),
        ("never: [{any: configmaps, where: {data: {x: '2'}}}]", {"never": True}),
        ("eventually: [{get: configmaps/a, match: {data: {x: '1'}}}]", {"eventually": True}),
        ("eventually: [{get: configmaps/a, match: {data: {x: '1'}}, within: 5s}]", {"eventually": False}),
        ("eventually: [{get: configmaps/b}]", {"eventually": False}),
        ("final: [{get: configmaps/a, absent: true}]", {"final": True}),
        ("final: [{count: configmaps, where: {metadata: {name: a}}, equals: 1}]", {"final": False}),
        ("final: [{get: nothings/a}]", {"final": False}),
    ],
)
def test_each_section_asks_at_its_time(load: Load, check: str, expected: dict[str, bool]) -> None:
    scenario = load(
        f"timeline: [{{apply: {MAP}}}, {{wait: 10s}}, {{patch: configmaps/a, merge: {{data: {{x: '1'}}}}}},"
        f" {{delete: configmaps/a}}]\nexpect: {{{check}}}"
    )

    assert held(run_seed(scenario, 0)) == expected


def test_a_step_that_cannot_be_taken_ends_the_run_and_leaves_the_final_checks_open(load: Load) -> None:
    scenario = load("timeline: [{delete: configmaps/a}, {wait: 1h}]\nexpect: {final: [{get: configmaps/a}]}")

    result = run_seed(scenario, 0)

    assert result.virtual_ns == 0
    assert result.violations[0].title == "delete configmaps/a"
    assert result.violations[0].text == 'NotFound: configmaps "a" not found'
    assert held(result) == {"final": None}


def test_a_check_in_the_flow_waits_as_long_as_it_may(load: Load) -> None:
    scenario = load("timeline: [{eventually: configmaps/a, within: 90s}]")

    result = run_seed(scenario, 0)

    assert result.virtual_ns == 90 * 10**9
    assert result.violations[0].text == "it does not exist (after 90 seconds)"


def test_programs_can_be_crashed_stopped_started_and_cut_off(load: Load) -> None:
    scenario = load(
        "controllers: [{name: op, entrypoint: 'op.py:main', restart_after: null}]\n"
        "timeline: [{wait: 1s}, {crash: op}, {wait: 5s}, {start: op}, {wait: 1s}, {stop: op}, {wait: 1s}, {restart: op},"
        " {wait: 1s}, {partition: op}, {wait: 5s}, {faults: off}, {wait: 1s}, {heal: op}, {wait: 2s}, {compact: true}]",
        op=PROGRAM.format(
            body="while await client.runtime.sleep(0.6, stop):\n"
            "        try: await client.core_v1.config_maps('default').list()\n"
            "        except Exception: pass"
        ),
    )

    result = run_seed(scenario, 0)

    words = [
        line.split()[1:3]
        for line in result.trace.decode().splitlines()
        if line.split()[2] in ("start", "killed", "ended")
    ]
    assert words == [["op", "start"], ["op", "killed"], ["op", "start"], ["op", "ended"], ["op", "start"]]
    outcomes = [line.split()[-1] for line in result.trace.decode().splitlines() if " op list " in line]
    assert outcomes.count("ConnectFailed") == 10
    assert outcomes[-1] == "200"


def test_faults_are_switched_off_on_and_added(load: Load) -> None:
    scenario = load(
        "controllers: [{name: op, entrypoint: 'op.py:main'}]\n"
        "faults: [{effect: {refuse: {code: 500}}, client: op}]\n"
        "timeline: [{wait: 15s}, {faults: off}, {wait: 10s}, {faults: on}, {wait: 10s}, {faults: off},"
        " {faults: [{effect: {refuse: {code: 400}}, client: op}]}, {wait: 10s}]",
        op=PROGRAM.format(
            body="while await client.runtime.sleep(10, stop):\n"
            "        try: await client.core_v1.config_maps('default').get('x')\n"
            "        except Exception: pass"
        ),
    )

    lines = run_seed(scenario, 0).trace.decode().splitlines()

    codes = [line.rpartition('"')[0].rpartition('"')[2].split()[0] for line in lines if " op get " in line]
    assert codes == ["500", "404", "500", "400"]


def test_findings_are_no_violations_unless_the_scenario_is_strict(load: Load) -> None:
    body = (
        "maps = client.core_v1.config_maps('default')\n"
        "    one = await maps.get('a')\n"
        "    for _ in range(10): await maps.update(one)\n"
        "    raise ZeroDivisionError('a bug')"
    )
    text = (
        f"cluster: {{objects: [{MAP}]}}\n"
        "controllers:\n"
        "  - {name: op, entrypoint: 'op.py:main', restart_after: null}\n"
        "  - {name: guest, entrypoint: 'guest.py:main', user: eve}\n"
        "timeline: [{settle: 1m}]\n"
    )
    guest = PROGRAM.format(
        body="try: await client.core_v1.secrets('default').list()\n    except Exception: pass\n    await stop.wait()"
    )
    files = {"op": PROGRAM.format(body=body), "guest": guest}

    lenient, strict = run_seed(load(text, **files), 0), run_seed(load(text + "strict: true\n", **files), 0)

    assert {str(finding) for finding in lenient.findings} == {
        "unhandled exception: op: ZeroDivisionError: a bug",
        "hot loop: op update configmaps/default/a: 10 writes or more in a row that change nothing",
        "forbidden: guest list secrets/default: the server refuses it with 403",
    }
    assert lenient.ok
    assert not strict.ok


def test_a_world_that_does_not_settle_is_a_finding(load: Load) -> None:
    body = (
        "maps = client.core_v1.config_maps('default')\n"
        "    number = 0\n"
        "    while await client.runtime.sleep(5, stop):\n"
        "        number += 1\n"
        "        await maps.patch('a', {'data': {'n': str(number)}})"
    )
    body = body.replace(
        "await maps.patch('a', {'data': {'n': str(number)}})",
        "one = await maps.get('a'); one.data['n'] = str(number); await maps.update(one)",
    )
    scenario = load(
        f"cluster: {{objects: [{MAP}]}}\ncontrollers: [{{name: op, entrypoint: 'op.py:main'}}]\ntimeline: [{{settle: 1m}}]",
        op=PROGRAM.format(body=body),
    )

    (finding,) = run_seed(scenario, 0).findings

    assert finding.kind == "not settled"
    assert "configmaps default/a" in finding.text


def test_modules_of_a_scenario_are_new_in_every_run_and_gone_after_it(load: Load) -> None:
    scenario = load(
        "controllers: [{name: op, entrypoint: 'op.py:main'}]\ntimeline: [{wait: 1s}]\n"
        "expect: {final: [{get: configmaps/n0}, {get: configmaps/n1, absent: true}]}",
        op="import helper\nfrom kubeclient.api.core_v1 import ConfigMap, ObjectMeta\n"
        + PROGRAM.format(
            body="await client.core_v1.config_maps('default').create(ConfigMap(metadata=ObjectMeta(name=f'n{helper.next()}')))"
        ),
        helper="count = -1\ndef next():\n    global count\n    count += 1\n    return count\n",
    )
    before = (list(sys.path), "op" in sys.modules, "helper" in sys.modules)

    results = [run_seed(scenario, 0), run_seed(scenario, 0)]

    assert [result.ok for result in results] == [True, True]
    assert (list(sys.path), "op" in sys.modules, "helper" in sys.modules) == before


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (
            "import nothing_like_it\n",
            "op.py cannot be imported: ModuleNotFoundError: No module named 'nothing_like_it'",
        ),
        ("x = 1\n", "op.py has no function 'main'"),
    ],
)
def test_code_that_cannot_be_used_is_told_by_the_line_that_names_it(load: Load, code: str, problem: str) -> None:
    scenario = load("controllers: [{name: op, entrypoint: 'op.py:main'}]", op=code)

    with pytest.raises(ScenarioFileError, match=r"scenario.yaml:3: controllers\[0\].entrypoint: ") as caught:
        run_seed(scenario, 0)
    assert str(caught.value).endswith(problem)


def test_a_simulation_that_cannot_go_on_is_a_violation(load: Load) -> None:
    scenario = load(
        "controllers: [{name: op, entrypoint: 'op.py:main'}]\ntimeline: [{wait: 1s}]",
        op="import time\n" + PROGRAM.format(body="time.sleep(1)"),
    )

    assert "Escape: time.sleep() in a simulation, at " in run_seed(scenario, 0).findings[0].text


class InTurn(Executor):
    """An executor without processes, which keeps what it was given."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls.append(args)
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_a_sweep_takes_any_executor_and_keeps_the_order(jobs: Path) -> None:
    scenario, executor = load_scenario(jobs / "careful.yaml"), InTurn()

    swept = list(sweep(scenario, [5, 3, 9], executor=executor))

    assert [result.seed for result in swept] == [5, 3, 9]
    assert executor.calls == [(5,), (3,), (9,)]
    assert [result.digest for result in swept] == [result.digest for result in sweep(scenario, [5, 3, 9])]


def test_threads_cannot_run_a_sweep(jobs: Path) -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(TypeError, match="worlds cannot share a process"):
        sweep(load_scenario(jobs / "careful.yaml"), executor=executor)


def test_a_check_that_fails_by_itself_is_a_violation_and_breaks_nothing(load: Load) -> None:
    scenario = load(
        f"timeline: [{{apply: {MAP}}}, {{wait: 1s}}]\nexpect: {{always: [{{check: 'rules.py:well_named'}}]}}",
        rules="def well_named(config_maps):\n    return [one['nothing'] for one in config_maps]\n",
    )

    (violation,) = run_seed(scenario, 0).violations

    assert violation.text == "well_named() raised KeyError: 'nothing'"


def test_builtin_controllers_join_in_when_they_are_asked_for(load: Load) -> None:
    web = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: default}, spec: {replicas: 2,"
        " selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}},"
        " spec: {containers: [{name: web, image: 'registry.example.com/web:1'}]}}}}"
    )
    text = f"timeline: [{{apply: {web}}}, {{settle: 10m}}]\nexpect: {{final: [{{count: pods, equals: %d}}]}}"

    assert run_seed(load("actors: [deployment, replicaset]\n" + text % 2), 0).ok
    assert run_seed(load(text % 0), 0).ok
