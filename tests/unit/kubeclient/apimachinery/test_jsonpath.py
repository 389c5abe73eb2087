"""kubectl's JSONPath: templates, filters, slices, loops, and the errors of each."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.api.core_v1 import ConfigMap
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.apimachinery.jsonpath_parser import unquote
from kubeclient.jsonpath import JSONPath, JSONPathError, find, relaxed_expression, render

TYPES: dict[str, Any] = {
    "bools": [True, False, True, False],
    "numbers": [1, 2, 3, 4],
    "floats": [1.0, 2.2, 1e7, 4.0],
    "mixed": [True, "one", 1, 1.1, None],
    "maps": [{"value": 1, "name": "one"}, {"name": "two", "value": 2.02}],
}
NODES: dict[str, Any] = {
    "kind": "List",
    "items": [
        {
            "kind": "Node",
            "metadata": {"name": "a", "labels": {"kubernetes.io/hostname": "host-a"}},
            "status": {"capacity": {"cpu": "4"}, "ready": True, "addresses": [{"address": "10.0.0.1"}]},
        },
        {
            "kind": "Node",
            "metadata": {"name": "b", "labels": {"kubernetes.io/hostname": "host-b"}},
            "status": {
                "capacity": {"cpu": "8"},
                "ready": False,
                "addresses": [{"address": "10.0.0.2"}, {"address": "10.0.0.3"}],
            },
        },
    ],
    "users": [{"name": "myself", "user": {}}, {"name": "e2e", "user": {"username": "admin", "password": "secret"}}],
}
FAKES = {"spec": {"containers": [{"name": f"fake{number}"} for number in range(6)]}}


@pytest.mark.parity("JSP-01", "JSP-03")
@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{ .bools }", "[true,false,true,false]"),
        ("{ .bools[0] }", "true"),
        ("{.bools[-1]}", "false"),
        ("{.numbers[0:2]}", "1 2"),
        ("{.numbers[:4:2]}", "1 3"),
        ("{.floats}", "[1,2.2,10000000,4]"),
        ("{.floats[2]}", "1e+07"),
        ("{.mixed}", '[true,"one",1,1.1,null]'),
        ("{.mixed[-1]}", "null"),
        ("{.maps[0]}", '{"name":"one","value":1}'),
        ("{.maps[1::2]}", '{"name":"two","value":2.02}'),
        ("{.maps[*].name}", "one two"),
        ("{.maps[0].*}", "one 1"),
        ("plain", "plain"),
        ('{"{"}{"}"}', "{}"),
        ("{.numbers[1,3]}", "2 4"),
        ("{.numbers[?(@>2)]}", "3 4"),
        ("{$.numbers[0]}", "1"),
        ("{1} {1.50} {true}", "1 1.5 true"),
    ],
)
def test_templates_pick_values_and_print_them_as_go_does(template: str, text: str) -> None:
    assert render(template, TYPES) == text


@pytest.mark.parity("JSP-01")
@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{range .items[*]}{.metadata.name}, {end}{.kind}", "a, b, List"),
        ('{range .items[*]}{.metadata.name}{"\\t"}{end}', "a\tb\t"),
        ("{.items[*].status.addresses[*].address}", "10.0.0.1 10.0.0.2 10.0.0.3"),
        ("{range .items[*]}{range .status.addresses[*]}{.address}, {end}{end}", "10.0.0.1, 10.0.0.2, 10.0.0.3, "),
        ("{.items[*]['metadata.name', 'status.capacity']}", 'a b {"cpu":"4"} {"cpu":"8"}'),
        ("{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}", '[a, {"cpu":"4"}] [b, {"cpu":"8"}] '),
        ('{.users[?(@.name=="e2e")].user.password}', "secret"),
        ("{.items[0].metadata.labels.kubernetes\\.io/hostname}", "host-a"),
        ('{.items[?(@.metadata.labels.kubernetes\\.io/hostname=="host-b")].kind}', "Node"),
        ("{.items[?(@..ready==true)].metadata.name}", "a"),
        ("{..name}", "a b myself e2e"),
        ("{.users[?(@.user.username)].name}", "e2e"),
        ("{.items[0]['kind']}", "Node"),
        ('{range .users[*]}{ "{" }{ @.* }{ "} " }{end}', '{myself {}} {e2e {"password":"secret","username":"admin"}} '),
        ('{range .items[*]}{ @.status.ready }{ " " }{end}', "true false "),
        ("{..addresses[0]}", '{"address":"10.0.0.1"} {"address":"10.0.0.2"}'),
        ("{.items[-1:].metadata.name}", "b"),
        ('{range .items[?(.status.ready==true)]}{.metadata.name}{" is ready\\n"}{end}', "a is ready\n"),
        (
            (
                '{range .items[*]}{.kind}{"~"}{range .status.addresses[*]}{.address}{" "}{end}{"/"}'
                '{range .status.addresses[*]}{.address}{" "}{end}{"+"}{end}'
            ),
            "Node~10.0.0.1 /10.0.0.1 +Node~10.0.0.2 10.0.0.3 /10.0.0.2 10.0.0.3 +",
        ),
        (
            '{range .items[*]}{.metadata.name}{"~"}{range .status.addresses[*]}{.address}{"+"}{end}{"#"}{end}',
            "a~10.0.0.1+#b~10.0.0.2+10.0.0.3+#",
        ),
    ],
)
def test_templates_walk_lists_of_objects(template: str, text: str) -> None:
    assert render(template, NODES) == text


def test_a_descent_has_the_value_itself_all_maps_and_lists_and_texts_below_it() -> None:
    assert render("{..}", [1, 2, 3]) == "[1,2,3]"
    assert render("{..}", {"b": [1, {}], "a": "x"}) == '{"a":"x","b":[1,{}]} x [1,{}]'
    assert find("{...price}", {"a": [{"price": 8.95}], "price": 3}) == [3, 8.95]


@pytest.mark.parametrize(
    ("bounds", "names"),
    [
        ("0", "fake0"),
        ("0:0", ""),
        ("0:-1", "fake0 fake1 fake2 fake3 fake4"),
        ("-1", "fake5"),
        ("-1:", "fake5"),
        ("-2", "fake4"),
        ("-2:", "fake4 fake5"),
        ("-6", "fake0"),
        ("-6:", "fake0 fake1 fake2 fake3 fake4 fake5"),
        ("7:7", ""),
        ("-7:-7", ""),
        ("0:", "fake0 fake1 fake2 fake3 fake4 fake5"),
        ("0:6:1", "fake0 fake1 fake2 fake3 fake4 fake5"),
        ("0:6:3", "fake0 fake3"),
        ("1:4:3", "fake1"),
        ("1:4:4", "fake1"),
        ("0:6:", "fake0 fake1 fake2 fake3 fake4 fake5"),
        ("1:4:2", "fake1 fake3"),
        ("0:6:5", "fake0 fake5"),
        ("0:6:6", "fake0"),
    ],
)
def test_slices_count_from_both_ends_and_in_steps(bounds: str, names: str) -> None:
    assert render(f"{{.spec.containers[{bounds}].name}}", FAKES) == names


@pytest.mark.parity("JSP-02")
@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ("6", "array index out of bounds: index 6, length 6"),
        ("-7", "array index out of bounds: index -1, length 6"),
        ("0:7", "array index out of bounds: index 6, length 6"),
        ("-1:0", "starting index 5 is greater than ending index 0"),
        ("3:1", "starting index 3 is greater than ending index 1"),
        ("-1:-2", "starting index 5 is greater than ending index 4"),
        ("0:6:0", "step must be > 0"),
        ("0:6:-1", "step must be > 0"),
    ],
)
def test_slices_beyond_the_list_are_refused(bounds: str, message: str) -> None:
    with pytest.raises(JSONPathError) as caught:
        render(f"{{.spec.containers[{bounds}].name}}", FAKES)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{hello}", "unrecognized identifier hello"),
        ("{.hello}", "hello is not found"),
        ("{.maps[0][0]}", "map[string]interface {} is not array or slice"),
        ("{.numbers[?(@<>10)]}", "unrecognized filter operator <>"),
        ("{range .numbers[*]}{@}{end}{end}", "not in range, nothing to end"),
        ("{.maps[0][?(@.a)]}", "map[name:one value:1] is not array or slice and cannot be filtered"),
        ('{.numbers[?(@=="1")]}', "incompatible types for comparison"),
        ("{.maps[?(@==1)]}", "invalid type for comparison"),
        ("{.bools[?(@<true)]}", "invalid type for comparison"),
        ("{.maps[?(@.*==1)]}", "can only compare one element at a time"),
    ],
)
def test_what_does_not_fit_the_data_is_said_in_go_s_words(template: str, message: str) -> None:
    with pytest.raises(JSONPathError) as caught:
        render(template, TYPES)
    assert str(caught.value) == message


@pytest.mark.parity("JSP-02")
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.hello", "unclosed action"),
        ("{*}", "unrecognized character in action: U+002A '*'"),
        ("{+12.3.0}", "cannot parse number +12.3.0"),
        ("{[1}", "unterminated array"),
        ("{[a]}", "invalid array index a"),
        ("{[-]}", "array index - is not a number"),
        ("{[?(.price]}", "unterminated filter"),
        ("{[?(.price)}", "unclosed array expect ]"),
        ("{........}", "invalid multiple recursive descent"),
        ('{"a}', "unterminated quoted string"),
        ('{"\\q"}', 'unquote string "\\q" error invalid syntax'),
        ("{\\\\\\}", "unrecognized character in action: U+005C '\\'"),
    ],
)
def test_what_is_no_template_is_refused_in_go_s_words(template: str, message: str) -> None:
    with pytest.raises(JSONPathError) as caught:
        JSONPath(template)
    assert str(caught.value) == message


@pytest.mark.parity("JSP-01")
@pytest.mark.parametrize(
    ("quoted", "text"),
    [
        ('"()"', "()"),
        ("'Linux'", "Linux"),
        ('"(\\"\\")"', '("")'),
        ("'\\\\\\''", "\\'"),
        ('"\\u00e9\\x41\\101\\n"', "éAA\n"),
        ('"\\xc3\\xa9"', "é"),
    ],
)
def test_quotes_and_escapes_are_those_of_go(quoted: str, text: str) -> None:
    assert unquote(quoted) == text
    assert render(f"{{{quoted}}}", None) == text


@pytest.mark.parametrize("bad", ["", '"', "\"a'", "xax", '"a"b"', '"\\ud800"', '"\\777"', '"\\x4"'])
def test_what_is_no_quoted_text_is_refused(bad: str) -> None:
    with pytest.raises(JSONPathError, match="invalid syntax"):
        unquote(bad)


def test_names_may_have_slashes_and_dashes() -> None:
    labels = {"labels": {"web/html": 15, "k8s-app": 20}}
    assert render("{$.labels.web/html} {.labels.k8s-app}", labels) == "15 20"


def test_points_without_a_coordinate_do_not_pass_a_filter_for_it() -> None:
    points = [{"id": "i1", "x": 4}, {"id": "i2", "z": 1}, {"id": "i3", "x": 0, "z": 1}]
    assert render("{[?(@.z)].id}", points) == "i2 i3"


def test_parentheses_in_quotes_belong_to_the_text_of_a_filter() -> None:
    data = [{"test": "())("}, {"test": "{[()]}"}]
    assert find('{[?(@.test == "())(")]}', data) == [data[0]]
    assert find('{[?(@.test == "{[()]}")]}', data) == [data[1]]


@pytest.mark.parity("JSP-02")
def test_missing_keys_are_an_error_or_nothing() -> None:
    pods = {"items": [{"metadata": {"name": "a", "annotations": {"color": "blue"}}}, {"metadata": {"name": "b"}}]}
    template = '{.items[?(@.metadata.annotations.color=="blue")].metadata.name}'
    assert render(template, pods, allow_missing_keys=True) == "a"
    with pytest.raises(JSONPathError, match=r"^annotations is not found$"):
        render(template, pods)
    assert render("before-{.hello}after", {}, allow_missing_keys=True) == "before-after"


def test_a_loop_over_nothing_prints_nothing() -> None:
    template = '{range .items[*]}{.name}{range @.ports[*]}{.port}{","}{end}{"+"}{end}{.kind}'
    assert render(template, {"items": [], "kind": "List"}, allow_missing_keys=True) == "List"


def test_a_path_that_fails_for_another_reason_than_a_missing_key_counts_as_there() -> None:
    assert find("{[?(@.a[3])]}", [{"a": []}, {"b": 1}]) == [{"a": []}]


def test_a_null_is_printed_and_has_nothing_in_it() -> None:
    assert render("{[-1]['x']}", [{"x": None}]) == "null"
    assert render("{.x.y}", {"x": None}, allow_missing_keys=True) == ""
    assert find("{.x[0]}", {"x": None}) == []


@pytest.mark.parity("JSP-03")
def test_results_are_indented_json_where_that_is_asked_for() -> None:
    path = JSONPath("{.users[*].name}{.users[0]}", output_json=True)
    assert path.render(NODES) == (
        '[\n    "myself",\n    "e2e"\n]\n[\n    {\n        "name": "myself",\n        "user": {}\n    }\n]\n'
    )


def test_models_are_read_by_their_wire_names() -> None:
    obj = ConfigMap(metadata=ObjectMeta(name="web", resource_version="7"), data={"a": "b"})
    assert render("{.metadata.resourceVersion} {.data.a}", obj) == "7 b"


def test_a_template_can_be_used_again() -> None:
    path = JSONPath("{range .items[*]}{.kind} {end}")
    assert [path.render(NODES) for _ in range(2)] == ["Node Node ", "Node Node "]


def test_an_index_is_the_slice_of_one_item() -> None:
    assert find("{[3]}", [0, 1, 2, 3]) == find("{[3:4]}", [0, 1, 2, 3]) == [3]


@pytest.mark.parametrize("text", ["name.a", ".name.a", "{name.a}", "{.name.a}"])
def test_people_write_paths_in_four_ways(text: str) -> None:
    assert relaxed_expression(text) == "{.name.a}"


def test_a_path_with_braces_inside_is_none() -> None:
    assert relaxed_expression("") == ""
    with pytest.raises(JSONPathError, match=r"unexpected path string, expected a 'name1.name2'"):
        relaxed_expression("{a}{b}")
