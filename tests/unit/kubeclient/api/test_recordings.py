"""What a real kube-apiserver answered, through the models and back."""

from __future__ import annotations

import json as stdlib_json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubeclient.api import scheme
from kubeclient.apimachinery import json
from kubeclient.apimachinery.gvk import GroupVersionKind

_BODIES = (Path(__file__).parent / "server_bodies.jsonl").read_bytes().splitlines()
_MICRO_TIMES = frozenset(("acquireTime", "eventTime", "lastObservedTime", "pingTime", "renewTime"))


@pytest.mark.parametrize("body", _BODIES, ids=lambda body: stdlib_json.loads(body)["kind"])
def test_an_answer_of_the_server_is_encoded_again_to_the_same_bytes(body: bytes) -> None:
    assert json.encode(scheme.decode(body)) == body


@pytest.mark.parametrize("folder", ["admission", "builtin", "controllers", "crd", "machinery"])
def test_no_recorded_field_of_a_builtin_kind_is_lost(repository: Path, folder: str) -> None:
    recordings = sorted((repository / "tests" / "corpus" / folder).glob("*.json"))
    if not recordings:
        pytest.skip("the recordings are not in this checkout")

    lost = [
        f"{recording.stem}: {type(model).__name__}{difference}"
        for recording in recordings
        for body, model in _objects(_with_times(stdlib_json.loads(recording.read_bytes())))
        for difference in _lost(body, stdlib_json.loads(json.encode(model)))
    ]

    assert lost == []


def _objects(value: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every object in a recording that has a model. References have no metadata; what custom objects embed is theirs."""
    if isinstance(value, dict):
        whole = isinstance(value.get("metadata"), dict) and "kind" in value
        if whole and (model := _model(value)) is not None:
            yield value, scheme.decode_into(model, value)
        elif not whole or "items" in value:
            for item in value.values():
                yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _model(value: dict[str, Any]) -> type[Any] | None:
    try:
        found = scheme.type_for(GroupVersionKind.from_api_version(value["apiVersion"], value["kind"]))
    except (AttributeError, LookupError, ValueError):
        return None
    return found


def _with_times(value: Any, name: str = "") -> Any:
    """The recording with a time in every place where it says that there was one."""
    if isinstance(value, dict):
        return {key: _with_times(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_times(item) for item in value]
    if value == "TIME":
        return "2026-01-01T00:00:00.000000Z" if name in _MICRO_TIMES else "2026-01-01T00:00:00Z"
    return value


def _lost(recorded: Any, kept: Any, path: str = "") -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(kept, dict):
        for name, value in recorded.items():
            if name in kept:
                yield from _lost(value, kept[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is gone"
    elif isinstance(recorded, list) and isinstance(kept, list) and len(recorded) == len(kept):
        for number, (before, after) in enumerate(zip(recorded, kept, strict=True)):
            yield from _lost(before, after, f"{path}[{number}]")
    elif recorded != kept and not (recorded is None and kept == []):
        yield f"{path}: {recorded!r} became {kept!r}"
