"""Packages made of large definitions: imported, type-checked, and used against a cluster that has the same definitions."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codegen.samples import FOLDER, SETS, definitions, served, value

from kubeclient.apimachinery import errors, json
from kubeclient.codegen.cli import main
from kubefake import Cluster

Made = tuple[str, ModuleType]

# A resource of every set that the tests work with: its module, its client's method, its kind and its plural.
_RESOURCES = {
    "certificates": ("cert_manager_v1", "certificates", "Certificate", "certificates.cert-manager.io"),
    "gateway": ("gateway_v1", "http_routes", "HTTPRoute", "httproutes.gateway.networking.k8s.io"),
    "monitoring": ("monitoring_v1", "prometheuses", "Prometheus", "prometheuses.monitoring.coreos.com"),
}


def _cluster(name: str) -> Cluster:
    return Cluster(objects=[FOLDER / name])


def _sample(name: str) -> dict[str, Any]:
    """The spec and the status of the set's resource."""
    plural = _RESOURCES[name][3]
    definition = next(one for one in definitions(name) if one["metadata"]["name"] == plural)
    properties = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    return {part: value(properties[part]) for part in ("spec", "status")}


def _object(name: str, called: str) -> Any:
    module, _, kind, _ = _RESOURCES[name]
    models = import_module(f"made_{name}.api.{module}")
    body = {"metadata": {"name": called, "namespace": "default"}, "spec": _sample(name)["spec"]}
    return json.convert(body, getattr(models, kind))


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def test_the_sets_are_large() -> None:
    fields = {name: sum(_fields(version["schema"]["openAPIV3Schema"]) for _, version in served(name)) for name in SETS}

    assert min(fields.values()) > 500
    assert all(len(definitions(name)) >= 6 for name in SETS)


def _fields(schema: Any) -> int:
    if isinstance(schema, dict):
        return len(schema.get("properties", {})) + sum(_fields(inner) for inner in schema.values())
    return sum(_fields(inner) for inner in schema) if isinstance(schema, list) else 0


@pytest.mark.parametrize("name", SETS)
def test_what_is_made_again_is_the_same_to_the_byte(name: str, source_root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kubeclient.codegen", str(FOLDER / name), "--package", f"made_{name}", "--output"]
    subprocess.run([*command, str(tmp_path)], check=True, capture_output=True, env={"PYTHONHASHSEED": "7"})

    assert _files(tmp_path / f"made_{name}") == _files(source_root / f"made_{name}")
    assert main([*command[3:], str(source_root), "--check"]) == 0


@pytest.mark.parametrize("name", SETS)
def test_a_running_server_gives_the_same_package_as_its_definitions(
    name: str, source_root: Path, tmp_path: Path
) -> None:
    with _cluster(name).serve() as server:
        assert main(["--server", server.url, "--output", str(tmp_path), "--package", f"made_{name}"]) == 0

    assert _unsigned(tmp_path / f"made_{name}") == _unsigned(source_root / f"made_{name}")


def _unsigned(root: Path) -> dict[str, str]:
    """The files without the line that says what they were made from."""
    texts = {path: data.decode() for path, data in _files(root).items()}
    return {path: text.partition("\n# From: ")[2].partition("\n")[2] if text else "" for path, text in texts.items()}


def test_every_module_can_be_imported(made: Made) -> None:
    name, package = made
    root = Path(str(package.__file__)).parent
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root.parent).with_suffix("").parts
        import_module(".".join(parts).removesuffix(".__init__"))
    assert package.Clientset.__name__ == "Clientset"
    assert {*package.__all__} == {"AsyncClientset", "AsyncSharedInformerFactory", "Clientset", "SharedInformerFactory"}
    with pytest.raises(AttributeError, match=f"module 'made_{name}' has no attribute 'Nothing'"):
        _ = package.Nothing


_PROGRAM = """
from typing import assert_type

import kubeclient
from made_certificates import AsyncClientset, AsyncSharedInformerFactory, Clientset, SharedInformerFactory
from made_certificates.api.cert_manager_v1 import Certificate, CertificateList, CertificateSpec
from made_certificates.api.cert_manager_v1 import CertificateSpecPrivateKeyAlgorithm as Algorithm
from made_certificates.applyconfigurations import cert_manager_v1 as configurations
from made_certificates.listers.cert_manager_v1 import CertificateLister, CertificateNamespaceLister


def blocking(other: kubeclient.Clientset) -> None:
    with Clientset.of(other) as client, SharedInformerFactory(client) as factory:
        certificates = client.cert_manager_v1.certificates("default")
        one = certificates.get("a")
        assert_type(one, Certificate)
        assert_type(certificates.list(), CertificateList)
        assert_type(one.spec, CertificateSpec | None)
        if one.spec is not None:
            assert_type(one.spec.secret_name, str)
            assert_type(one.spec.dns_names, list[str])
        wish = configurations.Certificate("a", "default", spec=configurations.CertificateSpec(secret_name="s"))
        assert_type(certificates.apply(wish.with_labels({"a": "b"}), field_manager="me"), Certificate)
        assert_type(configurations.extract_certificate(one, "me"), configurations.Certificate)
        lister: CertificateLister = factory.cert_manager_v1.certificates.lister
        here: CertificateNamespaceLister = lister.namespace("default")
        assert_type(here.get("a"), Certificate)
    algorithm: Algorithm = "RSA"


async def waiting(other: kubeclient.AsyncClientset) -> None:
    async with AsyncClientset.of(other) as client, AsyncSharedInformerFactory(client) as factory:
        assert_type(await client.cert_manager_v1.certificates("default").get("a"), Certificate)
        assert_type(factory.cert_manager_v1.certificates.lister.namespace("default").get("a"), Certificate)


def wrong(client: Clientset) -> None:
    CertificateSpec(secret_name=3)
    algorithm: Algorithm = "DSA"
    client.cert_manager_v1.certificates("default").get_scale("a")
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_type_checkers_find_nothing_but_what_is_wrong_in_programs(source_root: Path, tmp_path: Path) -> None:
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    (tmp_path / "program.py").write_text(_PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    environment = {**os.environ, "MYPYPATH": f"{tmp_path}{os.pathsep}{source_root}"}
    packages = [argument for name in SETS for argument in ("-p", f"made_{name}")]
    done = subprocess.run(
        [*command, *packages, "-m", "program"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    found = [line for line in done.stdout.splitlines() if " error: " in line]
    assert [line.rpartition("[")[2] for line in found] == ["arg-type]", "assignment]", "attr-defined]"], done.stdout
    assert all(line.startswith("program.py:") for line in found), done.stdout


def test_formatters_have_nothing_to_change(source_root: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    options = ["--isolated", "--no-cache", "--line-length", "120", "-q"]
    for command in (["format", "--check"], ["check", "--select", "I,F,N,UP"]):
        done = subprocess.run(
            [ruff, *command, *options, "."], cwd=source_root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_models_keep_every_field(made: Made) -> None:
    name, _ = made
    for definition, version in served(name):
        group, names = definition["spec"]["group"], definition["spec"]["names"]
        models = import_module(f"made_{name}.api.{_module(group)}_{version['name']}")
        properties = version["schema"]["openAPIV3Schema"]["properties"]
        body = {part: value(inner) for part, inner in properties.items() if part in ("spec", "status")}
        model = json.convert({"metadata": {"name": "x"}, **body}, getattr(models, names["kind"]))

        told = json.decode(json.encode(model), dict[str, Any])
        assert told == {
            "kind": names["kind"],
            "apiVersion": f"{group}/{version['name']}",
            "metadata": {"name": "x"},
            **body,
        }


def _module(group: str) -> str:
    return group.partition(".")[0].replace("-", "_")


def test_a_server_takes_every_field(made: Made) -> None:
    name, package = made
    cluster = _cluster(name)
    with cluster.client() as client:
        typed = package.Clientset.of(client)
        for definition, version in served(name):
            group, names = definition["spec"]["group"], definition["spec"]["names"]
            module = f"{_module(group)}_{version['name']}"
            models = import_module(f"made_{name}.api.{module}")
            properties = version["schema"]["openAPIV3Schema"]["properties"]
            body = {"metadata": {"name": f"x-{version['name']}"}, "spec": value(properties["spec"])}
            obj = json.convert(body, getattr(models, names["kind"]))
            namespaced = definition["spec"]["scope"] == "Namespaced"
            method = _method(getattr(typed, module), names["plural"])

            created = (method("default") if namespaced else method()).create(obj)

            if version["storage"]:  # what the stored version does not know is lost, as versions are not converted
                assert json.decode(json.encode(created.spec), dict[str, Any]) == body["spec"]


def _method(group: Any, plural: str) -> Any:
    return next(getattr(group, name) for name in dir(group) if name.replace("_", "") == plural)


def test_objects_live_their_lives(made: Made) -> None:
    name, package = made
    module, method, kind, _ = _RESOURCES[name]
    sample = _sample(name)
    with _cluster(name).client() as client:
        resource = getattr(getattr(package.Clientset.of(client), module), method)("default")

        created = resource.create(_object(name, "one"))
        created.metadata.labels = {"seen": "yes"}
        updated = resource.update(created)
        assert resource.get("one") == updated
        updated.status = json.convert(sample["status"], type(_status_of(name)))
        stated = resource.update_status(updated)
        assert json.decode(json.encode(stated.status), dict[str, Any]) == sample["status"]
        with resource.watch() as events:
            assert next(iter(events)).object == stated
        patched = resource.patch("one", {"metadata": {"annotations": {"a": "b"}}}, patch_type="merge")
        assert patched.metadata.annotations == {"a": "b"}
        assert [one.metadata.name for one in resource.list(label_selector="seen=yes").items] == ["one"]
        assert type(resource.list()).__name__ == f"{kind}List"
        resource.delete("one")
        with pytest.raises(errors.NotFound):
            resource.get("one")


def _status_of(name: str) -> Any:
    module, _, kind, _ = _RESOURCES[name]
    return getattr(import_module(f"made_{name}.api.{module}"), f"{kind}Status")()


def test_configurations_are_applied_and_extracted(made: Made) -> None:
    name, package = made
    module, method, kind, _ = _RESOURCES[name]
    configuration = getattr(import_module(f"made_{name}.applyconfigurations.{module}"), kind)
    wanted = configuration("one", "default").with_labels({"a": "b"})
    wanted.spec = type(wanted).from_dict({"spec": _sample(name)["spec"]}).spec
    with _cluster(name).client() as client:
        resource = getattr(getattr(package.Clientset.of(client), module), method)("default")

        applied = resource.apply(wanted, field_manager="me")
        again = configuration.extract(applied, "me")

        assert applied.metadata.labels == {"a": "b"}
        assert again == wanted
        assert resource.apply(again, field_manager="me").metadata.resource_version == applied.metadata.resource_version
        assert again.to_dict()["spec"] == _sample(name)["spec"]


def test_informers_follow_and_listers_read(made: Made) -> None:
    name, package = made
    module, method, _, _ = _RESOURCES[name]
    with _cluster(name).client() as client:
        typed = package.Clientset.of(client)
        getattr(typed, module)
        getattr(getattr(typed, module), method)("default").create(_object(name, "one"))
        factory = package.SharedInformerFactory(typed)
        informer = getattr(getattr(factory, module), method)
        with factory:
            assert informer.lister.namespace("default").get("one").metadata.name == "one"
            assert informer is factory.informer(getattr(getattr(typed, module), method)(""))


def test_the_same_holds_for_asyncio(made: Made) -> None:
    name, package = made
    module, method, kind, _ = _RESOURCES[name]
    configurations = import_module(f"made_{name}.applyconfigurations.{module}")

    async def run() -> None:
        async with _cluster(name).async_client() as client:
            typed = package.AsyncClientset.of(client)
            resource = getattr(getattr(typed, module), method)("default")
            created = await resource.create(_object(name, "one"))
            created.status = json.convert(_sample(name)["status"], type(_status_of(name)))
            stated = await resource.update_status(created)
            assert await resource.get("one") == stated
            applied = await resource.apply(
                getattr(configurations, kind)("one", "default").with_labels({"a": "b"}), field_manager="me"
            )
            assert applied.metadata.labels == {"a": "b"}
            async with resource.watch() as events:
                assert (await anext(aiter(events))).object == applied
            async with package.AsyncSharedInformerFactory(typed) as factory:
                informer = getattr(getattr(factory, module), method)
                factory.start()
                assert await factory.wait_for_cache_sync(10)
                assert informer.lister.namespace("default").get("one") == applied
            await resource.delete_collection()
            assert (await resource.list()).items == []

    asyncio.run(run())


def test_what_can_be_scaled_has_a_scale(source_root: Path) -> None:
    package = import_module("made_monitoring")
    with _cluster("monitoring").client() as client:
        resource = package.Clientset.of(client).monitoring_v1.prometheuses("default")
        resource.create(_object("monitoring", "one"))
        scale = resource.get_scale("one")
        scale.spec.replicas = 5
        resource.update_scale("one", scale)

        assert resource.get("one").spec.shards == 5
        assert not hasattr(package.Clientset.of(client).monitoring_v1.probes("default"), "get_scale")


def test_what_is_required_and_not_given_is_named_by_the_server(source_root: Path) -> None:
    package, models = import_module("made_certificates"), import_module("made_certificates.api.cert_manager_v1")
    with _cluster("certificates").client() as client:
        certificate = models.Certificate(spec=models.CertificateSpec(dns_names=["example.com"]))
        certificate.metadata.name = "web"

        with pytest.raises(errors.Invalid, match=r"spec.issuerRef.name: Required value") as caught:
            package.Clientset.of(client).cert_manager_v1.certificates("default").create(certificate)
        assert "spec.secretName: Required value" in str(caught.value)


def test_known_choices_bind_programs_but_not_servers(source_root: Path) -> None:
    models = import_module("made_certificates.api.cert_manager_v1")

    read = json.decode(b'{"spec":{"privateKey":{"algorithm":"Later"}}}', models.Certificate)

    assert read.spec.private_key.algorithm == "Later"


def test_a_client_of_its_own_connects_by_a_config(source_root: Path) -> None:
    from kubeclient.rest import Config

    package = import_module("made_gateway")
    with _cluster("gateway").serve() as server, package.Clientset.from_config(Config(server.url)) as client:
        assert client.gateway_v1.gateway_classes().list().items == []
