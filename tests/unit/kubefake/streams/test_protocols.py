"""What servers have spoken with clients of containers over the years, message by message."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from kubeclient.apimachinery.spdy import (
    DataReceived,
    Pinged,
    SpdyConnection,
    SpdyEvent,
    StreamReplied,
    StreamReset,
)
from kubeclient.runtime.threads import ThreadRuntime
from kubefake.containers.opening import CommandOpening, PortsOpening
from kubefake.streams.accept import accept, accept_spdy
from kubefake.streams.endpoint import Endpoint, ProtocolRefusedError
from kubefake.streams.stage import Job


class Later:
    """A stage that runs handlers when a test wants it to."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def start(self, job: Job) -> Callable[[], None]:
        self.jobs.append(job)
        return lambda: None

    def run(self) -> None:
        for job in self.jobs:
            job.run(ThreadRuntime())


def shout(session: Any) -> int:
    session.stdout.write(session.stdin.read().upper())
    session.stderr.write("!")
    return 3


def command(**options: Any) -> tuple[CommandOpening, Later]:
    stage = Later()
    wanted = {"stdin": True, "stdout": True, "stderr": True, "handler": shout, "command": ("shout",), **options}
    return CommandOpening(101, namespace="ns", pod="p", stage=stage, **wanted), stage


def drained(endpoint: Endpoint) -> list[Any]:
    messages = []
    while (message := endpoint.poll()) is not None:
        messages.append(message)
    return messages


def test_the_first_known_protocol_of_the_client_is_spoken() -> None:
    opening, _ = command()

    assert accept(opening, ["v9", "v4.channel.k8s.io", "v5.channel.k8s.io"]).subprotocol == "v4.channel.k8s.io"
    assert accept(opening, []).subprotocol == ""
    with pytest.raises(ProtocolRefusedError, match=r"requested protocol\(s\) are not supported: \['v9'\]"):
        accept(opening, ["v9"])


def test_version_five_ends_the_input_and_tells_the_end_as_a_status() -> None:
    opening, stage = command()
    endpoint = accept(opening, ["v5.channel.k8s.io"])
    for message in (b"\x00ab", b"\xff\x00", b"\x00late", b""):
        endpoint.receive(message)
    stage.run()

    *outputs, end = drained(endpoint)
    assert outputs == [b"\x01", b"\x01AB", b"\x02!"]
    assert end[:1] == b"\x03"
    assert json.loads(end[1:])["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]
    assert endpoint.ended


def test_base64_is_text_whose_first_character_is_the_channel() -> None:
    opening, stage = command(stdin=False, stderr=False)
    endpoint = accept(opening, ["v4.base64.channel.k8s.io"])
    endpoint.receive("0" + base64.b64encode(b"x").decode())
    endpoint.receive("?")
    stage.run()

    first, end = drained(endpoint)
    assert first == "1"
    assert (end[0], json.loads(base64.b64decode(end[1:]))["status"]) == ("3", "Failure")


@pytest.mark.parametrize(
    ("protocol", "code", "told"), [("", 0, []), ("channel.k8s.io", 2, [b"\x03command terminated"])]
)
def test_old_versions_tell_the_end_as_a_text_if_it_is_a_bad_one(protocol: str, code: int, told: list[bytes]) -> None:
    opening, stage = command(handler=lambda session: code, stdin=False)
    endpoint = accept(opening, [protocol] if protocol else [])
    stage.run()

    assert [message[: len(b"\x03command terminated")] for message in drained(endpoint)[1:]] == told


def test_sizes_that_are_none_are_passed_over() -> None:
    sizes: list[Any] = []
    opening, stage = command(tty=True, stderr=False, stdin=False, handler=lambda session: sizes.append(session.size))
    endpoint = accept(opening, ["v5.channel.k8s.io"])
    for text in (b"{", b'{"Width":0,"Height":1}', b'{"Width":80,"Height":24}', b'{"Width":1}'):
        endpoint.receive(b"\x04" + text)
    stage.run()

    assert sizes == [(80, 24)]


def _talk(endpoint: Endpoint, client: SpdyConnection) -> list[SpdyEvent]:
    return [event for message in drained(endpoint) for event in client.receive(message)]


def test_a_command_over_spdy_begins_when_all_of_its_streams_are_there() -> None:
    opening, stage = command()
    endpoint, client = accept_spdy(opening, ["v4.channel.k8s.io"]), SpdyConnection(client=True)
    streams: dict[str, int] = {}
    for kind in ("error", "stdin", "stdout", "odd", "stderr"):
        assert stage.jobs == []
        streams[kind], data = client.open([("streamType", kind)])
        endpoint.receive(data)
    endpoint.receive(
        client.ping(1) + client.data(streams["stdin"], b"a") + client.data(streams["stdin"], b"b", end=True)
    )
    stage.run()

    events = _talk(endpoint, client)
    taken = [event.stream for event in events if isinstance(event, StreamReplied)]
    assert taken == [streams[kind] for kind in ("error", "stdin", "stdout", "stderr")]
    assert [event.stream for event in events if isinstance(event, StreamReset)] == [streams["odd"]]
    assert Pinged(1, ours=True) in events
    written = [(event.stream, event.data) for event in events if isinstance(event, DataReceived) and not event.ended]
    assert written == [(streams["stdout"], b"AB"), (streams["stderr"], b"!")]
    ended = {event.stream: event.data for event in events if isinstance(event, DataReceived) and event.ended}
    assert json.loads(ended[streams["error"]])["reason"] == "NonZeroExitCode"
    assert set(ended) >= {streams["stdout"], streams["stderr"]}
    assert endpoint.ended


def test_sizes_over_spdy_come_in_pieces() -> None:
    sizes: list[Any] = []
    opening, stage = command(tty=True, stderr=False, stdin=False, handler=lambda session: sizes.append(session.size))
    endpoint, client = accept_spdy(opening, ["v4.channel.k8s.io"]), SpdyConnection(client=True)
    for kind in ("error", "stdout", "resize"):
        resize, data = client.open([("streamtype", kind)])
        endpoint.receive(data)
    endpoint.receive(client.data(resize, b'{"Width":80,"Hei') + client.data(resize, b'ght":24}\n{"Width"'))
    stage.run()

    assert sizes == [(80, 24)]


def test_bytes_that_are_no_spdy_end_it() -> None:
    opening, _ = command()
    ports = PortsOpening(101, namespace="ns", pod="p")
    for endpoint in (accept_spdy(opening, []), accept_spdy(ports, ["portforward.k8s.io"])):
        endpoint.receive(b"\x80\x09\x00\x01\x00\x00\x00\x00")
        assert endpoint.ended


def test_ports_have_two_channels_each_that_say_their_number_first() -> None:
    stage = Later()
    handlers = {80: lambda connection: connection.write(connection.read().upper())}
    opening = PortsOpening(101, namespace="ns", pod="p", uid="u", stage=stage, ports=(80, 9), handlers=handlers)
    endpoint = accept(opening, ["v4.channel.k8s.io"])
    numbers = [b"\x00\x50\x00", b"\x01\x50\x00", b"\x02\x09\x00", b"\x03\x09\x00"]
    first = drained(endpoint)
    endpoint.receive(b"\x00ab")
    endpoint.receive(b"\x08nobody")

    assert first[:4] == numbers
    assert first[4].startswith(b"\x03error forwarding port 9 to pod p, uid u: connection refused")
    assert not endpoint.ended
    with pytest.raises(ProtocolRefusedError, match='query parameter "port" is required'):
        accept(PortsOpening(101), ["v4.channel.k8s.io"])
    endpoint.close()
    assert endpoint.ended


@pytest.mark.parity("PFW-03")
@pytest.mark.parametrize(
    "headers",
    [
        [("streamtype", "odd"), ("port", "80"), ("requestid", "1")],
        [("streamtype", "data"), ("port", "0"), ("requestid", "1")],
        [("streamtype", "data"), ("port", "x"), ("requestid", "1")],
        [("port", "80")],
    ],
)
def test_a_stream_that_says_too_little_is_refused(headers: list[tuple[str, str]]) -> None:
    endpoint = accept(PortsOpening(101, namespace="ns", pod="p"), ["SPDY/3.1+portforward.k8s.io"])
    client = SpdyConnection(client=True)
    stream, data = client.open(headers)
    endpoint.receive(data)

    assert _talk(endpoint, client) == [StreamReset(stream, 3)]
