"""What wrappers of a transport add to requests."""

from __future__ import annotations

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import pytest

from kubeclient.transport.debug import masked
from kubeclient.transport.editing import TokenFile, auth_proxy, basic_auth, bearer_token, impersonate, set_header
from kubeclient.transport.protocol import Request, header
from kubeclient.transport.tls import TLSOptions


@pytest.mark.parity("TRN-03")
def test_an_edit_leaves_the_request_it_is_given_alone() -> None:
    request = Request("GET", "/", headers=(("a", "b"),))

    edited = bearer_token("t")(request)

    assert list(edited.headers) == [("a", "b"), ("authorization", "Bearer t")]
    assert list(request.headers) == [("a", "b")]


@pytest.mark.parity("TRN-02")
@pytest.mark.parametrize("edit", [bearer_token("t"), bearer_token(lambda: "t"), basic_auth("a", "b")])
def test_credentials_that_are_there_stay(edit: object) -> None:
    request = Request("GET", "/", headers=[("authorization", "mine")])

    assert edit(request) is request  # type: ignore[operator]


def test_basic_credentials_are_encoded() -> None:
    assert header(basic_auth("a", "b")(Request("GET", "/")).headers, "authorization") == "Basic YTpi"


@pytest.mark.parity("TRN-07")
def test_impersonation_escapes_keys_that_are_no_header_names() -> None:
    edited = impersonate("me", uid="u", groups=["a", "b"], extra={"x/%y": ["1"]})(Request("GET", "/"))

    assert list(edited.headers) == [
        ("impersonate-user", "me"),
        ("impersonate-uid", "u"),
        ("impersonate-group", "a"),
        ("impersonate-group", "b"),
        ("impersonate-extra-x%2f%25y", "1"),
    ]


@pytest.mark.parity("TRN-07")
@pytest.mark.parametrize(
    "key",
    [
        "alphabetical",
        "alph4num3r1c",
        "percent%20encoded",
        "almost%zzpercent%xxencoded",
        "example.com/%61",
        "\N{SNOWMAN}/ä",
        "abc!#$+.-_*'~^`|",
        "@foo:bar(x)y?z",
        "%2f",
        "%252f",
    ],
)
def test_escaped_keys_are_header_names_and_come_back(key: str) -> None:
    names = [
        dict(edit(Request("GET", "/")).headers)
        for edit in (impersonate("me", extra={key: ["1"]}), auth_proxy("me", extra={key: ["1"]}))
    ]

    for found, prefix in zip(names, ("impersonate-extra-", "x-remote-extra-"), strict=True):
        (name,) = (one for one in found if one.startswith(prefix))
        assert unquote(name.removeprefix(prefix)) == key
        assert re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name)


def test_a_header_is_added_where_it_is_not_there() -> None:
    add = set_header("user-agent", "me")

    assert header(add(Request("GET", "/")).headers, "user-agent") == "me"
    assert header(add(Request("GET", "/", headers=[("user-agent", "you")])).headers, "user-agent") == "you"


@pytest.mark.parity("TRN-05")
def test_a_token_file_is_read_again_after_a_while_and_a_bad_reading_changes_nothing(tmp_path: Path) -> None:
    file, now = tmp_path / "token", [0]
    file.write_text("one\n")
    source = TokenFile(str(file), monotonic_ns=lambda: now[0])
    seen = [source()]
    file.write_text("two")
    seen.append(source())
    now[0] = 51 * 10**9
    seen.append(source())
    file.write_text("")
    now[0] = 102 * 10**9
    seen.append(source())

    assert seen == ["one", "one", "two", "two"]


@pytest.mark.parity("TRN-05")
def test_many_threads_read_one_token_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("one")
    # Each reading is more than fifty seconds after the one before.
    ticks = itertools.count(step=60 * 10**9)
    source = TokenFile(str(file), monotonic_ns=lambda: next(ticks))

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: source(), range(200)))

    assert set(seen) == {"one"}


@pytest.mark.parity("TRN-05")
def test_a_token_file_without_a_token_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("")

    with pytest.raises(ValueError, match="read empty token from file"):
        TokenFile(str(tmp_path / "token"), monotonic_ns=lambda: 0)


@pytest.mark.parity("TRN-22")
@pytest.mark.parametrize(
    ("value", "shown"), [("Bearer x", "Bearer <masked>"), ("Odd x", "<masked>"), ("x", "<masked>")]
)
def test_logs_never_show_credentials(value: str, shown: str) -> None:
    assert masked(value) == shown


@pytest.mark.parity("TRN-11")
def test_a_ca_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unable to load root certificates: unable to parse bytes as PEM block"):
        TLSOptions(ca_data=b"no").context()
    with pytest.raises(ValueError, match="insecure flag is not allowed"):
        TLSOptions(ca_data=b"no", insecure=True).context()
