"""The keys of service account tokens."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest

pytest.importorskip("cryptography")

from kubefake.keys import fresh_signer, shared_signer

SHOW = "from kubefake.keys import shared_signer; print(shared_signer().key_id)"


def test_a_key_knows_its_own_signatures_only() -> None:
    signer, other = shared_signer(), fresh_signer()
    assert signer is not None
    assert other is not None

    signature = signer.sign(b"text")

    assert signer.verify(b"text", signature)
    assert not signer.verify(b"texts", signature)
    assert not other.verify(b"text", signature)


def test_the_shared_key_is_the_same_in_every_process() -> None:
    signer = shared_signer()
    assert signer is not None

    told = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, text=True, check=True).stdout.strip()

    assert told == signer.key_id


def test_the_public_key_is_told_in_full() -> None:
    signer = shared_signer()
    assert signer is not None

    key = signer.public_key()

    assert (key["kty"], key["alg"], key["e"], key["kid"]) == ("RSA", "RS256", "AQAB", signer.key_id)
    modulus = int.from_bytes(base64.urlsafe_b64decode(key["n"] + "=="), "big")
    assert modulus.bit_length() == 2048


def test_a_fresh_key_is_nobody_elses() -> None:
    one, another = fresh_signer(), fresh_signer()
    assert one is not None
    assert another is not None

    assert one.key_id != another.key_id
