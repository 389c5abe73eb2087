"""What is rendered of descriptions is Python that does what client-go's generated code does, for anybody's types."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.quantity import Quantity
from kubeclient.applyconfigurations import core_v1
from kubeclient.codegen import apply_configurations, informers, models, typed_clients
from kubeclient.codegen.description import (
    ClientResource,
    Field,
    FieldType,
    Group,
    ListedResource,
    ModelField,
    ModelModule,
    ModelStruct,
    OwnClient,
    Struct,
)

SPEC = Struct(
    "WidgetSpec",
    (
        Field("size", "size", FieldType("one", "int")),
        Field("list", "list", FieldType("list", "str")),
        Field("class_", "class", FieldType("one", "str")),
        Field("pod_ips", "podIPs", FieldType("map", "Quantity")),
        Field("template", "template", FieldType("one", "PodTemplateSpec", "core_v1")),
        Field("others", "others", FieldType("list", "WidgetSpec")),
    ),
)
WIDGET = Struct(
    "Widget",
    (Field("metadata", "metadata", FieldType("one", "ObjectMeta", "meta_v1")), Field("spec", "spec", FieldType("one", "WidgetSpec"))),
    GroupVersionKind("example.com", "v1", "Widget"),
    namespaced=True,
)  # fmt: skip
CALLS = frozenset(("create", "update", "delete", "delete_collection", "get", "list", "watch", "patch", "apply"))


def _resource(calls: frozenset[str] = CALLS, own: OwnClient | None = None) -> ClientResource:
    return ClientResource("example.com", "v1", "widgets", "Widget", "WidgetList", True, "widgets", calls, own)


@pytest.fixture
def rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    package = tmp_path / "widgets_rendered"
    package.mkdir()
    (package / "__init__.py").write_text("")
    group = Group("example_v1", "example.com/v1", (WIDGET, SPEC))
    source = apply_configurations.render(
        group,
        models="my.api",
        elsewhere={"core_v1": apply_configurations.PACKAGE, "meta_v1": apply_configurations.PACKAGE},
    )
    (package / "example_v1.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield import_module("widgets_rendered.example_v1")
    for name in [name for name in sys.modules if name.startswith("widgets_rendered")]:
        del sys.modules[name]


def test_a_rendered_configuration_builds_objects(rendered: Any) -> None:
    spec = rendered.WidgetSpec(size=0, class_="big").with_list("a", "b").with_class("small")
    widget = rendered.Widget("w", "default", labels={"a": "b"}, spec=spec.with_others(rendered.WidgetSpec(size=1)))

    assert widget.to_dict() == {
        "kind": "Widget",
        "apiVersion": "example.com/v1",
        "metadata": {"name": "w", "namespace": "default", "labels": {"a": "b"}},
        "spec": {"size": 0, "class": "small", "list": ["a", "b"], "others": [{"size": 1}]},
    }


def test_a_rendered_configuration_reads_types_of_its_own_and_builtin_ones(rendered: Any) -> None:
    plain = {"spec": {"podIPs": {"a": "1"}, "template": {"spec": {"hostname": "h"}}, "others": [{"size": 2}]}}

    widget = rendered.Widget.from_dict(plain)

    assert widget.spec.pod_ips == {"a": Quantity("1")}
    assert widget.spec.template == core_v1.PodTemplateSpec(spec=core_v1.PodSpec(hostname="h"))
    assert widget.spec.others == [rendered.WidgetSpec(size=2)]
    assert rendered.extract_widget.__self__ is rendered.Widget


def test_a_name_that_a_field_takes_from_a_builtin_type_is_written_with_its_module() -> None:
    source = apply_configurations.render(Group("example_v1", "example.com/v1", (SPEC,)))

    assert "    list: builtins.list[str] | None = None\n" in source
    assert "    others: builtins.list[WidgetSpec] | None = None\n" in source
    assert "import builtins" in source


def test_a_rendered_client_has_the_class_that_fits_its_calls() -> None:
    def returned(calls: frozenset[str], own: OwnClient | None = None) -> str:
        source = typed_clients.render("example_v1", "example.com/v1", [_resource(calls, own)], models="my.api")
        assert "from my.api.example_v1 import Widget, WidgetList" in source
        return source.partition(" -> ")[2].partition("def widgets")[2].partition("-> ")[2].partition(":\n")[0]

    status = CALLS | {"update_status", "apply_status"}
    scale = status | {"get_scale", "update_scale"}
    assert returned(frozenset({"create"})) == "AsyncCreateClient[Widget, WidgetList]"
    assert returned(CALLS) == "AsyncResourceClient[Widget, WidgetList]"
    assert returned(status) == "AsyncStatusClient[Widget, WidgetList]"
    assert returned(scale) == "AsyncScaleReadClient[Widget, WidgetList, Scale]"
    assert returned(scale | {"apply_scale"}) == "AsyncScalableClient[Widget, WidgetList, Scale]"
    assert returned(CALLS, OwnClient("my.clients", "AsyncWidgets", ("Widget",))) == "AsyncWidgets[Widget]"


@pytest.mark.parametrize("calls", [CALLS | {"explode"}, CALLS - {"get"}])
def test_calls_that_no_client_has_are_refused(calls: frozenset[str]) -> None:
    with pytest.raises(ValueError, match="example_v1 widgets: no client has"):
        typed_clients.render("example_v1", "example.com/v1", [_resource(calls)])


def test_a_rendered_clientset_and_its_informers_name_every_group() -> None:
    clientset = typed_clients.render_clientset(["example_v1", "other_v1beta1"])
    mixin = informers.render_groups(["example_v1"])
    module = informers.render("example_v1", "example.com/v1", [ListedResource("widgets", "Widget", namespaced=True)])

    for source in (clientset, mixin, module):
        compile(source, "rendered", "exec")
    assert "def other_v1beta1(self) -> AsyncOtherV1beta1:" in clientset
    assert "def example_v1(self) -> AsyncExampleV1Informers:" in mixin
    assert "def widgets(self) -> AsyncSharedIndexInformer[Widget]:" in module
    assert "self._client.widgets(self._namespace)" in module


def test_rendered_models_read_and_write_as_go_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = ModelStruct(
        "GadgetSpec",
        (
            ModelField("size", "size", "int", "always(0)"),
            ModelField("pod_ips", "podIPs", "list[str]", "[]"),
            ModelField("rules", "rules", "NullableList[str]", "nil_list()", "NIL_LIST"),
        ),
    )
    gadget = ModelStruct(
        "Gadget",
        (ModelField("spec", "spec", "GadgetSpec", "field(default_factory=lambda: GadgetSpec())"),),
        tells_kind=True,
        gvk=GroupVersionKind("example.com", "v1", "Gadget"),
    )
    module = ModelModule("example.com/v1", (gadget, spec), frozenset(("always", "nil_list", "NullableList", "field")))

    (tmp_path / "gadgets_rendered.py").write_text(models.render(module))
    monkeypatch.syspath_prepend(str(tmp_path))
    made = import_module("gadgets_rendered").Gadget
    read = json.decode(b'{"spec":{"podIPs":["a"],"rules":null}}', made)
    del sys.modules["gadgets_rendered"]

    assert read.spec.pod_ips == ["a"]
    assert json.encode(made()) == (b'{"kind":"Gadget","apiVersion":"example.com/v1","spec":{"size":0,"rules":null}}')
