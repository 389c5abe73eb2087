"""The descriptors of the resources that have a typed client."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kubeclient import api
from kubeclient.api.descriptor import TypedResource
from kubeclient.api.resources import RESOURCES, by_kind, by_resource

_OWN = [one for one in RESOURCES if not one.extra and not one.older]


def test_there_are_the_153_resources_of_53_group_versions() -> None:
    assert len(_OWN) == 153
    assert len({one.module for one in _OWN}) == 53
    assert [(one.module, one.plural) for one in RESOURCES if one.extra] == [
        ("apiextensions_v1", "customresourcedefinitions"),
        ("apiregistration_v1", "apiservices"),
    ]


def test_there_is_also_what_older_client_go_had() -> None:
    older = [f"{one.api_version} {one.plural}" for one in RESOURCES if one.older]

    assert older == [
        "autoscaling/v2beta1 horizontalpodautoscalers",
        "autoscaling/v2beta2 horizontalpodautoscalers",
        "batch/v2alpha1 cronjobs",
        "discovery.k8s.io/v1alpha1 endpointslices",
        "extensions/v1beta1 podsecuritypolicies",
        "flowcontrol.apiserver.k8s.io/v1alpha1 flowschemas",
        "flowcontrol.apiserver.k8s.io/v1alpha1 prioritylevelconfigurations",
        "policy/v1beta1 podsecuritypolicies",
        "scheduling.k8s.io/v1alpha1 priorityclasses",
        "settings.k8s.io/v1alpha1 podpresets",
    ]


def test_no_two_share_a_name() -> None:
    assert len(by_resource()) == len(RESOURCES)
    assert len(by_kind()) == len(RESOURCES)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: f"{one.module}.{one.plural}")
def test_every_resource_has_its_models(resource: TypedResource) -> None:
    assert resource.gvk == resource.model.GVK
    if resource.list_kind:
        assert resource.list_model.GVK.kind == f"{resource.kind}List"
        assert "list" in resource.calls


def test_a_resource_with_status_calls_has_a_status() -> None:
    without = [one for one in RESOURCES if "update_status" in one.calls and "status" not in one.subresources]

    assert [(one.module, one.plural) for one in without] == []


def test_calls_and_names_are_those_of_client_go() -> None:
    deployments = by_resource()["apps", "v1", "deployments"]
    pods = by_kind()["", "v1", "Pod"]
    namespaces = by_resource()["", "v1", "namespaces"]

    assert deployments.calls[-3:] == ("get_scale", "update_scale", "apply_scale")
    assert (deployments.short_names, deployments.categories) == (("deploy",), ("all",))
    assert pods.calls[-6:] == ("update_ephemeral_containers", "update_resize", "bind", "evict", "get_logs", "proxy_get")
    assert "delete_collection" not in namespaces.calls
    assert by_resource()["policy", "v1", "evictions"].calls == ("evict",)
    assert by_resource()["authorization.k8s.io", "v1", "subjectaccessreviews"].calls == ("create",)


def test_versions_that_are_not_served_any_more_are_described_as_their_relatives() -> None:
    ingresses = by_resource()["extensions", "v1beta1", "ingresses"]

    assert (ingresses.kind, ingresses.singular, ingresses.short_names) == ("Ingress", "ingress", ("ing",))
    assert not ingresses.served


def test_listing_what_cannot_be_listed_is_refused() -> None:
    with pytest.raises(LookupError, match="have no list kind"):
        _ = by_resource()["authentication.k8s.io", "v1", "tokenreviews"].list_model


def test_importing_the_descriptors_imports_no_model() -> None:
    script = "import sys, kubeclient.api.resources; print([m for m in sys.modules if m.startswith('kubeclient.api.')])"

    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert not re.search(r"_v\d", shown)


def test_the_package_loads_groups_on_first_use_and_does_not_list_them_before() -> None:
    script = (
        "import sys; from kubeclient import api; print('core_v1' in dir(api)); "
        "print(api.core_v1.Pod().kind, 'core_v1' in dir(api)); print('kubeclient.api.core_v1' in sys.modules)"
    )

    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert shown.split() == ["False", "Pod", "True", "True"]


def test_the_package_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'core_v2'"):
        _ = api.core_v2  # type: ignore[attr-defined]


def test_what_the_real_server_serves_is_described_as_it_says(shared: Path) -> None:
    served = {}
    for name in ("discovery-api.json", "discovery-apis.json"):
        for group in json.loads((shared / "facts" / "default" / name).read_bytes())["items"]:
            for version in group["versions"]:
                for resource in version["resources"]:
                    served[group["metadata"].get("name", ""), version["version"], resource["resource"]] = resource

    for key, resource in by_resource().items():
        if key in served:
            assert _described(served[key]) == (
                *(resource.kind, resource.singular, resource.namespaced, resource.verbs),
                *(resource.short_names, resource.categories, resource.subresources),
            )


def _described(resource: dict[str, Any]) -> tuple[Any, ...]:
    return (
        resource["responseKind"]["kind"],
        resource["singularResource"],
        resource["scope"] == "Namespaced",
        tuple(resource["verbs"]),
        tuple(resource.get("shortNames", ())),
        tuple(resource.get("categories", ())),
        tuple(one["subresource"] for one in resource.get("subresources", ())),
    )
