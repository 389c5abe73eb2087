"""CSI drivers, attachments, classes and capacities: what is filled in, refused and kept."""

from __future__ import annotations

from typing import Any

STORAGE = "/apis/storage.k8s.io/v1"
DRIVER = {"metadata": {"name": "d.example"}, "spec": {}}
ATTACHMENT: dict[str, Any] = {
    "metadata": {"name": "a"},
    "spec": {"attacher": "a.example", "nodeName": "n", "source": {"persistentVolumeName": "pv"}},
}


def causes(status: Any) -> list[tuple[str, str]]:
    return [(cause["field"], cause["message"]) for cause in status["details"]["causes"]]


def test_a_driver_counts_its_first_change_as_its_first_generation(client: Any) -> None:
    _, made = client(f"POST {STORAGE}/csidrivers", DRIVER)
    assert "generation" not in made["metadata"]

    made["spec"]["podInfoOnMount"] = True
    _, changed = client(f"PUT {STORAGE}/csidrivers/d.example", made)

    assert changed["metadata"]["generation"] == 1


def test_a_driver_stays_attachable_or_not(client: Any) -> None:
    _, made = client(f"POST {STORAGE}/csidrivers", DRIVER)
    made["spec"]["attachRequired"] = False

    code, refused = client(f"PUT {STORAGE}/csidrivers/d.example", made)

    assert code == 422
    assert causes(refused) == [("spec.attachedRequired", "Invalid value: false: field is immutable")]


def test_an_attachment_is_of_one_source(client: Any) -> None:
    inline = {"accessModes": ["ReadWriteOnce"], "csi": {"driver": "d", "volumeHandle": "h"}}
    spec = {**ATTACHMENT["spec"], "source": {"persistentVolumeName": "pv", "inlineVolumeSpec": inline}}

    code, refused = client(f"POST {STORAGE}/volumeattachments", {**ATTACHMENT, "spec": spec})

    assert code == 422
    text = "Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    assert causes(refused) == [("spec.source", text)]


def test_a_volume_inside_of_an_attachment_says_less(client: Any) -> None:
    inline = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "csi": {"driver": "d", "volumeHandle": "h"},
    }
    spec = {**ATTACHMENT["spec"], "source": {"inlineVolumeSpec": inline}}

    _, refused = client(f"POST {STORAGE}/volumeattachments", {**ATTACHMENT, "spec": spec})

    text = "Forbidden: may not be specified in the context of inline volumes"
    assert causes(refused) == [("spec.source.inlineVolumeSpec.capacity", text)]


def test_the_spec_of_an_attachment_is_shown_as_the_server_has_it_when_it_changes(client: Any) -> None:
    _, made = client(f"POST {STORAGE}/volumeattachments", ATTACHMENT)
    made["spec"]["nodeName"] = "o"

    _, refused = client(f"PUT {STORAGE}/volumeattachments/a", made)

    shown = '{"Attacher":"a.example","Source":{"PersistentVolumeName":"pv","InlineVolumeSpec":null},"NodeName":"o"}'
    assert causes(refused) == [("spec", f"Invalid value: {shown}: field is immutable")]


def test_a_class_of_attributes_is_held_while_volumes_have_it(client: Any) -> None:
    body = {"metadata": {"name": "gold"}, "driverName": "d.example", "parameters": {"iops": "5"}}

    _, made = client(f"POST {STORAGE}/volumeattributesclasses", body)

    assert made["metadata"]["finalizers"] == ["kubernetes.io/vac-protection"]


def test_drivers_of_a_node_come_and_go_but_stay_what_they_are(client: Any) -> None:
    drivers = [{"name": "a", "nodeID": "1", "topologyKeys": ["zone"]}]
    _, made = client(f"POST {STORAGE}/csinodes", {"metadata": {"name": "n"}, "spec": {"drivers": drivers}})
    made["spec"]["drivers"] = [{"name": "a", "nodeID": "2", "topologyKeys": ["zone"]}, {"name": "b", "nodeID": "1"}]

    code, refused = client(f"PUT {STORAGE}/csinodes/n", made)

    shown = '{"Name":"a","NodeID":"2","TopologyKeys":["zone"],"Allocatable":null}'
    assert (code, causes(refused)) == (422, [("spec.drivers", f"Invalid value: {shown}: field is immutable")])


def test_deleting_answers_with_the_object(client: Any) -> None:
    client(f"POST {STORAGE}/volumeattachments", ATTACHMENT)

    _, gone = client(f"DELETE {STORAGE}/volumeattachments/a")

    assert gone["kind"] == "VolumeAttachment"


def test_a_volume_may_move_to_the_newer_name_of_a_label(client: Any) -> None:
    def affinity(key: str) -> dict[str, Any]:
        return {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": key, "operator": "Exists"}]}]}}

    spec = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "csi": {"driver": "d", "volumeHandle": "h"},
    }
    beta = {**spec, "nodeAffinity": affinity("failure-domain.beta.kubernetes.io/zone")}
    _, made = client("POST /api/v1/persistentvolumes", {"metadata": {"name": "v"}, "spec": beta})

    made["spec"]["nodeAffinity"] = affinity("topology.kubernetes.io/zone")
    renamed, made = client("PUT /api/v1/persistentvolumes/v", made)
    made["spec"]["nodeAffinity"] = affinity("else")
    moved, _ = client("PUT /api/v1/persistentvolumes/v", made)

    assert (renamed, moved) == (200, 422)
