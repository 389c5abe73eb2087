"""Answers of kube-apiserver 1.36.3, each in JSON and in protobuf: objects of most kinds, lists, failures, discovery."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Sample", "samples"]


class Sample(NamedTuple):
    """One answer in both forms."""

    json: dict[str, Any]
    protobuf: bytes

    def __str__(self) -> str:
        return f"{self.json.get('apiVersion', '')} {self.json['kind']}"


@cache
def samples() -> tuple[Sample, ...]:
    """All of them, in the order of the file."""
    lines = Path(__file__).with_name("protobuf_samples.jsonl").read_text().splitlines()
    return tuple(Sample(one["json"], base64.b64decode(one["protobuf"])) for one in map(json.loads, lines))
