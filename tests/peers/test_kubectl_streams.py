"""kubectl, where there is one, and pods that are scripted: logs, exec, attach, cp, port-forward; over WebSockets and SPDY."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import urllib.request

import pytest

KUBECTL = os.environ.get("KUBEFAKE_KUBECTL") or shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on this machine")

SWITCHES = ("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", "KUBECTL_PORT_FORWARD_WEBSOCKETS")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return str(tmp_path_factory.mktemp("kubectl"))


@pytest.fixture
def kubectl(scripted, cache):
    def run(*args, text=None, websockets=True):
        command = [KUBECTL, "--kubeconfig", scripted.kubeconfig, "--cache-dir", cache, *args]
        environment = {**os.environ, **dict.fromkeys(SWITCHES, "true" if websockets else "false")}
        return subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=60, check=False, env=environment
        )

    return run


@pytest.fixture(params=[True, False], ids=["websockets", "spdy"])
def websockets(request):
    return request.param


def test_logs_are_printed_cut_and_followed(kubectl):
    assert kubectl("logs", "web").stdout == "one\ntwo\n"
    assert re.fullmatch(r"\d{4}-.*\.\d{9}Z two\n", kubectl("logs", "web", "--tail=1", "--timestamps").stdout)
    assert kubectl("exec", "writer", "--", "go").returncode == 0
    assert kubectl("logs", "web", "-f").stdout == "one\ntwo\nthree\n"
    refused = kubectl("logs", "web", "-p")
    assert 'previous terminated container "c" in pod "web" not found' in refused.stderr


def test_a_command_gets_input_and_tells_its_exit_code(kubectl, websockets):
    done = kubectl("exec", "-i", "web", "--", "cat", text="some\nlines", websockets=websockets)
    assert (done.returncode, done.stdout) == (0, "SOME\nLINES")
    failed = kubectl("exec", "web", "--", "fail", "42", websockets=websockets)
    assert (failed.returncode, failed.stderr) == (42, "it failed\ncommand terminated with exit code 42\n")


def test_a_command_that_nobody_handles_is_refused(kubectl, websockets):
    refused = kubectl("exec", "plain", "--", "ls", websockets=websockets)
    assert refused.returncode == 1
    assert "has no handler for it" in refused.stderr


def test_a_client_attaches(kubectl, websockets):
    done = kubectl("attach", "-i", "web", text="a\nb\n", websockets=websockets)
    assert (done.returncode, done.stdout) == (0, "attached\ngot a\ngot b\n")


def test_files_are_copied_both_ways(kubectl, tmp_path):
    (tmp_path / "sent").write_text("x" * 100_000)
    there = kubectl("cp", str(tmp_path / "sent"), "web:/tmp/kept")
    assert there.returncode == 0, there.stderr
    back = kubectl("cp", "web:/tmp/kept", str(tmp_path / "back"))
    assert back.returncode == 0, back.stderr
    assert (tmp_path / "back").read_text() == "x" * 100_000


def test_ports_are_forwarded(scripted, cache, websockets):
    command = [KUBECTL, "--kubeconfig", scripted.kubeconfig, "--cache-dir", cache, "port-forward", "pod/web"]
    environment = {**os.environ, **dict.fromkeys(SWITCHES, "true" if websockets else "false")}
    with subprocess.Popen(
        [*command, "--address=127.0.0.1", ":80", ":8080", ":9"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    ) as forwarding:  # fmt: skip
        try:
            ports = {}
            while len(ports) < 3:
                line = forwarding.stdout.readline()
                match = re.fullmatch(r"Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)\n", line)
                assert match, line + forwarding.stderr.read()
                ports[int(match[2])] = int(match[1])
            with urllib.request.urlopen(f"http://127.0.0.1:{ports[80]}/", timeout=10) as answer:
                assert answer.read() == b"hello"
            with socket.create_connection(("127.0.0.1", ports[8080]), timeout=10) as connection:
                connection.sendall(b"abc" * 50_000)
                connection.shutdown(socket.SHUT_WR)
                got = b""
                while data := connection.recv(65536):
                    got += data
            assert got == b"ABC" * 50_000
            with socket.create_connection(("127.0.0.1", ports[9]), timeout=10) as connection:
                assert connection.recv(1) == b""
            assert forwarding.wait(10) == 1
            errors = forwarding.stderr.read()
            assert "connection refused" in errors
            assert "lost connection to pod" in errors
        finally:
            forwarding.terminate()
