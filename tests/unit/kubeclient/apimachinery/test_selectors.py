"""Label and field selectors read, print and match as Go's do. The refused texts were answered so by a real apiserver."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import pytest

from kubeclient.apimachinery import fields, labels


@pytest.mark.parity("AMC-03")
@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("a=b", "a=b"),
        ("a==b", "a==b"),
        ("b=1,a!=2", "a!=2,b=1"),
        (" x in ( c , a,,b ) , !y,z", "x in (,a,b,c),!y,z"),
        ("x notin ()", "x notin ()"),
        ("in in (in,notin)", "in in (in,notin)"),
        ("a=", "a="),
        ("a=,b", "a=,b"),
        ("n>1,m<2", "m<2,n>1"),
        ("example.com/a=b", "example.com/a=b"),
    ],
)
def test_label_selectors_print_in_canonical_form(text: str, canonical: str) -> None:
    selector = labels.parse(text)

    assert str(selector) == canonical
    assert labels.parse(canonical) == selector


@pytest.mark.parity("AMC-03")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a=b,", "found '', expected: identifier after ','"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        ("=a", "found '=', expected: !, identifier, or 'end of string'"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        (
            "a>x",
            (
                'unable to parse requirement: values[0]: Invalid value: "x": '
                "for 'Gt', 'Lt' operators, the value must be an integer"
            ),
        ),
        (
            "a=-",
            (
                'unable to parse requirement: values[0][a]: Invalid value: "-": a valid label must be an empty string or '
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
                "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            ),
        ),
    ],
)
def test_bad_label_selectors_are_refused_in_go_s_words(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        labels.parse(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "matching", "other"),
    [
        ("a=b", {"a": "b", "c": "d"}, {"a": "c"}),
        ("a!=b", {}, {"a": "b"}),
        ("a in (b,c)", {"a": "c"}, {}),
        ("a notin (b,c)", {}, {"a": "c"}),
        ("a", {"a": ""}, {"b": ""}),
        ("!a", {"b": ""}, {"a": ""}),
        ("a>5", {"a": "6"}, {"a": "x"}),
        ("a<5", {"a": "-6"}, {"a": "5"}),
        ("a=b,c=d", {"a": "b", "c": "d", "e": "f"}, {"a": "b"}),
        ("a=b,c", {"a": "b", "c": ""}, {"a": "b"}),
    ],
)
def test_label_selectors_match(text: str, matching: dict[str, str], other: dict[str, str]) -> None:
    selector = labels.parse(text)

    assert selector.matches(matching)
    assert not selector.matches(other)


@pytest.mark.parity("AMC-03")
def test_everything_and_nothing() -> None:
    assert labels.everything().matches({})
    assert not labels.nothing().matches({})
    assert labels.everything() != labels.nothing()
    assert fields.everything().matches({})
    assert not fields.nothing().matches({})
    assert labels.nothing().add(labels.Requirement("a", labels.EXISTS)) == labels.nothing()


def test_label_selector_of_the_api_reads_from_mappings_and_objects() -> None:
    mapping = {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "c", "operator": "In", "values": ["e", "d"]}]}
    typed = SimpleNamespace(
        match_labels={"a": "b"}, match_expressions=[SimpleNamespace(key="c", operator="In", values=["e", "d"])]
    )

    assert str(labels.from_label_selector(mapping)) == "a=b,c in (d,e)"
    assert labels.from_label_selector(typed) == labels.from_label_selector(mapping)
    assert labels.from_label_selector(None) == labels.nothing()
    assert labels.from_label_selector({}) == labels.everything()


def test_label_selector_of_the_api_refuses_unknown_operators() -> None:
    with pytest.raises(ValueError, match='"Maybe" is not a valid label selector operator'):
        labels.from_label_selector({"matchExpressions": [{"key": "a", "operator": "Maybe"}]})


def test_sets_become_equalities() -> None:
    assert str(labels.from_set({"b": "1", "a": "2"})) == "a=2,b=1"
    assert labels.from_set(None).empty
    with pytest.raises(ValueError, match="Invalid value"):
        labels.from_set({"-": "1"}, validate=True)


def test_selectors_tell_the_value_that_is_required() -> None:
    assert labels.parse("a=b,c in (d)").requires_exact_match("c") == "d"
    assert labels.parse("a in (b,c)").requires_exact_match("a") is None
    assert fields.parse_selector("spec.nodeName=n,x!=y").requires_exact_match("spec.nodeName") == "n"


def test_selectors_survive_pickling() -> None:
    for selector in (labels.parse("a in (b,c),d"), labels.nothing()):
        assert pickle.loads(pickle.dumps(selector)) == selector
    assert pickle.loads(pickle.dumps(fields.parse_selector("a=b"))).matches({"a": "b"})


@pytest.mark.parity("AMC-03")
@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("metadata.name=a,", "metadata.name=a"),
        ("b==1,a!=2", "a!=2,b=1"),
        (r"a=\,\=\\", r"a=\,\=\\"),
        (",,", ""),
        ("=", ""),
    ],
)
def test_field_selectors_print_in_canonical_form(text: str, canonical: str) -> None:
    assert str(fields.parse_selector(text)) == canonical


@pytest.mark.parity("AMC-03")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"),
        ("metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
        (r"a=\x", r"invalid field selector: invalid escape sequence: \x"),
        ("a=b\\", "invalid field selector: invalid escape sequence: \\"),
    ],
)
def test_bad_field_selectors_are_refused_in_go_s_words(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        fields.parse_selector(text)

    assert str(caught.value) == message


def test_a_missing_field_counts_as_empty() -> None:
    assert fields.parse_selector("spec.nodeName=").matches({})
    assert not fields.parse_selector("spec.nodeName!=").matches({})


def test_transform_renames_and_drops_requirements() -> None:
    def rename(field: str, value: str) -> tuple[str, str]:
        return ("", "") if field == "drop" else (field.upper(), value)

    assert str(fields.parse_and_transform_selector("a=1,drop=2", rename)) == "A=1"
