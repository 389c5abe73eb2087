"""Scenario files are read whole, and all that is wrong with one is told at once, by line."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from kubefake.faults.rules import LoseAnswer
from kubefake.scenario.load import ScenarioFileError, load_scenario
from kubefake.scenario.model import Count, Each, Get, Scenario, Selection

Load = Callable[..., Scenario]
Write = Callable[..., Path]


def problems(path: Path) -> list[str]:
    with pytest.raises(ScenarioFileError) as caught:
        load_scenario(path)
    assert str(caught.value).splitlines() == list(caught.value.problems)
    return [text.removeprefix(f"{path}:") for text in caught.value.problems]


def test_a_minimal_file_is_a_scenario_of_one_seed(load: Load) -> None:
    scenario = load("")

    assert scenario.name == "scenario"
    assert scenario.seeds == (0,)


def test_everything_that_a_file_says_is_read(jobs: Path) -> None:
    scenario = load_scenario(jobs / "careless.yaml")

    assert scenario.description == "one result for every wish"
    assert scenario.seeds == tuple(range(20))
    assert [type(rule.effect) for rule in scenario.faults][1] is LoseAnswer
    assert [step.title for step in scenario.timeline] == [
        "apply wish.yaml",
        "eventually count of configmaps (for=home) is at least 1",
        "restart worker",
        "create {apiVersion: v1, kind: ConfigMap, metadata: {name: away, namespace: default},...",
        "settle 10m",
    ]
    assert scenario.checks["never"][0].condition == Count(Selection("configmaps", labels="for=home"), low=2)
    assert scenario.expect_failure


def test_a_scenario_can_be_handed_to_other_processes(jobs: Path) -> None:
    scenario = load_scenario(jobs / "careful.yaml")

    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_all_problems_are_told_at_once_in_the_order_of_the_file(write: Write) -> None:
    path = write(
        "seed: 3\n"
        "cluster:\n"
        "  start: yesterday\n"
        "  manifests: [nope.yaml]\n"
        "controllers:\n"
        "  - name: op\n"
        "    entrypont: x\n"
        "faults:\n"
        "  - {effect: lose-answer, probability: 2}\n"
        "timeline:\n"
        "  - aply: x\n"
        "  - wait: 3x\n"
        "  - crash: opp\n"
        "expect:\n"
        "  alwys: []\n"
    )

    told = problems(path)

    assert [text.partition(": ")[0] for text in told] == ["3", "5", "6", "8", "9", "11", "13", "14", "15", "17"]
    assert told[0].startswith('3: seed: unknown field; did you mean "seeds"? (known: apiVersion, kind,')
    assert told[1] == "5: cluster.start: want a time with its zone, like 2030-01-01T00:00:00Z, got 'yesterday'"
    assert told[3] == "8: controllers[0].entrypoint: is required"
    assert told[5] == "11: faults[0]: probability must be between 0 and 1, got 2.0"
    assert told[6].endswith('got aply; did you mean "apply"?')
    assert told[8] == "15: timeline[2].crash: no program is called 'opp'; did you mean \"op\"? (known: op)"


def test_what_is_no_yaml_is_told_by_its_line(write: Write) -> None:
    assert problems(write("timeline: [\n"))[0].startswith("4: ")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match=r"nope\.yaml: cannot be read: No such file"):
        load_scenario(tmp_path / "nope.yaml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: Scenrio", 'kind: want "Scenario"'),
        ("seeds: 0", "seeds: want a whole number from 1 on, got 0"),
        ("seeds: []", "seeds: want at least one seed"),
        ("actors: [deploymnt]", "actors[0]: there is no builtin controller 'deploymnt'"),
        ("controllers: [{name: a, entrypoint: a.py}]", "controllers[0].entrypoint: want a function as"),
        ("controllers: [{name: a, entrypoint: 'a.py:main'}]", "controllers[0].entrypoint: there is no file"),
        ("controllers: [{name: a, entrypoint: 'a:b', groups: x}]", "groups are those of a user"),
        ("controllers: [{name: a, entrypoint: 'a:b'}, {name: a, entrypoint: 'a:b'}]", "the name 'a' is given twice"),
        ("timeline: [{patch: a/b}]", "timeline[0]: patch needs merge"),
        ("timeline: [{delete: websites}]", "want an object as \"deployments/web\", got 'websites'"),
        ("timeline: [{compact: false}]", "timeline[0].compact: want true, got False"),
        ("timeline: [{faults: sometimes}]", "want on, off, or a list of rules to add"),
        ("timeline: [{wait: 1s, settle: 1s}]", "want a mapping with one of apply"),
        ("timeline: [{apply: {kind: Pod}}]", "timeline[0].apply.apiVersion: is required"),
        ("timeline: [{eventually: a/b, mach: {}}]", 'mach: unknown field; did you mean "match"?'),
        ("timeline: [{eventually: {count: pods}}]", "count needs a bound"),
        ("expect: {always: [{get: a/b, match: {}, absent: true}]}", "want match or absent: true, not both"),
        ("expect: {always: [{each: pods}]}", "each needs match"),
        ("expect: {never: [{each: pods, match: {}}]}", "put it under always"),
        ("expect: {final: [{count: pods, equals: 1, more_than: 2}]}", "no number is within these bounds"),
        ("expect: {final: [{count: pods, label_selector: 'a in', equals: 1}]}", "final[0].label_selector: "),
        ("expect: {final: [{equals: 1}]}", "want a mapping with one of get, count, each, any, check"),
        ("expect: {violation: yes}", 'expect.violation: want "expected"'),
    ],
)
def test_each_mistake_has_its_words(write: Write, text: str, problem: str) -> None:
    path = write(text)
    if text.startswith("kind"):
        path.write_text(f"apiVersion: kubefake.dev/v1\n{text}\n")

    told = problems(path)

    assert len(told) == 1
    assert problem in told[0]


def test_a_check_in_the_flow_may_be_short_or_long(load: Load) -> None:
    scenario = load(
        "timeline:\n"
        "  - {eventually: deployments/web, match: {spec: {replicas: 3}}, within: 60s}\n"
        "  - {expect: {each: pods, where: {spec: {nodeName: a}}, match: {status: {phase: Running}}}}\n"
    )

    eventually, expect = (step.action.check for step in scenario.timeline)  # type: ignore[union-attr]
    assert eventually.condition == Get("deployments/web", match={"spec": {"replicas": 3}})
    assert eventually.within == 60.0
    assert isinstance(expect.condition, Each)
