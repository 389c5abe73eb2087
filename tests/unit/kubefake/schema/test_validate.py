import pytest

from kubefake.schema.validate import compile_validator, validate_lists


def problems(schema, value, old=None):
    found = []
    validator = compile_validator({"type": "object", "properties": {"f": schema}})
    if old is None:
        validator({"f": value}, "", found)
    else:
        validator({"f": value}, "", found, {"f": old})
    return [f"{problem.field}: {problem.message}" for problem in found]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "string"}, 1, 'f: Invalid value: "integer": f in body must be of type string: "integer"'),
        ({"type": "integer"}, "x", 'f: Invalid value: "string": f in body must be of type integer: "string"'),
        ({"type": "string"}, None, 'f: Invalid value: "null": f in body must be of type string: "null"'),
        (
            {"x-kubernetes-int-or-string": True},
            1.5,
            'f: Invalid value: "number": f in body must be of type integer,string: "number"',
        ),
        (
            {"type": "integer", "maximum": 10, "exclusiveMaximum": True},
            10,
            "f: Invalid value: 10: f in body should be less than 10",
        ),
        (
            {"type": "number", "minimum": 1.5},
            1,
            "f: Invalid value: 1: f in body should be greater than or equal to 1.5",
        ),
        ({"type": "integer", "multipleOf": 3}, 4, "f: Invalid value: 4: f in body should be a multiple of 3"),
        ({"type": "number", "multipleOf": 0.5}, 0.7, "f: Invalid value: 0.7: f in body should be a multiple of 0.5"),
        ({"type": "string", "minLength": 2}, "b", 'f: Invalid value: "b": f in body should be at least 2 chars long'),
        ({"type": "string", "maxLength": 3}, "abcd", "f: Too long: may not be more than 3 bytes"),
        ({"type": "string", "pattern": "^a"}, "éé", "f: Invalid value: \"éé\": f in body should match '^a'"),
        (
            {"type": "array", "minItems": 1, "items": {}},
            [],
            "f: Invalid value: 0: f in body should have at least 1 items",
        ),
        ({"type": "array", "maxItems": 2, "items": {}}, [1, 2, 3], "f: Too many: 3: must have at most 2 items"),
        ({"type": "object", "maxProperties": 1}, {"a": 1, "b": 2}, "f: Too many: 2: must have at most 1 item"),
        ({"type": "integer", "enum": [1, 2]}, 3, 'f: Unsupported value: 3: supported values: "1", "2"'),
        ({"type": "object", "required": ["q"]}, {}, "f.q: Required value"),
        (
            {"type": "integer", "format": "int32"},
            3000000000,
            '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in f',
        ),
        (
            {"type": "integer", "not": {"enum": [1]}},
            1,
            '<nil>: Invalid value: "": "f" must not validate the schema (not)',
        ),
        ({"type": "string", "format": "ipv4"}, "::1", 'f: Invalid value: "::1": f in body must be of type ipv4: "::1"'),
    ],
)
def test_a_value_that_breaks_a_rule_is_told_as_the_server_tells_it(schema, value, message):
    assert problems(schema, value) == [message]


def test_composed_schemas_tell_which_of_them_failed_and_why():
    branches = [{"required": ["x"]}, {"required": ["y"]}]
    assert problems({"type": "object", "anyOf": branches}, {}) == [
        '<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)',
        "f.x: Required value",
    ]
    assert problems({"type": "object", "oneOf": branches}, {"x": 1, "y": 1}) == [
        '<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found 2 valid alternatives'
    ]
    assert problems({"type": "integer", "allOf": [{"maximum": 5}, {"minimum": 3}]}, 7) == [
        "f: Invalid value: 7: f in body should be less than or equal to 5",
        '<nil>: Invalid value: "": "f" must validate all the schemas (allOf)',
    ]


def test_null_is_a_value_where_it_is_allowed():
    assert problems({"type": "string", "nullable": True, "enum": ["a"]}, None) == []


def test_what_did_not_change_is_not_checked_again():
    schema = {"type": "object", "properties": {"a": {"type": "integer", "maximum": 1}, "b": {"type": "string"}}}
    assert problems(schema, {"a": 5, "b": "new"}, {"a": 5, "b": "old"}) == []
    assert len(problems(schema, {"a": 6}, {"a": 5})) == 1


def test_items_of_a_list_of_type_map_are_compared_by_their_keys():
    schema = {
        "type": "array",
        "x-kubernetes-list-map-keys": ["k"],
        "items": {"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "string", "enum": ["good"]}}},
    }
    old = [{"k": "x", "v": "bad"}, {"k": "y", "v": "bad"}]
    assert problems(schema, [old[1], old[0]], old) == []
    assert len(problems(schema, [old[1], {"k": "z", "v": "bad"}], old)) == 1


def test_items_that_occur_twice_are_told_once():
    found = validate_lists({"type": "array", "x-kubernetes-list-type": "set", "items": {}}, ["a", "b", "a", "a"], "f")
    assert [(problem.field, problem.message) for problem in found] == [("f[2]", 'Duplicate value: "a"')]
    schema = {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a", "b"], "items": {}}
    found = validate_lists(schema, [{"a": "x"}, {"a": "x"}], "f")
    assert [(problem.field, problem.message) for problem in found] == [("f[1]", 'Duplicate value: {"a":"x"}')]
