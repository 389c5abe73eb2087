"""What is told of revisions that were compacted: by the real apiserver after its etcd was, and by kubefake.

Events are asked about, which the real server reads from etcd without a cache. Of other kinds its cache still knows what etcd
forgot, for as long as it pleases; what it says then of its own forgetting is in the recordings (rv-expired).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from oracle.asked import Asked
from oracle.comparing import Answer, Fake, Real
from support.oracle import Oracle, missing

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.timeout(0),
    pytest.mark.skipif(missing() != "", reason=missing()),
]

EVENTS = "/api/v1/namespaces/default/events"
Ask = Callable[[Asked], Answer]
_OLD = {"rv": "resourceVersion", "match": "resourceVersionMatch"}


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    with Oracle(tmp_path_factory.mktemp("oracle")) as started:
        yield started


def event(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "involvedObject": {"namespace": "default", "name": "x", "kind": "Pod"}}


def get(path: str, **query: str) -> Asked:
    return Asked("GET", path, tuple((_OLD.get(name, name), value) for name, value in query.items()))


def story(ask: Ask, watch: Ask, compact: Callable[[int], None]) -> Iterator[tuple[str, Any]]:
    """What one server says, told in words that do not depend on its revisions."""
    made = [ask(Asked("POST", EVENTS, body=event(name))) for name in "abcd"]
    old = str(made[1][1]["metadata"]["resourceVersion"])
    page = ask(get(EVENTS, limit="2"))[1]["metadata"]["continue"]
    ask(Asked("DELETE", f"{EVENTS}/c"))
    last = ask(Asked("POST", EVENTS, body=event("e")))[1]["metadata"]["resourceVersion"]
    compact(int(last))

    yield "exactly then", plain(ask(get(EVENTS, rv=old, match="Exact")))
    yield "a page of then", plain(ask(get(EVENTS, rv=old, limit="1")))
    yield "not older", plain(ask(get(EVENTS, rv=old, match="NotOlderThan", limit="1")))
    yield "one object", plain(ask(get(f"{EVENTS}/a", resourceVersion=old)))
    expired = ask(get(EVENTS, limit="2", **{"continue": page}))
    yield "the next page", plain(expired)
    inconsistent = ask(get(EVENTS, limit="1", **{"continue": expired[1]["metadata"]["continue"]}))
    yield "the next page of now", plain(inconsistent)
    yield "the page after", plain(ask(get(EVENTS, limit="1", **{"continue": inconsistent[1]["metadata"]["continue"]})))
    yield "a watch", plain(watch(get(EVENTS, watch="1", rv=old)))


def plain(answer: Answer) -> Any:
    """The code, and of the body what does not depend on revisions: names, the text and reason of an error."""
    code, body, _ = answer
    if isinstance(body, list):
        return code, [(one["type"], told(one["object"])) for one in body]
    return code, told(body)


def told(body: Any) -> Any:
    if body["kind"] != "Status":
        more = sorted(key for key in body["metadata"] if key in ("continue", "remainingItemCount"))
        return [item["metadata"]["name"] for item in body.get("items", [body])], more
    return body["message"], body["reason"], body["code"], body.get("details"), sorted(body["metadata"])


def test_compacted_revisions_are_refused_in_the_same_words(oracle: Oracle) -> None:
    real, fake = Real(oracle.url), Fake()
    fake.clock.now_ns = time.time_ns()  # noqa: TID251  the real server's events are of today, too

    wanted = dict(story(real, lambda asked: real.watch(asked, 1), oracle.compact))
    got = dict(story(fake, fake, fake.server.store.compact))
    real.close()

    assert got == wanted
    assert wanted["exactly then"][0] == 410
    assert wanted["a watch"][1][0][0] == "ERROR"
