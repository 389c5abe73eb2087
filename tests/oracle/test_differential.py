"""Two servers are asked the same at random, and have to say the same: kubefake in process, and the real apiserver.

Compared are codes and bodies, warnings included, once what is of the moment is taken out: uids, times, versions, addresses.
With KUBEFAKE_ORACLE_URL the server there is asked; otherwise one is started, where its binaries are.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from oracle.requests_at_random import DEFINITION, Asked, Requests
from support.oracle import TOKEN, Oracle, missing

from kubeclient.runtime.clock import RealClock
from kubeclient.transport.protocol import Request, Response
from kubefake.pipeline.caller import ADMIN
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer

URL = os.environ.get("KUBEFAKE_ORACLE_URL", "")
STEPS = int(os.environ.get("KUBEFAKE_DIFFERENTIAL_STEPS", "150"))
SEEDS = os.environ.get("KUBEFAKE_DIFFERENTIAL_SEEDS", "1 2 3 4").split()

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not URL and missing() != "", reason=missing()),
]

_TIMES = frozenset(
    {"creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime", "lastUpdateTime", "startTime"}
)
_OF_THE_MOMENT = frozenset({"uid", "resourceVersion", "clusterIP", "nodePort", "continue"})
_moment = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|resourceVersion\W+\d+")
_Answer = tuple[int, Any, list[str]]


class Real:
    """The real apiserver over one connection."""

    def __init__(self, url: str) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        where = urllib.parse.urlsplit(url)
        assert where.hostname is not None
        self._connection = http.client.HTTPSConnection(where.hostname, where.port, context=context)

    def __call__(self, asked: Asked) -> _Answer:
        target = asked.path + (f"?{urllib.parse.urlencode(asked.query)}" if asked.query else "")
        body = None if asked.body is None else json.dumps(asked.body)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": asked.type, "User-Agent": "differential/1"}
        self._connection.request(asked.method, target, body, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        return answer.status, _read(data), answer.headers.get_all("Warning") or []

    def close(self) -> None:
        self._connection.close()


class Fake:
    """kubefake, without a wire."""

    def __init__(self) -> None:
        self._server = ApiServer(clock=RealClock(), ids=SeededIds(1))

    def __call__(self, asked: Asked) -> _Answer:
        body = None if asked.body is None else json.dumps(asked.body).encode()
        headers = [("content-type", asked.type), ("user-agent", "differential/1")]
        answer = self._server.handle(Request(asked.method, asked.path, list(asked.query), headers, body), ADMIN)
        assert isinstance(answer, Response)
        return answer.status, _read(answer.body), [value for name, value in answer.headers if name == "warning"]


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode()


def _plain(value: Any, key: str = "") -> Any:
    """A body without what is of the moment."""
    if isinstance(value, dict):
        return {name: _plain(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return ["IP" for _ in value] if key == "clusterIPs" and value != ["None"] else [_plain(one) for one in value]
    if key in _TIMES and value:
        return "TIME"
    if key in _OF_THE_MOMENT and value not in ("None", "", None):
        return "MOMENT"
    return _moment.sub("MOMENT", value) if isinstance(value, str) else value


def differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    """Where two bodies differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in dict.fromkeys((*left, *right)):
            if name not in left or name not in right:
                yield f"{path}.{name}: {'missing' if name not in left else 'extra'}: {left.get(name, right.get(name))!r}"
            else:
                yield from differences(left[name], right[name], f"{path}.{name}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif left != right:
        yield f"{path}: {left!r} where the real one says {right!r}"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if URL:
        yield URL
        return
    folder: Path = tmp_path_factory.mktemp("oracle")
    with Oracle(folder) as oracle:
        yield oracle.url


@pytest.fixture
def real(url: str) -> Iterator[Real]:
    asked = Real(url)
    yield asked
    asked.close()


def _begin(ask: Real | Fake, namespace: str) -> None:
    ask(Asked("POST", "/api/v1/namespaces", body={"metadata": {"name": namespace}}))
    ask(Asked("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body=DEFINITION))
    for _ in range(100):
        if ask(Asked("GET", f"/apis/differential.example/v1/namespaces/{namespace}/things"))[0] == 200:
            return
        time.sleep(0.1)  # noqa: TID251  the real server takes its time
    raise AssertionError("the custom kind is not served")


@pytest.mark.parametrize("seed", SEEDS)
def test_both_say_the_same(real: Real, seed: str) -> None:
    fake, namespace = Fake(), f"differential-{seed}"
    requests = Requests(seed, namespace)
    _begin(real, namespace)
    _begin(fake, namespace)
    found: list[str] = []
    history: list[str] = []

    for step in range(STEPS):
        asked = requests.draw()
        history.append(str(asked))
        wanted, got = real(asked), fake(asked)
        differing = [*differences(_plain(got[1]), _plain(wanted[1])), *differences(got[2], wanted[2], "warnings")]
        if got[0] != wanted[0]:
            differing.insert(0, f"code {got[0]} where the real one says {wanted[0]}")
        if differing:
            found.append("\n    ".join([f"{step}: {asked}", *differing[:6]]))
    assert not found, "\n".join(found)
