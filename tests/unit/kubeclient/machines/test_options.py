"""Keywords of the verbs, as they go over the wire."""

from __future__ import annotations

import pytest

from kubeclient.machines.options import (
    Preconditions,
    apply_query,
    create_query,
    delete_body,
    get_query,
    go_duration,
    list_query,
    log_query,
    patch_query,
    split_delete_collection,
    watch_query,
)


def test_only_options_that_are_set_are_sent_in_the_order_of_their_names() -> None:
    query = list_query(
        {"resource_version": "", "limit": 5, "label_selector": "a=b", "continue_": "c", "timeout_seconds": None}
    )

    assert query == [("continue", "c"), ("labelSelector", "a=b"), ("limit", "5")]


def test_any_resource_version_is_asked_for_by_the_text_0_and_no_limit_by_the_number() -> None:
    assert list_query({"resource_version": "0", "limit": 0}) == [("resourceVersion", "0")]
    assert get_query({"resource_version": "0"}) == [("resourceVersion", "0")]


@pytest.mark.parity("TYP-05")
def test_a_list_with_a_time_limit_tells_the_request_handler_too() -> None:
    assert list_query({"timeout_seconds": 60}) == [("timeout", "1m0s"), ("timeoutSeconds", "60")]


def test_a_pointer_is_sent_even_when_it_points_to_a_zero() -> None:
    query = watch_query({"send_initial_events": False, "timeout_seconds": 0, "allow_watch_bookmarks": False})

    assert query == [("sendInitialEvents", "false"), ("timeout", "0s"), ("timeoutSeconds", "0"), ("watch", "true")]


def test_a_keyword_that_a_verb_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'labelSelector'"):
        list_query({"labelSelector": "a"})  # type: ignore[typeddict-unknown-key]
    with pytest.raises(TypeError, match="unexpected keyword argument 'limit'"):
        get_query({"limit": 1})  # type: ignore[typeddict-unknown-key]


def test_the_field_manager_of_the_client_stands_in_where_none_is_given() -> None:
    assert create_query({}, "me") == [("fieldManager", "me")]
    assert create_query({"field_manager": "you", "dry_run": True}, "me") == [("dryRun", "All"), ("fieldManager", "you")]
    assert patch_query({"force": True}, "me") == [("fieldManager", "me"), ("force", "true")]


@pytest.mark.parity("APC-07")
def test_an_apply_always_says_whether_it_forces() -> None:
    assert apply_query("me", {}) == [("fieldManager", "me"), ("force", "false")]
    assert apply_query("me", {"force": True}) == [("fieldManager", "me"), ("force", "true")]


def test_a_delete_without_options_has_no_body() -> None:
    assert delete_body({}) is None
    assert delete_body({"dry_run": False, "grace_period_seconds": None}) is None


@pytest.mark.parity("TYP-04")
def test_delete_options_travel_in_the_body() -> None:
    body = delete_body(
        {
            "grace_period_seconds": 0,
            "propagation_policy": "Orphan",
            "preconditions": Preconditions(uid="u"),
            "dry_run": True,
        }
    )

    assert body == {
        "kind": "DeleteOptions",
        "apiVersion": "v1",
        "gracePeriodSeconds": 0,
        "preconditions": {"uid": "u"},
        "propagationPolicy": "Orphan",
        "dryRun": ["All"],
    }


def test_the_options_of_a_deletecollection_are_told_apart() -> None:
    listing, deletion = split_delete_collection({"label_selector": "a", "grace_period_seconds": 1})

    assert (listing, deletion) == ({"label_selector": "a"}, {"grace_period_seconds": 1})


def test_log_options_say_whether_to_follow_only_when_they_do() -> None:
    assert log_query({"container": "c", "tail_lines": 0}, follow=False) == [("container", "c"), ("tailLines", "0")]
    assert log_query({}, follow=True) == [("follow", "true")]


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (59, "59s"), (60, "1m0s"), (3600, "1h0m0s"), (-61, "-1m1s")])
def test_durations_are_written_as_go_prints_them(seconds: int, text: str) -> None:
    assert go_duration(seconds) == text
