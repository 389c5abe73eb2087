import pytest

from kubefake.schema.jsonread import JSONSyntaxError, has_duplicates, parse, summarize


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unexpected end of JSON input"),
        (" ", "unexpected end of JSON input"),
        ("{", "unexpected end of JSON input"),
        ('{"a":}', "invalid character '}' looking for beginning of value"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a":"b",}', "invalid character '}' looking for beginning of object key string"),
        ("nope", "invalid character 'o' in literal null (expecting 'u')"),
        ('{"a":1}x', "invalid character 'x' after top-level value"),
        ('{"a":"\\x"}', "invalid character 'x' in string escape code"),
        ('{"a":01}', "invalid character '1' after object key:value pair"),
        ('{"a":"\t"}', "invalid character '\\t' in string literal"),
        ('{"a":tru}', "invalid character '}' in literal true (expecting 'e')"),
        ('{"a":-}', "invalid character '}' in numeric literal"),
        ('{"a":1.}', "invalid character '}' after decimal point in numeric literal"),
        ('{"a":1e+}', "invalid character '}' in exponent of numeric literal"),
        ("[1 2]", "invalid character '2' after array element"),
        ('{"a":"\\u12"}', "invalid character '\"' in \\u hexadecimal character escape"),
        ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
    ],
)
def test_bad_json_is_refused_in_the_words_of_gos_scanner(text, message):
    with pytest.raises(JSONSyntaxError) as caught:
        parse(text.encode())
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a":[{"b":1,"b":2}]}',
        '{"a" : 1, "a" : 2}',
        '{"a":"\\":", "x":{"b":"b","b":":"}}',
        '{"a" :1,"b":2,"b":3}',
    ],
)
def test_duplicates_are_noticed(text):
    assert has_duplicates(text.encode(), parse(text.encode()))


@pytest.mark.parametrize(
    "text", ['{"a":1,"b":{"a":2}}', '{"a" : ":", "b":"\\":"}', '[{"a":1},{"a":1}]', '"x"', '{"\\u0022":1}']
)
def test_what_has_no_duplicates_is_not_accused(text):
    assert not has_duplicates(text.encode(), parse(text.encode()))


def test_invalid_utf8_is_replaced_as_go_does():
    assert parse(b'{"a":"\xff"}') == {"a": "\ufffd"}


def test_a_body_is_quoted_as_text_or_hex():
    assert summarize(b"") == "<empty>"
    assert summarize(b"[]") == "5b5d"
    assert summarize(b'{"kind":"ConfigMap","apiVersion":"v1"}x') == '{"kind":"ConfigMap","apiVersio ...'


def test_a_lone_surrogate_becomes_the_replacement_character() -> None:
    value = parse(b'{"a\\ud800": "x\\udc00y", "pair": "\\ud83d\\ude00"}')

    assert value == {"a\ufffd": "x\ufffdy", "pair": "\U0001f600"}
    assert has_duplicates(b'{"a": "\\ud800"}', {"a": "\ufffd"}) is False
