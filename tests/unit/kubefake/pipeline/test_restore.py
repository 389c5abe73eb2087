"""A server that returns to a moment forgets what came after it, kinds and watches included."""

from __future__ import annotations

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
THINGS = {
    "metadata": {"name": "things.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Cluster",
        "names": {"plural": "things", "kind": "Thing"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}},
        ],
    },
}
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def test_what_came_after_the_moment_is_gone(client):
    client(f"POST {CONFIGMAPS}", {"metadata": {"name": "before"}})
    moment = client.server.snapshot()
    client(f"POST {CONFIGMAPS}", {"metadata": {"name": "after"}})
    client(f"DELETE {CONFIGMAPS}/before")
    client(f"POST {DEFINITIONS}", THINGS)
    assert client("GET /apis/example.com/v1/things")[0] == 200

    client.server.restore(moment)

    assert client(f"GET {CONFIGMAPS}/before")[0] == 200
    assert client(f"GET {CONFIGMAPS}/after")[0] == 404
    assert client("GET /apis/example.com/v1/things")[0] == 404


def test_a_definition_of_before_the_moment_serves_again(client):
    client(f"POST {DEFINITIONS}", THINGS)
    moment = client.server.snapshot()
    client(f"DELETE {DEFINITIONS}/things.example.com")
    assert client("GET /apis/example.com/v1/things")[0] == 404

    client.server.restore(moment)

    assert client("GET /apis/example.com/v1/things")[0] == 200
    assert client(f"DELETE {DEFINITIONS}/things.example.com")[0] == 200


def test_open_watches_end(client):
    moment = client.server.snapshot()
    stream = client.watch(f"{CONFIGMAPS}?watch=true")

    client.server.restore(moment)

    assert stream.ended
    assert client.server.fanout.subscriptions() == []
