"""Pod security: labels of namespaces hold pods to a level."""

from __future__ import annotations

from typing import Any

import pytest

from kubefake.pipeline.podchecks import LATEST, evaluate

NAMESPACE = "/api/v1/namespaces/default"
PODS = f"{NAMESPACE}/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
MERGE = "application/merge-patch+json"
LABEL = "pod-security.kubernetes.io/"
CAREFUL: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def label(client: Any, **labels: str) -> tuple[int, Any]:
    given = {LABEL + key.replace("_", "-"): value for key, value in labels.items()}
    result: tuple[int, Any] = client(f"PATCH {NAMESPACE}", {"metadata": {"labels": given}}, type=MERGE)
    return result


def pod(name: str = "p", **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "nginx:1.25"}], **spec}}


def warnings(client: Any, line: str, body: Any, type: str = "application/json") -> list[str]:
    answer = client.raw(line, body, type=type)
    found = [value for name, value in answer.headers if name.lower() == "warning"]
    return [value.removeprefix('299 - "').removesuffix('"').replace('\\"', '"') for value in found]


def refusals(spec: dict[str, Any], *, level: str = "baseline", version: int = LATEST) -> list[str]:
    return [str(refusal) for refusal in evaluate(level, version, {}, spec)]


def container(name: str = "c", **security: Any) -> dict[str, Any]:
    return {"name": name, "image": "x", "securityContext": security}


def test_an_enforced_level_refuses_pods(client: Any) -> None:
    label(client, enforce="baseline")

    code, status = client(f"POST {PODS}", pod(hostPID=True))

    assert code == 403
    assert status["message"] == (
        'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)'
    )


def test_updates_that_touch_no_image_are_not_looked_at(client: Any) -> None:
    client(f"POST {PODS}", pod(hostPID=True))
    label(client, enforce="baseline")

    assert client(f"PATCH {PODS}/p", {"metadata": {"labels": {"a": "b"}}}, type=MERGE)[0] == 200
    image = {"spec": {"containers": [{"name": "c", "image": "other:1"}]}}
    assert client(f"PATCH {PODS}/p", image, type="application/strategic-merge-patch+json")[0] == 403


def test_templates_are_warned_of_by_the_enforced_level(client: Any) -> None:
    label(client, enforce="baseline")
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod(hostPID=True)["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}

    body = {"metadata": {"name": "d"}, "spec": spec}
    assert warnings(client, f"POST {DEPLOYMENTS}", body) == [
        'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)'
    ]
    assert warnings(client, f"PATCH {DEPLOYMENTS}/d/scale", {"spec": {"replicas": 2}}, MERGE) == []


def test_who_raises_a_level_hears_of_the_pods_that_break_it(client: Any) -> None:
    for name in ("a", "b"):
        client(f"POST {PODS}", pod(name, hostPID=True))

    body = {"metadata": {"labels": {LABEL + "enforce": "baseline"}}}
    assert warnings(client, f"PATCH {NAMESPACE}", body, MERGE) == [
        'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
        "a (and 1 other pod): host namespaces",
    ]


def test_labels_name_levels_and_versions(client: Any) -> None:
    code, status = label(client, enforce="strict", warn_version="1.2")

    assert code == 422
    assert [cause["message"] for cause in status["details"]["causes"]] == [
        'Invalid value: "strict": must be one of privileged, baseline, restricted',
        'Invalid value: "1.2": must be "latest" or "v1.x"',
    ]


def test_a_careful_pod_passes_every_level() -> None:
    assert refusals({"containers": [container(**CAREFUL)]}, level="restricted") == []


def test_a_pod_that_says_nothing_is_told_what_to_say() -> None:
    assert refusals({"containers": [container("a"), container("b", **CAREFUL)]}, level="restricted") == [
        'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
        'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
        'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)',
        (
            'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or '
            '"Localhost")'
        ),
    ]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            {"containers": [container(capabilities={"add": ["NET_RAW"]})]},
            'non-default capabilities (container "c" must not include "NET_RAW" in securityContext.capabilities.add)',
        ),
        (
            {"volumes": [{"name": "a", "hostPath": {}}, {"name": "b", "hostPath": {}}]},
            'hostPath volumes (volumes "a", "b")',
        ),
        (
            {"containers": [{"name": "c", "ports": [{"hostPort": 80}, {"hostPort": 9}]}]},
            'hostPort (container "c" uses hostPorts 80, 9)',
        ),
        (
            {"containers": [{"name": "c", "livenessProbe": {"httpGet": {"host": "1.2.3.4"}}}]},
            'probe or lifecycle host (container "c" uses probe or lifecycle host "1.2.3.4")',
        ),
        (
            {"securityContext": {"seLinuxOptions": {"type": "y", "user": "u"}}},
            'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "y"; user may not be set)',
        ),
        ({"securityContext": {"sysctls": [{"name": "a.b"}]}}, "forbidden sysctls (a.b)"),
        (
            {"securityContext": {"windowsOptions": {"hostProcess": True}}},
            "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
        ),
        (
            {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}},
            'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
        ),
    ],
)
def test_the_baseline_says_what_it_forbids(spec: dict[str, Any], said: str) -> None:
    assert refusals(spec) == [said]


def test_older_versions_ask_for_less() -> None:
    bare = {"containers": [container(runAsUser=0, runAsNonRoot=True, allowPrivilegeEscalation=False)]}

    assert refusals(bare, level="restricted", version=18) == []
    assert refusals(bare, level="restricted", version=23)[1] == 'runAsUser=0 (container "c" must not set runAsUser=0)'


def test_user_namespaces_make_root_harmless() -> None:
    spec = {"hostUsers": False, "containers": [container(**{**CAREFUL, "runAsUser": 0, "runAsNonRoot": None})]}

    assert refusals(spec, level="restricted", version=35) == []
    assert len(refusals(spec, level="restricted", version=34)) == 2
