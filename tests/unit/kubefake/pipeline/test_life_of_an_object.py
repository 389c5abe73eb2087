from __future__ import annotations

from typing import Any

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


def configmap(name: str, **data: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "data": data}


def test_what_is_created_can_be_read_listed_watched_and_deleted(client: Any) -> None:
    stream = client.watch(f"{CONFIGMAPS}?watch=1")

    created = client(f"POST {CONFIGMAPS}", configmap("a", k="v"))
    read = client(f"GET {CONFIGMAPS}/a")
    listed = client(f"GET {CONFIGMAPS}")
    deleted = client(f"DELETE {CONFIGMAPS}/a")

    assert (created[0], read[0], listed[0], deleted[0]) == (201, 200, 200, 200)
    assert created[1] == read[1]
    assert [item["metadata"]["name"] for item in listed[1]["items"]] == ["a"]
    assert deleted[1]["status"] == "Success"
    assert client.events(stream) == [("ADDED", "a"), ("DELETED", "a")]
    assert client(f"GET {CONFIGMAPS}/a")[1]["message"] == 'configmaps "a" not found'


def test_an_update_by_a_stale_revision_is_a_conflict(client: Any) -> None:
    _, created = client(f"POST {CONFIGMAPS}", configmap("a", k="1"))
    client(f"PUT {CONFIGMAPS}/a", configmap("a", k="2"))

    code, status = client(f"PUT {CONFIGMAPS}/a", {**created, "data": {"k": "3"}})

    assert (code, status["reason"]) == (409, "Conflict")


def test_an_update_that_changes_nothing_keeps_the_revision_and_tells_nobody(client: Any) -> None:
    _, created = client(f"POST {CONFIGMAPS}", configmap("a", k="1"))
    stream = client.watch(f"{CONFIGMAPS}?watch=1&resourceVersion={created['metadata']['resourceVersion']}")

    _, updated = client(f"PUT {CONFIGMAPS}/a", configmap("a", k="1"))

    assert updated == created
    assert client.events(stream) == []


def test_a_dry_run_answers_and_stores_nothing(client: Any) -> None:
    revision = client.server.store.revision

    code, shown = client(f"POST {CONFIGMAPS}?dryRun=All", configmap("a"))

    assert code == 201
    assert "resourceVersion" not in shown["metadata"]
    assert client.server.store.revision == revision


def test_an_object_with_finalizers_stays_until_they_are_gone(client: Any) -> None:
    body = {"metadata": {"name": "a", "finalizers": ["example.com/f"]}}
    client(f"POST {CONFIGMAPS}", body)
    stream = client.watch(f"{CONFIGMAPS}?watch=1&resourceVersion=0")

    _, marked = client(f"DELETE {CONFIGMAPS}/a")
    _, freed = client(f"PATCH {CONFIGMAPS}/a", {"metadata": {"finalizers": None}}, type=MERGE)

    assert marked["metadata"]["deletionGracePeriodSeconds"] == 0
    assert "finalizers" not in freed["metadata"]
    assert client(f"GET {CONFIGMAPS}/a")[0] == 404
    assert client.events(stream) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_foreground_and_orphan_deletion_wait_for_the_collector(client: Any) -> None:
    for policy, finalizer in (("Foreground", "foregroundDeletion"), ("Orphan", "orphan")):
        client(f"POST {CONFIGMAPS}", configmap(policy.lower()))

        _, marked = client(f"DELETE {CONFIGMAPS}/{policy.lower()}?propagationPolicy={policy}")

        assert marked["metadata"]["finalizers"] == [finalizer]


def test_two_appliers_conflict_about_a_field_they_both_set(client: Any) -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", **configmap("a", k="1")}
    assert client(f"PATCH {CONFIGMAPS}/a?fieldManager=one", config, type=APPLY)[0] == 201
    other = {**config, "data": {"k": "2"}}

    refused = client(f"PATCH {CONFIGMAPS}/a?fieldManager=two", other, type=APPLY)
    forced = client(f"PATCH {CONFIGMAPS}/a?fieldManager=two&force=true", other, type=APPLY)

    assert (refused[0], refused[1]["details"]["causes"][0]["field"]) == (409, ".data.k")
    assert [entry["manager"] for entry in forced[1]["metadata"]["managedFields"]] == ["two"]


def test_generated_names_are_unique_and_the_same_for_the_same_seed(client: Any) -> None:
    names = [
        client(f"POST {CONFIGMAPS}", {"metadata": {"generateName": "a-"}})[1]["metadata"]["name"] for _ in range(3)
    ]

    assert len(set(names)) == 3
    assert all(name.startswith("a-") and len(name) == 7 for name in names)


def test_nothing_is_created_in_a_namespace_that_is_missing_or_ending(client: Any) -> None:
    client("POST /api/v1/namespaces", {"metadata": {"name": "ending"}})
    client("DELETE /api/v1/namespaces/ending")

    missing = client("POST /api/v1/namespaces/missing/configmaps", configmap("a"))
    ending = client("POST /api/v1/namespaces/ending/configmaps", configmap("a"))

    assert (missing[0], missing[1]["message"]) == (404, 'namespaces "missing" not found')
    assert (ending[0], ending[1]["details"]["causes"][0]["reason"]) == (403, "NamespaceTerminating")


def test_a_namespace_goes_when_its_finalizer_is_taken_out(client: Any) -> None:
    client("POST /api/v1/namespaces", {"metadata": {"name": "n"}})
    _, ending = client("DELETE /api/v1/namespaces/n")

    client("PUT /api/v1/namespaces/n/finalize", {**ending, "spec": {"finalizers": []}})

    assert ending["status"]["phase"] == "Terminating"
    assert client("GET /api/v1/namespaces/n")[0] == 404


def test_pages_of_a_list_are_of_one_revision(client: Any) -> None:
    for name in "abcd":
        client(f"POST {CONFIGMAPS}", configmap(name))
    _, first = client(f"GET {CONFIGMAPS}?limit=2")
    client(f"DELETE {CONFIGMAPS}/c")
    client(f"POST {CONFIGMAPS}", configmap("cc"))

    _, second = client(f"GET {CONFIGMAPS}?limit=2&continue={first['metadata']['continue']}")

    assert first["metadata"]["remainingItemCount"] == 2
    assert [item["metadata"]["name"] for item in second["items"]] == ["c", "d"]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_history_before_the_bootstrap_is_expired(client: Any) -> None:
    code, status = client(f"GET {CONFIGMAPS}?resourceVersion=1&resourceVersionMatch=Exact")

    assert (code, status["reason"]) == (410, "Expired")


def test_a_fork_goes_its_own_way(client: Any) -> None:
    client(f"POST {CONFIGMAPS}", configmap("a"))
    fork = client.server.fork()

    client(f"DELETE {CONFIGMAPS}/a")

    assert fork.store.get("configmaps", "default/a") is not None


def test_a_method_that_a_path_does_not_take_and_a_path_that_is_not_there(client: Any) -> None:
    assert client(f"PUT {CONFIGMAPS}", configmap("a"))[0] == 405
    assert client("GET /api/v1/nothings")[0] == 404
    assert client("GET /apis/nowhere.example.com/v1/things") == (404, "404 page not found\n")


def test_a_subresource_that_is_not_supported_says_so(client: Any) -> None:
    addresses = [{"type": "InternalIP", "address": "10.0.0.1"}]
    client("POST /api/v1/nodes", {"metadata": {"name": "n"}, "status": {"addresses": addresses}})
    pod = {"metadata": {"name": "p"}, "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i"}]}}
    client("POST /api/v1/namespaces/default/pods", pod)

    code, status = client("GET /api/v1/namespaces/default/pods/p/log")

    assert (code, status["reason"]) == (501, "NotImplemented")
    assert "pods/log" in status["message"]


def test_values_that_are_nested_too_deeply_are_refused(client: Any) -> None:
    client(f"POST {CONFIGMAPS}", configmap("a"))
    deep = b'{"metadata":{"name":"b"},"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"

    created = client(f"POST {CONFIGMAPS}", deep)
    patched = client(f"PATCH {CONFIGMAPS}/a", deep, type=MERGE)

    assert (created[0], patched[0]) == (400, 400)
    assert "exceeded max depth" in created[1]["message"]
