# generated from tests/twins/_async/test_old_pains.py by .ci/twin.py, do not edit
"""What users of other clients suffered from, and does not happen here."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient._sync.clientset import Clientset
from kubeclient._sync.pager import ListPager
from kubeclient._sync.retry import on_error
from kubeclient.apimachinery.unstructured import UnstructuredList
from tests.twins.support import FakeRuntime, Script


class Interrupted(BaseException):
    """What ends a task or a program, and is no error of the callback."""


@pytest.mark.parity("PAIN-24")
@pytest.mark.parametrize("error", [ValueError("first"), Interrupted()])
def test_the_error_of_the_first_call_is_raised_and_never_taken_for_success(error: BaseException) -> None:
    runtime = FakeRuntime()

    def fail() -> str:
        raise error

    with pytest.raises(type(error)) as failed:
        on_error(fail, retriable=lambda one: False, runtime=runtime)

    assert (failed.value, runtime.slept) == (error, [])


@pytest.mark.parity("PAIN-29")
def test_pages_after_the_first_are_asked_for_without_its_version() -> None:
    asked: list[dict[str, Any]] = []

    def page(**options: Any) -> UnstructuredList:
        asked.append(options)
        more = "next" if len(asked) < 3 else ""
        return UnstructuredList({"metadata": {"continue": more, "resourceVersion": "7"}, "items": [{"n": len(asked)}]})

    options: dict[str, Any] = {"resource_version": "7", "resource_version_match": "NotOlderThan"}
    seen = [item for item in ListPager(page, page_size=1).each_list_item(**options)]

    assert len(seen) == 3
    assert [one.get("resource_version") for one in asked] == ["7", None, None]
    assert [one.get("resource_version_match") for one in asked] == ["NotOlderThan", None, None]


@pytest.mark.parity("PAIN-32c")
def test_clients_of_a_resource_share_what_reads_it() -> None:
    clients = [Clientset(Script(), runtime=FakeRuntime()) for _ in range(2)]
    readers = {id(client.core_v1.pods(space).resource.decode) for client in clients for space in ("a", "b")}

    assert len(readers) == 1
