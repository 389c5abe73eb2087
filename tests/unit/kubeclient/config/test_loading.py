"""Loading rules, overrides and fallbacks: which configuration wins where several say something."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeclient.clientcmd import (
    AuthInfo,
    Cluster,
    ConfigOverrides,
    Context,
    EmptyConfigError,
    ExecConfig,
    InvalidConfigError,
    KubeConfig,
    KubeConfigError,
    LoadingRules,
    build_config_from_flags,
    build_config_from_kubeconfig_getter,
    client_config,
    cluster_defaults,
    confirm_usable,
    load_client_config,
    merged_raw_config,
    overrides_from_flags,
    parse,
    validate,
)

TEXT = """
clusters:
- {name: c, cluster: {server: "https://c", tls-server-name: cert, certificate-authority-data: Q0E=}}
- {name: d, cluster: {server: "https://d"}}
users:
- {name: u, user: {token: t}}
- {name: v, user: {client-certificate-data: YQ==, client-key-data: Yg==}}
contexts:
- {name: x, context: {cluster: c, user: u, namespace: ns}}
- {name: y, context: {cluster: d, user: v}}
current-context: x
"""


def _with(**changes: object) -> ConfigOverrides:
    return ConfigOverrides(**changes)  # type: ignore[arg-type]


@pytest.fixture
def pod(tmp_path: Path) -> tuple[dict[str, str], Path]:
    mount = tmp_path / "mount"
    mount.mkdir()
    (mount / "token").write_text("pod-token\n")
    (mount / "ca.crt").write_text("CA")
    (mount / "namespace").write_text("pod-ns\n")
    variables = {"HOME": str(tmp_path), "KUBERNETES_SERVICE_HOST": "::1", "KUBERNETES_SERVICE_PORT": "443"}
    return variables, mount


@pytest.mark.parity("KCF-01")
def test_kubeconfig_names_a_list_without_doubles_and_else_it_is_the_file_at_home() -> None:
    assert LoadingRules.from_environment({"KUBECONFIG": "a::b:a"}).files == ["a", "b"]
    assert LoadingRules.from_environment({"KUBECONFIG": "/one"}).files == ["/one"]
    assert LoadingRules.from_environment({"HOME": "/h", "KUBECONFIG": ""}).files == ["/h/.kube/config"]
    assert LoadingRules("/explicit").files == ["/explicit"]


@pytest.mark.parity("KCF-02")
def test_an_explicit_file_is_read_alone_and_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(TEXT)
    (tmp_path / "b").write_text("current-context: y")

    assert LoadingRules(str(tmp_path / "b"), [str(tmp_path / "a")]).load().clusters == {}
    with pytest.raises(FileNotFoundError):
        LoadingRules(str(tmp_path / "missing"), [str(tmp_path / "a")]).load()


@pytest.mark.parity("KCF-03")
def test_files_that_are_all_missing_are_told_of_when_they_were_named() -> None:
    told: list[list[str]] = []
    rules = LoadingRules.from_environment({"KUBECONFIG": "/missing/a:/missing/b"})
    rules.warner = told.append

    assert rules.load().is_empty
    LoadingRules(precedence=["/missing/a"], warner=told.append).load()

    assert told == [["/missing/a", "/missing/b"]]


@pytest.mark.parity("KCF-03")
def test_one_file_that_is_there_is_enough(tmp_path: Path) -> None:
    told: list[list[str]] = []
    (tmp_path / "a").write_text(TEXT)
    rules = LoadingRules.from_environment({"KUBECONFIG": f"/missing/a:{tmp_path}/a"})
    rules.warner = told.append

    assert rules.load().current_context == "x"
    assert told == []


@pytest.mark.parity("KCF-03")
def test_by_default_missing_files_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    LoadingRules.from_environment({"KUBECONFIG": "/missing/a:/missing/b"}).load()

    assert caplog.messages == ["Config not found: /missing/a, /missing/b"]


@pytest.mark.parity("KCF-04")
def test_all_files_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("clusters: 5")

    with pytest.raises(KubeConfigError) as caught:
        LoadingRules(precedence=[str(tmp_path / "a"), str(tmp_path / "b")]).load()

    text = str(caught.value)
    assert text.startswith(f'[error loading config file "{tmp_path}/a": ')
    assert f', error loading config file "{tmp_path}/b": ' in text


@pytest.mark.parity("KCF-05")
def test_the_first_file_wins_entries_whole_and_scalars(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("clusters: [{name: c, cluster: {server: 'https://a'}}]\npreferences: {colors: true}")
    (tmp_path / "b").write_text(TEXT + "preferences: {colors: false}\nextensions: [{name: e, extension: {size: 1}}]")

    merged = LoadingRules(precedence=[str(tmp_path / "a"), str(tmp_path / "b")]).load()

    assert (merged.clusters["c"].server, merged.clusters["c"].tls_server_name) == ("https://a", "")
    assert (merged.current_context, merged.preferences, merged.extensions) == (
        "x",
        {"colors": True},
        {"e": {"size": 1}},
    )


@pytest.mark.parity("KCF-06")
def test_an_empty_file_says_nothing_and_unknown_fields_are_dropped() -> None:
    assert parse("").is_empty
    assert parse("clusters: [{name: c, cluster: {server: s, colour: red}}]").clusters["c"].server == "s"


@pytest.mark.parity("KCF-07")
def test_paths_can_be_left_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("users: [{name: u, user: {tokenFile: t}}]")

    rules = LoadingRules(precedence=[str(tmp_path / "a")])
    assert rules.load().users["u"].token_file == str(tmp_path / "t")
    rules.do_not_resolve_paths = True
    assert rules.load().users["u"].token_file == "t"


@pytest.mark.parity("KCF-11")
def test_the_overridden_context_beats_the_asked_for_beats_the_current_one() -> None:
    config = parse(TEXT)

    assert client_config(config).config.host == "https://c"
    assert client_config(config, context="y").config.host == "https://d"
    assert client_config(config, context="y", overrides=_with(current_context="x")).config.host == "https://c"
    with pytest.raises(KubeConfigError, match='context "z" does not exist'):
        client_config(config, overrides=_with(current_context="z"))


@pytest.mark.parity("KCF-12")
def test_a_cluster_or_a_user_that_is_put_in_must_exist() -> None:
    config = parse(TEXT)

    assert client_config(config, overrides=_with(context=Context(cluster="d"))).config.host == "https://d"
    assert client_config(config, overrides=_with(context=Context(user="v"))).config.tls.cert_data == b"a"
    with pytest.raises(KubeConfigError, match='cluster "z" does not exist'):
        client_config(config, overrides=_with(context=Context(cluster="z")))
    with pytest.raises(KubeConfigError, match='auth info "z" does not exist'):
        client_config(config, overrides=_with(context=Context(user="z")))


@pytest.mark.parity("KCF-12")
def test_single_fields_that_are_put_in_leave_the_others() -> None:
    over = _with(
        user=AuthInfo(impersonate="me"), context=Context(namespace="other"), cluster=Cluster(proxy_url="http://p")
    )

    found = client_config(parse(TEXT), overrides=over)

    assert (found.config.bearer_token, found.config.impersonate.user_name) == ("t", "me")
    assert (found.namespace, found.config.host, found.config.proxy_url) == ("other", "https://c", "http://p")


@pytest.mark.parity("KCF-12")
def test_a_kubeconfig_can_be_had_with_what_is_put_in() -> None:
    config = parse(TEXT)
    over = _with(
        current_context="y",
        cluster=Cluster(server="https://other"),
        context=Context(namespace="mine", cluster="c", user="u"),
        user=AuthInfo(token="changed"),
    )

    merged = merged_raw_config(config, overrides=over)

    assert (merged.current_context, merged.contexts["y"].namespace) == ("y", "mine")
    assert (merged.clusters["c"].server, merged.users["u"].token) == ("https://other", "changed")
    assert (merged.contexts["x"], merged.clusters["d"], merged.users["v"]) == (
        config.contexts["x"],
        config.clusters["d"],
        config.users["v"],
    )
    assert config == parse(TEXT)
    with pytest.raises(KubeConfigError, match='context "z" does not exist'):
        merged_raw_config(config, context="z")


@pytest.mark.parity("KCF-12")
def test_maps_that_are_put_in_are_merged_and_empty_fields_leave_what_is_there() -> None:
    config = parse(TEXT.replace("token: t", "token: t, as: me, as-user-extra: {k: [v]}"))

    config = merged_raw_config(config, overrides=_with(user=AuthInfo(impersonate_user_extra={"l": ["w"]})))

    assert config.users["u"].impersonate_user_extra == {"k": ["v"], "l": ["w"]}
    assert (config.users["u"].token, config.users["u"].impersonate) == ("t", "me")


@pytest.mark.parity("KCF-13")
def test_what_belongs_together_is_replaced_together(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k")

    found = client_config(parse(TEXT), context="y", overrides=_with(user=AuthInfo(client_key=str(key)))).config
    assert (found.tls.key_file, found.tls.key_data, found.tls.cert_data) == (str(key), b"", b"a")
    insecure = client_config(parse(TEXT), overrides=_with(cluster=Cluster(insecure_skip_tls_verify=True))).config
    assert (insecure.tls.insecure, insecure.tls.ca_data) == (True, b"")


@pytest.mark.parity("KCF-14")
def test_the_name_in_the_certificate_belongs_to_the_server() -> None:
    assert client_config(parse(TEXT)).config.tls.server_name == "cert"
    assert client_config(parse(TEXT), server="https://other").config.tls.server_name == ""
    over = _with(cluster=Cluster(tls_server_name="name"))
    assert client_config(parse(TEXT), overrides=over).config.tls.server_name == "name"


@pytest.mark.parity("KCF-15")
def test_defaults_of_a_cluster_lie_below_the_file() -> None:
    assert cluster_defaults({}).server == "http://localhost:8080"
    over = _with(cluster_defaults=cluster_defaults({"KUBERNETES_MASTER": "http://m"}))

    assert client_config(KubeConfig(), overrides=over).config.host == "http://m"
    assert client_config(parse(TEXT), overrides=over).config.host == "https://c"


@pytest.mark.parity("KCF-15")
def test_kubernetes_master_names_the_server_where_no_file_does(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "KUBERNETES_MASTER": "http://m"}

    assert load_client_config(environ=environ).config.host == "http://m"


@pytest.mark.parity("KCF-16")
def test_credentials_stay_at_home_when_the_server_is_reached_in_the_clear() -> None:
    found = client_config(parse(TEXT.replace("token: t", "token: t, as: me")), server="http://plain").config

    assert (found.bearer_token, found.impersonate.user_name) == ("", "me")


@pytest.mark.parity("KCF-17")
def test_a_token_file_alone_is_read_at_once_and_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("from-file\n")
    alone, both = (TEXT.replace("token: t", f"{more}tokenFile: {tmp_path}/t") for more in ("", "token: t, "))

    assert client_config(parse(alone)).config.bearer_token == "from-file"
    found = client_config(parse(both)).config
    assert (found.bearer_token, found.bearer_token_file) == ("t", f"{tmp_path}/t")
    with pytest.raises(KubeConfigError, match="tokenFile"):
        client_config(parse(TEXT.replace("token: t", "tokenFile: /missing/t")))


@pytest.mark.parity("KCF-18")
@pytest.mark.parametrize(
    ("text", "seconds"), [("", None), ("0", None), ("5", 5.0), ("1m30s", 90.0), ("250ms", 0.25), ("1h", 3600.0)]
)
def test_a_timeout_is_seconds_or_a_duration(text: str, seconds: float | None) -> None:
    assert client_config(parse(TEXT), overrides=_with(timeout=text)).config.timeout == seconds


@pytest.mark.parity("KCF-18")
@pytest.mark.parametrize("text", ["5x", "s", "1 m", "five"])
def test_any_other_timeout_is_refused(text: str) -> None:
    with pytest.raises(KubeConfigError, match=r"^Invalid timeout value\."):
        client_config(parse(TEXT), overrides=_with(timeout=text))


@pytest.mark.parity("KCF-19")
def test_proxies_speak_http_or_socks() -> None:
    assert client_config(parse(TEXT), overrides=_with(cluster=Cluster(proxy_url="socks5://p"))).config.proxy_url
    with pytest.raises(KubeConfigError, match='unsupported scheme "ftp", must be http, https, or socks5'):
        client_config(parse(TEXT), overrides=_with(cluster=Cluster(proxy_url="ftp://p")))


@pytest.mark.parity("KCF-21")
@pytest.mark.parametrize(
    ("version", "given", "mode"),
    [
        ("v1beta1", "", "IfAvailable"),
        ("v1beta1", "Never", "Never"),
        ("v1", "Always", "Always"),
    ],
)
def test_older_plugins_may_ask_a_person_if_there_is_one(version: str, given: str, mode: str) -> None:
    plugin = ExecConfig("get", api_version=f"client.authentication.k8s.io/{version}", interactive_mode=given)

    found = client_config(parse(TEXT), context="y", overrides=_with(user=AuthInfo(exec=plugin))).config.exec_provider

    assert found is not None
    assert found.interactive_mode == mode


@pytest.mark.parity("KCF-19")
@pytest.mark.parametrize("url", ["http://example.com", "https://example.com", "socks5://example.com", ""])
def test_the_proxy_of_a_cluster_is_that_of_its_config(url: str) -> None:
    assert client_config(parse(TEXT), overrides=_with(cluster=Cluster(proxy_url=url))).config.proxy_url == url


@pytest.mark.parity("KCF-19")
@pytest.mark.parametrize("url", ["socks6://example.com", "example.com", "chewbacca@example.com"])
def test_what_is_no_url_of_a_proxy_is_refused(url: str) -> None:
    with pytest.raises(KubeConfigError, match=r"invalid 'proxy-url'.*must be http, https, or socks5"):
        client_config(parse(TEXT), overrides=_with(cluster=Cluster(proxy_url=url)))


@pytest.mark.parity("KCF-20")
@pytest.mark.parametrize(
    "server",
    [
        "https://anything.com:8080/foo/bar",
        "http://anything.com:8080/foo/bar",
        "http://anything.com:8080/foo/bar/",
        "http://anything.com:8080/",
        "http://anything.com:8080//",
        "anything.com:8080/foo/bar",
        "anything.com:8080",
        "anything.com",
        "anything",
    ],
)
def test_a_server_is_taken_as_it_is_written(server: str) -> None:
    assert client_config(parse(TEXT.replace("https://d", server)), context="y").config.host == server


@pytest.mark.parity("KCF-12")
@pytest.mark.parity("KCF-13")
def test_certificates_are_put_in_as_files_or_as_data_whatever_the_file_has(tmp_path: Path) -> None:
    (tmp_path / "pem").write_text("PEM")
    pem = str(tmp_path / "pem")
    files = AuthInfo(client_certificate=pem, client_key=pem)
    data = AuthInfo(client_certificate_data=b"c", client_key_data=b"k")
    written = parse(TEXT)
    written.users["u"] = files

    by_files = client_config(parse(TEXT), context="y", overrides=_with(user=files)).config.tls
    by_data = client_config(written, overrides=_with(user=data)).config.tls

    assert (by_files.cert_file, by_files.key_file, by_files.cert_data, by_files.key_data) == (pem, pem, b"", b"")
    assert (by_data.cert_file, by_data.key_file, by_data.cert_data, by_data.key_data) == ("", "", b"c", b"k")


@pytest.mark.parity("KCF-12")
def test_an_authority_that_is_put_in_as_a_file_replaces_data(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("CA")
    over = _with(cluster=Cluster(certificate_authority=str(tmp_path / "ca")))

    found = client_config(parse(TEXT), overrides=over).config.tls

    assert (found.ca_file, found.ca_data) == (str(tmp_path / "ca"), b"")


def test_every_field_of_a_cluster_and_a_user_reaches_the_config() -> None:
    text = TEXT.replace('server: "https://d"', 'server: "https://d", disable-compression: true').replace(
        "client-certificate-data: YQ==, client-key-data: Yg==",
        "username: n, password: p, as: me, as-uid: '7', as-groups: [g], as-user-extra: {k: [v]}",
    )

    config = client_config(parse(text), context="y").config

    assert (config.username, config.password, config.disable_compression) == ("n", "p", True)
    assert (config.impersonate.user_name, config.impersonate.uid) == ("me", "7")
    assert (config.impersonate.groups, config.impersonate.extra) == (["g"], {"k": ["v"]})


@pytest.mark.parity("KCF-20")
def test_a_path_of_a_server_stays_and_its_query_goes() -> None:
    assert client_config(parse(TEXT), server="https://s/base?q=1#f").config.host == "https://s/base"


@pytest.mark.parity("KCF-21")
def test_all_problems_are_told_at_once() -> None:
    text = TEXT.replace("token: t", "token: t, username: a, as-groups: [g]").replace('"https://c"', '""')

    with pytest.raises(InvalidConfigError) as caught:
        client_config(parse(text))

    assert len(caught.value.problems) == 3
    assert str(caught.value).startswith("invalid configuration: [more than one authentication method found for u")


@pytest.mark.parity("KCF-22")
def test_usable_looks_at_one_context_and_valid_at_everything() -> None:
    config = parse(TEXT.replace("namespace: ns", "namespace: ns").replace("user: v}}", "user: gone}}"))

    confirm_usable(config)
    with pytest.raises(InvalidConfigError, match='user "gone" was not found for context "y"'):
        validate(config)
    validate(parse(TEXT))


@pytest.mark.parity("KCF-23")
def test_no_configuration_is_an_error_of_its_own() -> None:
    for check in (client_config, confirm_usable, validate):
        with pytest.raises(EmptyConfigError, match="try setting KUBERNETES_MASTER environment variable"):
            check(KubeConfig())


@pytest.mark.parity("KCF-25")
def test_a_namespace_is_put_in_or_the_contexts_or_default() -> None:
    config = parse(TEXT)

    assert client_config(config, namespace="mine").namespace == "mine"
    assert client_config(config).namespace == "ns"
    other = client_config(config, context="y")
    assert (other.namespace, other.namespace_given) == ("default", False)


@pytest.mark.parity("KCF-26")
def test_without_files_the_cluster_around_is_used(pod: tuple[dict[str, str], Path]) -> None:
    environ, mount = pod

    found = load_client_config(environ=environ, mount=mount)

    assert (found.config.host, found.config.bearer_token, found.namespace) == (
        "https://[::1]:443",
        "pod-token",
        "pod-ns",
    )


@pytest.mark.parity("KCF-26")
def test_a_file_that_says_where_beats_the_cluster_around(pod: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    environ, mount = pod
    (tmp_path / "f").write_text(TEXT)

    assert load_client_config(tmp_path / "f", environ=environ, mount=mount).config.host == "https://c"
    (tmp_path / "f").write_text(TEXT.replace('"https://c"', '""'))
    with pytest.raises(KubeConfigError, match='no server found for cluster "c"'):
        load_client_config(tmp_path / "f", environ=environ, mount=mount)


@pytest.mark.parity("KCF-27")
def test_the_namespace_of_the_pod_is_used_only_where_no_file_names_one(
    pod: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    environ, mount = pod
    file = tmp_path / "f"
    file.write_text(TEXT)

    assert load_client_config(file, context="y", environ=environ, mount=mount).namespace == "pod-ns"
    environ["POD_NAMESPACE"] = "variable"
    assert load_client_config(file, context="y", environ=environ, mount=mount).namespace == "variable"
    file.write_text(TEXT.replace("namespace: ns", "namespace: default"))
    assert load_client_config(file, environ=environ, mount=mount).namespace == "default"


@pytest.mark.parity("KCF-28")
def test_in_a_cluster_server_token_and_ca_can_be_put_in(pod: tuple[dict[str, str], Path]) -> None:
    environ, mount = pod
    # A server alone makes the files usable; the CA and the token do not.
    over = _with(cluster=Cluster(certificate_authority=str(mount / "ca.crt")), user=AuthInfo(token="mine"))

    with pytest.raises(InvalidConfigError):
        load_client_config(overrides=over, environ=environ, mount=mount)
    found = load_client_config(overrides=_with(user=AuthInfo(token="mine")), environ=environ, mount=mount).config

    assert (found.host, found.bearer_token, found.bearer_token_file) == ("https://[::1]:443", "mine", "")
    (mount / "mine").write_text("of the file")
    for token in ("mine", ""):
        user = AuthInfo(token=token, token_file=str(mount / "mine"))
        found = load_client_config(overrides=_with(user=user), environ=environ, mount=mount).config
        assert (found.bearer_token, found.bearer_token_file) == (token, str(mount / "mine"))


@pytest.mark.parity("KCF-29")
def test_flags_without_values_mean_the_cluster_around_or_the_usual_files(
    pod: tuple[dict[str, str], Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environ, mount = pod
    assert build_config_from_flags(environ=environ, mount=mount).bearer_token == "pod-token"
    assert "Using the inClusterConfig" in caplog.messages[0]

    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(TEXT)
    assert build_config_from_flags(environ={"HOME": str(tmp_path)}).host == "https://c"


@pytest.mark.parity("KCF-29")
def test_a_master_alone_needs_no_file_and_beats_the_files_server(tmp_path: Path) -> None:
    (tmp_path / "f").write_text(TEXT)

    assert build_config_from_flags("https://m", environ={"KUBECONFIG": str(tmp_path / "f")}).bearer_token == ""
    both = build_config_from_flags("https://m", tmp_path / "f", environ={})
    assert (both.host, both.bearer_token) == ("https://m", "t")


@pytest.mark.parity("KCF-30")
def test_a_kubeconfig_can_come_from_a_function() -> None:
    assert build_config_from_kubeconfig_getter("", lambda: parse(TEXT)).host == "https://c"


@pytest.mark.parity("KCF-37")
def test_flags_of_kubectl_are_overrides() -> None:
    flags: dict[str, str | list[str]] = {
        "x-context": "y",
        "x-namespace": "Namespaces/ns",
        "x-as": "me",
        "x-as-group": ["a", "b"],
        "x-server": "https://s",
        "x-insecure-skip-tls-verify": "true",
        "x-request-timeout": "0",
        "verbose": "9",
    }

    over = overrides_from_flags(flags, "x-")
    found = client_config(parse(TEXT), overrides=over)

    assert (found.namespace, found.config.host, found.config.tls.insecure) == ("ns", "https://s", True)
    assert found.config.impersonate.groups == ["a", "b"]
    assert found.config.timeout is None
