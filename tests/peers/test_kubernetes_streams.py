"""The official client and pods that are scripted: `stream` and `portforward`, over WebSockets of version 4."""

from __future__ import annotations

import gc
import threading
import warnings

import pytest

kubernetes = pytest.importorskip("kubernetes")
stream = pytest.importorskip("kubernetes.stream")


@pytest.fixture(autouse=True)
def _left_behind():
    """This client leaves the sockets of its streams to the collector, which warns of them."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def core(scripted):
    client = kubernetes.config.new_client_from_config(config_file=scripted.kubeconfig)
    yield kubernetes.client.CoreV1Api(client)
    client.close()


def _exec(core, *command, **options):
    wanted = {"stdin": False, "stdout": True, "stderr": True, "tty": False, **options}
    return stream.stream(core.connect_get_namespaced_pod_exec, "web", "default", command=list(command), **wanted)


def test_a_command_says_what_it_wrote(core):
    assert _exec(core, "fail", "3").strip() == "it failed"


def test_a_command_is_talked_with(core):
    running = _exec(core, "cat", stdin=True, _preload_content=False)
    running.write_stdin("hello\n")
    assert running.readline_stdout(timeout=5) == "HELLO"
    running.close()


def test_an_exit_code_is_told(core):
    running = _exec(core, "fail", "7", _preload_content=False)
    running.run_forever(timeout=5)
    assert running.returncode == 7
    assert running.read_stderr() == "it failed\n"
    running.close()


def _close(forwarding):
    forwarding.close()
    for thread in threading.enumerate():
        if thread.name.startswith("Kubernetes port forward proxy"):
            thread.join(10)
    forwarding.websocket.close()


def test_ports_are_forwarded(core):
    forwarding = stream.portforward(core.connect_get_namespaced_pod_portforward, "web", "default", ports="8080,80")
    shouting = forwarding.socket(8080)
    shouting.settimeout(10)
    shouting.sendall(b"abc")
    assert shouting.recv(10) == b"ABC"
    web = forwarding.socket(80)
    web.settimeout(10)
    web.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert web.recv(1000).endswith(b"hello")
    assert (forwarding.error(80), forwarding.error(8080)) == (None, None)
    _close(forwarding)


def test_a_port_without_a_handler_has_an_error(core):
    forwarding = stream.portforward(core.connect_get_namespaced_pod_portforward, "web", "default", ports="9")
    refused = forwarding.socket(9)
    refused.settimeout(10)
    assert refused.recv(10) == b""
    assert "connection refused" in forwarding.error(9)
    _close(forwarding)


def test_a_log_is_followed_line_by_line(core):
    lines = kubernetes.watch.Watch().stream(core.read_namespaced_pod_log, "web", "default", follow=True)
    assert next(lines) == "one"
    assert next(lines) == "two"
    lines.close()
    assert core.read_namespaced_pod_log("web", "default", tail_lines=1) == "two\n"
