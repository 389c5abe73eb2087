"""A session of two servers that are asked the same, and where their answers differ.

Compared are codes, warnings and bodies, once what is of the moment is taken out: uids, times, addresses. Versions of objects are
replaced by the order in which they came up, so that a write that changes nothing on one side only is seen.
"""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import json
import re
import ssl
import time
import traceback
import urllib.parse
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from oracle.asked import Asked
from oracle.definitions import DEFINITIONS, GROUP
from support.oracle import TOKEN

from kubeclient.transport.protocol import Request, Response
from kubefake.pipeline.caller import ADMIN
from kubefake.realtime import SeededIds
from kubefake.server import ApiServer

__all__ = ["Answer", "Fake", "Real", "Session", "differences"]

_TIMES = frozenset(
    {
        *("creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime", "lastUpdateTime", "startTime"),
        *("lastScaleTime", "firstTimestamp", "lastTimestamp", "restartedAt"),
    }
)
_OF_THE_MOMENT = frozenset({"uid", "continue", "nodePort", "healthCheckNodePort"})
_moment = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|(?:resourceVersion|odePort)\W+\d+|(?<=record )\(\d+\)|(?<=precondition )\(\d+\)|(?<=ResourceVersion in precondition: )\d+|(?<=in object meta: )\d+|(?<![\d.])10\.0\.0\.(?!(?:1|9)\b)\d+|\bg-[a-z0-9]{5}\b"
)
_node_port = re.compile(r":3[0-2]\d{3}/")
_age = re.compile(r"\d+[smhd]|<invalid>")
_reference = re.compile(r"\$\((\w+)\)")
_MORE_SECONDS = 0.05

Answer = tuple[int, Any, list[str]]


class Real:
    """The real apiserver over one connection."""

    def __init__(self, url: str) -> None:
        self._context = ssl.create_default_context()
        self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
        self._where = urllib.parse.urlsplit(url)
        self._connection = self._connect()
        self.now = 0.0

    def _connect(self) -> http.client.HTTPSConnection:
        assert self._where.hostname is not None
        return http.client.HTTPSConnection(self._where.hostname, self._where.port, context=self._context, timeout=20)

    def __call__(self, asked: Asked) -> Answer:
        try:
            answer = self._send(self._connection, asked)
        except http.client.RemoteDisconnected:  # it hung up, and answers over the next connection
            self._connection.close()
            return 0, {"message": "hung up"}, []
        data = answer.read()
        read = _read(data)
        self.now = _second(answer.headers.get("Date", ""), read)
        return answer.status, read, answer.headers.get_all("Warning") or []

    def watch(self, asked: Asked, count: int) -> Answer:
        """The events of a watch: as many as there should be, and those that come right after them."""
        connection = self._connect()
        try:
            answer = self._send(connection, asked)
            if answer.status != 200:
                return answer.status, _read(answer.read()), []
            events: list[Any] = []
            with contextlib.suppress(TimeoutError, OSError):
                while True:
                    assert connection.sock is not None or answer.fp is not None
                    answer.fp.raw._sock.settimeout(2.0 if len(events) < count else _MORE_SECONDS)  # type: ignore[attr-defined]
                    line = answer.readline()
                    if not line:
                        break
                    events.append(json.loads(line))
            return 200, events, []
        finally:
            connection.close()

    def close(self) -> None:
        self._connection.close()

    def _send(self, connection: http.client.HTTPSConnection, asked: Asked) -> http.client.HTTPResponse:
        target = asked.path + (f"?{urllib.parse.urlencode(asked.query)}" if asked.query else "")
        body = None if asked.body is None else json.dumps(asked.body, ensure_ascii=False).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": asked.type, "User-Agent": "differential/1"}
        if asked.accept:
            headers["Accept"] = asked.accept
        connection.request(asked.method, target, body, headers)
        return connection.getresponse()


class _Clock:
    """The time of the fake: that of the real one, so that entries of managers stand in the same order."""

    def __init__(self) -> None:
        self.now_ns = 0

    def monotonic_ns(self) -> int:
        return self.now_ns

    def time_ns(self) -> int:
        return self.now_ns


class Fake:
    """kubefake, without a wire."""

    def __init__(self, template: ApiServer | None = None) -> None:
        self.clock = _Clock()
        ids = SeededIds(1)
        self.server = (
            ApiServer(clock=self.clock, ids=ids) if template is None else template.fork(clock=self.clock, ids=ids)
        )

    def __call__(self, asked: Asked) -> Answer:
        body = None if asked.body is None else json.dumps(asked.body, ensure_ascii=False).encode()
        headers = [("content-type", asked.type), ("user-agent", "differential/1")]
        if asked.accept:
            headers.append(("accept", asked.accept))
        try:
            answer = self.server.handle(Request(asked.method, asked.path, list(asked.query), headers, body), ADMIN)
        except Exception:  # a fault of the server: one more difference
            return 0, {"message": traceback.format_exc()[-600:]}, []
        if isinstance(answer, Response):
            return answer.status, _read(answer.body), [value for name, value in answer.headers if name == "warning"]
        events = []
        while (frame := answer.poll()) is not None:
            events.append(json.loads(frame))
        answer.close()
        return 200, events, []


class Session:
    """Two servers in a namespace of their own.

    Args:
        real: the one that is right.
        template: a server that has the definitions, which this session's is a fork of.
        namespace: made on both.

    Attributes:
        code: of the real one's last answer.
    """

    def __init__(self, real: Real, template: ApiServer, namespace: str) -> None:
        self._real, self._fake = real, Fake(template)
        self._real_names: dict[str, str] = {}
        self._fake_names: dict[str, str] = {}
        self._real_order: dict[str, str] = {}
        self._fake_order: dict[str, str] = {}
        self.code = 0
        self.namespace = namespace
        made = Asked("POST", "/api/v1/namespaces", body={"metadata": {"name": namespace}})
        assert self._real(made)[0] == 201
        self._follow()
        assert self._fake(made)[0] == 201

    def ask(self, asked: Asked, number: int) -> list[str]:
        """Asks both; where they differ. `number` is what later requests name this one by."""
        mine = _named(asked, self._fake_names)
        theirs = _named(asked, self._real_names)
        if asked.is_watch:
            got = self._fake(mine)
            count = len(got[1]) if isinstance(got[1], list) else 0
            wanted = self._real.watch(theirs, count)
        else:
            wanted = self._real(theirs)
            self._follow()
            got = self._fake(mine)
        self.code = wanted[0]
        if not wanted[0]:
            return []  # the real one has hung up on a request that it cannot bear
        # Definitions are older than the session, on one side by an update more; what the real one's cache says is of a revision
        # that it pleases.
        if "/customresourcedefinitions/" not in asked.path and "resourceVersion" not in dict(asked.query):
            _keep(self._real_names, number, wanted)
            _keep(self._fake_names, number, got)
        left = _Plain(self._fake_order, self._fake.clock).answer(got)
        right = _Plain(self._real_order, self._fake.clock).answer(wanted)
        found = [*differences(left[1], right[1]), *differences(left[2], right[2], "warnings")]
        if got[0] != wanted[0]:
            found.insert(
                0, f"code {got[0]} where the real one says {wanted[0]}: {_message(wanted[1])} <> {_message(got[1])}"
            )
        return found

    def apart(self, asked: Asked, differing: list[str]) -> bool:
        """Whether after that difference the two may hold something else, so that more would follow from it."""
        return (asked.method != "GET" and self.code < 400) or differing[0].startswith("code")

    def close(self) -> None:
        """Gives back what is scarce: the addresses and ports of services."""
        path = f"/api/v1/namespaces/{self.namespace}/services"
        for item in self._real(Asked("GET", path))[1]["items"]:
            one = f"{path}/{item['metadata']['name']}"
            self._real(
                Asked("PATCH", one, body={"metadata": {"finalizers": None}}, type="application/merge-patch+json")
            )
            self._real(Asked("DELETE", one, body={"gracePeriodSeconds": 0, "propagationPolicy": "Background"}))

    def _follow(self) -> None:
        self._fake.clock.now_ns = int(self._real.now * 1e9)


def prepare(real: Real) -> ApiServer:
    """Both servers get the definitions; returns the template of the fake ones."""
    fake = Fake()
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    for definition in DEFINITIONS:
        real(Asked("POST", path, body=definition))
        fake.clock.now_ns = int(real.now * 1e9)
        assert fake(Asked("POST", path, body=definition))[0] == 201
        for version in definition["spec"]["versions"]:
            served = Asked("GET", f"/apis/{GROUP}/{version['name']}/{definition['spec']['names']['plural']}")
            for _ in range(100):
                if real(served)[0] == 200:
                    break
                time.sleep(0.1)  # noqa: TID251  the real server takes its time
            else:
                raise AssertionError("the custom kind is not served")
    return fake.server


def differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    """Where two bodies differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in dict.fromkeys((*left, *right)):
            if name not in left or name not in right:
                how = "missing" if name not in left else "extra"
                yield f"{path}.{name}: {how}: {left.get(name, right.get(name))!r}"
            else:
                yield from differences(left[name], right[name], f"{path}.{name}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif left != right or type(left) is not type(right):
        yield f"{path}: {left!r} where the real one says {right!r}"


class _Plain:
    """Answers without what is of the moment."""

    def __init__(self, order: dict[str, str], clock: _Clock) -> None:
        self._order = order
        self._today = datetime.fromtimestamp(clock.now_ns / 1e9).strftime("%Y-")  # noqa: DTZ006

    def answer(self, answer: Answer) -> Answer:
        code, body, warnings = answer
        if isinstance(body, list):
            body = [{**event, "object": self._table(event["object"])} for event in body]
        return code, self._value(_in_order(self._table(body))), [_moment.sub("MOMENT", one) for one in warnings]

    def _table(self, body: Any) -> Any:
        if not isinstance(body, dict) or body.get("kind") != "Table":
            return body
        columns = [{**column, "description": ""} for column in body["columnDefinitions"] or ()]  # prose
        return {**body, "columnDefinitions": columns, "rows": [self._row(row) for row in body.get("rows") or ()]}

    def _row(self, row: Any) -> Any:
        cells = [
            _age.sub("AGE", _node_port.sub(":PORT/", _moment.sub("MOMENT", cell))) if isinstance(cell, str) else cell
            for cell in row["cells"]
        ]
        return {**row, "cells": cells}

    def _value(self, value: Any, key: str = "", of: Any = None) -> Any:
        if isinstance(value, dict):
            if value.get("kind") == "CustomResourceDefinition":
                value = _without_status(value)
            return {name: self._value(value[name], name, value) for name in sorted(value)}
        if isinstance(value, list):
            if key in ("clusterIPs", "cells"):
                return [self._value(one, "clusterIP") for one in value]
            return [self._value(one) for one in value]
        if key == "resourceVersion" and isinstance(value, str):
            return self._version(value, of)
        if key == "clusterIP" and str(value).startswith("10.0.0.") and value not in ("10.0.0.1", "10.0.0.9"):
            return "ADDRESS"
        if key in _TIMES and isinstance(value, str) and value and not value.startswith("2020-"):
            return "TIME"
        if key in _OF_THE_MOMENT and value:
            return "MOMENT"
        return _moment.sub("MOMENT", value) if isinstance(value, str) else value

    def _version(self, value: str, of: Any) -> str:
        if not value or "name" not in of:  # of a list: the real one counts what others write, too
            return "MOMENT" if value else ""
        return self._order.setdefault(value, f"version {len(self._order)}")


def _without_status(definition: Any) -> Any:
    """A definition without what a controller of the real server writes into it when it pleases."""
    kept = {name: one for name, one in definition.items() if name != "status"}
    meta = kept.get("metadata")
    if isinstance(meta, dict) and isinstance(meta.get("managedFields"), list):
        entries = [entry for entry in meta["managedFields"] if entry.get("subresource") != "status"]
        kept["metadata"] = {**meta, "managedFields": entries}
    return kept


def _in_order(body: Any) -> Any:
    """Errors that the real server finds in the order of Go's maps, which is none: by schemas, in custom and in applied objects."""
    if not isinstance(body, dict) or body.get("kind") != "Status":
        return body
    message, details = str(body.get("message", "")), body.get("details") or {}
    if message.startswith("Apply failed with "):
        causes = sorted(details.get("causes") or (), key=lambda cause: json.dumps(cause, sort_keys=True))
        return {**body, "message": sorted(message.split("\n")), "details": {**details, "causes": causes}}
    if message.startswith(' "" is invalid') and "CustomResourceDefinition" in message[:200]:
        return _QUOTED.sub("OBJECT", json.dumps(body))
    if "field not declared in schema" in message:  # it is told with some of what else is wrong
        return {**body, "message": message.partition(": ")[0]}
    if message.startswith("failed to create typed patch object"):
        return {**body, "message": sorted(message.split("\n"))}
    if details.get("group") == GROUP and "causes" in details:
        causes = sorted(details["causes"], key=lambda cause: json.dumps(cause, sort_keys=True))
        return {
            **body,
            "message": sorted(part.strip() for part in re.split(r"[\[\],]", message)),
            "details": {**details, "causes": causes},
        }
    return _maps_in_order(body, message, details.get("causes") or [])


_QUOTED = re.compile(r'\{\\+"apiVersion.*\}(?=\\*": )')
"""A definition in an error, whose status a controller of the real server has written."""
_of_map = re.compile(
    r"(metadata\.(?:labels|annotations)|\.matchLabels|\.nodeSelector)$|^((?:data|binaryData|stringData|.*\.(?:limits|requests))\[)"
)


def _maps_in_order(body: Any, message: str, causes: list[Any]) -> Any:
    """Mistakes in one map, which stand beside each other, in an order of their own."""
    found: list[Any] = []
    for cause in causes:
        place = _of_map.search(cause.get("field", ""))
        key = (cause["field"] if place[1] else place[2]) if place is not None else None
        if key is not None and found and found[-1][0] == key:
            found[-1][1].append(cause)
        else:
            found.append((key, [cause]))
    if all(len(run) == 1 for _, run in found):
        return body
    ordered = [cause for _, run in found for cause in sorted(run, key=lambda one: json.dumps(one, sort_keys=True))]
    parts = sorted(part.strip() for part in re.split(r"[\[\],]", message))
    return {**body, "message": parts, "details": {**body["details"], "causes": ordered}}


def _second(date: str, body: Any) -> float:
    """When a request was answered; what the answer itself says of its last change is right where the clock had just moved on."""
    then = email.utils.parsedate_to_datetime(date).timestamp() if date else 0.0
    meta = body.get("metadata") if isinstance(body, dict) else None
    entries = meta.get("managedFields") if isinstance(meta, dict) else None
    times = [entry["time"] for entry in entries or () if isinstance(entry, dict) and entry.get("time")]
    if times and datetime.fromisoformat(max(times)).timestamp() == then - 1:
        return then - 1
    return then


def _message(body: Any) -> Any:
    return body.get("message") if isinstance(body, dict) else body


def _keep(names: dict[str, str], number: int, answer: Answer) -> None:
    body = answer[1]
    meta = body.get("metadata") if isinstance(body, dict) else None
    if isinstance(meta, dict):
        names[f"rv{number}"] = str(meta.get("resourceVersion") or "0")
        names[f"next{number}"] = str(meta.get("continue") or "")


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, Asked):
        query = tuple((name, _named(text, names)) for name, text in value.query)
        return Asked(value.method, value.path, query, _named(value.body, names), value.type, value.accept)
    if isinstance(value, dict):
        return {name: _named(one, names) for name, one in value.items()}
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    if isinstance(value, str) and "$(" in value:
        return _reference.sub(lambda found: names.get(found[1], "0"), value)
    return value


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode()
