"""The typed clients: what each call sends, which there are, and what they are made from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubeclient._async.clientset import AsyncClientset
from kubeclient._async.resource import AsyncCreateClient
from kubeclient._async.rest_client import AsyncRESTClient
from kubeclient.api import (
    authentication_v1,
    authorization_v1,
    autoscaling_v1,
    certificates_v1,
    certificates_v1beta1,
    core_v1,
    events_v1beta1,
    extensions_v1beta1,
    policy_v1,
    policy_v1beta1,
)
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.api.resources import RESOURCES
from kubeclient.apimachinery.errors import NotFound
from kubeclient.config.rest import Config
from kubeclient.machines.options import Preconditions
from kubeclient.transport.protocol import Request, Response, header
from tests.twins.support import AsyncFakeRuntime, AsyncScript, AsyncSim

META = ObjectMeta(name="a", namespace="ns")


class _Endless(AsyncScript):
    """Answers every request with an empty object."""

    def _next(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(200, [("content-type", "application/json")], b"{}")


def _client(**options: Any) -> tuple[AsyncClientset, AsyncScript]:
    script = _Endless()
    return AsyncClientset(script, runtime=AsyncFakeRuntime(), user_agent="me", **options), script


def _told(script: AsyncScript) -> list[str]:
    """The requests since the last time: method and path."""
    told = [f"{request.method} {request.path}" for request in script.requests]
    script.requests.clear()
    return told


@pytest.mark.parity("TYP-01")
async def test_a_clientset_has_an_attribute_for_every_group_version_over_one_connection() -> None:
    client, _ = _client()
    modules = {row.module for row in RESOURCES if not row.extra and not row.older}

    assert len(modules) == 53
    assert {getattr(client, module).rest_client for module in modules} == {client.rest_client}
    assert client.core_v1 is client.core_v1
    assert client.discovery.rest_client is client.rest_client


@pytest.mark.parity("TYP-01")
async def test_groups_share_one_bucket_of_tokens_whose_burst_has_to_be_positive() -> None:
    runtime = AsyncFakeRuntime()
    client = AsyncClientset(_Endless(), runtime=runtime, qps=1, burst=1)

    await client.core_v1.pods("ns").get("a")
    await client.apps_v1.deployments("ns").get("a")

    assert runtime.slept == [1.0]
    with pytest.raises(ValueError, match="burst is required to be greater than 0 when RateLimiter is not set and QPS"):
        AsyncClientset.from_config(Config(host="http://server", qps=1, burst=-1), runtime=runtime)


@pytest.mark.parity("TYP-02")
async def test_a_clientset_is_made_from_a_config_a_transport_or_a_rest_client() -> None:
    script = _Endless()
    unnamed = AsyncClientset.from_config(Config(host="http://server"), runtime=AsyncFakeRuntime(), transport=script)
    named = AsyncClientset.from_config(
        Config(host="http://server", user_agent="me/1"), runtime=AsyncFakeRuntime(), transport=script
    )
    over = AsyncClientset.from_rest_client(named.rest_client)

    for client in (unnamed, named, over):
        await client.core_v1.nodes().get("a")

    agents = [header(request.headers, "user-agent") or "" for request in script.requests]
    assert "/" in agents[0]
    assert agents[1:] == ["me/1", "me/1"]
    assert over.rest_client is named.rest_client
    with pytest.raises(ValueError, match="host must be a URL or a host:port pair"):
        AsyncClientset.from_config(Config())


@pytest.mark.parity("TYP-03")
async def test_the_verbs_are_methods_on_paths() -> None:
    client, script = _client()
    budgets = client.policy_v1.pod_disruption_budgets("ns")
    budget = policy_v1.PodDisruptionBudget(metadata=META)

    await budgets.create(budget)
    await budgets.update(budget)
    await budgets.update_status(budget)
    await budgets.delete("a")
    await budgets.delete_collection()
    await budgets.get("a")
    await budgets.list()
    await budgets.patch("a", {}, subresource=["status"])
    await budgets.apply(budget, field_manager="me")
    await budgets.apply_status(budget, field_manager="me")

    root = "/apis/policy/v1/namespaces/ns/poddisruptionbudgets"
    assert _told(script) == [
        f"POST {root}",
        f"PUT {root}/a",
        f"PUT {root}/a/status",
        f"DELETE {root}/a",
        f"DELETE {root}",
        f"GET {root}/a",
        f"GET {root}",
        f"PATCH {root}/a/status",
        f"PATCH {root}/a",
        f"PATCH {root}/a/status",
    ]


@pytest.mark.parity("TYP-04")
async def test_options_are_keywords_that_become_the_query_or_the_body_of_a_delete() -> None:
    client, script = _client()
    maps = client.core_v1.config_maps("ns")
    one = core_v1.ConfigMap(metadata=META)

    await maps.create(one, dry_run=True, field_manager="me", field_validation="Strict")
    await maps.update(one, dry_run=["All"], field_manager="me", field_validation="Warn")
    await maps.patch("a", {}, dry_run=True, field_manager="me", field_validation="Ignore", force=True)
    await maps.apply(one, dry_run=True, field_manager="me", force=True)
    await maps.get("a", resource_version="5")
    await maps.delete(
        "a",
        dry_run=True,
        grace_period_seconds=0,
        orphan_dependents=False,
        preconditions=Preconditions(uid="u", resource_version="1"),
        propagation_policy="Foreground",
        ignore_store_read_error_with_cluster_breaking_potential=True,
    )

    queries = [dict(request.query) for request in script.requests]
    assert queries == [
        {"dryRun": "All", "fieldManager": "me", "fieldValidation": "Strict"},
        {"dryRun": "All", "fieldManager": "me", "fieldValidation": "Warn"},
        {"dryRun": "All", "fieldManager": "me", "fieldValidation": "Ignore", "force": "true"},
        {"dryRun": "All", "fieldManager": "me", "force": "true"},
        {"resourceVersion": "5"},
        {},
    ]
    assert json.loads(script.requests[-1].body or b"") == {
        "kind": "DeleteOptions",
        "apiVersion": "v1",
        "gracePeriodSeconds": 0,
        "preconditions": {"uid": "u", "resourceVersion": "1"},
        "orphanDependents": False,
        "propagationPolicy": "Foreground",
        "dryRun": ["All"],
        "ignoreStoreReadErrorWithClusterBreakingPotential": True,
    }


@pytest.mark.parity("TYP-04")
async def test_lists_and_watches_take_every_list_option() -> None:
    client, script = _client()

    await client.core_v1.pods("ns").list(
        label_selector="a=b",
        field_selector="c=d",
        resource_version="5",
        resource_version_match="Exact",
        limit=2,
        continue_="t",
        shard_selector="s",
    )

    assert dict(script.requests[0].query) == {
        "continue": "t",
        "fieldSelector": "c=d",
        "labelSelector": "a=b",
        "limit": "2",
        "resourceVersion": "5",
        "resourceVersionMatch": "Exact",
        "shardSelector": "s",
    }
    lines, watching = _watching()
    async with lines.core_v1.pods("ns").watch(
        send_initial_events=True, allow_watch_bookmarks=True, resource_version_match="NotOlderThan"
    ) as watch:
        assert [event async for event in watch] == []
    assert dict(watching.requests[0].query) == {
        "allowWatchBookmarks": "true",
        "resourceVersionMatch": "NotOlderThan",
        "sendInitialEvents": "true",
        "watch": "true",
    }


def _watching() -> tuple[AsyncClientset, AsyncScript]:
    script = AsyncScript([b""])
    return AsyncClientset(script, runtime=AsyncFakeRuntime(), user_agent="me"), script


@pytest.mark.parity("TYP-05")
async def test_the_time_limit_of_a_list_is_one_of_the_request_too() -> None:
    client, script = _client()
    maps = client.core_v1.config_maps("ns")

    await maps.list(timeout_seconds=90)
    await maps.delete_collection(timeout_seconds=90)

    for request in script.requests:
        assert dict(request.query) == {"timeout": "1m30s", "timeoutSeconds": "90"}
        assert request.timeout is not None
        assert request.timeout <= 90
    lines, watching = _watching()
    async with lines.core_v1.config_maps("ns").watch(timeout_seconds=90) as watch:
        assert [event async for event in watch] == []
    assert dict(watching.requests[0].query) == {"timeout": "1m30s", "timeoutSeconds": "90", "watch": "true"}


@pytest.mark.parity("TYP-06")
async def test_without_a_namespace_all_are_listed_and_a_name_is_the_servers_to_refuse(sim: AsyncSim) -> None:
    sim.config_map("a")
    client = sim.client()

    listed = await client.core_v1.config_maps("").list()
    with pytest.raises(NotFound):
        await client.core_v1.config_maps("").get("a")

    assert [one.metadata.name for one in listed.items if one.metadata.namespace == "default"] == ["a"]


@pytest.mark.parity("TYP-08")
async def test_a_clientset_speaks_protobuf_when_it_is_told_to() -> None:
    plain, plain_script = _client()
    binary, binary_script = _client(content_type="protobuf")
    for client in (plain, binary):
        await client.core_v1.config_maps("ns").create(core_v1.ConfigMap(metadata=META))

    assert header(plain_script.requests[0].headers, "content-type") == "application/json"
    assert header(binary_script.requests[0].headers, "content-type") == "application/vnd.kubernetes.protobuf"
    assert (binary_script.requests[0].body or b"")[:4] == b"k8s\0"


_FULL = ("get_scale", "update_scale", "apply_scale")


@pytest.mark.parity("TYP-09")
async def test_the_scalable_are_those_of_client_go() -> None:
    scalable = {
        f"{row.api_version} {row.plural}": tuple(call for call in row.calls if call in _FULL)
        for row in RESOURCES
        if "get_scale" in row.calls
    }

    assert scalable == {
        "apps/v1 deployments": _FULL,
        "apps/v1 replicasets": _FULL,
        "apps/v1 statefulsets": _FULL,
        "apps/v1beta2 statefulsets": _FULL,
        "extensions/v1beta1 deployments": _FULL,
        "extensions/v1beta1 replicasets": _FULL,
        "v1 replicationcontrollers": _FULL[:2],
    }
    client, script = _client()
    sets = client.apps_v1.stateful_sets("ns")
    scale = autoscaling_v1.Scale(metadata=META)
    await sets.get_scale("a")
    await sets.update_scale("a", scale)
    await sets.apply_scale("a", scale, field_manager="me")
    await client.core_v1.replication_controllers("ns").update_scale("a", scale)

    path = "/apis/apps/v1/namespaces/ns/statefulsets/a/scale"
    core = "PUT /api/v1/namespaces/ns/replicationcontrollers/a/scale"
    assert _told(script) == [f"GET {path}", f"PUT {path}", f"PATCH {path}", core]


@pytest.mark.parity("TYP-10", "TYP-18")
async def test_pods_have_calls_of_their_own() -> None:
    client, script = _client()
    pods, pod = client.core_v1.pods("ns"), core_v1.Pod(metadata=META)

    await pods.update_ephemeral_containers("a", pod)
    await pods.update_resize("a", pod)
    await pods.bind(core_v1.Binding(metadata=META, target=core_v1.ObjectReference(name="node")))
    await pods.evict(policy_v1.Eviction(metadata=META))
    await pods.evict(policy_v1beta1.Eviction(metadata=META))
    await pods.get_logs("a")
    await pods.proxy_get("a", "/x/y", scheme="https", port="8443", params={"q": "1"})
    bodies = [json.loads(request.body or b"{}").get("apiVersion") for request in script.requests[3:5]]
    query = script.requests[-1].query

    root = "/api/v1/namespaces/ns/pods"
    assert _told(script) == [
        f"PUT {root}/a/ephemeralcontainers",
        f"PUT {root}/a/resize",
        f"POST {root}/a/binding",
        f"POST {root}/a/eviction",
        f"POST {root}/a/eviction",
        f"GET {root}/a/log",
        f"GET {root}/https:a:8443/proxy/x/y",
    ]
    assert (bodies, list(query)) == (["policy/v1", "policy/v1beta1"], [("q", "1")])


@pytest.mark.parity("TYP-18")
async def test_the_name_of_what_is_proxied_may_have_a_scheme_and_a_port() -> None:
    client, script = _client()
    services = client.core_v1.services("ns")

    await services.proxy_get("a")
    await services.proxy_get("a", port="http")
    await services.proxy_get("a", scheme="https")

    root = "GET /api/v1/namespaces/ns/services"
    assert _told(script) == [f"{root}/a/proxy", f"{root}/a:http/proxy", f"{root}/https:a:/proxy"]


@pytest.mark.parity("TYP-11")
async def test_namespaces_nodes_services_and_accounts_have_calls_of_their_own() -> None:
    client, script = _client()
    core = client.core_v1

    await core.namespaces().finalize(core_v1.Namespace(metadata=ObjectMeta(name="a")))
    await core.nodes().patch_status("a", {"status": {}})
    await core.service_accounts("ns").create_token("a", authentication_v1.TokenRequest())
    kind = header(script.requests[1].headers, "content-type")

    assert _told(script) == [
        "PUT /api/v1/namespaces/a/finalize",
        "PATCH /api/v1/nodes/a/status",
        "POST /api/v1/namespaces/ns/serviceaccounts/a/token",
    ]
    assert kind == "application/strategic-merge-patch+json"
    for one in (core.namespaces(), core.services("ns")):
        assert not hasattr(one, "delete_collection")


@pytest.mark.parity("TYP-12", "TYP-13")
@pytest.mark.parametrize("group", ["core_v1", "events_v1beta1"])
async def test_events_are_written_to_their_own_namespace(group: str) -> None:
    client, script = _client()
    kinds: Any = {"core_v1": core_v1, "events_v1beta1": events_v1beta1}[group]
    anywhere, here = getattr(client, group).events(""), getattr(client, group).events("here")
    event = kinds.Event(metadata=ObjectMeta(name="e", namespace="there"))

    await anywhere.create_with_event_namespace(event)
    await anywhere.update_with_event_namespace(event)
    await anywhere.patch_with_event_namespace(event, b"{}")

    root = "/api/v1" if group == "core_v1" else "/apis/events.k8s.io/v1beta1"
    path = f"{root}/namespaces/there/events"
    assert _told(script) == [f"POST {path}", f"PUT {path}/e", f"PATCH {path}/e"]
    for verb, more in (("create", ()), ("update", ()), ("patch", (b"{}",))):
        call: Any = getattr(here, f"{verb}_with_event_namespace")
        with pytest.raises(ValueError, match=f"^can't {verb} an event with namespace 'there' in namespace 'here'$"):
            await call(event, *more)


@pytest.mark.parity("TYP-12")
async def test_events_are_searched_for_by_what_they_are_about() -> None:
    client, script = _client()
    events = client.core_v1.events("ns")
    about = core_v1.ObjectReference(kind="Pod", name="p", namespace="ns", uid="u")

    await events.search(about)

    selector = "involvedObject.name=p,involvedObject.namespace=ns,involvedObject.kind=Pod,involvedObject.uid=u"
    assert script.requests[0].query == [("fieldSelector", selector)]
    assert events.get_field_selector(name="p", kind="Pod") == "involvedObject.name=p,involvedObject.kind=Pod"
    with pytest.raises(ValueError, match="won't be able to find any events of namespace 'other' in namespace 'ns'"):
        await events.search(core_v1.ObjectReference(namespace="other"))


@pytest.mark.parity("TYP-14")
async def test_signing_requests_are_approved_below_their_name() -> None:
    client, script = _client()
    meta = ObjectMeta(name="a")

    await client.certificates_v1.certificate_signing_requests().update_approval(
        certificates_v1.CertificateSigningRequest(metadata=meta)
    )
    await client.certificates_v1beta1.certificate_signing_requests().update_approval(
        certificates_v1beta1.CertificateSigningRequest(metadata=meta)
    )

    assert _told(script) == [
        "PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/a/approval",
        "PUT /apis/certificates.k8s.io/v1beta1/certificatesigningrequests/a/approval",
    ]


@pytest.mark.parity("TYP-15")
async def test_an_eviction_is_posted_to_its_pod_in_the_core_group() -> None:
    client, script = _client()

    await client.policy_v1.evictions("ns").evict(policy_v1.Eviction(metadata=META))
    await client.policy_v1beta1.evictions("ns").evict(policy_v1beta1.Eviction(metadata=META))

    assert _told(script) == ["POST /api/v1/namespaces/ns/pods/a/eviction"] * 2


@pytest.mark.parity("TYP-16")
async def test_a_rollback_is_posted_to_its_deployment() -> None:
    client, script = _client()
    wanted = extensions_v1beta1.DeploymentRollback(name="a", rollback_to=extensions_v1beta1.RollbackConfig(revision=2))

    await client.extensions_v1beta1.deployments("ns").rollback(wanted)

    assert json.loads(script.requests[0].body or b"") == {
        "kind": "DeploymentRollback",
        "apiVersion": "extensions/v1beta1",
        "name": "a",
        "rollbackTo": {"revision": 2},
    }
    assert _told(script) == ["POST /apis/extensions/v1beta1/namespaces/ns/deployments/a/rollback"]


@pytest.mark.parity("TYP-17")
async def test_reviews_can_only_be_created() -> None:
    client, script = _client()
    reviews = [row for row in RESOURCES if row.calls == ("create",)]

    assert {row.plural for row in reviews} == {
        *("tokenreviews", "selfsubjectreviews", "subjectaccessreviews"),
        *("localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews"),
    }
    questions = client.authorization_v1.local_subject_access_reviews("ns")
    await questions.create(authorization_v1.LocalSubjectAccessReview())
    assert _told(script) == ["POST /apis/authorization.k8s.io/v1/namespaces/ns/localsubjectaccessreviews"]
    assert not any(hasattr(questions, verb) for verb in ("get", "list", "watch", "update", "delete", "patch", "apply"))


@pytest.mark.parity("TYP-19")
async def test_every_typed_client_is_a_generic_one_that_knows_its_types() -> None:
    client, _ = _client()
    for row in RESOURCES:
        if row.verbs and row.plural != "evictions":
            group = getattr(client, row.module)
            [name] = [name for name in dir(group) if name.replace("_", "") == row.plural]
            made = getattr(group, name)(*(["ns"] if row.namespaced else []))
            assert isinstance(made, AsyncCreateClient)
            assert made.resource.type is row.model
            assert made.resource.namespaced is row.namespaced
            assert made.scope == ("ns" if row.namespaced else "")
            assert isinstance(made.rest_client, AsyncRESTClient)
