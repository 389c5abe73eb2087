"""Which lists can be streamed by a watch, and what the library says of its own version."""

from __future__ import annotations

import pytest

from kubeclient.machines.options import ListKeywords, watch_query
from kubeclient.version import compare_kube_aware_versions, this_version
from kubeclient.watchlist import watch_list_options


@pytest.mark.parity("WLU-01")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"resource_version": "0"},
        {"resource_version": "100"},
        {"resource_version": "0", "limit": 500},
        {"resource_version": "0", "resource_version_match": "NotOlderThan"},
        {"resource_version": "0", "resource_version_match": "NotOlderThan", "limit": 4},
        {"resource_version": "7", "resource_version_match": "NotOlderThan"},
        {"label_selector": "a=b", "field_selector": "x=y", "timeout_seconds": 3},
    ],
)
def test_a_list_that_a_watch_can_show_is_asked_for_with_its_objects_first(options: ListKeywords) -> None:
    found = watch_list_options(options)

    assert found is not None
    query = dict(watch_query(found))
    assert query["resourceVersionMatch"] == "NotOlderThan"
    assert (query["sendInitialEvents"], query["allowWatchBookmarks"], query["watch"]) == ("true", "true", "true")
    assert "limit" not in query
    assert query.get("resourceVersion", "") == options.get("resource_version", "")
    assert query.get("labelSelector") == options.get("label_selector")


@pytest.mark.parity("WLU-01")
@pytest.mark.parametrize(
    "options",
    [
        {"limit": 500},
        {"limit": 500, "resource_version": "7"},
        {"resource_version": "7", "resource_version_match": "Exact"},
        {"resource_version_match": "NotOlderThan"},
        {"resource_version": "7", "resource_version_match": "Other"},
        {"continue_": "token"},
        {"resource_version": "0", "continue_": "token"},
        {"resource_version": "0", "resource_version_match": "NotOlderThan", "continue_": "token"},
        {"resource_version_match": "Exact"},
        {"resource_version": "0", "resource_version_match": "Exact"},
        {"resource_version": "0", "resource_version_match": "Exact", "limit": 4},
        {"resource_version": "0", "resource_version_match": "Exact", "continue_": "token"},
    ],
)
def test_other_lists_are_lists(options: ListKeywords) -> None:
    assert watch_list_options(options) is None
    assert watch_list_options({}, enabled=False) is None


@pytest.mark.parity("VER-01")
def test_without_a_stamp_the_version_is_what_an_unstamped_build_says() -> None:
    unset = this_version()
    assert (unset.git_version, str(unset)) == ("v0.0.0-master+$Format:%H$",) * 2
    assert (unset.major, unset.git_commit, unset.git_tree_state) == ("", "$Format:%H$", "")
    assert unset.build_date == "1970-01-01T00:00:00Z"
    assert this_version("v1.2.3", platform="linux/amd64").git_version == "v1.2.3"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("v2", "v1"),
        ("v1", "v2beta1"),
        ("v1beta2", "v1beta1"),
        ("v1beta1", "v2alpha1"),
        ("v1alpha1", "foo"),
        ("bar", "foo"),
    ],
)
def test_versions_of_apis_are_ordered_by_how_finished_they_are(better: str, worse: str) -> None:
    assert compare_kube_aware_versions(better, worse) > 0
    assert compare_kube_aware_versions(worse, better) < 0
    assert compare_kube_aware_versions(better, better) == 0
