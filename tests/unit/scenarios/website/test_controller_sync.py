"""The operator for threads: the same steps, and a program that ends when it is told to."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from controller_sync import WebsiteController, main

from kubeclient.informers import SharedInformerFactory
from kubefake import Cluster


def test_a_website_gets_a_deployment(cluster: Cluster) -> None:
    client = cluster.client()
    factory = SharedInformerFactory(client)
    controller = WebsiteController(client, factory)
    with factory:
        controller.reconcile("default/shop")
    assert client.apps_v1.deployments("default").get("shop").spec.replicas == 3


def test_the_program_works_until_it_is_stopped(cluster: Cluster) -> None:
    client = cluster.client()
    stop = client.runtime.event()
    program = client.runtime.spawn(main, client, stop, name="website")
    with client.apps_v1.deployments("default").watch(timeout_seconds=20) as events:
        assert next(events).object.metadata.name == "shop"
    stop.set()
    assert program.join(timeout=20)


def test_both_colours_are_the_same_program(folder: Path, repository: Path) -> None:
    sys.path.insert(0, str(repository / ".ci"))
    try:
        from twin import Twin
    finally:
        sys.path.pop(0)

    def shared(name: str) -> str:
        text = (folder / name).read_text(encoding="utf-8")
        return text[text.index("WORKERS = ") : text.index("_command_line")]

    twin = Twin().convert(shared("controller.py"), "controller.py").partition("\n")[2]
    twin = twin.replace("async_retry_on_conflict", "retry_on_conflict")
    assert squeezed(shared("controller_sync.py")) == squeezed(twin)


def squeezed(text: str) -> str:
    """The text without the blanks and commas that depend on where lines are broken."""
    return re.sub(r"[\s,]+|\bdef\s*$", "", text)
