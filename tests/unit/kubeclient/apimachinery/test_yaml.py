"""YAML means what it means to kubectl."""

from __future__ import annotations

from typing import Any

import pytest

from kubeclient.apimachinery import yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("y", True),
        ("~", None),
        ("", None),
        ("010", 8),
        ("0o10", 8),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("1e3", 1000),
        ("1.5", 1.5),
        ("1.0", 1),
        ("1:30", "1:30"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T18:53:12Z", "2026-11-20T18:53:12Z"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!binary aGk=", "hi"),
        ("1e400", "1e400"),
        ("08", 8),
    ],
)
def test_plain_scalars(text: str, value: Any) -> None:
    loaded = yaml.load(f"a: {text}")

    assert loaded == {"a": value}
    assert type(loaded["a"]) is type(value)


def test_keys_are_texts() -> None:
    assert yaml.load("1: a\non: b\n1.5: c") == {"1": "a", "true": "b", "1.5": "c"}


def test_merged_keys_stand_behind_own_ones() -> None:
    assert yaml.load("x: &x {p: 1, q: 2}\nz:\n  <<: *x\n  p: 3")["z"] == {"p": 3, "q": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2", 'yaml: line 4, column 3: key "c" already set in map'),
        ("a:\n\t- b", "yaml: line 2, column 1: while scanning for the next token: found character"),
        ("a: *x", "yaml: line 1, column 4: found undefined alias"),
        ("a: &a [*a]", "yaml: line 1, column 4: an anchor's value contains itself"),
        ("a: .nan", "yaml: line 1, column 4: json: unsupported value: NaN"),
        ("? [a]\n: b", "yaml: line 1, column 3: a key must be a scalar"),
        ("~: b", "yaml: line 1, column 1: a key must not be null"),
        ("a\n---\nb", "yaml: expected a single document"),
    ],
)
def test_errors_name_line_and_column(text: str, message: str) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.load(text)

    assert str(caught.value).startswith(message)


def test_streams_have_documents() -> None:
    assert list(yaml.load_all("a: 1\n---\n---\nb: 2\n")) == [{"a": 1}, None, {"b": 2}]
    assert list(yaml.load_all("")) == []
    assert list(yaml.load_all(yaml.dump_all([{"a": 1}, [2]]))) == [{"a": 1}, [2]]


def test_a_bomb_of_aliases_is_refused() -> None:
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 9)]

    with pytest.raises(yaml.YAMLError, match="excessive aliasing"):
        yaml.load("\n".join(["l0: &l0 [x]", *levels]))


def test_texts_that_look_like_something_else_are_quoted() -> None:
    assert yaml.dump({"b": ["yes", "1e3", "y", "0o7", "x"], "a": "1"}) == (
        'a: "1"\nb:\n- "yes"\n- "1e3"\n- "y"\n- "0o7"\n- x\n'
    )
    assert yaml.dump({"script": "a\nb\n"}) == "script: |\n  a\n  b\n"
