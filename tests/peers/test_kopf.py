"""kopf: a whole operator framework; its handlers patch what they watch."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request

import pytest

kopf = pytest.importorskip("kopf")


def _call(served, method, path, body=None, content_type="application/json"):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {served.token}", "Content-Type": content_type}
    request = urllib.request.Request(served.url + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def _data_of(served, name):
    """The data of a config map, now and after every change, for fifteen seconds."""
    path = f"/api/v1/namespaces/default/configmaps?watch=true&fieldSelector=metadata.name%3D{name}&timeoutSeconds=15"
    request = urllib.request.Request(served.url + path, headers={"Authorization": f"Bearer {served.token}"})
    with urllib.request.urlopen(request, timeout=20) as frames:
        for frame in frames:
            yield json.loads(frame)["object"].get("data")


def test_an_operator_sees_an_object_and_patches_it(served):
    registry = kopf.OperatorRegistry()

    @kopf.on.login(registry=registry)
    def login(**_):
        return kopf.ConnectionInfo(server=served.url, scheme="Bearer", token=served.token)

    @kopf.on.startup(registry=registry)
    def configure(settings, **_):
        settings.posting.enabled = False

    @kopf.on.create("configmaps", labels={"peer": "kopf"}, registry=registry)
    def created(patch, **_):
        patch.setdefault("data", {})["seen"] = "yes"

    stop = threading.Event()
    failures = []

    def operate():
        try:
            asyncio.run(kopf.operator(registry=registry, namespaces=["default"], stop_flag=stop, standalone=True))
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=operate, daemon=True)
    thread.start()
    _call(
        served,
        "POST",
        "/api/v1/namespaces/default/configmaps",
        {"metadata": {"name": "kopf", "labels": {"peer": "kopf"}}},
    )
    seen = next(data for data in _data_of(served, "kopf") if data)
    stop.set()
    thread.join(15)

    assert failures == []
    assert seen == {"seen": "yes"}
