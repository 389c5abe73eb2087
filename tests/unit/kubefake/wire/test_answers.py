from __future__ import annotations

import json

import pytest

from kubeclient.apimachinery import errors
from kubeclient.apimachinery.gvk import GroupResource
from kubefake.wire import frames, partial, status
from kubefake.wire.lists import ListWriter
from kubefake.wire.negotiate import YAML, Media
from kubefake.wire.table import TableWriter, include_object

POD = b'{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{}}'


def test_a_failure_is_a_status_with_the_servers_bytes() -> None:
    response = status.error_response(errors.new_not_found(GroupResource("", "configmaps"), "nope"))

    assert response.status == 404
    assert response.headers == (("cache-control", "no-cache, private"), ("content-type", "application/json"))
    assert response.body == (
        b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \\"nope\\" not found",'
        b'"reason":"NotFound","details":{"name":"nope","kind":"configmaps"},"code":404}\n'
    )


def test_a_failure_says_when_to_come_back() -> None:
    response = status.error_response(errors.new_too_many_requests("busy", 7))

    assert ("retry-after", "7") in response.headers


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    response = status.error_response(errors.new_not_found(GroupResource("", "configmaps"), "\udce9"))

    assert json.loads(response.body)["details"]["name"] == "\ufffd"


def test_pretty_is_two_spaces_and_no_line_end() -> None:
    assert status.json_response(200, b'{"a":{"b":1}}', pretty=True).body == b'{\n  "a": {\n    "b": 1\n  }\n}'


def test_yaml_is_written_as_gos() -> None:
    data = json.dumps(
        {"b": {"l": [{"x": "yes"}], "k10": "a\nb", "k2": "1"}, "a": "plain", "n": None, "t": True}
    ).encode()

    response = status.json_response(200, data, Media(YAML))

    assert response.body.decode() == (
        'a: plain\nb:\n  k2: "1"\n  k10: |-\n    a\n    b\n  l:\n  - x: "yes"\n"n": null\nt: true\n'
    )


def test_warnings_are_quoted_and_told_once() -> None:
    response = status.json_response(201, b"{}", warnings=['unknown field "a"', 'unknown field "a"', "b\n"])

    assert [value for name, value in response.headers if name == "warning"] == [
        r'299 - "unknown field \"a\""',
        '299 - "b "',
    ]


def test_builtin_lists_leave_out_the_kind_of_items() -> None:
    write = ListWriter("PodList", "v1", "Pod")
    odd = b'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}'

    text = write([POD, odd], "7", continue_="c", remaining=3)

    assert text == (
        b'{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"c","remainingItemCount":3},'
        b'"items":[{"metadata":{"name":"a"},"spec":{}},{"metadata":{"name":"b"}}]}\n'
    )
    assert json.loads(write([], "7"))["items"] == []


def test_custom_lists_keep_the_kind_of_items_and_show_continue() -> None:
    item = b'{"apiVersion":"a/v1","kind":"Thing"}'

    text = ListWriter("ThingList", "a/v1", "Thing", custom=True)([item, item], "7")

    assert text == (
        b'{"apiVersion":"a/v1","items":[{"apiVersion":"a/v1","kind":"Thing"},{"apiVersion":"a/v1","kind":"Thing"}],'
        b'"kind":"ThingList","metadata":{"continue":"","resourceVersion":"7"}}\n'
    )


def test_events_are_lines() -> None:
    assert frames.frame("ADDED", b"{}") == b'{"type":"ADDED","object":{}}\n'
    assert frames.bookmark("Pod", "v1", "9", initial_events_end=True) == (
        b'{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"9","annotations":'
        b'{"k8s.io/initial-events-end":"true"}}}}\n'
    )
    event = json.loads(frames.error(errors.new_resource_expired("too old")))
    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)


def test_partial_objects_are_their_metadata() -> None:
    assert partial.partial(POD, "v1beta1") == (
        b'{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1beta1","metadata":{"name":"a"}}'
    )
    with pytest.raises(errors.NotAcceptable, match=r"is a list \(\*core.PodList\)"):
        partial.check_kind(Media(kind="PartialObjectMetadata"), "*core.PodList", is_list=True)


@pytest.mark.parametrize(
    ("include", "kind"), [("None", None), ("Metadata", "PartialObjectMetadata"), ("Object", "Pod")]
)
def test_rows_hold_as_much_of_the_object_as_asked(include: str, kind: str | None) -> None:
    columns = [{"name": "Name", "type": "string"}]
    write = TableWriter(columns, lambda obj: ([obj["metadata"]["name"]], None), version="v1", include=include)

    table = json.loads(write([(json.loads(POD), POD)], "3"))

    assert table["columnDefinitions"] == [
        {"name": "Name", "type": "string", "format": "", "description": "", "priority": 0}
    ]
    row = table["rows"][0]
    assert row["cells"] == ["a"]
    assert (row["object"] or {}).get("kind") == kind


def test_only_the_first_table_of_a_watch_has_columns() -> None:
    write = TableWriter([], lambda _: ([], None), version="v1", include="None")

    assert b'"columnDefinitions":null' in write([], "1", headers=False)


def test_include_object_takes_three_values() -> None:
    assert include_object([]) == "Metadata"
    with pytest.raises(errors.BadRequest, match="must be 'Metadata', 'Object', 'None', or empty"):
        include_object([("includeObject", "x")])
