"""Writing kubeconfigs: back to where entries are from, smaller, self-contained, without secrets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kubeclient.clientcmd import (
    AuthInfo,
    Cluster,
    Context,
    ExecConfig,
    KubeConfig,
    KubeConfigError,
    LoadingRules,
    dump,
    flatten,
    minify,
    modify_config,
    parse,
    redact_secrets,
    shorten,
)

A = "clusters: [{name: c, cluster: {server: 'https://c', certificate-authority: pki/ca}}]\n"
B = "users: [{name: u, user: {token: t}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n"


@pytest.fixture
def rules(tmp_path: Path) -> LoadingRules:
    (tmp_path / "a").write_text(A)
    (tmp_path / "b").write_text(B)
    return LoadingRules(precedence=[str(tmp_path / name) for name in ("new", "a", "b")])


@pytest.mark.parity("KCF-31")
def test_a_changed_entry_goes_to_the_file_it_is_from(rules: LoadingRules, tmp_path: Path) -> None:
    config = rules.load()
    config.users["u"].token = "changed"
    config.clusters["d"] = Cluster(server="https://d")

    modify_config(rules, config)

    assert parse((tmp_path / "b").read_text()).users["u"].token == "changed"
    assert parse((tmp_path / "a").read_text()).clusters["d"].server == "https://d"
    assert not (tmp_path / "new").exists()
    assert rules.load() == config


@pytest.mark.parity("KCF-31")
def test_what_did_not_change_is_not_written(rules: LoadingRules, tmp_path: Path) -> None:
    modify_config(rules, rules.load())

    assert ((tmp_path / "a").read_text(), (tmp_path / "b").read_text()) == (A, B)


@pytest.mark.parity("KCF-31")
def test_an_entry_that_is_gone_goes_from_its_file(rules: LoadingRules, tmp_path: Path) -> None:
    config = rules.load()
    del config.users["u"]

    modify_config(rules, config)

    assert parse((tmp_path / "b").read_text()).users == {}
    assert parse((tmp_path / "b").read_text()).contexts["x"].user == "u"


@pytest.mark.parity("KCF-31")
def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    rules = LoadingRules(str(tmp_path / "folder" / "config"))

    modify_config(rules, KubeConfig(users={"u": AuthInfo(token="t")}, preferences={"colors": True}))

    assert stat.S_IMODE((tmp_path / "folder" / "config").stat().st_mode) == 0o600
    assert (rules.load().users["u"].token, rules.load().preferences) == ("t", {"colors": True})
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["config"]


@pytest.mark.parity("KCF-31")
def test_a_file_that_another_program_changes_is_left_alone(rules: LoadingRules, tmp_path: Path) -> None:
    config = rules.load()
    config.users["u"].token = "changed"
    (tmp_path / "b.lock").touch()

    with pytest.raises(KubeConfigError, match=r"b\.lock exists"):
        modify_config(rules, config)

    assert (tmp_path / "b").read_text() == B
    assert not (tmp_path / "a.lock").exists()


@pytest.mark.parity("KCF-32")
def test_new_things_go_to_the_explicit_file_or_the_first_that_is_there_or_the_first(tmp_path: Path) -> None:
    (tmp_path / "b").touch()
    files = [str(tmp_path / name) for name in ("a", "b")]

    assert LoadingRules("explicit", files).default_filename() == "explicit"
    assert LoadingRules(precedence=files).default_filename() == files[1]
    assert LoadingRules(precedence=["/missing/a", "/missing/b"]).default_filename() == "/missing/a"


@pytest.mark.parity("KCF-33")
def test_a_current_context_is_set_in_the_default_file_and_emptied_where_it_stands(
    rules: LoadingRules, tmp_path: Path
) -> None:
    config = rules.load()
    config.current_context = ""
    modify_config(rules, config)
    assert parse((tmp_path / "b").read_text()).current_context == ""
    assert (tmp_path / "a").read_text() == A

    config.current_context = "x"
    modify_config(rules, config)
    assert parse((tmp_path / "a").read_text()).current_context == "x"


@pytest.mark.parity("KCF-34")
def test_paths_are_written_as_seen_from_their_file_unless_they_lead_out_of_its_folder(
    rules: LoadingRules, tmp_path: Path
) -> None:
    config = rules.load()
    config.clusters["c"].proxy_url = "http://p"
    config.users["u"].client_key = "/elsewhere/key"
    modify_config(rules, config)

    assert parse((tmp_path / "a").read_text()).clusters["c"].certificate_authority == "pki/ca"
    assert parse((tmp_path / "b").read_text()).users["u"].client_key == "/elsewhere/key"
    modify_config(rules, rules.load(), relativize_paths=False)
    assert rules.load() == config


FULL = KubeConfig(
    clusters={
        "z": Cluster(
            server="https://z",
            tls_server_name="n",
            certificate_authority_data=b"CA",
            proxy_url="http://p",
            disable_compression=True,
            extensions={"client.authentication.k8s.io/exec": {"n": 1, "on": "yes"}},
        ),
        "a": Cluster(server="https://a", insecure_skip_tls_verify=True),
    },
    users={
        "u": AuthInfo(
            token="123",
            impersonate="me",
            impersonate_uid="7",
            impersonate_groups=["g"],
            impersonate_user_extra={"k": ["v"]},
            client_certificate_data=b"c",
            client_key_data=b"k",
        ),
        "p": AuthInfo(
            exec=ExecConfig("get", ["secret"], {"A": "b"}, "client.authentication.k8s.io/v1", "hint", True, "Never"),
            auth_provider="oidc",
            auth_provider_config={"id-token": "x"},
            password="geheim",
            username="me",
        ),
    },
    contexts={"x": Context("z", "u", "ns"), "y": Context("a", "p")},
    current_context="x",
)


@pytest.mark.parity("KCF-10")
def test_everything_that_is_written_is_read_again() -> None:
    assert parse(dump(FULL)) == FULL


@pytest.mark.parity("KCF-09")
def test_entries_are_written_by_name_and_doubles_refused() -> None:
    text = dump(FULL)

    assert text.index("name: a") < text.index("name: z")
    with pytest.raises(KubeConfigError, match='duplicate name "a" in list'):
        parse("users: [{name: a}, {name: a}]")


@pytest.mark.parity("KCF-09")
@pytest.mark.parametrize("what", ["clusters", "contexts", "users", "extensions"])
def test_no_kind_of_entry_may_have_two_of_one_name(what: str) -> None:
    with pytest.raises(KubeConfigError, match='duplicate name "a" in list'):
        parse(f"{what}: [{{name: a}}, {{name: a}}]")


@pytest.mark.parity("KCF-10")
@pytest.mark.parametrize("name", ["0", "1", "433e40", "true", "null"])
def test_names_that_look_like_something_else_stay_names(name: str) -> None:
    config = KubeConfig({name: Cluster(server="s")}, {name: AuthInfo(token=name)}, {name: Context(name, name)}, name)

    assert parse(dump(config)) == config


@pytest.mark.parity("KCF-06")
def test_what_a_file_leaves_out_is_empty_and_can_be_added_to() -> None:
    for text in ("", "kind: Config\napiVersion: v1", "users: null\nclusters: null\ncontexts: null"):
        config = parse(text)
        assert (config.clusters, config.users, config.contexts, config.extensions) == ({}, {}, {}, {})
    nothing = parse("users: [{name: u}]\nclusters: [{name: c}]\ncontexts: [{name: x}]")
    assert (nothing.users["u"].token, nothing.clusters["c"].server, nothing.contexts["x"].user) == ("", "", "")


@pytest.mark.parity("KCF-08")
def test_where_an_entry_is_from_is_known_and_never_written() -> None:
    config = parse(B, "/some/file")

    assert config.users["u"].location_of_origin == "/some/file"
    assert "/some/file" not in dump(config)


@pytest.mark.parity("KCF-36")
def test_a_minified_config_is_the_current_context_and_what_it_needs() -> None:
    small = minify(FULL)

    assert (list(small.clusters), list(small.users), list(small.contexts)) == (["z"], ["u"], ["x"])
    with pytest.raises(KubeConfigError, match="current-context must exist in order to minify"):
        minify(KubeConfig())


@pytest.mark.parity("KCF-36")
@pytest.mark.parametrize(
    ("context", "message"),
    [
        (Context("c", "u"), "cannot locate context gone"),
        (Context("missing", "u"), "cannot locate cluster missing"),
        (Context("c", "missing"), "cannot locate user missing"),
    ],
)
def test_what_a_context_needs_must_be_there_to_minify(context: Context, message: str) -> None:
    name = "gone" if message.endswith("gone") else "x"
    config = KubeConfig({"c": Cluster(server="s")}, {"u": AuthInfo()}, {"x": context}, current_context=name)

    with pytest.raises(KubeConfigError, match=message):
        minify(config)


@pytest.mark.parity("KCF-36")
def test_a_flattened_config_needs_no_files(rules: LoadingRules, tmp_path: Path) -> None:
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "ca").write_text("CA")

    flat = flatten(rules.load())

    assert (flat.clusters["c"].certificate_authority, flat.clusters["c"].certificate_authority_data) == ("", b"CA")
    (tmp_path / "pki" / "ca").unlink()
    with pytest.raises(KubeConfigError, match="unable to read"):
        flatten(rules.load())


@pytest.mark.parity("KCF-36")
def test_secrets_are_marked_where_a_config_is_shown() -> None:
    shown, short = redact_secrets(FULL), dump(shorten(FULL))

    assert (shown.users["u"].token, shown.users["u"].client_certificate_data) == ("REDACTED", b"c")
    for secret in ("123", "geheim", "secret"):
        assert secret not in short
    assert shorten(FULL).clusters["z"].certificate_authority_data == b"DATA+OMITTED"
    assert FULL.users["u"].token == "123"


@pytest.mark.parity("KCF-38")
def test_the_text_of_a_plugin_shows_no_arguments_and_no_variables() -> None:
    assert "secret" not in repr(FULL)
    assert "geheim" not in repr(FULL)
