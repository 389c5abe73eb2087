"""Where identities come from besides kubeconfigs' own words: files, plugins' variables, persons, older places."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from kubeclient.clientcmd import (
    KubeConfigError,
    LoadingRules,
    PromptedUser,
    client_config,
    load_from_file,
    parse,
    persister_for_user,
)
from kubeclient.machines.exec_credential import CredentialError
from kubeclient.rest import Config, TLSClientConfig, load_auth_file, load_exec_credential_from_env

V1 = "client.authentication.k8s.io/v1"

KUBECONFIG = """
clusters: [{name: c, cluster: {server: "%s"}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
users: [{name: u, user: {%s}}]
"""


def _config(user: str = "", server: str = "https://s", **more: Any) -> Config:
    return client_config(parse(KUBECONFIG % (server, user)), **more).config


@pytest.mark.parity("AUP-05")
def test_a_file_of_credentials_is_read_and_put_into_a_config(tmp_path: Path) -> None:
    file = tmp_path / "auth"
    fields = {
        "User": "u",
        "Password": "hidden",
        "CAFile": "ca",
        "CertFile": "c",
        "KeyFile": "k",
        "BearerToken": "hidden",
    }
    file.write_text(json.dumps({**fields, "Insecure": True}))

    info = load_auth_file(file)
    merged = info.merged_with(Config("https://s", username="old", user_agent="kept"))

    assert (info.user, info.complete, "hidden" in repr(info)) == ("u", True, False)
    assert (merged.username, merged.password, merged.bearer_token, merged.user_agent) == (
        "u",
        "hidden",
        "hidden",
        "kept",
    )
    assert merged.tls == TLSClientConfig(insecure=True, ca_file="ca", cert_file="c", key_file="k")


@pytest.mark.parity("AUP-05")
@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("{}", False),
        ('{"Password":"p"}', False),
        ('{"User":"u"}', True),
        ('{"CertFile":"c"}', True),
        ('{"BearerToken":"t"}', True),
    ],
)
def test_a_name_a_certificate_or_a_token_tells_who_it_is(tmp_path: Path, text: str, complete: bool) -> None:
    file = tmp_path / "auth"
    file.write_text(text)

    assert load_auth_file(file).complete is complete
    assert load_auth_file(file).merged_with(Config(tls=TLSClientConfig(insecure=True))).tls.insecure


@pytest.mark.parity("AUP-05")
@pytest.mark.parametrize("text", ["", "[]", "{", '{"User":5}', '{"Insecure":"yes"}'])
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "auth"
    file.write_text(text)

    with pytest.raises(ValueError, match=f'auth file "{file}": '):
        load_auth_file(file)
    with pytest.raises(FileNotFoundError):
        load_auth_file(tmp_path / "missing")


def _environ(**fields: Any) -> dict[str, str]:
    return {"KUBERNETES_EXEC_INFO": json.dumps({"kind": "ExecCredential", "apiVersion": V1, **fields})}


@pytest.mark.parity("EXE-16")
def test_a_plugin_learns_how_to_reach_its_cluster_as_nobody() -> None:
    cluster = {
        "server": "https://s",
        "tls-server-name": "n",
        "certificate-authority-data": "cm9vdHM=",
        "config": {"a": 1},
    }

    credential, config = load_exec_credential_from_env(_environ(spec={"interactive": True, "cluster": cluster}))

    assert credential["spec"] == {"interactive": True, "cluster": cluster}
    assert config == Config("https://s", tls=TLSClientConfig(server_name="n", ca_data=b"roots"))


@pytest.mark.parity("EXE-16")
@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "KUBERNETES_EXEC_INFO env var is unset or empty"),
        ({"KUBERNETES_EXEC_INFO": ""}, "KUBERNETES_EXEC_INFO env var is unset or empty"),
        ({"KUBERNETES_EXEC_INFO": "rubbish"}, "cannot decode KUBERNETES_EXEC_INFO"),
        (_environ(kind="Pod"), "cannot convert KUBERNETES_EXEC_INFO to ExecCredential"),
        (_environ(apiVersion="client.authentication.k8s.io/v1alpha1"), "cannot convert KUBERNETES_EXEC_INFO"),
        (_environ(spec={"interactive": True}), "ExecCredential does not contain cluster information"),
        (_environ(), "ExecCredential does not contain cluster information"),
        (_environ(spec={"cluster": {"server": "s", "proxy-url": ":bad"}}), "cannot create REST config"),
        (_environ(spec={"cluster": {"server": "s", "certificate-authority-data": "%"}}), "cannot create REST config"),
    ],
)
def test_a_plugin_that_was_not_told_of_a_cluster_says_why(environ: dict[str, str], message: str) -> None:
    with pytest.raises(CredentialError, match=message):
        load_exec_credential_from_env(environ)


@pytest.mark.parity("KCF-24")
def test_a_person_is_asked_once_when_nothing_says_who_it_is() -> None:
    asked: list[tuple[str, bool]] = []

    def ask(text: str, secret: bool) -> str:
        asked.append((text, secret))
        return "hidden" if secret else "jane"

    prompt = PromptedUser(ask)
    for _ in range(2):
        config = _config("", prompt=prompt)
        assert (config.username, config.password) == ("jane", "hidden")
    for identified in ("token: t", "username: u, password: p", "auth-provider: {name: oidc}"):
        assert _config(identified, prompt=prompt).username in {"", "u"}

    assert asked == [("Please enter Username: ", False), ("Please enter Password: ", True)]
    assert "hidden" not in repr(prompt)


@pytest.mark.parity("KCF-35", "PAIN-28")
def test_a_file_at_its_old_place_is_copied_with_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / ".kube"
    folder.mkdir()
    (folder / ".kubeconfig").write_text(KUBECONFIG % ("https://old", ""))
    (folder / ".kubeconfig").chmod(0o600)
    rules = LoadingRules.from_environment({"HOME": str(tmp_path)})

    assert rules.load().clusters["c"].server == "https://old"
    assert stat.S_IMODE((folder / "config").stat().st_mode) == 0o600


@pytest.mark.parity("KCF-35")
def test_a_file_that_is_there_stays_and_one_that_never_was_is_not_missed(tmp_path: Path) -> None:
    folder = tmp_path / ".kube"
    folder.mkdir()
    rules = LoadingRules.from_environment({"HOME": str(tmp_path)})
    assert rules.load().is_empty
    (folder / ".kubeconfig").write_text(KUBECONFIG % ("https://old", ""))
    (folder / "config").write_text(KUBECONFIG % ("https://new", ""))

    assert rules.load().clusters["c"].server == "https://new"


@pytest.mark.parity("PAIN-27")
def test_credentials_that_are_not_sent_in_the_clear_are_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "kubeclient.config"):
        dropped = _config("token: hidden", "http://s")
        _config("", "http://s")
        _config("token: hidden", "https://s")

    assert dropped.bearer_token == ""
    assert caplog.messages == [
        'context "x": the credentials of user "u" are not used, as the server is reached without TLS'
    ]


@pytest.mark.parity("AUP-02")
def test_what_a_provider_saves_goes_to_the_file_of_its_user(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(KUBECONFIG % ("https://s", "auth-provider: {name: oidc, config: {id-token: old, client-id: me}}"))
    rules = LoadingRules(explicit_path=str(file))

    persister_for_user(rules, "u")({"id-token": "new", "client-id": "me"})

    assert load_from_file(file).users["u"].auth_provider_config == {"id-token": "new", "client-id": "me"}
    with pytest.raises(KubeConfigError, match='user "gone" with an auth-provider is in no file any more'):
        persister_for_user(rules, "gone")({})


@pytest.mark.parametrize(
    "text",
    [
        "clusters: {a: b}",
        "clusters: [5]",
        "clusters: [{name: [a]}]",
        "users: [{name: u, user: {exec: []}}]",
        "users: [{name: u, user: {client-key-data: '%%%'}}]",
        "kind: Pod",
        "{",
        "a: b: c",
        "\x00",
        "- a",
        "users: [{name: u, user: {token: [hidden]}}]",
        "clusters: [{name: c, cluster: {insecure-skip-tls-verify: maybe}}]",
    ],
)
def test_a_kubeconfig_that_is_none_is_one_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config"
    file.write_text(text)

    with pytest.raises(KubeConfigError, match=f'^error loading config file "{file}": ') as failed:
        load_from_file(file)
    assert "hidden" not in str(failed.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")

    for file in (binary, tmp_path):
        with pytest.raises(KubeConfigError, match=f'^error loading config file "{file}": '):
            load_from_file(file)
