"""Laws of apply configurations, for every kind that has one: what goes in comes out, and nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from properties.strategies import bodies

from kubeclient import applyconfigurations
from kubeclient.api import scheme
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.apimachinery.unstructured import Unstructured

KINDS = [kind for kind in scheme.kinds() if (kind.api_version, kind.kind) in applyconfigurations.KINDS]
WIDE = 8 * settings().max_examples  # there are hundreds of kinds


def _bare(value: Any) -> Any:
    """JSON without nulls, which say in configurations what absence says."""
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items() if item is not None}
    return [_bare(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=WIDE)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_a_configuration_is_the_json_that_it_was_made_of(kind: GroupVersionKind, data: st.DataObject) -> None:
    made = type(applyconfigurations.for_kind(kind))
    body = data.draw(bodies(scheme.type_for(kind)))

    assert _bare(made.from_dict(body).to_dict()) == _bare(body)


@settings(max_examples=WIDE)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_setting_every_field_by_itself_makes_the_same(kind: GroupVersionKind, data: st.DataObject) -> None:
    whole: Any = type(applyconfigurations.for_kind(kind)).from_dict(data.draw(bodies(scheme.type_for(kind))))
    one_by_one = type(whole).empty()
    for name in ("kind", "apiVersion"):
        if name in whole._fields:
            one_by_one._fields[name] = whole._fields[name]
    for name in type(whole)._wires:
        if name not in ("labels", "annotations", "owner_references", "finalizers"):
            setattr(one_by_one, name, getattr(whole, name))

    assert one_by_one == whole


@st.composite
def _shared(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """An object of which two managers own entries of one map, which do not overlap."""
    entries = draw(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("xyz")))
    mine = {key: value for key, value in entries.items() if draw(st.booleans())}
    others = {key: value for key, value in entries.items() if key not in mine}
    managed = [
        {
            "manager": manager,
            "operation": "Apply",
            "fieldsV1": {"f:data": {f"f:{key}": {} for key in owned}} if owned else {},
        }
        for manager, owned in (("me", mine), ("other", others))
    ]
    return {"metadata": {"name": "a", "managedFields": managed}, "data": entries}, mine, others


@given(_shared())
def test_what_managers_applied_adds_up_to_the_whole(
    shared: tuple[dict[str, Any], dict[str, str], dict[str, str]],
) -> None:
    obj, mine, others = shared
    taken = [applyconfigurations.extract_unstructured(Unstructured(obj), name).object for name in ("me", "other")]

    assert [one.get("data", {}) for one in taken] == [mine, others]
