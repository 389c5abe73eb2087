"""What is wrong with entries of kubeconfigs, one mistake at a time, whatever context is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubeclient.clientcmd import (
    AuthInfo,
    Cluster,
    Context,
    EmptyConfigError,
    ExecConfig,
    InvalidConfigError,
    KubeConfig,
    KubeConfigError,
    confirm_usable,
    validate,
)
from kubeclient.config.kubeconfig import ContextNotFoundError

V1 = "client.authentication.k8s.io/v1"


def problems_of(config: KubeConfig) -> list[str]:
    try:
        validate(config)
    except InvalidConfigError as error:
        return error.problems
    return []


def plugin(**changes: Any) -> AuthInfo:
    fields = {"command": "/bin/get", "api_version": V1, "env": {"A": "b"}, "interactive_mode": "IfAvailable", **changes}
    provider = fields.pop("auth_provider", "")
    return AuthInfo(exec=ExecConfig(**fields), auth_provider=provider)


@pytest.mark.parity("KCF-21")
@pytest.mark.parametrize(
    ("user", "message"),
    [
        (
            AuthInfo(client_certificate="missing", client_key="missing"),
            "unable to read client-cert missing for u due to ",
        ),
        (
            AuthInfo(client_certificate_data=b"c", client_key="missing"),
            "unable to read client-key missing for u due to",
        ),
        (
            AuthInfo(client_certificate="missing", client_certificate_data=b"c", client_key_data=b"k"),
            "client-cert-data and client-cert are both specified for u. client-cert-data will override.",
        ),
        (
            AuthInfo(client_certificate_data=b"c", client_key="missing", client_key_data=b"k"),
            "client-key-data and client-key are both specified for u; client-key-data will override",
        ),
        (AuthInfo(token="t", username="n"), "more than one authentication method found for u; found [token basicAuth]"),
        (plugin(api_version=""), "apiVersion must be specified for u to use exec authentication plugin"),
        (plugin(command=""), "command must be specified for u to use exec authentication plugin"),
        (plugin(auth_provider="oidc"), "authProvider cannot be provided in combination with an exec plugin for u"),
        (plugin(env={"": "b"}), "env variable name must be specified for u to use exec authentication plugin"),
        (plugin(interactive_mode=""), "interactiveMode must be specified for u to use exec authentication plugin"),
        (plugin(interactive_mode="", api_version="other/v2"), "interactiveMode must be specified for u"),
        (plugin(interactive_mode="Sometimes"), 'invalid interactiveMode for u: "Sometimes"'),
        (AuthInfo(impersonate_groups=["g"]), "requesting uid, groups or user-extra for u without impersonating a user"),
        (AuthInfo(impersonate_user_extra={"k": ["v"]}), "requesting uid, groups or user-extra for u without"),
        (AuthInfo(impersonate_uid="7"), "requesting uid, groups or user-extra for u without impersonating a user"),
    ],
)
def test_a_user_that_cannot_be_used_is_told_of(user: AuthInfo, message: str) -> None:
    found = problems_of(KubeConfig(users={"u": user}))

    assert any(problem.startswith(message) for problem in found), found


@pytest.mark.parity("KCF-21")
def test_users_without_mistakes_pass(tmp_path: Path) -> None:
    (tmp_path / "pem").write_text("PEM")
    pem = str(tmp_path / "pem")
    users = {
        "nobody": AuthInfo(),
        "files": AuthInfo(client_certificate=pem, client_key=pem),
        "token": AuthInfo(token="t"),
        "plugin": plugin(),
        "plugin with a default": plugin(interactive_mode="", api_version="client.authentication.k8s.io/v1beta1"),
        "somebody else": AuthInfo(impersonate="me"),
        "all of somebody else": AuthInfo(
            impersonate="me", impersonate_uid="7", impersonate_groups=["g"], impersonate_user_extra={"k": ["v"]}
        ),
    }

    assert problems_of(KubeConfig(users=users)) == []


@pytest.mark.parity("KCF-21")
@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        (Cluster(), "cluster has no server defined"),
        (
            Cluster(server="s", certificate_authority="missing"),
            "unable to read certificate-authority missing for c due",
        ),
        (Cluster(proxy_url="http://p"), 'no server found for cluster "c"'),
    ],
)
def test_a_cluster_that_cannot_be_used_is_told_of(cluster: Cluster, message: str) -> None:
    (problem,) = problems_of(KubeConfig(clusters={"c": cluster}))

    assert problem.startswith(message)


@pytest.mark.parity("KCF-21")
def test_clusters_without_mistakes_pass(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("CA")
    clusters = {"plain": Cluster(server="s"), "ca": Cluster(server="s", certificate_authority=str(tmp_path / "ca"))}

    assert problems_of(KubeConfig(clusters=clusters)) == []


@pytest.mark.parity("KCF-22")
@pytest.mark.parametrize(
    ("context", "messages"),
    [
        (
            Context("missing", "gone"),
            ['user "gone" was not found for context "x"', 'cluster "missing" was not found for context "x"'],
        ),
        (Context(), ['user was not specified for context "x"', 'cluster was not specified for context "x"']),
    ],
)
def test_a_context_says_all_that_it_lacks(context: Context, messages: list[str]) -> None:
    config = KubeConfig(contexts={"x": context}, current_context="x")

    assert problems_of(config) == messages
    with pytest.raises(InvalidConfigError) as caught:
        confirm_usable(config)
    assert set(messages) <= set(caught.value.problems)


@pytest.mark.parity("KCF-22")
def test_a_context_without_a_name_is_refused() -> None:
    config = KubeConfig(contexts={"": Context("c", "u")}, current_context="x")

    with pytest.raises(InvalidConfigError, match=r"empty context name for .* is not allowed"):
        validate(config)


@pytest.mark.parity("KCF-22")
def test_a_current_context_that_is_not_there_is_an_error_that_can_be_told_from_others() -> None:
    config = KubeConfig(users={"u": AuthInfo()}, current_context="gone")

    for check in (validate, confirm_usable):
        with pytest.raises(
            ContextNotFoundError, match="configuration: context was not found for specified context: gone"
        ):
            check(config)
    with pytest.raises(ContextNotFoundError):
        confirm_usable(config, "gone, too")
    with pytest.raises(ContextNotFoundError, match="no context chosen"):
        confirm_usable(KubeConfig(users={"u": AuthInfo()}))


@pytest.mark.parity("KCF-22")
def test_only_what_the_context_uses_has_to_be_usable() -> None:
    config = KubeConfig(
        clusters={"good": Cluster(server="s"), "bad": Cluster(server="s", certificate_authority="missing")},
        users={"good": AuthInfo(token="t"), "bad": AuthInfo(token="t", username="n")},
        contexts={"good": Context("good", "good"), "bad": Context("bad", "bad")},
    )

    confirm_usable(config, "good")
    with pytest.raises(
        InvalidConfigError, match=r"more than one authentication method.*unable to read certificate-auth"
    ):
        confirm_usable(config, "bad")
    with pytest.raises(InvalidConfigError):
        validate(config)


@pytest.mark.parity("KCF-23")
def test_no_configuration_is_no_configuration_whatever_context_is_asked_for() -> None:
    for name in ("", "not-here"):
        with pytest.raises(EmptyConfigError, match="invalid configuration: no configuration has been provided"):
            confirm_usable(KubeConfig(), name)


def test_every_such_error_is_one_of_kubeconfigs() -> None:
    for error in (EmptyConfigError, ContextNotFoundError, InvalidConfigError):
        assert issubclass(error, KubeConfigError)
    assert str(InvalidConfigError(["a"])) == "invalid configuration: a"
    assert str(InvalidConfigError(["a", "b"])) == "invalid configuration: [a, b]"
