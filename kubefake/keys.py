"""Keys for the tokens of service accounts: RSA, as clusters have them by default. Needs the `tls` extra.

A key is made when it is first used. Clusters in a process share one that is the same in every process, so that the same seed
gives the same tokens; it protects nothing. Servers that listen take a fresh one.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.util
import math
import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["RsaSigner", "fresh_signer", "shared_signer"]

_BITS = 2048
_EXPONENT = 65537


class RsaSigner:
    """Implements `ports.Signer` with RS256.

    Args:
        make: gives the private key; called once, when something is first signed or checked.
    """

    algorithm = "RS256"

    def __init__(self, make: Callable[[], RSAPrivateKey]) -> None:
        self._make = make

    @functools.cached_property
    def _key(self) -> RSAPrivateKey:
        return self._make()

    @functools.cached_property
    def key_id(self) -> str:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return _base64(hashlib.sha256(der).digest())

    def sign(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def verify(self, data: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        try:
            self._key.public_key().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def public_key(self) -> Mapping[str, str]:
        numbers = self._key.public_key().public_numbers()
        return {
            "use": "sig",
            "kty": "RSA",
            "kid": self.key_id,
            "alg": self.algorithm,
            "n": _base64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": _base64(numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")),
        }


@functools.cache
def shared_signer() -> RsaSigner | None:
    """The signer of clusters in memory, the same in every process; None without the `tls` extra."""
    return RsaSigner(lambda: _seeded_key("kubefake")) if _available() else None


def fresh_signer() -> RsaSigner | None:
    """A signer with a key that nobody else has; None without the `tls` extra."""
    return RsaSigner(_fresh_key) if _available() else None


def _available() -> bool:
    return importlib.util.find_spec("cryptography") is not None


def _fresh_key() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)


def _seeded_key(seed: str) -> RSAPrivateKey:
    """A key that follows from a seed; takes some tenths of a second."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    source = random.Random(f"{seed}/keys")
    p, q = _prime(source), _prime(source)
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    inverse = rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), inverse, public).private_key()


def _prime(source: random.Random) -> int:
    """A prime of half the key's length with its two highest bits set, so that the product has the full length."""
    half = _BITS // 2
    small = math.prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))
    while True:
        number = source.getrandbits(half) | 1 | (3 << (half - 2))
        if math.gcd(number, small) != 1 or (number - 1) % _EXPONENT == 0:
            continue
        if all(pow(base, number - 1, number) == 1 for base in (2, 3, 5)):  # of random numbers this size, proof enough
            return number


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
