import pytest

from kubefake.resources.crd.columns import age_text
from kubefake.resources.crd.served import resources_of
from kubefake.resources.paths import fields_of, find, set_value
from kubefake.resources.strategy import Context

NOW = "2030-01-01T00:00:00Z"
CONTEXT = Context(now=NOW, user="u", groups=(), subresource="", version="v1", lookup=None)
OBJECT = {
    "metadata": {"name": "full", "labels": {"app.io/x": "lab"}, "annotations": {"a.b/c": "ann"}},
    "spec": {
        "s": "text",
        "i": 7,
        "l": ["x", "y", "z"],
        "c": [{"type": "Ready", "status": "True"}],
        "o": {"k": [1]},
        "z": None,
    },
}


def strategy(**version):
    crd = {
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"},
            "versions": [{"name": "v1", "served": True, "storage": True} | version],
        },
    }
    return resources_of(crd)[0].strategy


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".spec.s", ["text"]),
        (".spec.nothing.deeper", []),
        (".spec.l[0]", ["x"]),
        (".spec.l[-1:]", ["z"]),
        (".spec.l[*]", ["x", "y", "z"]),
        ('.spec.c[?(@.type=="Ready")].status', ["True"]),
        (r".metadata.labels.app\.io/x", ["lab"]),
        (r".metadata.annotations['a\.b/c']", ["ann"]),
        (".metadata.annotations['a.b/c']", []),
        (".spec.z", [None]),
        ("spec.s", []),
    ],
)
def test_simple_paths_find_values(path, found):
    assert find(OBJECT, path) == found


def test_paths_of_names_can_be_set():
    obj = {}
    set_value(obj, ".spec.replicas", 3)
    assert obj == {"spec": {"replicas": 3}}
    assert fields_of(".spec.replicas") == ("spec", "replicas")
    assert fields_of(".spec.l[0]") == ()


def test_cells_are_of_the_columns_type_or_null():
    columns = [
        {"name": "S", "type": "string", "jsonPath": ".spec.s"},
        {"name": "I", "type": "integer", "jsonPath": ".spec.i"},
        {"name": "IntAsString", "type": "string", "jsonPath": ".spec.i"},
        {"name": "Object", "type": "string", "jsonPath": ".spec.o"},
        {"name": "Null", "type": "string", "jsonPath": ".spec.z"},
        {"name": "Absent", "type": "string", "jsonPath": ".spec.absent"},
        {"name": "NotBool", "type": "boolean", "jsonPath": ".spec.s"},
        {"name": "NotDate", "type": "date", "jsonPath": ".spec.s"},
    ]
    cells = strategy(additionalPrinterColumns=columns).row(OBJECT, NOW)
    assert cells == ["full", "text", 7, "7", '{"k":[1]}', "<no value>", None, None, "<invalid>"]


def test_without_columns_a_kind_shows_its_age():
    plain = strategy()
    assert [column["name"] for column in plain.columns()] == ["Name", "Age"]
    assert plain.row({"metadata": {"name": "a", "creationTimestamp": "2029-12-31T23:58:00Z"}}, NOW) == ["a", "2m"]


@pytest.mark.parametrize(
    ("then", "text"),
    [
        ("2029-12-31T23:58:30Z", "90s"),
        ("2029-12-31T23:54:30Z", "5m30s"),
        ("2029-12-31T21:30:00Z", "150m"),
        ("2029-12-31T20:30:00Z", "3h30m"),
        ("2029-12-30T12:00:00Z", "36h"),
        ("2029-12-28T20:00:00Z", "3d4h"),
        ("2026-01-01T00:00:00Z", "4y1d"),
    ],
)
def test_ages_have_two_units_at_most(then, text):
    assert age_text(then, NOW) == text


def test_the_status_belongs_to_its_subresource_only_where_there_is_one():
    with_status, without = strategy(subresources={"status": {}}), strategy()
    for one, kept in ((with_status, False), (without, True)):
        obj = {"metadata": {}, "status": {"a": 1}}
        one.prepare_for_create(obj, CONTEXT)
        assert ("status" in obj) is kept
    assert not with_status.generation_matters({"status": {"a": 1}}, {})
    assert without.generation_matters({"status": {"a": 1}}, {})


def test_selectable_fields_become_field_labels():
    one = strategy(selectableFields=[{"jsonPath": ".spec.s"}, {"jsonPath": ".spec.i"}])
    assert one.field_labels == ("spec.s", "spec.i")
    assert one.field_values(OBJECT) == {"spec.s": "text", "spec.i": "7"}


def test_versions_of_a_kind_differ_in_their_api_version_alone():
    assert strategy().convert({"apiVersion": "example.com/v1", "spec": 1}, "v2") == {
        "apiVersion": "example.com/v2",
        "spec": 1,
    }


def test_a_deprecated_version_warns():
    assert strategy(deprecated=True).deprecation == "example.com/v1 Thing is deprecated"
    assert strategy(deprecated=True, deprecationWarning="use v2").deprecation == "use v2"
    assert strategy().deprecation == ""
