"""Old API versions: other views of what is stored today, each with its own defaults, and kinds that are no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient import Clientset
from kubeclient.api import authorization_v1beta1, extensions_v1beta1
from kubeclient.api.resources import RESOURCES
from kubeclient.apimachinery.errors import BadRequest, Invalid, NotFound
from kubeclient.apimachinery.unstructured import Unstructured
from kubeclient.applyconfigurations import extensions_v1beta1 as old
from kubeclient.transport.protocol import Request
from kubefake import Cluster, World
from kubefake.resources.legacy import legacy_resources
from kubefake.resources.registry import Registry

JSON = dict[str, Any]


@pytest.fixture
def client() -> Clientset:
    return Cluster(legacy=True).client()


def _make(
    client: Clientset, api_version: str, plural: str, kind: str, body: JSON, *, namespace: str = "default"
) -> JSON:
    obj = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **body}
    return client.dynamic.resource(api_version, plural).namespace(namespace).create(Unstructured(obj)).object


def _see(client: Clientset, api_version: str, plural: str, *, namespace: str = "default") -> JSON:
    return client.dynamic.resource(api_version, plural).namespace(namespace).get("a").object


def _template(**metadata: Any) -> JSON:
    return {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}} | metadata


def test_they_are_served_only_where_they_are_switched_on() -> None:
    with pytest.raises(NotFound):
        Cluster().client().extensions_v1beta1.deployments("default").list()

    plain, everything = Registry.builtin(), Registry.builtin(legacy=True)
    assert list(plain) == list(everything)[: len(plain)]
    assert len(everything) - len(plain) == len(legacy_resources())


def test_worlds_serve_them_too() -> None:
    with World(legacy=True) as world:
        assert world.cluster.client().settings_v1alpha1.pod_presets("").list().items == []


def test_every_typed_client_of_an_old_version_is_answered(client: Clientset) -> None:
    today = {row.plural for row in RESOURCES if row.served}
    for row in RESOURCES:
        if not row.served and "list" in row.verbs and (row.older or row.plural in today):
            listed = client.resource(row).list()
            assert (listed.kind, listed.api_version) == (row.list_kind, row.api_version)


def test_the_preferred_version_of_a_group_stays_todays(client: Clientset) -> None:
    groups = client.discovery.server_groups()

    versions = {group.name: [one.version for one in group.versions] for group in groups}
    assert versions["apps"] == ["v1", "v1beta2", "v1beta1"]
    assert versions["autoscaling"] == ["v2", "v1", "v2beta2", "v2beta1"]
    assert versions["extensions"] == ["v1beta1"]
    assert versions["settings.k8s.io"] == ["v1alpha1"]


def test_discovery_tells_that_the_versions_of_a_kind_are_stored_alike(client: Clientset) -> None:
    hashes = {}
    for api_version in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "apps/v1"):
        listed = client.discovery.server_resources_for_group_version(api_version).resources
        hashes[api_version] = [one.storage_version_hash for one in listed if one.name == "deployments"]

    assert len({text for [text] in hashes.values()}) == 1
    assert client.apiregistration_v1.api_services().get("v1beta1.extensions").spec.group == "extensions"


@pytest.mark.parametrize(
    ("api_version", "expected"),
    [
        ("extensions/v1beta1", {"rolling": 1, "history": 2147483647, "deadline": 2147483647}),
        ("apps/v1beta1", {"rolling": "25%", "history": 2, "deadline": 600}),
    ],
)
def test_deployments_have_the_defaults_of_their_version(client: Clientset, api_version: str, expected: JSON) -> None:
    made = _make(client, api_version, "deployments", "Deployment", {"spec": {"template": _template()}})
    seen = _see(client, "apps/v1", "deployments")

    for obj in (made, seen):
        spec = obj["spec"]
        assert spec["selector"] == {"matchLabels": {"app": "a"}}
        assert obj["metadata"]["labels"] == {"app": "a"}
        rolling = {"maxUnavailable": expected["rolling"], "maxSurge": expected["rolling"]}
        assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}
        assert spec["revisionHistoryLimit"] == expected["history"]
        assert spec["progressDeadlineSeconds"] == expected["deadline"]
    assert (made["apiVersion"], seen["apiVersion"]) == (api_version, "apps/v1")


def test_apps_v1beta2_asks_for_a_selector_and_has_todays_defaults(client: Clientset) -> None:
    with pytest.raises(Invalid, match=r"spec\.selector: Required value"):
        _make(client, "apps/v1beta2", "deployments", "Deployment", {"spec": {"template": _template()}})
    selector = {"matchLabels": {"app": "a"}}
    body = {"spec": {"template": _template(), "selector": selector}}
    _make(client, "apps/v1beta2", "deployments", "Deployment", body)

    assert _see(client, "apps/v1beta2", "deployments")["spec"]["revisionHistoryLimit"] == 10


def test_daemon_sets_and_stateful_sets_were_updated_by_hand(client: Clientset) -> None:
    daemons = _make(client, "extensions/v1beta1", "daemonsets", "DaemonSet", {"spec": {"template": _template()}})
    body = {"spec": {"template": _template(), "serviceName": "s"}}
    stateful = _make(client, "apps/v1beta1", "statefulsets", "StatefulSet", body)
    replicas = _make(client, "extensions/v1beta1", "replicasets", "ReplicaSet", {"spec": {"template": _template()}})

    assert daemons["spec"]["updateStrategy"] == stateful["spec"]["updateStrategy"] == {"type": "OnDelete"}
    assert daemons["spec"]["templateGeneration"] == 1
    assert replicas["spec"]["selector"] == {"matchLabels": {"app": "a"}}
    annotations = _see(client, "apps/v1", "daemonsets")["metadata"]["annotations"]
    assert annotations == {"deprecated.daemonset.template.generation": "1"}


@pytest.mark.parametrize("api_version", ["apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"])
def test_a_deletion_by_an_old_version_of_workloads_leaves_dependents(client: Clientset, api_version: str) -> None:
    kept = []
    for version in (api_version, "apps/v1"):
        body = {"spec": {"template": _template(), "selector": {"matchLabels": {"app": "a"}}}}
        _make(client, api_version, "deployments", "Deployment", body)
        held: JSON = {"metadata": {"finalizers": ["example.com/f"]}}
        client.dynamic.resource("apps/v1", "deployments").namespace("default").patch("a", held)
        client.dynamic.resource(version, "deployments").namespace("default").delete("a")
        kept.append(_see(client, "apps/v1", "deployments")["metadata"]["finalizers"])
        client.apps_v1.deployments("default").patch("a", {"metadata": {"finalizers": None}})

    assert kept == [["example.com/f", "orphan"], ["example.com/f"]]


@pytest.mark.parametrize("api_version", ["extensions/v1beta1", "networking.k8s.io/v1beta1"])
def test_an_ingress_is_seen_by_all_its_versions(client: Clientset, api_version: str) -> None:
    spec = {
        "backend": {"serviceName": "s", "servicePort": 80},
        "rules": [{"http": {"paths": [{"path": "/x", "backend": {"serviceName": "t", "servicePort": "web"}}]}}],
    }

    made = _make(client, api_version, "ingresses", "Ingress", {"spec": spec})

    path = {"path": "/x", "pathType": "ImplementationSpecific", "backend": {"serviceName": "t", "servicePort": "web"}}
    assert made["spec"] == {**spec, "rules": [{"http": {"paths": [path]}}]}
    path["backend"] = {"service": {"name": "t", "port": {"name": "web"}}}
    assert _see(client, "networking.k8s.io/v1", "ingresses")["spec"] == {
        "defaultBackend": {"service": {"name": "s", "port": {"number": 80}}},
        "rules": [{"http": {"paths": [path]}}],
    }


_EMPTY = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match"


@pytest.mark.parametrize(
    ("by", "given", "other", "seen"),
    [
        ("v1beta1", {}, "v1", {"matchExpressions": [{"key": _EMPTY, "operator": "Exists"}]}),
        ("v1", {}, "v1beta1", {"matchExpressions": [{"key": _EMPTY, "operator": "DoesNotExist"}]}),
        ("v1beta1", {"matchLabels": {"a": "b"}}, "v1", {"matchLabels": {"a": "b"}}),
    ],
)
def test_an_empty_selector_of_a_budget_means_what_its_version_said(
    client: Clientset, by: str, given: JSON, other: str, seen: JSON
) -> None:
    body = {"spec": {"minAvailable": 1, "selector": given}}
    _make(client, f"policy/{by}", "poddisruptionbudgets", "PodDisruptionBudget", body)

    assert _see(client, f"policy/{other}", "poddisruptionbudgets")["spec"]["selector"] == seen
    assert _see(client, f"policy/{by}", "poddisruptionbudgets")["spec"]["selector"] == given


def test_autoscalers_move_between_four_versions(client: Clientset) -> None:
    target = {"kind": "Deployment", "name": "d", "apiVersion": "apps/v1"}
    metrics = [
        {"type": "Resource", "resource": {"name": "memory", "targetAverageUtilization": 70}},
        {"type": "Pods", "pods": {"metricName": "m", "targetAverageValue": "5"}},
    ]
    body = {"spec": {"scaleTargetRef": target, "maxReplicas": 3, "metrics": metrics}}
    name = "horizontalpodautoscalers"

    made = _make(client, "autoscaling/v2beta1", name, "HorizontalPodAutoscaler", body)

    assert made["spec"] == {**body["spec"], "minReplicas": 1}
    newer = [
        {
            "type": "Resource",
            "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}},
        },
        {"type": "Pods", "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "5"}}},
    ]
    assert _see(client, "autoscaling/v2", name)["spec"]["metrics"] == newer
    assert _see(client, "autoscaling/v2beta2", name)["spec"]["metrics"] == newer
    assert "autoscaling.alpha.kubernetes.io/metrics" in _see(client, "autoscaling/v1", name)["metadata"]["annotations"]


@pytest.mark.parametrize("version", ["v1beta1", "v2alpha1"])
def test_cron_jobs_are_todays(client: Clientset, version: str) -> None:
    job = {
        "spec": {"template": _template(spec={"containers": [{"name": "c", "image": "i"}], "restartPolicy": "Never"})}
    }
    body = {"spec": {"schedule": "* * * * *", "jobTemplate": job}}
    _make(client, f"batch/{version}", "cronjobs", "CronJob", body)

    seen = _see(client, "batch/v1", "cronjobs")["spec"]
    assert (seen["concurrencyPolicy"], seen["successfulJobsHistoryLimit"]) == ("Allow", 3)


def test_places_of_endpoints_were_labels(client: Clientset) -> None:
    topology = {"topology.kubernetes.io/zone": "z", "kubernetes.io/hostname": "n", "x": "y"}
    endpoint = {"addresses": ["1.2.3.4"], "nodeName": "n", "topology": topology}
    body = {"addressType": "IPv4", "endpoints": [endpoint]}
    made = _make(client, "discovery.k8s.io/v1beta1", "endpointslices", "EndpointSlice", body)

    [seen] = _see(client, "discovery.k8s.io/v1", "endpointslices")["endpoints"]
    assert (seen["zone"], seen["nodeName"], seen["deprecatedTopology"]) == ("z", "n", {"x": "y"})
    assert made["endpoints"][0]["topology"] == topology


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1", "v1beta2"])
def test_shares_of_concurrency_were_assured(client: Clientset, version: str) -> None:
    group, name = "flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations"
    body = {"spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}}}
    made = _make(client, f"{group}/{version}", name, "PriorityLevelConfiguration", body, namespace="")

    assert made["spec"]["limited"]["assuredConcurrencyShares"] == 30
    assert _see(client, f"{group}/v1", name, namespace="")["spec"]["limited"]["nominalConcurrencyShares"] == 30


def test_v1beta3_says_in_an_annotation_that_there_are_no_shares(client: Clientset) -> None:
    group, name = "flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations"
    limited = {"nominalConcurrencyShares": 0, "limitResponse": {"type": "Reject"}}
    kind = "PriorityLevelConfiguration"
    _make(client, f"{group}/v1", name, kind, {"spec": {"type": "Limited", "limited": limited}}, namespace="")

    seen = _see(client, f"{group}/v1beta3", name, namespace="")
    resource = client.dynamic.resource(f"{group}/v1beta3", name).namespace("")
    after = resource.update(Unstructured({**seen, "metadata": {**seen["metadata"], "labels": {"x": "y"}}})).object

    assert seen["metadata"]["annotations"] == {"flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares": ""}
    assert after["spec"]["limited"]["nominalConcurrencyShares"] == 0
    assert "annotations" not in _see(client, f"{group}/v1", name, namespace="")["metadata"]


def test_subjects_of_alpha_roles_named_versions(client: Clientset) -> None:
    subjects = [{"kind": "User", "name": "*"}, {"kind": "ServiceAccount", "name": "s", "namespace": "default"}]
    body = {"roleRef": {"kind": "Role", "name": "r"}, "subjects": subjects}
    group = "rbac.authorization.k8s.io"
    made = _make(client, f"{group}/v1alpha1", "rolebindings", "RoleBinding", body)

    everybody = {"kind": "Group", "apiGroup": group, "name": "system:authenticated"}
    assert _see(client, f"{group}/v1", "rolebindings")["subjects"] == [everybody, subjects[1]]
    assert [one["apiVersion"] for one in made["subjects"]] == [f"{group}/v1alpha1", "v1"]


def test_runtime_classes_had_a_spec(client: Clientset) -> None:
    made = _make(
        client,
        "node.k8s.io/v1alpha1",
        "runtimeclasses",
        "RuntimeClass",
        {"spec": {"runtimeHandler": "h", "overhead": {"podFixed": {"cpu": "1"}}}},
        namespace="",
    )
    seen = _see(client, "node.k8s.io/v1", "runtimeclasses", namespace="")

    assert made["spec"] == {"runtimeHandler": "h", "overhead": {"podFixed": {"cpu": "1"}}}
    assert (seen["handler"], seen["overhead"]) == ("h", {"podFixed": {"cpu": "1"}})


def test_webhooks_were_more_lenient(client: Clientset) -> None:
    rule = {"operations": ["CREATE"], "apiGroups": ["x.y"], "apiVersions": ["v1"], "resources": ["z"]}
    webhook = {"name": "a.b.c", "clientConfig": {"url": "https://a.b"}, "rules": [rule]}
    group = "admissionregistration.k8s.io"
    for version, refused in (("v1", True), ("v1beta1", False)):
        make = (client, f"{group}/{version}", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration")
        if refused:
            with pytest.raises(Invalid, match="sideEffects"):
                _make(*make, {"webhooks": [webhook]}, namespace="")
        else:
            [made] = _make(*make, {"webhooks": [webhook]}, namespace="")["webhooks"]

    told = (made["failurePolicy"], made["matchPolicy"], made["sideEffects"], made["timeoutSeconds"])
    assert told == ("Ignore", "Exact", "Unknown", 30)
    assert made["admissionReviewVersions"] == ["v1beta1"]


def test_events_of_the_older_group_version_are_kept_with_the_others(client: Clientset) -> None:
    body = {
        "regarding": {"namespace": "default", "kind": "Pod", "name": "p"},
        "eventTime": "2026-01-01T00:00:00.000000Z",
        "reportingController": "a/b",
        "reportingInstance": "x",
        "action": "a",
        "reason": "r",
        "type": "Normal",
        "note": "n",
    }
    made = _make(client, "events.k8s.io/v1beta1", "events", "Event", body)

    assert (made["note"], made["regarding"]["name"]) == ("n", "p")
    assert _see(client, "v1", "events")["message"] == "n"


def test_kinds_that_are_no_more_are_stored_and_checked(client: Clientset) -> None:
    rules = {name: {"rule": "RunAsAny"} for name in ("seLinux", "runAsUser", "supplementalGroups", "fsGroup")}
    kind = "PodSecurityPolicy"
    made = _make(client, "policy/v1beta1", "podsecuritypolicies", kind, {"spec": rules}, namespace="")
    preset = {"spec": {"selector": {"matchLabels": {"a": "b"}}, "env": [{"name": "A", "value": "b"}]}}
    _make(client, "settings.k8s.io/v1alpha1", "podpresets", "PodPreset", preset)

    assert made["spec"]["allowPrivilegeEscalation"] is True
    old_view = _see(client, "extensions/v1beta1", "podsecuritypolicies", namespace="")
    assert (old_view["apiVersion"], old_view["spec"]) == ("extensions/v1beta1", made["spec"])
    assert client.settings_v1alpha1.pod_presets("default").get("a").spec.env[0].name == "A"
    body = {"spec": {**rules, "seLinux": {"rule": "x"}}}
    with pytest.raises(Invalid, match=r'spec\.seLinux\.rule: Unsupported value: "x"'):
        _make(client, "policy/v1beta1", "podsecuritypolicies", kind, body, namespace="")


def test_old_versions_warn_of_themselves() -> None:
    told: list[str] = []
    client = Clientset(Cluster(legacy=True).transport(), on_warning=lambda warning: told.append(warning.text))
    client.extensions_v1beta1.ingresses("default").list()

    assert told == [
        "extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress"
    ]


@pytest.mark.parity("TYP-09")
def test_scales_have_the_form_of_their_version(client: Clientset) -> None:
    _make(client, "extensions/v1beta1", "deployments", "Deployment", {"spec": {"template": _template()}})
    deployments = client.extensions_v1beta1.deployments("default")
    scale = deployments.get_scale("a")
    scale.spec.replicas = 5
    updated = deployments.update_scale("a", scale)
    wanted = old.Scale("a", "default", spec=old.ScaleSpec(replicas=2))
    applied = deployments.apply_scale("a", wanted, field_manager="me", force=True)

    assert (scale.status.selector, scale.status.target_selector) == ({"app": "a"}, "app=a")
    assert (updated.spec.replicas, applied.spec.replicas) == (5, 2)
    assert client.apps_v1.deployments("default").get_scale("a").status.selector == "app=a"


@pytest.mark.parity("TYP-16")
def test_a_rollback_is_noted_in_the_deployment(client: Clientset) -> None:
    _make(client, "extensions/v1beta1", "deployments", "Deployment", {"spec": {"template": _template()}})
    to = extensions_v1beta1.RollbackConfig(revision=3)
    deployments = client.extensions_v1beta1.deployments("default")

    deployments.rollback(
        extensions_v1beta1.DeploymentRollback(name="a", rollback_to=to, updated_annotations={"why": "b"})
    )

    assert deployments.get("a").spec.rollback_to == to
    noted = client.apps_v1.deployments("default").get("a").metadata.annotations
    assert noted == {"why": "b", "deprecated.deployment.rollback.to": "3"}
    with pytest.raises(NotFound):
        deployments.rollback(extensions_v1beta1.DeploymentRollback(name="b"))
    body = b'{"kind":"DeploymentRollback","apiVersion":"extensions/v1beta1","name":"b","rollbackTo":{}}'
    with pytest.raises(BadRequest, match="name in URL does not match"):
        deployments._write("POST", "a", "rollback", body, {})


def test_groups_in_questions_about_access_were_called_group(client: Clientset) -> None:
    attributes = authorization_v1beta1.ResourceAttributes(verb="get", resource="pods")
    spec = authorization_v1beta1.SubjectAccessReviewSpec(group=["system:masters"], resource_attributes=attributes)
    review = authorization_v1beta1.SubjectAccessReview(spec=spec)

    assert client.authorization_v1beta1.subject_access_reviews().create(review).status.allowed


def test_owners_of_fields_keep_them_whatever_version_others_use(client: Clientset) -> None:
    labels = {"app": "a"}
    body = {"apiVersion": "extensions/v1beta1", "kind": "Ingress", "metadata": {"name": "a", "labels": labels}}
    spec = {"backend": {"serviceName": "s", "servicePort": 80}}
    ingresses = client.dynamic.resource("extensions/v1beta1", "ingresses").namespace("default")
    ingresses.apply({**body, "spec": spec}, field_manager="me")
    newer = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "a"}}
    backend = {"defaultBackend": {"service": {"name": "t", "port": {"number": 81}}}}
    today = client.dynamic.resource("networking.k8s.io/v1", "ingresses").namespace("default")
    after = today.apply({**newer, "spec": backend}, field_manager="other", force=True).object
    last = ingresses.apply({**body, "spec": spec}, field_manager="me", force=True).object

    assert after["spec"] == backend
    assert after["metadata"]["labels"] == labels
    assert last["spec"] == spec


def test_a_watch_by_an_old_version_tells_of_what_others_write(client: Clientset) -> None:
    ingresses = client.networking_v1beta1.ingresses("default")
    revision = ingresses.list().metadata.resource_version
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}}
    rules = {"spec": {"rules": [{"http": {"paths": [path]}}]}}
    _make(client, "networking.k8s.io/v1", "ingresses", "Ingress", rules)

    with ingresses.watch(resource_version=revision) as watch:
        event = next(iter(watch))

    assert (event.type, event.object.api_version) == ("ADDED", "networking.k8s.io/v1beta1")
    assert event.object.spec.rules[0].http.paths[0].backend.service_name == "s"  # type: ignore[union-attr]


def test_old_versions_are_printed_as_todays(client: Clientset) -> None:
    target = {"kind": "Deployment", "name": "d", "apiVersion": "apps/v1"}
    metrics = [{"type": "Pods", "pods": {"metricName": "m", "targetAverageValue": "5"}}]
    body = {"spec": {"scaleTargetRef": target, "maxReplicas": 3, "metrics": metrics}}
    _make(client, "autoscaling/v2beta1", "horizontalpodautoscalers", "HorizontalPodAutoscaler", body)
    tables = []
    for version in ("v2", "v2beta1"):
        path = f"/apis/autoscaling/{version}/namespaces/default/horizontalpodautoscalers"
        accept = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")]
        answer = client.rest_client.transport.round_trip(Request("GET", path, (), accept))
        tables.append(json.loads(answer.body))

    today, older = ([one["cells"][:-1] for one in table["rows"]] for table in tables)
    assert today == older
    assert [one["name"] for one in tables[1]["columnDefinitions"]] == [
        one["name"] for one in tables[0]["columnDefinitions"]
    ]
