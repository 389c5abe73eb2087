"""Kubeconfig files: what they say, how they come together, what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubeclient.clientcmd import (
    KubeConfigError,
    build_config_from_flags,
    client_config,
    load,
    load_client_config,
    load_from_file,
    parse,
    rest_config_from_kubeconfig,
)

GOOD = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://host:6443/base?x=1", certificate-authority-data: Q0E=}}]
users: [{name: u, user: {token: 12345, as: someone, as-groups: [g], as-user-extra: {k: [v]}}}]
contexts: [{name: x, context: {cluster: c, user: u, namespace: ns}}]
current-context: x
"""


def test_the_current_context_says_where_and_as_whom() -> None:
    loaded = client_config(parse(GOOD))

    config = loaded.config
    assert (config.host, loaded.namespace) == ("https://host:6443/base", "ns")
    assert (config.bearer_token, config.tls.ca_data) == ("12345", b"CA")
    assert (config.impersonate.user_name, config.impersonate.groups, config.impersonate.extra) == (
        "someone",
        ["g"],
        {"k": ["v"]},
    )


@pytest.mark.parity("CFG-16")
def test_no_secret_is_in_the_text_of_a_config() -> None:
    config = rest_config_from_kubeconfig(GOOD)
    config.password, config.tls.key_data = "geheim", b"geheim"

    assert "12345" not in repr(config)
    assert "geheim" not in repr(config)
    assert "--- REDACTED ---" in repr(config)


@pytest.mark.parity("KCF-16")
def test_credentials_do_not_travel_in_the_clear() -> None:
    config = rest_config_from_kubeconfig(GOOD.replace("https://", "http://"))

    assert (config.bearer_token, config.impersonate.user_name) == ("", "someone")


@pytest.mark.parity("KCF-05")
def test_the_first_file_that_names_an_entry_wins_it_whole(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("users: [{name: u, user: {username: me}}]\ncurrent-context: x")
    second.write_text(GOOD)

    merged = load(environ={"KUBECONFIG": f"{first}:{tmp_path / 'missing'}:{second}:{first}"})

    assert (merged.users["u"].username, merged.users["u"].token, merged.current_context) == ("me", "", "x")
    assert merged.clusters["c"].location_of_origin == str(second)


@pytest.mark.parity("KCF-07")
def test_relative_paths_are_beside_the_file_that_names_them(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(
        "users: [{name: u, user: {client-certificate: pki/a.crt, exec: {command: ./bin/get, apiVersion: v}}},"
        "{name: v, user: {exec: {command: get, apiVersion: v}}}]"
    )

    config = load_from_file(file)

    assert config.users["u"].client_certificate == str(tmp_path / "pki" / "a.crt")
    assert config.users["u"].exec is not None
    assert config.users["u"].exec.command == str(tmp_path / "bin" / "get")
    assert config.users["v"].exec is not None
    assert config.users["v"].exec.command == "get"


@pytest.mark.parity("KCF-04")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clusters: [", "yaml: line "),
        ("clusters: 5", "clusters must be a list"),
        ("clusters: [{name: a}, {name: a}]", 'clusters[1].name error converting *[]Named: duplicate name "a" in list'),
        ("users: [{name: a, user: {client-key-data: '!'}}]", "users[0].user.client-key-data is not base64"),
        ("users: [{name: a, user: {as-groups: x}}]", "users[0].user.as-groups must be a list of strings"),
        ("clusters: [{name: a, cluster: {insecure-skip-tls-verify: maybe}}]", 'must be true or false, not "maybe"'),
        ("kind: Pod\napiVersion: v1", 'no kind "Pod" is registered for version "v1"'),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_file_and_place(text: str, message: str) -> None:
    with pytest.raises(KubeConfigError) as caught:
        parse(text, "/some/file")

    assert str(caught.value).startswith('error loading config file "/some/file": ')
    assert message in str(caught.value)


@pytest.mark.parity("KCF-21")
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "current-context: x",
            "current-context: y",
            "invalid configuration: context was not found for specified context: y",
        ),
        ("user: u,", "user: w,", 'user "w" was not found for context "x"'),
        ("https://host:6443/base?x=1", "", 'no server found for cluster "c"'),
        ("token: 12345", "token: 1, username: a", "found [token basicAuth], only one is allowed"),
        ("as: someone,", "", "requesting uid, groups or user-extra for u without impersonating a user"),
        ("namespace: ns", "namespace: N_S", "does not conform to the kubernetes DNS_LABEL rules"),
        ("token: 12345", "client-certificate-data: YQ==", "client-key-data or client-key must be specified for u"),
        ("token: 12345", "exec: {command: get}", "apiVersion must be specified for u"),
    ],
)
def test_an_unusable_context_is_refused_in_the_words_of_clientcmd(old: str, new: str, message: str) -> None:
    with pytest.raises(KubeConfigError) as caught:
        client_config(parse(GOOD.replace(old, new)))

    assert message in str(caught.value)


@pytest.mark.parity("KCF-11")
def test_a_context_that_is_asked_for_must_exist() -> None:
    with pytest.raises(KubeConfigError, match='context "z" does not exist'):
        client_config(parse(GOOD), context="z")


def test_without_any_configuration_the_error_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(KubeConfigError, match=r"no configuration has been provided.*config"):
        load_client_config(environ={"HOME": str(tmp_path)})


@pytest.mark.parity("KCF-02")
def test_an_explicit_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_client_config(tmp_path / "missing")


def test_another_server_can_be_put_in(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(GOOD)

    assert build_config_from_flags("https://other", file).host == "https://other"
