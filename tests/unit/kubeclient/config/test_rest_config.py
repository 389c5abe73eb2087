"""The rest config: addresses, limits, and the cluster around."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeclient.config.in_cluster import NotInClusterError, in_cluster_config, in_cluster_namespace, in_cluster_possible
from kubeclient.config.rest import Config, Impersonation, TLSClientConfig


@pytest.mark.parity("CFG-21")
@pytest.mark.parametrize(
    ("config", "url"),
    [
        (Config("host"), "http://host"),
        (Config("host:80"), "http://host:80"),
        (Config("host", tls=TLSClientConfig(insecure=True)), "https://host"),
        (Config("https://host/base/"), "https://host/base"),
        (Config("https://[::1]:6443"), "https://[::1]:6443"),
    ],
)
def test_a_host_is_a_name_a_port_or_a_url(config: Config, url: str) -> None:
    assert config.server_url() == url


@pytest.mark.parity("CFG-21")
@pytest.mark.parametrize("host", ["", "host/path"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="host must be a URL or a host:port pair"):
        Config(host).server_url()


@pytest.mark.parity("CFG-12")
def test_the_limits_default_as_in_client_go() -> None:
    assert Config().rate_limit() == (5.0, 10)
    assert Config(qps=-1).rate_limit()[0] is None
    assert Config(qps=50, burst=100).rate_limit() == (50, 100)
    with pytest.raises(ValueError, match="burst"):
        Config(burst=-1).rate_limit()


@pytest.mark.parity("CFG-04")
def test_settings_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="username/password or bearer token may be set, but not both"):
        Config(username="a", bearer_token="b").check()
    with pytest.raises(ValueError, match="root certificates file with the insecure flag"):
        Config(tls=TLSClientConfig(insecure=True, ca_data=b"x")).check()


@pytest.mark.parity("CFG-17")
def test_nobody_keeps_the_server_and_loses_the_credentials() -> None:
    config = Config(
        "h",
        username="a",
        password="b",
        impersonate=Impersonation("x"),
        tls=TLSClientConfig(ca_data=b"c", key_data=b"k"),
    )

    nobody = config.anonymous()

    assert (nobody.host, nobody.tls.ca_data) == ("h", b"c")
    assert (nobody.username, nobody.password, bool(nobody.impersonate), nobody.tls.key_data) == ("", "", False, b"")


@pytest.mark.parity("CFG-17")
def test_a_copy_shares_nothing_that_can_change() -> None:
    config = Config(impersonate=Impersonation("x", groups=["g"]))
    config.copy().impersonate.groups.append("h")

    assert config.impersonate.groups == ["g"]


@pytest.mark.parity("CFG-20")
def test_a_pod_finds_its_cluster_in_its_mount(tmp_path: Path) -> None:
    for name, text in {"token": "t\n", "ca.crt": "-----BEGIN CERTIFICATE-----", "namespace": "mine\n"}.items():
        (tmp_path / name).write_text(text)
    environ = {"KUBERNETES_SERVICE_HOST": "::1", "KUBERNETES_SERVICE_PORT": "443"}

    config = in_cluster_config(environ, mount=tmp_path)

    assert (config.host, config.bearer_token) == ("https://[::1]:443", "t")
    assert (config.bearer_token_file, config.tls.ca_file) == (str(tmp_path / "token"), str(tmp_path / "ca.crt"))
    assert in_cluster_possible(environ, mount=tmp_path)
    assert in_cluster_namespace(environ, mount=tmp_path) == "mine"
    assert in_cluster_namespace({"POD_NAMESPACE": "other"}, mount=tmp_path) == "other"


@pytest.mark.parity("CFG-20")
def test_outside_of_a_pod_there_is_no_cluster_around(tmp_path: Path) -> None:
    with pytest.raises(NotInClusterError, match="KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined"):
        in_cluster_config({}, mount=tmp_path)
    assert in_cluster_namespace({}, mount=tmp_path) == "default"
