"""Every field of a rest config: what it means, what excludes it, and what it becomes elsewhere."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any

import pytest

from kubeclient._sync.connect import connect, rate_limiter_of
from kubeclient._sync.rest_client import RESTClient
from kubeclient.apimachinery.gvk import GroupVersion
from kubeclient.clientcmd import ExecConfig
from kubeclient.machines.response import WarningHeader
from kubeclient.machines.warnings import log_warning
from kubeclient.rest import (
    AuthProviderConfig,
    Config,
    Impersonation,
    Result,
    TLSClientConfig,
    TokenBucket,
    add_user_agent,
    config_to_exec_cluster,
    default_server_url,
    default_versioned_api_path,
    exec_cluster_to_config,
    in_cluster_config,
    is_config_transport_tls,
    load_tls_files,
    register_auth_provider,
    set_default_warning_handler,
    set_kubernetes_defaults,
    this_user_agent,
)
from kubeclient.transport.protocol import Request, Response, header
from tests.twins.support import FakeRuntime, Script

OK = Response(200, [("content-type", "application/json")], b"{}")


class Clock:
    def monotonic_ns(self) -> int:
        return 0

    def time_ns(self) -> int:
        return 0


def _client(config: Config, *steps: Response, **more: Any) -> tuple[RESTClient, Script]:
    script = Script(*(steps or (OK,)))
    return RESTClient.from_config(config, runtime=FakeRuntime(), transport=script, **more), script


def _sent(config: Config, *steps: Response) -> Request:
    """What a request is when it leaves the wrappers of a config."""
    script = Script(*(steps or (OK,)))
    transport = connect(
        dataclasses.replace(config, host=config.host or "http://server", transport=script), clock=Clock()
    )
    transport.round_trip(Request("GET", "/x"))
    return script.requests[0]


@pytest.mark.parity("CFG-01", "REQ-20")
@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("foo.bar.com", "http://foo.bar.com"),
        ("http://host/prefix", "http://host/prefix"),
        ("http://host/prefix/", "http://host/prefix"),
        ("https://[::1]:6443/a/b/c", "https://[::1]:6443/a/b/c"),
        ("http://host/server?query=1#fragment", "http://host/server"),
    ],
)
def test_a_host_becomes_the_url_that_stands_before_every_path(host: str, url: str) -> None:
    assert Config(host).server_url() == url


@pytest.mark.parity("CFG-01", "CFG-21")
@pytest.mark.parametrize(
    "host", ["host/server", "host:port", "http://", "http://host:99999", "", "http://[::1", "host\n", "http://a\tb"]
)
def test_a_host_that_is_none_is_an_error_without_its_password(host: str) -> None:
    with pytest.raises(ValueError, match=r"^host must be a URL or a host:port pair"):
        Config(host).server_url()
    with pytest.raises(ValueError) as failed:
        Config("user:hidden@host/path").server_url()
    assert "hidden" not in str(failed.value)


@pytest.mark.parity("CFG-02", "CFG-22")
@pytest.mark.parametrize(
    ("api_path", "version", "path"),
    [
        ("/api", GroupVersion("", "v1"), "/api/v1"),
        ("api", GroupVersion("", "v1"), "/api/v1"),
        ("/apis", GroupVersion("apps", "v1"), "/apis/apps/v1"),
        ("", GroupVersion("apps", "v1"), "/apps/v1"),
        ("", GroupVersion("", ""), "/"),
    ],
)
def test_requests_start_below_the_api_path_its_group_and_its_version(
    api_path: str, version: GroupVersion, path: str
) -> None:
    assert default_versioned_api_path(api_path, version) == path


@pytest.mark.parity("CFG-02", "CFG-19")
def test_a_client_of_a_group_version_needs_to_know_it() -> None:
    with pytest.raises(ValueError, match="GroupVersion is required when initializing a RESTClient"):
        _client(Config("host"))
    with pytest.raises(ValueError, match="host must be a URL or a host:port pair"):
        _client(Config("host/path", group_version="v1"))

    client, script = _client(Config("host", api_path="/apis", group_version="apps/v1"))
    client.request("GET").resource("deployments").do()
    free, loose = _client(Config("host"), unversioned=True)
    free.request("GET").abs_path("/version").do()

    assert (script.requests[0].path, loose.requests[0].path) == ("/apis/apps/v1/deployments", "/version")


@pytest.mark.parity("CFG-03")
def test_the_formats_are_json_unless_somebody_says_otherwise() -> None:
    plain, script = _client(Config("host"), unversioned=True)
    plain.request("POST").body({"kind": "Pod", "apiVersion": "v1"}).do()
    chosen, other = _client(
        Config("host", content_type="application/yaml", accept_content_types="application/json;q=0.5"), unversioned=True
    )
    chosen.request("GET").do()

    assert header(script.requests[0].headers, "content-type") == "application/json"
    assert header(script.requests[0].headers, "accept") == "application/json, */*"
    assert header(other.requests[0].headers, "accept") == "application/json;q=0.5"
    with pytest.raises(ValueError, match='the content type of a client is "json", "protobuf" or a media type'):
        _client(Config("host", content_type="odd"), unversioned=True)


@pytest.mark.parity("CFG-04", "CFG-07", "CFG-11", "TRN-10")
@pytest.mark.parametrize(
    ("config", "message"),
    [
        (Config("h", username="a", bearer_token="b"), "username/password or bearer token may be set, but not both"),
        (
            Config("h", password="a", bearer_token_file="b"),
            "username/password or bearer token may be set, but not both",
        ),
        (
            Config("h", exec_provider=ExecConfig("x"), auth_provider=AuthProviderConfig("oidc")),
            "execProvider and authProvider cannot be used in combination",
        ),
        (
            Config("h", transport=Script(), tls=TLSClientConfig(ca_data=b"x")),
            "using a custom transport with TLS certificate options or the insecure flag is not allowed",
        ),
        (
            Config("h", transport=Script(), tls=TLSClientConfig(insecure=True)),
            "using a custom transport with TLS certificate options or the insecure flag is not allowed",
        ),
        (
            Config("h", transport=Script(), exec_provider=ExecConfig("x")),
            "using a custom transport with TLS certificate options or the insecure flag is not allowed",
        ),
        (
            Config("h", tls=TLSClientConfig(insecure=True, ca_file="x")),
            "specifying a root certificates file with the insecure flag is not allowed",
        ),
        (Config("h", tls=TLSClientConfig(cert_data=b"x")), "a client certificate needs its key"),
        (Config("h", http_library="requests"), 'the HTTP library is "httpx" or "httpx2", not "requests"'),
    ],
)
def test_settings_that_exclude_each_other_are_refused_before_a_connection(config: Config, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        connect(config, clock=Clock())


@pytest.mark.parity("CFG-05", "TRN-04")
def test_the_token_in_the_file_beats_the_one_that_is_given_as_long_as_it_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-file\n")
    config = Config(bearer_token="given", bearer_token_file=str(file))

    assert header(_sent(config).headers, "authorization") == "Bearer from-file"
    file.unlink()
    assert header(_sent(config).headers, "authorization") == "Bearer given"
    with pytest.raises(ValueError, match=f'failed to read token file "{file}"'):
        _sent(Config(bearer_token_file=str(file)))


@pytest.mark.parity("CFG-06", "TRN-08")
def test_another_identity_is_told_in_headers_if_any_part_of_it_is_set() -> None:
    whole = _sent(Config(impersonate=Impersonation("jane", "7", ["dev", "ops"], {"scope": ["a", "b"]})))
    part = _sent(Config(impersonate=Impersonation(groups=["dev"])))

    assert list(whole.headers) == [
        ("impersonate-user", "jane"),
        ("impersonate-uid", "7"),
        ("impersonate-group", "dev"),
        ("impersonate-group", "ops"),
        ("impersonate-extra-scope", "a"),
        ("impersonate-extra-scope", "b"),
    ]
    assert header(part.headers, "impersonate-group") == "dev"
    assert not _sent(Config()).headers


@pytest.mark.parity("CFG-09")
def test_a_user_agent_is_filled_in_by_clients_of_groups_and_not_by_plain_ones() -> None:
    plain, script = _client(Config("host"), unversioned=True)
    plain.request("GET").do()

    assert header(script.requests[0].headers, "user-agent") is None
    assert set_kubernetes_defaults(Config("host")).user_agent == this_user_agent()
    assert set_kubernetes_defaults(Config("host", user_agent="mine")).user_agent == "mine"


@pytest.mark.parity("CFG-18")
def test_a_suffix_of_the_user_agent_stands_behind_a_slash() -> None:
    assert add_user_agent(Config("host"), "part").user_agent == f"{this_user_agent()}/part"


@pytest.mark.parity("CFG-11")
def test_wrappers_are_put_around_a_transport_each_outside_of_those_before() -> None:
    order: list[str] = []

    class Named:
        def __init__(self, inner: Any, name: str) -> None:
            self.inner, self.name = inner, name

        def round_trip(self, request: Request) -> Response:
            order.append(self.name)
            result: Response = self.inner.round_trip(request)
            return result

    config = Config("http://h", transport=Script(OK))
    config.wrap(lambda inner: Named(inner, "first"))
    config.wrap(lambda inner: Named(inner, "second"))
    connect(config, clock=Clock()).round_trip(Request("GET", "/"))

    assert order == ["second", "first"]


@pytest.mark.parity("CFG-12")
def test_a_rate_limiter_beats_qps_and_burst() -> None:
    mine = TokenBucket(1, 1)
    limited, limiters = (
        Config("h", qps=-1, rate_limiter=mine),
        [rate_limiter_of(Config("h")), rate_limiter_of(Config("h", qps=3, burst=7))],
    )

    assert rate_limiter_of(limited) is mine
    assert rate_limiter_of(Config("h", qps=-1)) is None
    assert [(one.qps, one.burst) for one in limiters if isinstance(one, TokenBucket)] == [(5.0, 10), (3, 7)]


@pytest.mark.parity("CFG-13", "WRN-03")
def test_warnings_go_to_the_handler_of_the_config_or_to_that_of_the_process() -> None:
    warned = Response(200, [("warning", '299 - "old"')], b"{}")
    mine: list[WarningHeader] = []
    everybodys: list[WarningHeader] = []

    _client(Config("host", warning_handler=mine.append), warned, unversioned=True)[0].request("GET").do()
    try:
        set_default_warning_handler(everybodys.append)
        result = _client(Config("host"), warned, unversioned=True)[0].request("GET").do()
    finally:
        set_default_warning_handler(log_warning)

    assert ([one.text for one in mine], [one.text for one in everybodys]) == (["old"], ["old"])
    assert [one.text for one in result.warnings] == ["old"]


@pytest.mark.parity("CFG-14", "REQ-21")
def test_a_time_limit_is_kept_here_and_told_to_the_server() -> None:
    client, script = _client(Config("host", timeout=90.0), OK, OK, unversioned=True)
    client.request("GET").do()
    client.request("GET").timeout(0.5).do()

    assert [(one.timeout, one.query) for one in script.requests] == [
        (90.0, [("timeout", "1m30s")]),
        (0.5, [("timeout", "500ms")]),
    ]


@pytest.mark.parity("CFG-16")
def test_no_secret_is_in_the_text_of_a_config_whatever_is_set() -> None:
    secret = "hidden"
    config = Config(
        host=f"https://me:{secret}@server",
        username="jane",
        password=secret,
        bearer_token=secret,
        proxy_url=f"http://me:{secret}@proxy",
        auth_provider=AuthProviderConfig("oidc", {"client-secret": secret}),
        auth_config_persister=lambda _: None,
        exec_provider=ExecConfig("x", args=[secret], env={"A": secret}, cluster_config={"a": secret}),
        tls=TLSClientConfig(cert_data=secret.encode(), key_data=secret.encode(), ca_data=secret.encode()),
    )

    for text in (repr(config), str(config), f"{config}", "%s" % config, repr(config.tls)):  # noqa: UP031 - all ways
        assert secret not in text
    assert "password=--- REDACTED ---" in repr(config)
    assert "auth_config_persister=--- REDACTED ---" in repr(config)
    assert "cert_data=--- TRUNCATED ---" in repr(config)


@pytest.mark.parity("CFG-17")
def test_a_copy_has_every_field_and_nobody_only_those_that_are_not_credentials() -> None:
    config = Config(
        host="https://server",
        username="u",
        password="p",
        bearer_token="t",
        bearer_token_file="f",
        impersonate=Impersonation("i"),
        exec_provider=ExecConfig("x", cluster_config={"a": 1}),
        tls=TLSClientConfig(True, "name", "c", "k", "ca", b"c", b"k", b"ca", ["http/1.1"]),
        user_agent="ua",
        disable_compression=True,
        qps=1,
        burst=2,
        timeout=3,
        proxy_url="http://p",
        content_type="json",
        accept_content_types="a/b",
        api_path="/apis",
        group_version="apps/v1",
        auth_provider=AuthProviderConfig("oidc", {"a": "b"}),
        auth_config_persister=print,
        exec_timeout=4,
        stdin_unavailable="why",
        retry_unauthorized=True,
        rate_limiter=TokenBucket(1, 1),
        proxy=lambda _: None,
        dial=lambda host, port: None,
        transport=Script(),
        wrap_transport=lambda inner: inner,
        warning_handler=print,
        http2=True,
        http_library="httpx2",
        verbosity=9,
    )
    lost = {
        "username",
        "password",
        "bearer_token",
        "bearer_token_file",
        "impersonate",
        "exec_provider",
        "auth_provider",
        "auth_config_persister",
        "transport",
        "wrap_transport",
        "tls",
    }
    empty, nobody = Config(), config.anonymous()

    assert config.copy() == config
    for field in dataclasses.fields(Config):
        expected = getattr(empty if field.name in lost else config, field.name)
        if field.name != "tls":
            assert getattr(nobody, field.name) == expected, field.name
    assert nobody.tls == TLSClientConfig(True, "name", "", "", "ca", b"", b"", b"ca", ["http/1.1"])
    config.copy().auth_provider.config["a"] = "c"  # type: ignore[union-attr]
    assert config.auth_provider == AuthProviderConfig("oidc", {"a": "b"})


@pytest.mark.parity("CFG-20")
def test_a_pod_whose_authorities_cannot_be_read_is_told_so_and_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}
    with pytest.raises(FileNotFoundError):
        in_cluster_config(environ, mount=tmp_path)
    (tmp_path / "token").write_text("t")

    with caplog.at_level(logging.ERROR, "kubeclient.config"):
        config = in_cluster_config(environ, mount=tmp_path)

    assert (config.host, config.tls.ca_file) == ("https://10.0.0.1:443", "")
    assert f"Expected to load root CA config from {tmp_path / 'ca.crt'}" in caplog.text


@pytest.mark.parity("CFG-21")
def test_without_a_host_it_is_this_machine_where_no_server_is_asked_for() -> None:
    assert default_server_url(Config(group_version="v1", api_path="/api")) == ("http://localhost", "/api/v1")
    assert default_server_url(Config(tls=TLSClientConfig(insecure=True)))[0] == "https://localhost"


@pytest.mark.parity("CFG-23")
@pytest.mark.parametrize(
    ("config", "tls"),
    [
        (Config(), False),
        (Config("https://localhost"), True),
        (Config("localhost", tls=TLSClientConfig(cert_file="foo")), True),
        (Config("///:://localhost", tls=TLSClientConfig(cert_file="foo")), False),
        (Config("1.2.3.4:567", tls=TLSClientConfig(insecure=True)), True),
        (Config("http://localhost", tls=TLSClientConfig(insecure=True)), False),
    ],
)
def test_a_server_is_reached_by_tls_if_its_url_says_so(config: Config, tls: bool) -> None:
    assert is_config_transport_tls(config) is tls


@pytest.mark.parity("CFG-24")
def test_files_of_certificates_become_data(tmp_path: Path) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).write_text(name)
    tls = TLSClientConfig(
        *(), ca_file=str(tmp_path / "ca"), cert_file=str(tmp_path / "cert"), key_file=str(tmp_path / "key")
    )

    loaded = load_tls_files(Config("h", tls=tls))

    assert (loaded.tls.ca_data, loaded.tls.cert_data, loaded.tls.key_data, tls.ca_data) == (b"ca", b"cert", b"key", b"")
    (tmp_path / "key").unlink()
    with pytest.raises(FileNotFoundError):
        load_tls_files(Config("h", tls=tls))


class Provider:
    """A legacy provider that gives one token."""

    def __init__(self, provided: Any) -> None:
        self.provided = provided

    def valid(self) -> Any:
        from kubeclient.machines.exec_credential import Credential

        return Credential(f"{self.provided.config['prefix']}-{self.provided.address}")

    credential = valid

    def refused(self, used: Any) -> None:
        self.provided.persist({"prefix": "new"})


@pytest.mark.parity("CFG-26", "CFG-27", "CFG-07")
def test_a_legacy_provider_is_found_by_its_name_and_gives_credentials() -> None:
    saved: list[Any] = []
    register_auth_provider("named", Provider)
    config = Config(
        "http://s", auth_provider=AuthProviderConfig("named", {"prefix": "a"}), auth_config_persister=saved.append
    )

    assert header(_sent(config).headers, "authorization") == "Bearer a-http://s"
    _sent(config, Response(401))
    assert saved == [{"prefix": "new"}]
    _sent(dataclasses.replace(config, auth_config_persister=None), Response(401))
    with pytest.raises(ValueError, match='"named" was registered twice'):
        register_auth_provider("named", Provider)
    with pytest.raises(ValueError, match='no Auth Provider found for name "unknown"'):
        _sent(Config("http://s", auth_provider=AuthProviderConfig("unknown")))


@pytest.mark.parity("CFG-29", "CFG-26")
def test_what_a_plugin_is_told_of_a_cluster_is_a_config_again(tmp_path: Path) -> None:
    authorities = tmp_path / "ca"
    authorities.write_text("roots")
    config = Config(
        "https://server/base",
        tls=TLSClientConfig(server_name="name", ca_file=str(authorities)),
        proxy=lambda url: f"http://proxy-of-{url.partition('://')[2].partition('/')[0]}",
        disable_compression=True,
        exec_provider=ExecConfig("x", cluster_config={"audience": "a"}),
    )

    cluster = config_to_exec_cluster(config)
    again = exec_cluster_to_config(cluster)

    assert cluster == {
        "server": "https://server/base",
        "tls-server-name": "name",
        "certificate-authority-data": "cm9vdHM=",
        "proxy-url": "http://proxy-of-server",
        "disable-compression": True,
        "config": {"audience": "a"},
    }
    assert again == Config(
        "https://server/base",
        tls=TLSClientConfig(server_name="name", ca_data=b"roots"),
        proxy_url="http://proxy-of-server",
        disable_compression=True,
    )
    assert config_to_exec_cluster(again) == {key: value for key, value in cluster.items() if key != "config"}
    with pytest.raises(ValueError, match='"proxy-url" is no URL of a proxy'):
        exec_cluster_to_config({"proxy-url": "\x7f"})
    with pytest.raises(ValueError, match="unable to load root certificates"):
        config_to_exec_cluster(Config("h", tls=TLSClientConfig(ca_file="/nowhere/ca")))


@pytest.mark.parity("CFG-29")
@pytest.mark.parametrize(
    "cluster",
    [
        {"server": "https://s"},
        {"server": "https://s", "insecure-skip-tls-verify": True},
        {"server": "https://s", "tls-server-name": "n", "certificate-authority-data": "cm9vdHM="},
        {"server": "https://s", "proxy-url": "socks5://p:1080", "disable-compression": True},
    ],
)
def test_a_cluster_survives_being_a_config(cluster: dict[str, Any]) -> None:
    assert config_to_exec_cluster(exec_cluster_to_config(cluster)) == cluster


@pytest.mark.parity("CFG-29")
def test_a_plugin_is_told_of_the_proxy_that_is_chosen_if_one_is() -> None:
    def fail(url: str) -> str | None:
        raise LookupError(f"some proxy error of {url}")

    assert config_to_exec_cluster(Config("https://s")) == {"server": "https://s"}
    assert config_to_exec_cluster(Config("https://s", proxy=lambda url: None)) == {"server": "https://s"}
    with pytest.raises(LookupError, match="some proxy error of https://s"):
        config_to_exec_cluster(Config("https://s", proxy=fail))
    with pytest.raises(ValueError, match="host must be a URL or a host:port pair"):
        config_to_exec_cluster(Config("invalid-config-host\n", proxy=lambda url: None))
    data = TLSClientConfig(ca_data=b"roots", ca_file="/nowhere")
    assert config_to_exec_cluster(Config("https://s", tls=data))["certificate-authority-data"] == "cm9vdHM="


def test_a_result_can_be_made_of_an_error_alone() -> None:
    assert repr(Result(error=ValueError("x"))) == "<Result 0 without a content type>"
