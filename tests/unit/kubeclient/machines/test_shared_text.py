"""Objects of one list share the texts that are equal in them, and stay as they were."""

from __future__ import annotations

from copy import deepcopy

from kubeclient.api.core_v1 import Container, Pod, PodSpec
from kubeclient.api.meta_v1 import ObjectMeta
from kubeclient.machines import shared_text
from kubeclient.machines.shared_text import TextSharer


def text(value: str) -> str:
    """An equal text that is another object."""
    return "".join([value[:1], value[1:]])


def pod(name: str) -> Pod:
    container = Container(name=text("web"), image=text("registry/web:1"), args=[text("--verbose")])
    metadata = ObjectMeta(name=name, labels={"app": text("shop")})
    return Pod(metadata=metadata, spec=PodSpec(containers=[container], node_selector={"disk": text("ssd")}))


def test_equal_texts_of_several_objects_become_one_and_the_objects_stay_equal() -> None:
    sharer, a, b = TextSharer(), pod("a"), pod("b")
    before = deepcopy(b)

    assert sharer.share(a) is a
    assert sharer.share(b) is b

    assert b == before
    one, other = a.spec.containers[0], b.spec.containers[0]
    assert one.image is other.image
    assert one.args[0] is other.args[0]
    assert a.metadata.labels["app"] is b.metadata.labels["app"]
    assert a.spec.node_selector["disk"] is b.spec.node_selector["disk"]
    assert one.args is not other.args
    assert a.metadata.labels is not b.metadata.labels


def test_only_so_many_texts_are_remembered() -> None:
    sharer = TextSharer()
    for number in range(shared_text.KEPT * 2):
        sharer.share(ObjectMeta(name=f"pod-{number}"))

    assert len(sharer._texts) <= shared_text.KEPT


def test_what_is_not_typed_is_left_alone() -> None:
    plain = {"metadata": {"name": "a"}}

    assert TextSharer().share(plain) is plain
