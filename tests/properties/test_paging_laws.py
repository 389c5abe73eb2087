"""Laws of lists: the pages of a list make up one list of one moment, whatever happens between them."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from kubeclient.runtime.clock import RealClock
from kubeclient.transport.protocol import Request, Response
from kubefake.pipeline.caller import ADMIN
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer

PATH = "/api/v1/namespaces/default/configmaps"
TEMPLATE = ApiServer(clock=RealClock(), ids=SeededIds(1))

names = st.sampled_from([f"n{index}" for index in range(8)])
writes = st.lists(st.tuples(st.sampled_from(["create", "touch", "delete"]), names, st.integers(0, 2)), max_size=12)


def ask(server: ApiServer, method: str, path: str, body: object = None, query: list[tuple[str, str]] | None = None):
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    data = None if body is None else json.dumps(body).encode()
    answer = server.handle(Request(method, path, query or [], [("content-type", kind)], data), ADMIN)
    assert isinstance(answer, Response)
    return json.loads(answer.body)


def write(server: ApiServer, operation: str, name: str, value: int) -> None:
    labels = {"metadata": {"name": name, "labels": {"v": str(value)}}}
    if operation == "create":
        ask(server, "POST", PATH, labels)
    elif operation == "touch":
        ask(server, "PATCH", f"{PATH}/{name}", labels)
    else:
        ask(server, "DELETE", f"{PATH}/{name}")


@settings(deadline=None, max_examples=60)
@given(
    before=writes, between=st.lists(writes, max_size=4), limit=st.integers(1, 4), selector=st.sampled_from(["", "v!=1"])
)
def test_pages_make_up_the_list_of_the_moment_of_the_first(before, between, limit, selector):
    server = TEMPLATE.fork(clock=RealClock(), ids=SeededIds(2))
    for change in before:
        write(server, *change)
    query = [("labelSelector", selector)] if selector else []
    whole = ask(server, "GET", PATH, query=query)

    pages, token, changes = [], "", iter(between)
    while True:
        page = ask(server, "GET", PATH, query=[*query, ("limit", str(limit)), ("continue", token)])
        assert len(page["items"]) <= limit
        assert page["metadata"]["resourceVersion"] == whole["metadata"]["resourceVersion"]
        pages += page["items"]
        token = page["metadata"].get("continue", "")
        if not token:
            break
        for change in next(changes, ()):
            write(server, *change)

    assert pages == whole["items"]


@settings(deadline=None, max_examples=60)
@given(before=writes, after=writes)
def test_a_list_at_a_revision_is_what_the_list_was_then(before, after):
    server = TEMPLATE.fork(clock=RealClock(), ids=SeededIds(2))
    for change in before:
        write(server, *change)
    then = ask(server, "GET", PATH)
    for change in after:
        write(server, *change)

    query = [("resourceVersion", then["metadata"]["resourceVersion"]), ("resourceVersionMatch", "Exact")]

    assert ask(server, "GET", PATH, query=query) == then
