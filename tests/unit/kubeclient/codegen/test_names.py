"""Names on the wire become names in Python that nothing else uses."""

from __future__ import annotations

import pytest

from kubeclient.codegen.names import Names, attribute_names, class_name, method_name, module_name, snake_case


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("replicas", "replicas"),
        ("podIPs", "pod_ips"),
        ("clusterIP", "cluster_ip"),
        ("externalURL", "external_url"),
        ("partial_response_strategy", "partial_response_strategy"),
        ("x-kubernetes-thing", "x_kubernetes_thing"),
        ("$ref", "ref"),
        ("a/b", "a_b"),
        ("HTTPRoute", "http_route"),
        ("oauth2", "oauth2"),
    ],
)
def test_words_are_found(wire: str, name: str) -> None:
    assert snake_case(wire) == name


def _name(wire: str, *, of_kind: bool = False) -> str:
    return attribute_names([wire], of_kind=of_kind)[wire]


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("class", "class_"),
        ("from", "from_"),
        ("None", "none"),
        ("3d", "field_3d"),
        ("$", "field_24"),
        ("", "field_"),
        ("field", "field_"),
        ("fromDict", "from_dict_"),
        ("withName", "with_name_field"),
        ("labels", "labels"),
    ],
)
def test_what_python_or_the_source_uses_is_evaded(wire: str, name: str) -> None:
    assert _name(wire) == name


@pytest.mark.parametrize("wire", ["labels", "name", "kind", "ownerReferences"])
def test_kinds_have_a_name_and_labels_already(wire: str) -> None:
    assert _name(wire, of_kind=True) == f"{snake_case(wire)}_field"


def test_names_that_differ_by_capitals_or_marks_only_get_numbers_in_a_fixed_order() -> None:
    wires = ["proxyUrl", "proxyURL", "proxy-url", "proxy_url_2", "class", "class_"]

    names = attribute_names(wires, of_kind=False)

    assert names == attribute_names(reversed(wires), of_kind=False)
    assert names["proxy-url"] == "proxy_url"
    assert names["proxyURL"] == "proxy_url_2"
    assert len({name.rstrip("_") for name in names.values()}) == len(wires)


def test_classes_are_words_in_capitals() -> None:
    assert [class_name(text) for text in ("config-map", "podIPs", "Widget", "$x", "-")] == [
        "ConfigMap",
        "PodIPs",
        "Widget",
        "X",
        "",
    ]


def test_classes_keep_off_names_that_modules_import() -> None:
    names = Names("AsyncWidgetsV1")

    taken = [names.take(one) for one in ("Widget", "Widget", "Time", "Condition", "None", "AsyncWidgetsV1", "3d", "-")]

    assert taken == ["Widget", "Widget2", "Time2", "Condition2", "None2", "AsyncWidgetsV12", "Kind3d", "Value"]


def test_methods_are_plurals_in_the_words_of_the_kind() -> None:
    assert method_name("NetworkPolicy", "networkpolicies") == "network_policies"
    assert method_name("HTTPRoute", "httproutes") == "http_routes"
    assert method_name("Widget", "things") == "things"


def test_modules_are_called_after_the_first_label_of_the_group() -> None:
    assert module_name("cert-manager.io", "v1") == "cert_manager_v1"
    assert module_name("gateway.networking.k8s.io", "v1beta1") == "gateway_v1beta1"
    assert module_name("", "v1") == "core_v1"
