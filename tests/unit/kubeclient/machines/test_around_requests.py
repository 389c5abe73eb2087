"""Warnings for people, waits for a busy server, paths without names."""

from __future__ import annotations

import io

import pytest

from kubeclient.machines.metrics import path_template
from kubeclient.machines.response import WarningHeader, warnings_of
from kubeclient.machines.url_backoff import URLBackoff
from kubeclient.machines.warnings import WarningWriter, log_warning, no_warnings

SECOND = 10**9
ODD = "/apis/namespaces/namespaces"
OLD = WarningHeader(299, "-", "old")


@pytest.mark.parity("WRN-02")
def test_warnings_are_written_as_lines_and_counted() -> None:
    out = io.StringIO()
    write = WarningWriter(out)

    for warning in (OLD, OLD, WarningHeader(199, "-", "other"), WarningHeader(299, "-", "")):
        write(warning)

    assert (out.getvalue(), write.count) == ("Warning: old\nWarning: old\n", 2)


@pytest.mark.parity("WRN-02")
def test_each_text_can_be_written_once_and_in_colour() -> None:
    out = io.StringIO()
    write = WarningWriter(out, deduplicate=True, color=True)

    write(OLD)
    write(OLD)

    assert (out.getvalue(), write.count) == ("\x1b[33;1mWarning:\x1b[0m old\n", 1)


@pytest.mark.parity("WRN-02")
def test_warnings_are_logged_or_ignored(caplog: pytest.LogCaptureFixture) -> None:
    log_warning(OLD)
    no_warnings(OLD)

    assert caplog.messages == ["Warning: old"]


@pytest.mark.parity("WRN-01")
def test_what_is_malformed_ends_the_reading_of_a_line_and_items_before_it_stay() -> None:
    found = warnings_of(
        [("warning", ' 299 - "a \\"b\\"" "some day",199 x "c", nonsense, 299 - "d"'), ("warning", '299 - "e"')]
    )

    assert [(one.code, one.agent, one.text) for one in found] == [(299, "-", 'a "b"'), (199, "x", "c"), (299, "-", "e")]


@pytest.mark.parity("RTY-12")
@pytest.mark.parametrize(
    ("environ", "there"),
    [
        ({}, False),
        ({"KUBE_CLIENT_BACKOFF_BASE": "1"}, False),
        ({"KUBE_CLIENT_BACKOFF_BASE": "1", "KUBE_CLIENT_BACKOFF_DURATION": "x"}, False),
        ({"KUBE_CLIENT_BACKOFF_BASE": "1", "KUBE_CLIENT_BACKOFF_DURATION": "120"}, True),
    ],
)
def test_two_variables_ask_for_waits(environ: dict[str, str], there: bool) -> None:
    assert (URLBackoff.from_environment(environ) is not None) is there


@pytest.mark.parity("RTY-13")
def test_waits_double_up_to_a_limit_and_end_with_a_good_answer() -> None:
    backoff, waits = URLBackoff(SECOND, 3 * SECOND), []
    for status in (429, 500, 503, 200, 429, 0):
        backoff.update(status, 0)
        waits.append(backoff.wait_ns(0) // SECOND)

    assert waits == [1, 2, 3, 0, 1, 0]


@pytest.mark.parity("RTY-13")
def test_a_wait_is_forgotten_after_a_calm_time() -> None:
    backoff = URLBackoff(SECOND, 3 * SECOND)
    backoff.update(500, 0)

    assert (backoff.wait_ns(6 * SECOND), backoff.wait_ns(6 * SECOND + 1)) == (SECOND, 0)


@pytest.mark.parity("REQ-28")
@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/v1/namespaces/ns/pods/web/log", "/api/v1/namespaces/{namespace}/pods/{name}/log"),
        ("/apis/apps/v1/namespaces/ns/deployments", "/apis/apps/v1/namespaces/{namespace}/deployments"),
        ("/api/v1/namespaces/ns", "/api/v1/namespaces/{name}"),
        ("/api/v1/namespaces/ns/finalize", "/api/v1/namespaces/{name}/finalize"),
        ("/api/v1/nodes/n/proxy", "/api/v1/nodes/{name}/proxy"),
        ("/apis/apps/v1", "/apis/apps/v1"),
        ("/version", "/version"),
        ("/anything/else", "/{prefix}"),
        ("/", "/"),
        ("/api/v1/namespaces/ns/r1/name1", "/api/v1/namespaces/{namespace}/r1/{name}"),
        ("/api/v1/r1/name1", "/api/v1/r1/{name}"),
        (f"{ODD}/namespaces", f"{ODD}/namespaces"),
        (f"{ODD}/namespaces/namespaces", f"{ODD}/namespaces/{{name}}"),
        (f"{ODD}/namespaces/namespaces/status", f"{ODD}/namespaces/{{name}}/status"),
        (f"{ODD}/namespaces/namespaces/namespaces", f"{ODD}/namespaces/{{namespace}}/namespaces"),
        (f"{ODD}/namespaces/namespaces/namespaces/namespaces", f"{ODD}/namespaces/{{namespace}}/namespaces/{{name}}"),
        (f"{ODD}/namespaces/a/namespaces/b/finalize", f"{ODD}/namespaces/{{namespace}}/namespaces/{{name}}/finalize"),
        ("/pre1/namespaces/namespaces/namespaces/finalize", "/{prefix}"),
    ],
)
def test_names_do_not_make_a_path_another_one(path: str, template: str) -> None:
    assert path_template(path) == template
