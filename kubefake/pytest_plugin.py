"""Fixtures and a marker for pytest. Loaded in every pytest run where kubefake is installed, so it imports pytest alone.

    def test_scales_up(fake_clientset):
        fake_clientset.apps_v1.deployments("default").create(...)

    @pytest.mark.kubefake(manifests="manifests/", seed=7)
    def test_with_objects(fake_cluster): ...

All fixtures of one test belong to one cluster. They are plain objects: they work in `async def` tests under any plugin that
runs those, and need none themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kubeclient import AsyncClientset, Clientset, DynamicClient
    from kubefake.scenario.cluster import Cluster
    from kubefake.scenario.served import Served
    from kubefake.scenario.world import World

MARKER_OPTIONS = ("objects", "manifests", "seed", "faults", "start")

SEED_VARIABLE = "KUBEFAKE_SEED"
"""As in kubefake.scenario.simulate, which is not imported here."""

_USED: pytest.StashKey[list[Any]] = pytest.StashKey()
_ENVIRONMENT: pytest.StashKey[str | None] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--kubefake-seed`."""
    group = parser.getgroup("kubefake", "a Kubernetes apiserver in memory")
    group.addoption(
        "--kubefake-seed",
        type=int,
        default=None,
        metavar="N",
        help=f"seed of every cluster and world, over what tests say; as the environment's {SEED_VARIABLE}",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker, and tells simulated tests the seed of the command line."""
    seed = config.getoption("--kubefake-seed")
    if seed is not None:
        config.stash[_ENVIRONMENT] = os.environ.get(SEED_VARIABLE)
        os.environ[SEED_VARIABLE] = str(seed)
    config.addinivalue_line(
        "markers",
        "kubefake(objects=[...], manifests=PATH, seed=N, faults=[...], start=TIME): what the test's cluster begins with",
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leaves the environment as it was."""
    if _ENVIRONMENT in config.stash:
        before = config.stash[_ENVIRONMENT]
        if before is None:
            os.environ.pop(SEED_VARIABLE, None)
        else:
            os.environ[SEED_VARIABLE] = before


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The marker's options, the closest marker's before those of the class and the module; objects add up."""
    options: dict[str, Any] = {"objects": [], "faults": []}
    for mark in reversed(list(request.node.iter_markers("kubefake"))):
        unknown = sorted(set(mark.kwargs) - set(MARKER_OPTIONS))
        if unknown or mark.args:
            what = ", ".join(unknown) or "positional arguments"
            raise pytest.UsageError(
                f"{request.node.nodeid}: the kubefake marker does not take {what}; it takes {', '.join(MARKER_OPTIONS)}"
            )
        options["objects"] += [*_manifests(request, mark.kwargs.get("manifests")), *mark.kwargs.get("objects", ())]
        options["faults"] += mark.kwargs.get("faults", ())
        options.update({key: mark.kwargs[key] for key in ("seed", "start") if key in mark.kwargs})
    seed = os.environ.get(SEED_VARIABLE)
    if seed:
        options["seed"] = int(seed)
    return options


def _manifests(request: pytest.FixtureRequest, paths: Any) -> list[Path]:
    """Paths of manifests, taken from the test's own folder where they are relative."""
    if paths is None:
        return []
    several = [paths] if isinstance(paths, str | Path) else list(paths)
    folder = Path(str(request.node.path)).parent
    return [path if (path := Path(one)).is_absolute() or path.exists() else folder / path for one in several]


def _rules(faults: list[Any]) -> list[Any]:
    from kubefake.faults.load import load_rule
    from kubefake.faults.rules import Rule

    return [
        rule if isinstance(rule, Rule) else load_rule(rule, f"faults[{index}]") for index, rule in enumerate(faults)
    ]


def _remember(request: pytest.FixtureRequest, thing: Any) -> None:
    request.node.stash.setdefault(_USED, []).append(thing)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Prints the seeds that a failed test ran with."""
    report = yield
    if report.failed and (used := item.stash.get(_USED, [])):
        lines = [f"{thing!r}\nrepeat: pytest {item.nodeid} --kubefake-seed={thing.seed}" for thing in used]
        report.sections.append(("kubefake", "\n".join(lines)))
    return report


@pytest.fixture
def fake_cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster in memory, with what the marker asks for; `start` needs `fake_world`, where time is simulated."""
    from kubefake.scenario.cluster import Cluster

    options = _options(request)
    if "start" in options:
        raise pytest.UsageError(
            f"{request.node.nodeid}: start= sets simulated time, so it needs fake_world; elsewhere freezegun sets the time"
        )
    options["faults"] = _rules(options["faults"])
    cluster = Cluster(**options)
    _remember(request, cluster)
    return cluster


@pytest.fixture
def fake_clientset(fake_cluster: Cluster) -> Iterator[Clientset]:
    """A typed client of the test's cluster, for blocking code."""
    with fake_cluster.client() as client:
        yield client


@pytest.fixture
def fake_async_clientset(fake_cluster: Cluster) -> AsyncClientset:
    """A typed client of the test's cluster, for asyncio."""
    return fake_cluster.async_client()


@pytest.fixture
def fake_dynamic_client(fake_cluster: Cluster) -> DynamicClient:
    """A client without types of the test's cluster."""
    return fake_cluster.dynamic_client()


@pytest.fixture
def fake_server(fake_cluster: Cluster, tmp_path: Path) -> Iterator[Served]:
    """The test's cluster over HTTP: `.url`, and `.kubeconfig`, the path of a file for other clients."""
    from kubefake.scenario.served import Served

    with Served(fake_cluster, tmp_path / "kubeconfig") as served:
        yield served


@pytest.fixture
def fake_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A simulated world: `fake_world.start(main)`, `fake_world.run(story())`."""
    from kubefake.scenario.world import World

    options = _options(request)
    options["faults"] = _rules(options["faults"])
    with World(**options) as world:
        _remember(request, world)
        yield world
