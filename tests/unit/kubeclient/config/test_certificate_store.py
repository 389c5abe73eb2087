"""Pairs in files, behind a link to the one in use."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from kubeclient.cert import (
    CertificateConfig,
    encode_certificates,
    generate_self_signed_cert_key,
    new_self_signed_ca_cert,
)
from kubeclient.certificate import FileStore, MemoryStore, NoCertKeyError, key_pair, usages_of
from kubeclient.keyutil import marshal_private_key_to_pem

pytestmark = pytest.mark.parity("CRT-05")

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """Tells a second more each time."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def make(name: str) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    cert = new_self_signed_ca_cert(CertificateConfig(common_name=name), key, now=NOW)
    return encode_certificates(cert), marshal_private_key_to_pem(key)


FIRST, SECOND = make("first"), make("second")


def test_a_store_without_files_says_where_it_looked(tmp_path: Path) -> None:
    store = FileStore("kubelet", tmp_path, cert_file=tmp_path / "a.crt", key_file=tmp_path / "a.key", now=Clock())

    with pytest.raises(NoCertKeyError, match=r"kubelet-current\.pem.*a\.crt.*kubelet\.key"):
        store.current()


def test_an_update_is_the_pair_in_use_from_then_on(tmp_path: Path) -> None:
    store = FileStore("kubelet", tmp_path, now=Clock())

    store.update(*FIRST)
    store.update(*SECOND)

    assert store.current() == key_pair(*SECOND)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "kubelet-2026-01-01-00-00-01.pem",
        "kubelet-2026-01-01-00-00-02.pem",
        "kubelet-current.pem",
    ]
    target = store.current_path.readlink()
    assert target.is_absolute()
    assert target.name == "kubelet-2026-01-01-00-00-02.pem"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_certificates_behind_the_first_are_kept(tmp_path: Path) -> None:
    pair = generate_self_signed_cert_key("web", now=NOW)
    store = FileStore("web", tmp_path / "deep", now=Clock())

    store.update(*pair)

    assert store.current().cert == pair[0]
    assert store.current_path.read_bytes() == b"".join(pair)


@pytest.mark.parametrize("cert_and_key", [(b"rubbish", FIRST[1]), (FIRST[0], b"rubbish"), (FIRST[0], SECOND[1])])
def test_what_is_no_pair_is_refused_and_the_old_one_stays(tmp_path: Path, cert_and_key: tuple[bytes, bytes]) -> None:
    store = FileStore("kubelet", tmp_path, now=Clock())
    store.update(*FIRST)

    with pytest.raises(ValueError, match="does not"):
        store.update(*cert_and_key)
    assert store.current() == key_pair(*FIRST)


def test_a_file_in_the_place_of_the_link_is_not_overwritten(tmp_path: Path) -> None:
    store = FileStore("kubelet", tmp_path, now=Clock())
    store.current_path.write_bytes(b"precious")

    with pytest.raises(ValueError, match="to be a symlink but it is a file"):
        store.update(*FIRST)
    assert store.current_path.read_bytes() == b"precious"


@pytest.mark.parametrize("parts", [FIRST, FIRST[::-1]], ids=["certificate first", "key first"])
def test_a_file_has_certificate_and_key_in_any_order(tmp_path: Path, parts: tuple[bytes, bytes]) -> None:
    (tmp_path / "mine.pem").write_bytes(b"".join(parts))
    store = FileStore("kubelet", tmp_path, now=Clock())
    store.current_path.symlink_to(tmp_path / "mine.pem")

    assert store.current().leaf == key_pair(*FIRST).leaf


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    store = FileStore("kubelet", tmp_path, now=Clock())
    store.current_path.write_bytes(b"rubbish")

    with pytest.raises(ValueError, match=r'could not convert data from ".*kubelet-current\.pem"'):
        store.current()


def test_an_update_that_was_broken_off_is_completed(tmp_path: Path) -> None:
    FileStore("kubelet", tmp_path, now=Clock()).update(*FIRST)
    (tmp_path / "kubelet-current.pem").rename(tmp_path / "kubelet-updated.pem")

    store = FileStore("kubelet", tmp_path, now=Clock())

    assert store.current() == key_pair(*FIRST)
    assert not (tmp_path / "kubelet-updated.pem").is_symlink()


def test_a_file_in_the_place_of_the_second_link_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "kubelet-updated.pem").write_bytes(b"precious")

    with pytest.raises(ValueError, match="to be a symlink but it is a file"):
        FileStore("kubelet", tmp_path, now=Clock())


def test_a_pair_that_somebody_provides_is_used_where_there_is_no_link(tmp_path: Path) -> None:
    for name, pair in (("given", FIRST), ("kubelet", SECOND)):
        (tmp_path / f"{name}.crt").write_bytes(pair[0])
        (tmp_path / f"{name}.key").write_bytes(pair[1])
    given = FileStore("kubelet", tmp_path, "", tmp_path / "given.crt", tmp_path / "given.key", now=Clock())

    assert given.current() == key_pair(*FIRST)
    assert FileStore("kubelet", tmp_path, now=Clock()).current() == key_pair(*SECOND)
    given.update(*SECOND)
    assert given.current().leaf == key_pair(*SECOND).leaf


def test_a_store_in_memory_keeps_what_it_was_given() -> None:
    store = MemoryStore()

    with pytest.raises(NoCertKeyError):
        store.current()
    store.update(*FIRST)
    assert store.current() == key_pair(*FIRST)


def test_a_pair_does_not_show_its_key() -> None:
    assert "PRIVATE" not in repr(key_pair(*FIRST))


@pytest.mark.parity("CRT-03")
def test_only_rsa_keys_encipher_other_keys() -> None:
    assert usages_of("client auth", rsa=False) == ["digital signature", "client auth"]
    assert usages_of("server auth", rsa=True) == ["digital signature", "key encipherment", "server auth"]
