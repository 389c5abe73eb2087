"""`kubefake serve` as a process."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kubefake.cli import COMMANDS, main


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "kubefake", "serve", *options], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_url_serves_and_stops_on_a_signal(number: signal.Signals, tmp_path: Path) -> None:
    config = tmp_path / "config"
    with start("--token", "sesame", "--kubeconfig", str(config)) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
        statuses = []
        for token in ("sesame", "wrong"):
            connection.request("GET", "/api/v1/namespaces/default", headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            statuses.append(answer.status)
            answer.read()
        connection.close()
        process.send_signal(number)
        assert process.wait(5) == 0
        assert process.stdout.read() == ""

    assert statuses == [200, 401]
    assert json.loads(config.read_text())["clusters"][0]["cluster"]["server"] == url


def test_over_https_its_kubeconfig_has_something_to_show_even_without_a_token(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    config = tmp_path / "config"
    with start("--tls", "--kubeconfig", str(config)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("https://")
        process.terminate()

    assert json.loads(config.read_text())["users"][0]["user"].keys() == {"client-certificate-data", "client-key-data"}


def test_one_seed_gives_the_same_identifiers() -> None:
    uids = []
    for seed in ("7", "7", "8"):
        with start("--seed", seed) as process:
            assert process.stdout is not None
            connection = http.client.HTTPConnection(process.stdout.readline().strip().removeprefix("http://"))
            connection.request("GET", "/api/v1/namespaces/default")
            uids.append(json.loads(connection.getresponse().read())["metadata"]["uid"])
            connection.close()
            process.terminate()

    assert uids[0] == uids[1] != uids[2]


def test_old_api_versions_are_served_when_they_are_asked_for() -> None:
    answers = []
    for options in ((), ("--legacy",)):
        with start(*options) as process:
            assert process.stdout is not None
            connection = http.client.HTTPConnection(process.stdout.readline().strip().removeprefix("http://"))
            connection.request("GET", "/apis/extensions/v1beta1")
            answers.append(connection.getresponse().status)
            connection.close()
            process.terminate()

    assert answers == [404, 200]


def test_without_a_command_it_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2

    text = capsys.readouterr().out
    assert all(name in text and command.help in text for name, command in COMMANDS.items())


def test_it_knows_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("kubefake ")


def test_a_taken_port_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    with start() as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip().rpartition(":")[2]

        assert main(["serve", "--port", port]) == 1
        process.terminate()

    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err
