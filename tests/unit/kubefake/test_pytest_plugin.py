"""The fixtures and the marker, in test runs of their own; each in a process of its own where other plugins matter."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable

import pytest

pytest_plugins = ["pytester"]

MAP = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "seen", "namespace": "default"}}'
INI = """
[pytest]
filterwarnings =
    error
    ignore:.*asyncio_default_fixture_loop_scope
"""
IMPORTS = """
import pytest
from kubeclient.api.core_v1 import ConfigMap, ObjectMeta
from kubeclient.apimachinery.gvk import GroupVersionResource
from kubeclient.errors import NotFound
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a test file with the plugins of its own process; `without` are left out."""
    monkeypatch.delenv("KUBEFAKE_SEED", raising=False)

    def run(text: str, *options: str, without: tuple[str, ...] = ()) -> pytest.RunResult:
        pytester.makeini(INI)
        pytester.makepyfile(IMPORTS + textwrap.dedent(text))
        blocked = [word for name in without for word in ("-p", f"no:{name}")]
        return pytester.runpytest_subprocess(*blocked, *options)

    return run


def test_all_fixtures_of_a_test_see_one_cluster(run: Run) -> None:
    run(
        f"""
        @pytest.mark.kubefake(objects=[{MAP}])
        def test_all(fake_cluster, fake_clientset, fake_dynamic_client, fake_server):
            import httpx, pathlib
            assert fake_cluster.get("configmaps/seen")
            assert fake_clientset.core_v1.config_maps("default").get("seen").metadata.uid
            maps = fake_dynamic_client.resource(GroupVersionResource("", "v1", "configmaps"))
            assert maps.namespace("default").get("seen").name == "seen"
            url = fake_server.url + "/api/v1/namespaces/default/configmaps/seen"
            assert httpx.get(url).json()["metadata"]["name"] == "seen"
            assert fake_server.url in pathlib.Path(fake_server.kubeconfig).read_text()
        """
    ).assert_outcomes(passed=1)


def test_each_test_gets_a_new_cluster(run: Run) -> None:
    body = """
        with pytest.raises(NotFound):
            fake_clientset.core_v1.config_maps("default").get("mine")
        fake_clientset.core_v1.config_maps("default").create(ConfigMap(metadata=ObjectMeta(name="mine")))
    """
    run(f"def test_one(fake_clientset):{body}\ndef test_two(fake_clientset):{body}").assert_outcomes(passed=2)


ASYNC = """
{marker}
async def test_async(fake_async_clientset, fake_clientset):
    maps = fake_async_clientset.core_v1.config_maps("default")
    await maps.create(ConfigMap(metadata=ObjectMeta(name="mine")))
    assert fake_clientset.core_v1.config_maps("default").get("mine").metadata.uid
"""


def test_it_works_with_the_asyncio_plugin(run: Run) -> None:
    run(ASYNC.format(marker="@pytest.mark.asyncio"), without=("anyio",)).assert_outcomes(passed=1)


def test_it_works_with_the_asyncio_plugin_in_its_automatic_mode(run: Run) -> None:
    run(ASYNC.format(marker=""), "-o", "asyncio_mode=auto").assert_outcomes(passed=1)


def test_it_works_with_anyios_plugin(run: Run) -> None:
    text = "@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n" + ASYNC.format(marker="@pytest.mark.anyio")
    run(text, without=("asyncio",)).assert_outcomes(passed=1)


def test_it_works_without_either(run: Run) -> None:
    text = "import asyncio\n" + ASYNC.format(marker="").replace("async def test_async", "async def body")
    text += "\ndef test_async(fake_async_clientset, fake_clientset):\n    asyncio.run(body(fake_async_clientset, fake_clientset))\n"
    run(text, without=("asyncio", "anyio")).assert_outcomes(passed=1)


def test_simulated_tests_are_left_alone_by_the_asyncio_plugin(run: Run) -> None:
    run(
        """
        import kubefake

        @kubefake.simulate(seeds=2)
        async def test_world(world, tmp_path):
            await world.sleep("1h")
            assert tmp_path.is_dir()

        def test_fixture(fake_world):
            fake_world.run(fake_world.sleep(60))
            assert fake_world.clock.monotonic_ns() == 60 * 10**9
        """,
        "-o",
        "asyncio_mode=auto",
    ).assert_outcomes(passed=2)


def test_a_world_inside_of_an_asynchronous_test_says_what_to_do(run: Run) -> None:
    result = run("@pytest.mark.asyncio\nasync def test_world(fake_world):\n    fake_world.run(fake_world.sleep(1))\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*RuntimeError: a world has an event loop of its own and cannot run inside of another*"]
    )


def test_the_marker_adds_up_from_module_to_function(run: Run, pytester: pytest.Pytester) -> None:
    pytester.mkdir("manifests").joinpath("a.yaml").write_text(MAP.replace("seen", "from-file"))
    run(
        f"""
        pytestmark = pytest.mark.kubefake(manifests="manifests", seed=5)

        class TestIt:
            pytestmark = pytest.mark.kubefake(objects=[{MAP}])

            @pytest.mark.kubefake(seed=6)
            def test_it(self, fake_cluster):
                assert fake_cluster.seed == 6
                assert fake_cluster.get("configmaps/seen") and fake_cluster.get("configmaps/from-file")

        def test_other(fake_cluster):
            assert fake_cluster.seed == 5
            assert fake_cluster.get("configmaps/seen") is None
        """
    ).assert_outcomes(passed=2)


def test_faults_of_the_marker_strike(run: Run) -> None:
    run(
        """
        from kubeclient.errors import InternalError

        @pytest.mark.kubefake(faults=[{"effect": {"refuse": {"code": 500}}, "verb": "get"}])
        def test_it(fake_clientset):
            with pytest.raises(InternalError):
                fake_clientset.core_v1.config_maps("default").get("x")
        """
    ).assert_outcomes(passed=1)


def test_what_the_marker_does_not_take_is_refused(run: Run) -> None:
    result = run("@pytest.mark.kubefake(sed=3)\ndef test_it(fake_cluster): ...\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*the kubefake marker does not take sed; it takes objects, manifests, seed, faults, start*"]
    )


def test_simulated_time_begins_where_the_marker_says(run: Run) -> None:
    run(
        f"""
        @pytest.mark.kubefake(start="2030-01-01T00:00:00Z", objects=[{MAP}])
        def test_world(fake_world):
            fake_world.expect("configmaps/seen", {{"metadata": {{"creationTimestamp": "2030-01-01T00:00:00Z"}}}})

        @pytest.mark.kubefake(start="2030-01-01T00:00:00Z")
        def test_cluster(fake_cluster): ...
        """
    ).assert_outcomes(passed=1, errors=1)


def test_frozen_time_moves_the_times_that_the_server_writes(run: Run) -> None:
    run(
        """
        import freezegun

        def test_frozen(fake_clientset):
            maps = fake_clientset.core_v1.config_maps("default")
            with freezegun.freeze_time("2031-02-03 04:05:06") as frozen:
                first = maps.create(ConfigMap(metadata=ObjectMeta(name="a")))
                frozen.tick(60)
                second = maps.create(ConfigMap(metadata=ObjectMeta(name="b")))
            assert str(first.metadata.creation_timestamp) == "2031-02-03T04:05:06Z"
            assert str(second.metadata.creation_timestamp) == "2031-02-03T04:06:06Z"

        @freezegun.freeze_time("2031-02-03")
        def test_loaded_while_frozen(fake_clientset):
            assert fake_clientset.batch_v1.jobs("default").list().items == []

        def test_thawed(fake_cluster):
            made = fake_cluster.load({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})
            assert not made[0]["metadata"]["creationTimestamp"].startswith("2031")
        """
    ).assert_outcomes(passed=3)


def test_freezing_does_not_load_what_is_loaded_lazily(run: Run) -> None:
    run(
        """
        import sys, freezegun
        import kubeclient, kubefake

        def test_frozen():
            before = {name for name in sys.modules if name.startswith("kube")}
            with freezegun.freeze_time("2031-02-03"):
                pass
            assert {name for name in sys.modules if name.startswith("kube")} == before
        """
    ).assert_outcomes(passed=1)


def test_a_failure_tells_its_seed_and_how_to_repeat_it(run: Run) -> None:
    text = "@pytest.mark.kubefake(seed=41)\ndef test_it(fake_cluster):\n    assert fake_cluster.seed == 42\n"
    result = run(text)
    result.stdout.fnmatch_lines(
        ["*- kubefake -*", "<Cluster seed 41 *", "repeat: pytest *::test_it --kubefake-seed=41"]
    )

    run(text, "--kubefake-seed=42").assert_outcomes(passed=1)


def test_the_seed_of_the_command_line_reaches_simulated_tests(run: Run) -> None:
    run(
        """
        import kubefake
        seeds = []

        @kubefake.simulate(seeds=5)
        async def test_world(world):
            seeds.append(world.seed)

        def test_seeds():
            assert seeds == [3]
        """,
        "--kubefake-seed=3",
    ).assert_outcomes(passed=2)


def test_programs_that_fail_in_a_fixtures_world_are_an_error(run: Run) -> None:
    result = run(
        """
        async def broken(client, stop):
            raise ZeroDivisionError("a bug")

        def test_it(fake_world):
            fake_world.start(broken, restart_after=None)
            fake_world.run(fake_world.sleep(1))
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ProgramFailedError: seed 0: programs ended with exceptions:*"])


# What it costs.


def modules_after(statement: str) -> list[str]:
    """The modules that a statement imports, pytest's own aside."""
    program = f"import sys, pytest; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()


def test_the_plugin_imports_nothing_but_pytest() -> None:
    assert modules_after("import kubefake.pytest_plugin") == ["kubefake", "kubefake.pytest_plugin"]


@pytest.mark.parametrize("package", ["kubefake", "kubeclient", "kubefake.scenario"])
def test_importing_a_package_imports_that_package_alone(package: str) -> None:
    assert modules_after(f"import {package}") == sorted(dict.fromkeys([package.partition(".")[0], package]))


def test_a_plain_cluster_needs_no_simulation_no_http_and_no_api_group() -> None:
    loaded = modules_after("import kubefake; kubefake.Cluster().client().core_v1.pods('default').list()")

    unwanted = ("kubefake.sim", "kubefake.serve.", "httpx", "h11", "kubeclient.api.apps_v1", "kubefake.scenario.world")
    assert [name for name in loaded if name.startswith(unwanted)] == []


def test_a_further_cluster_copies_no_object_and_decodes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from kubefake import Cluster
    from kubefake.resources import registry
    from kubefake.store import Version

    Cluster()

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("a further cluster shares what the first one made")

    monkeypatch.setattr(Version, "__init__", refuse)
    monkeypatch.setattr(registry, "builtin_resources", refuse)
    Cluster()
