import copy

from kubefake.schema.builtin import node_for
from kubefake.schema.order import in_order

POD = node_for("", "v1", "Pod")


def test_fields_that_were_set_late_move_to_where_go_declares_them():
    pod = {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {},
        "status": {},
        "spec": {"nodeName": "n", "containers": [{"image": "i", "name": "c"}], "volumes": []},
    }

    ordered = in_order(POD, pod)

    assert list(ordered) == ["kind", "apiVersion", "metadata", "spec", "status"]
    assert list(ordered["spec"]) == ["volumes", "containers", "nodeName"]
    assert list(ordered["spec"]["containers"][0]) == ["name", "image"]
    assert ordered == pod


def test_what_is_in_order_comes_back_itself():
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "a"}, {"name": "b"}]}, "status": {"phase": "Pending"}}

    assert in_order(POD, pod) is pod


def test_what_is_given_is_not_changed():
    pod = {"kind": "Pod", "spec": {"containers": [{"name": "a"}, {"image": "i", "name": "b"}]}}
    before = copy.deepcopy(pod)

    ordered = in_order(POD, pod)

    assert list(pod["spec"]["containers"][1]) == list(before["spec"]["containers"][1]) == ["image", "name"]
    assert list(ordered["spec"]["containers"][1]) == ["name", "image"]
    assert ordered["spec"]["containers"][0] is pod["spec"]["containers"][0]


def test_a_template_has_its_metadata_put_in_order_too():
    job = node_for("batch", "v1", "Job")
    template = {"metadata": {"labels": {"a": "b"}, "name": "x"}}

    ordered = in_order(job, {"spec": {"template": template}})

    assert list(ordered["spec"]["template"]["metadata"]) == ["name", "labels"]


def test_values_of_maps_are_put_in_order():
    slices = node_for("resource.k8s.io", "v1", "ResourceSlice")
    device = {"name": "d", "capacity": {"m": {"requestPolicy": {"default": "1"}, "value": "2"}}}

    ordered = in_order(slices, {"spec": {"devices": [device]}})

    assert list(ordered["spec"]["devices"][0]["capacity"]["m"]) == ["value", "requestPolicy"]
