"""client-go's util/keyutil: private and public keys in PEM. Needs the `tls` extra."""

from __future__ import annotations

from .apimachinery.extras import extra

with extra("tls"):
    from .config.keys import (
        load_or_generate_key_file,
        make_elliptic_private_key_pem,
        marshal_private_key_to_pem,
        parse_private_key_pem,
        parse_public_keys_pem,
        private_key_from_file,
        public_keys_from_file,
        write_key,
    )

__all__ = [
    "load_or_generate_key_file",
    "make_elliptic_private_key_pem",
    "marshal_private_key_to_pem",
    "parse_private_key_pem",
    "parse_public_keys_pem",
    "private_key_from_file",
    "public_keys_from_file",
    "write_key",
]
