"""What a real apiserver serves from its start, in both forms: models read the same from each and write the same bytes.

Objects of most kinds, with all their fields, are recorded in `support/protobuf_samples.jsonl`; this asks a server that runs.
"""

from __future__ import annotations

import json
import ssl
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from support.oracle import TOKEN, Oracle, missing

from kubeclient.api import scheme
from kubeclient.apimachinery.gvk import GroupVersionKind
from kubeclient.machines.protobuf_decode import decode_body
from kubeclient.machines.protobuf_encode import encode_body

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.timeout(120),
    pytest.mark.skipif(missing() != "", reason=missing()),
]

PROTOBUF = "application/vnd.kubernetes.protobuf"


def ask(url: str, accept: str) -> bytes:
    """The body of an answer in that form; the server's certificate is its own."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}", "Accept": accept})
    with urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=30) as answer:
        body: bytes = answer.read()
    return body


def collections(url: str) -> list[str]:
    """The paths of all collections that can be listed; but for what is asked anew every time and comes in any order."""
    groups = json.loads(ask(f"{url}/apis", "application/json"))["groups"]
    roots = ["/api/v1", *(f"/apis/{version['groupVersion']}" for group in groups for version in group["versions"])]
    paths = []
    for root in roots:
        found: dict[str, Any] = json.loads(ask(url + root, "application/json"))
        paths += [f"{root}/{one['name']}" for one in found["resources"] if _is_stored(one)]
    return paths


def _is_stored(resource: dict[str, Any]) -> bool:
    return "list" in resource["verbs"] and resource["name"] != "componentstatuses"


def test_every_collection_reads_and_writes_the_same_in_both_forms(tmp_path: Path) -> None:
    seen = 0
    with Oracle(tmp_path / "oracle") as oracle:
        for path in collections(oracle.url):
            url = f"{oracle.url}{path}?resourceVersion=0"
            while True:  # something may be written between the two answers
                plain, binary = ask(url, "application/json"), ask(url, PROTOBUF)
                if plain == ask(url, "application/json"):
                    break
            head = json.loads(plain)
            model = scheme.type_for(GroupVersionKind.from_api_version(head["apiVersion"], head["kind"]))

            read = scheme.decode_into(model, plain)

            assert decode_body(model, binary) == read, path
            assert encode_body(read, head["apiVersion"], head["kind"]) == binary, path
            seen += len(head["items"])

    assert seen > 150
