"""LimitRanges and RuntimeClasses: what they give pods, and what they refuse."""

from __future__ import annotations

from typing import Any

NAMESPACE = "/api/v1/namespaces/default"
PODS = f"{NAMESPACE}/pods"


def limit(client: Any, *limits: dict[str, Any]) -> None:
    body = {"metadata": {"name": "l"}, "spec": {"limits": list(limits)}}
    assert client(f"POST {NAMESPACE}/limitranges", body)[0] == 201


def pod(resources: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "x", "resources": resources or {}}
    return {"metadata": {"name": "p"}, "spec": {"containers": [container], **spec}}


def test_containers_get_what_they_do_not_say_and_a_note_tells(client: Any) -> None:
    limit(client, {"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "500m", "memory": "1Gi"}})

    _, created = client(f"POST {PODS}", pod({"requests": {"cpu": "100m"}}))

    assert created["spec"]["containers"][0]["resources"] == {
        "limits": {"cpu": "1"},
        "requests": {"cpu": "100m", "memory": "1Gi"},
    }
    assert created["metadata"]["annotations"] == {
        "kubernetes.io/limit-ranger": (
            "LimitRanger plugin set: memory request for container c; cpu limit for container c"
        )
    }


def test_everything_out_of_bounds_is_told_at_once(client: Any) -> None:
    container = {"type": "Container", "min": {"cpu": "100m"}, "max": {"cpu": "2"}, "maxLimitRequestRatio": {"cpu": "4"}}
    limit(client, container, {"type": "Pod", "max": {"memory": "1Gi"}})

    code, status = client(f"POST {PODS}", pod({"requests": {"cpu": "50m"}, "limits": {"cpu": "3"}}))

    assert code == 403
    assert status["message"] == (
        'pods "p" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per '
        "Container is 2, but limit is 3, cpu max limit to request ratio per Container is 4, but provided ratio is "
        "60.000000, maximum memory usage per Pod is 1Gi.  No limit is specified]"
    )


def test_claims_are_bounded_too(client: Any) -> None:
    limit(client, {"type": "PersistentVolumeClaim", "max": {"storage": "5Gi"}})
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}

    code, status = client(f"POST {NAMESPACE}/persistentvolumeclaims", {"metadata": {"name": "c"}, "spec": spec})

    assert code == 403
    assert status["message"].endswith("maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi")


def test_a_runtime_class_gives_overhead_and_scheduling(client: Any) -> None:
    scheduling = {"nodeSelector": {"k": "v"}, "tolerations": [{"key": "kata", "operator": "Exists"}]}
    body = {"metadata": {"name": "r"}, "handler": "kata", "overhead": {"podFixed": {"cpu": "250m"}}}
    client("POST /apis/node.k8s.io/v1/runtimeclasses", {**body, "scheduling": scheduling})

    _, created = client(f"POST {PODS}", pod(runtimeClassName="r", nodeSelector={"a": "b"}))
    other = pod(runtimeClassName="r", nodeSelector={"k": "w"})

    assert created["spec"]["overhead"] == {"cpu": "250m"}
    assert created["spec"]["nodeSelector"] == {"a": "b", "k": "v"}
    assert "kata" in [toleration["key"] for toleration in created["spec"]["tolerations"]]
    assert client(f"POST {PODS}", other)[1]["message"].endswith(
        "conflict: runtimeClass.scheduling.nodeSelector[k] = v; pod.spec.nodeSelector[k] = w"
    )


def test_overhead_comes_from_a_class_that_exists(client: Any) -> None:
    _, unknown = client(f"POST {PODS}", pod(runtimeClassName="nope"))
    _, own = client(f"POST {PODS}", pod(overhead={"cpu": "1"}))

    assert unknown["message"] == 'pods "p" is forbidden: pod rejected: RuntimeClass "nope" not found'
    assert own["message"].endswith("Pod Overhead set without corresponding RuntimeClass defined Overhead")
