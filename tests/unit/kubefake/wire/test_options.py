from __future__ import annotations

from typing import Any

import pytest

from kubeclient.apimachinery.errors import StatusError
from kubefake.wire import options


def refusal(read: Any, *args: Any, **kwargs: Any) -> tuple[int, str]:
    with pytest.raises(StatusError) as caught:
        read(*args, **kwargs)
    return caught.value.code, caught.value.message


def test_list_options_without_a_query_are_the_defaults() -> None:
    assert options.read_list_options([]) == options.ListOptions()


def test_list_options_carry_what_the_query_says() -> None:
    query = [("labelSelector", "a in (b,c)"), ("limit", "5"), ("limit", "9"), ("continue", "x"), ("unknown", "1")]

    found = options.read_list_options(query)

    assert (str(found.label_selector), found.limit, found.continue_) == ("a in (b,c)", 5, "x")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("x", "invalid syntax"), ("", "invalid syntax"), (" 5", "invalid syntax"), ("9" * 20, "value out of range")],
)
def test_numbers_are_read_as_go_reads_them(text: str, problem: str) -> None:
    expected = (400, f'strconv.ParseInt: parsing "{text}": {problem}')

    assert refusal(options.read_list_options, [("limit", text)]) == expected


def test_a_bad_timeout_is_found_before_a_bad_limit() -> None:
    assert refusal(options.read_list_options, [("limit", "x"), ("timeoutSeconds", "y")])[1].startswith(
        'strconv.ParseInt: parsing "y"'
    )


def test_bad_selectors_are_bad_requests() -> None:
    assert refusal(options.read_list_options, [("labelSelector", "a b")]) == (
        400,
        "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    )
    assert refusal(options.read_list_options, [("fieldSelector", "a")]) == (
        400,
        "invalid selector: 'a'; can't understand 'a'",
    )


def test_options_that_do_not_go_together_are_listed_as_causes() -> None:
    query = [("resourceVersionMatch", "Foo"), ("sendInitialEvents", "false")]

    code, message = refusal(options.read_list_options, query)

    assert code == 422
    assert message == (
        'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless '
        'resourceVersion is provided, resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", '
        '"NotOlderThan", "", sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]'
    )


def test_a_watch_with_initial_events_needs_a_version_match() -> None:
    query = [("watch", "1"), ("sendInitialEvents", "true")]

    assert refusal(options.read_list_options, query) == (
        422,
        (
            'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting '
            "resourceVersionMatch to NotOlderThan"
        ),
    )


def test_an_apply_needs_a_manager_and_only_an_apply_may_be_forced() -> None:
    apply = refusal(options.read_patch_options, [], apply=True)
    merge = refusal(options.read_patch_options, [("force", "")], apply=False)

    assert apply[1].endswith("fieldManager: Required value: is required for apply patch")
    assert merge[1].endswith("force: Forbidden: may not be specified for non-apply patch")


def test_dry_run_takes_all_and_nothing_else() -> None:
    assert options.read_create_options([("dryRun", "All"), ("dryRun", "All")]).dry_run
    assert refusal(options.read_create_options, [("dryRun", "All"), ("dryRun", "")]) == (
        422,
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["All",""]: supported values: "All"',
    )


def test_a_field_manager_prints_and_is_short() -> None:
    message = refusal(options.read_update_options, [("fieldManager", "a\x00b")])[1]

    assert message.endswith(r'fieldManager: Invalid value: "a\x00b": invalid character U+0000 (at position 1)')
    assert refusal(options.read_update_options, [("fieldManager", "a" * 129)])[1].endswith(
        "fieldManager: Too long: may not be more than 128 bytes"
    )


def test_delete_options_come_from_the_body_alone_when_there_is_one() -> None:
    body = {"gracePeriodSeconds": 5, "preconditions": {"uid": "u"}, "propagationPolicy": "Orphan"}

    found = options.read_delete_options([("dryRun", "All")], body)

    assert found == options.DeleteOptions(grace_period_seconds=5, propagation_policy="Orphan", uid="u")


def test_delete_policies_exclude_each_other() -> None:
    query = [("orphanDependents", "true"), ("propagationPolicy", "Foreground")]

    assert refusal(options.read_delete_options, query)[1].endswith(
        'propagationPolicy: Invalid value: "Foreground": orphanDependents and deletionPropagation cannot be both set'
    )


def test_export_is_gone_for_good() -> None:
    assert refusal(options.read_get_options, [("export", "")])[0] == 400
    assert options.read_get_options([("export", "false"), ("resourceVersion", "5")]).resource_version == "5"


@pytest.mark.parametrize(("text", "expected"), [("", None), ("0", None), ("-1s", None), ("1m30s", 90 * 10**9)])
def test_the_timeout_parameter_is_a_duration(text: str, expected: int | None) -> None:
    assert options.read_timeout([("timeout", text)]) == expected


def test_a_timeout_that_is_no_duration_is_refused() -> None:
    assert refusal(options.read_timeout, [("timeout", "5")]) == (
        400,
        'invalid timeout specified in the request URL - time: missing unit in duration "5"',
    )
