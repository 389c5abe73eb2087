"""Reads scenario files. The format is described in docs/scenarios.md.

Tells all problems of a file at once, each with its line. Runs nothing and imports no code of the user.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from kubefake.faults.latency import Latency
from kubefake.faults.load import load_latency, load_rule
from kubefake.faults.rules import Rule

from .load_checks import SECTIONS, read_checks, read_entrypoint
from .load_steps import read_objects, read_timeline
from .model import Controller, Scenario
from .problems import Place, ScenarioFileError, read_document

__all__ = ["API_VERSION", "ScenarioFileError", "builtin_actors", "load_scenario"]

API_VERSION = "kubefake.dev/v1"

_FIELDS = (
    "apiVersion", "kind", "metadata", "seeds", "cluster", "controllers", "actors", "latency", "faults", "timeline",
    "expect", "strict",
)  # fmt: skip
_CONTROLLER_FIELDS = ("name", "entrypoint", "user", "groups", "restart_after")


def builtin_actors() -> Mapping[str, Callable[..., Any]]:
    """The builtin controllers that a scenario may ask for, by name."""
    actors: Mapping[str, Callable[..., Any]] = getattr(import_module("kubefake.actors"), "ACTORS", {})
    return actors


def load_scenario(path: str | Path) -> Scenario:
    """The scenario of a file. Raises ScenarioFileError, with a line for every problem."""
    root = read_document(Path(path))
    if not root.check_fields(_FIELDS, required=("apiVersion", "kind")):
        root.problems.raise_all()
    for key, wanted in (("apiVersion", API_VERSION), ("kind", "Scenario")):
        if root.child(key).value not in (None, wanted):
            root.child(key).wants(f'"{wanted}"')
    scenario = _scenario(root)
    root.problems.raise_all()
    return scenario


def _scenario(root: Place) -> Scenario:
    metadata, cluster, expect = root.child("metadata"), root.child("cluster"), root.child("expect")
    for place, known in (
        (metadata, ("name", "description")),
        (cluster, ("start", "manifests", "objects")),
        (expect, (*SECTIONS, "violation")),
    ):
        if place.value is not None:
            place.check_fields(known)
    controllers = tuple(_controller(item) for item in root.child("controllers").items("controllers"))
    actors = _actors(root.child("actors"))
    names = [controller.name for controller in controllers] + list(actors)
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        root.child("controllers").wrong(f"the name {name!r} is given twice")
    return Scenario(
        path=root.problems.path,
        name=metadata.child("name").text() or root.problems.path.stem,
        description=metadata.child("description").text(),
        seeds=_seeds(root.child("seeds")),
        start=_start(cluster.child("start")),
        objects=read_objects(cluster.child("manifests")) + read_objects(cluster.child("objects")),
        controllers=controllers,
        actors=actors,
        latency=_latency(root.child("latency")),
        faults=_rules(root.child("faults")),
        timeline=read_timeline(root.child("timeline"), names),
        checks={section: read_checks(expect.child(section), section) for section in SECTIONS},
        expect_failure=_violation(expect.child("violation")),
        strict=root.child("strict").truth(),
    )


def _controller(place: Place) -> Controller:
    if not place.check_fields(_CONTROLLER_FIELDS, required=("name", "entrypoint")):
        return Controller("-", read_entrypoint(place.child("entrypoint")))
    entrypoint = read_entrypoint(place.child("entrypoint"))
    after = place.child("restart_after")
    restart = None if place.has("restart_after") and after.value is None else after.seconds(1.0)
    user, groups = place.child("user"), place.child("groups").texts("groups")
    if groups and user.value is None:
        place.child("groups").wrong("groups are those of a user: give user as well")
    return Controller(place.child("name").text("-"), entrypoint, user.text() or None, groups, restart)


def _actors(place: Place) -> tuple[str, ...]:
    names = place.texts("names of builtin controllers")
    known = tuple(builtin_actors()) if names else ()
    for index, name in enumerate(names):
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f'; did you mean "{close[0]}"?' if close else ""
            where = place if isinstance(place.value, str) else place.items("names")[index]
            where.wrong(f"there is no builtin controller {name!r}{hint} (known: {', '.join(known) or 'none'})")
    return names


def _seeds(place: Place) -> tuple[int, ...]:
    if isinstance(place.value, list):
        seeds = [item.whole() for item in place.items("seeds")]
        if not seeds:
            place.wants("at least one seed")
        return tuple(seed for seed in seeds if seed is not None)
    return tuple(range(place.whole(least=1) or 1))


def _start(place: Place) -> str | None:
    text = place.text(what="a time like 2030-01-01T00:00:00Z")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        place.wants("a time with its zone, like 2030-01-01T00:00:00Z")
        return None
    return text


def _rules(place: Place) -> tuple[Rule, ...]:
    rules = [item.parsed(load_rule, None) for item in place.items("fault rules")]
    return tuple(rule for rule in rules if rule is not None)


def _latency(place: Place) -> tuple[Latency, ...]:
    latencies = [item.parsed(load_latency, None) for item in place.items("latencies")]
    return tuple(latency for latency in latencies if latency is not None)


def _violation(place: Place) -> bool:
    if place.value not in (None, "expected"):
        place.wants('"expected", or no such field')
    return bool(place.value == "expected")
