"""Which of several mistakes Go's decoder tells: the first, unless a type that decodes itself ends the reading."""

from __future__ import annotations

import pytest

from kubefake.schema.builtin import node_for
from kubefake.schema.decode import DecodeError, decode


def container(**fields: object) -> dict[str, object]:
    return {"spec": {"containers": [{"name": "c", **fields}]}}


@pytest.mark.parametrize(
    ("obj", "told"),
    [
        ({"metadata": {"name": 1, "labels": {"a": 2}}}, "ObjectMeta.metadata.name of type string"),
        ({"metadata": {"name": 1}, **container(resources={"limits": {"cpu": "x"}})}, "quantities must match"),
        ({"metadata": {"name": 1, "creationTimestamp": "x"}}, 'parsing time "x"'),
        ({"metadata": {"name": 1}, **container(livenessProbe={"tcpSocket": {"port": 1.5}})}, "number 1.5 into"),
    ],
)
def test_a_type_that_decodes_itself_is_told_before_what_was_only_noted(obj: dict[str, object], told: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(node_for("", "v1", "Pod"), obj)

    assert told in str(caught.value)
