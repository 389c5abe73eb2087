"""Laws of reading builtin objects."""

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from kubefake.schema.builtin import go_fields, node_for
from kubefake.schema.decode import compile_decoder, decode
from kubefake.schema.explain import explain
from kubefake.schema.jsonread import has_duplicates, parse

KINDS = [
    node_for(group, version, kind)
    for group, version, kind in (
        ("", "v1", "Pod"),
        ("", "v1", "Service"),
        ("", "v1", "Node"),
        ("", "v1", "Secret"),
        ("apps", "v1", "Deployment"),
        ("batch", "v1", "CronJob"),
        ("coordination.k8s.io", "v1", "Lease"),
        ("networking.k8s.io", "v1", "NetworkPolicy"),
        ("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
    )
]
LEAVES = {
    "string": st.text(max_size=3),
    "boolean": st.booleans(),
    "integer": st.integers(-5, 5),
    "number": st.integers(-5, 5) | st.floats(-9, 9),
    "bytes": st.sampled_from(["", "YQ==", "YWJj"]),
    "quantity": st.sampled_from(["1", "1000m", "1.5Gi", "100Ki", 3, "0"]),
    "int-or-string": st.sampled_from([0, 80, "http"]),
    "time": st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-01T02:00:00.5+02:00"]),
    "microtime": st.sampled_from(["2020-01-01T00:00:00.000001Z", "2020-01-01T02:00:00.500000+02:00"]),
}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=2), lambda inner: st.lists(inner, max_size=2)
)


@st.composite
def values(draw, node, depth=0):
    """A value that may stand for the node: nulls, unknown fields and fields out of order included."""
    if draw(st.integers(0, 9)) == 0:
        return None
    if node.kind == "object":
        fields = go_fields(node)
        most = 0 if depth > 5 else 4
        chosen = (
            draw(st.lists(st.sampled_from(fields), max_size=most, unique_by=lambda field: field.name)) if fields else []
        )
        result = {field.name: draw(values(field.node, depth + 1)) for field in chosen}
        if draw(st.integers(0, 9)) == 0:
            result["unknownField"] = 1
        return result
    if node.kind == "map":
        return {
            key: draw(values(node.values, depth + 1))
            for key in draw(st.lists(st.sampled_from("cab"), max_size=2, unique=True))
        }
    if node.kind == "list":
        return [draw(values(node.items, depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    return draw(LEAVES.get(node.kind, st.just({}) if node.values is not None else ANY))


@given(st.data())
def test_reading_is_idempotent_and_leaves_its_input_alone(data):
    node = data.draw(st.sampled_from(KINDS))
    value = data.draw(values(node)) or {}
    before = copy.deepcopy(value)
    first, _ = decode(node, value)
    assert value == before
    second, strict = decode(node, first)
    assert json.dumps(second) == json.dumps(first)
    assert strict == []


@given(st.data(), ANY)
def test_the_fast_reader_and_the_explainer_agree_on_what_fits(data, odd):
    node = data.draw(st.sampled_from(KINDS))
    value = data.draw(values(node)) or {}
    field = data.draw(st.sampled_from(go_fields(node)))
    value[field.name] = odd
    unknown = []
    fits = True
    try:
        compile_decoder(node)(value, unknown)
    except ValueError:
        fits = False
    assert (explain(node, value).error == "") is fits


@given(ANY, st.booleans())
def test_duplicates_are_found_exactly_where_they_are(value, doubled):
    pair = f'"k":{json.dumps(value)}'
    text = f'{{{pair}, "x":{{{pair}{"," + pair if doubled else ""}}}}}'
    assert has_duplicates(text.encode(), parse(text.encode())) is doubled
