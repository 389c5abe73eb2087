"""Signing requests: the group that may do everything is not to be had by a client certificate."""

from __future__ import annotations

import base64
from typing import Any

import pytest

REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
CLIENT = "kubernetes.io/kube-apiserver-client"


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes([tag, len(body)]) + body


def request(organization: bytes) -> str:
    name = der(0x31, der(0x30, der(0x06, b"\x55\x04\x0a"), der(0x0C, organization)))
    data = der(0x30, der(0x30, der(0x02, b"\x00"), der(0x30, name)))
    kind = "CERTIFICATE REQUEST"
    return f"-----BEGIN {kind}-----\n{base64.b64encode(data).decode()}\n-----END {kind}-----\n"


@pytest.mark.parametrize(
    ("organization", "signer", "code"),
    [
        (b"system:masters", CLIENT, 403),
        (b"system:masters", "x.example/signer", 201),
        (b"people", CLIENT, 201),
    ],
)
def test_masters_are_not_signed_as_clients(client: Any, organization: bytes, signer: str, code: int) -> None:
    text = base64.b64encode(request(organization).encode()).decode()
    spec = {"request": text, "signerName": signer, "usages": ["client auth"]}

    found, status = client(f"POST {REQUESTS}", {"metadata": {"name": "r"}, "spec": spec})

    assert found == code
    if code == 403:
        assert status["message"].endswith(f"use of {CLIENT} signer with system:masters group is not allowed")
