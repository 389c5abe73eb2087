"""HTTPS with an authority made for the occasion."""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from kubeclient.runtime.clock import RealClock
from kubefake.faults.door import Door
from kubefake.pipeline.caller import Caller
from kubefake.serve.kubeconfig import kubeconfig, write_kubeconfig
from kubefake.serve.thread import ServerThread
from kubefake.serve.tls import CertificateAuthority


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority(RealClock())


def get(url: str, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection(url.removeprefix("https://"), context=context, timeout=5)
    connection.request("GET", "/version")
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_client_that_trusts_the_authority_is_served(authority: CertificateAuthority, server: Any) -> None:
    context = ssl.create_default_context(cadata=authority.certificate.decode())
    with ServerThread(Door(server), tls=authority.server_context(["127.0.0.1"]), caller=Caller()) as running:
        assert get(running.url, context) == 200

    assert server.callers == [Caller()]


def test_a_client_certificate_names_the_user(authority: CertificateAuthority, server: Any, tmp_path: Path) -> None:
    pair = authority.client("jane", ["devs"])
    (tmp_path / "client.pem").write_bytes(pair.key + pair.certificate)
    context = ssl.create_default_context(cadata=authority.certificate.decode())
    context.load_cert_chain(tmp_path / "client.pem")
    with ServerThread(Door(server), tls=authority.server_context(["127.0.0.1"])) as running:
        get(running.url, context)

    caller = server.callers[0]
    assert caller.certified
    assert (caller.user.name, caller.user.groups) == ("jane", ("devs", "system:authenticated"))
    (credential,) = caller.user.extra["authentication.kubernetes.io/credential-id"]
    assert credential.startswith("X509SHA256=")


def test_a_client_that_does_not_trust_the_authority_is_told_by_its_own_library(
    authority: CertificateAuthority, server: Any
) -> None:
    with (
        ServerThread(Door(server), tls=authority.server_context(["127.0.0.1"])) as running,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        get(running.url, ssl.create_default_context())


def test_a_kubeconfig_leads_to_the_server_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config"

    write_kubeconfig(path, kubeconfig("https://127.0.0.1:1", token="t", certificate_authority=b"CA"))

    config = json.loads(path.read_text())
    assert config["clusters"][0]["cluster"] == {
        "server": "https://127.0.0.1:1",
        "certificate-authority-data": "Q0E=",
    }
    assert config["users"][0]["user"] == {"token": "t"}
    assert config["current-context"] == config["contexts"][0]["name"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["config"]
