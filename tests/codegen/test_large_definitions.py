"""Packages made of large definitions: imported, type-checked, and used against a cluster that has the same definitions."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from codegen.samples import FOLDER, SETS, definitions, served, value

from kubeclient.apimachinery import errors, json
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


def test_the_sets_are_large() -> None:
    fields = {name: sum(_fields(version["schema"]["openAPIV3Schema"]) for _, version in served(name)) for name in SETS}

    assert min(fields.values()) > 500
    assert all(len(definitions(name)) >= 6 for name in SETS)


def _fields(schema: Any) -> int:
    if isinstance(schema, dict):
        return len(schema.get("properties", {})) + sum(_fields(inner) for inner in schema.values())
    return sum(_fields(inner) for inner in schema) if isinstance(schema, list) else 0


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
