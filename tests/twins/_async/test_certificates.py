"""Certificates that a cluster signs: asked for, waited for, and replaced before they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from kubeclient._async.certificate_manager import AsyncCertificateManager
from kubeclient._async.certificate_requests import (
    AsyncIssuedCertificate,
    IncompatibleRequestError,
    request_certificate,
    wait_for_certificate,
)
from kubeclient._async.clientset import AsyncClientset
from kubeclient._async.fake_transport import AsyncFunctionTransport
from kubeclient.api.certificates_v1 import CertificateSigningRequestCondition
from kubeclient.config.certificate_store import FileStore, KeyPair, MemoryStore, key_pair, x509_times
from kubeclient.config.certificates import encode_certificates, make_csr, subject_name
from kubeclient.config.keys import PrivateKey, marshal_private_key_to_pem
from kubeclient.machines.certificate_metrics import CertificateMetrics
from kubeclient.machines.certificate_rotation import CertificateTemplate
from kubeclient.machines.retry_watch import WatchClosedError
from kubeclient.runtime.protocol import AsyncEvent
from kubeclient.transport.protocol import Request, Response
from kubefake import Refuse
from tests.twins.support import AsyncSim, status_body

SIGNER = "example.com/tests"
USAGES = ["digital signature", "client auth"]
KEY = ec.generate_private_key(ec.SECP256R1())
AUTHORITY = ec.generate_private_key(ec.SECP256R1())
TEMPLATE = CertificateTemplate(common_name="me", organization=("ops",))
HOUR = 3600.0


def now_of(sim: AsyncSim) -> datetime:
    return datetime.fromtimestamp(sim.runtime.clock.time_ns() // 10**9, UTC)


def issue(request: bytes, begin: datetime, seconds: float = HOUR) -> bytes:
    """What the tests' authority makes of a request."""
    csr = x509.load_pem_x509_csr(request)
    builder = (
        x509.CertificateBuilder()
        .subject_name(csr.subject)
        .issuer_name(subject_name("authority"))
        .public_key(csr.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(seconds=seconds))
    )
    for extension in csr.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(AUTHORITY, hashes.SHA256()).public_bytes(Encoding.PEM)


def pair_of(sim: AsyncSim, seconds: float = HOUR, key: PrivateKey = KEY, name: str = "me") -> KeyPair:
    """A pair that is valid from now on."""
    cert = issue(make_csr(key, subject_name(name, ["ops"])), now_of(sim), seconds)
    return key_pair(cert, marshal_private_key_to_pem(key))


# cryptography looks for the class of moments when it first signs, and keeps what it finds: not the simulation's stand-in.
issue(make_csr(KEY, subject_name("me")), datetime(2026, 1, 1, tzinfo=UTC))


async def decide(sim: AsyncSim, name: str, condition: str, *, sign: bool = True) -> None:
    """Approves or denies a request, and signs what is approved."""
    requests = sim.client("signer").certificates_v1.certificate_signing_requests()
    found = await requests.get(name)
    found.status.conditions = [
        CertificateSigningRequestCondition(type=condition, status="True", reason="Because", message="of tests")
    ]
    found = await requests.update_approval(found)
    if condition == "Approved" and sign:
        found.status.certificate = issue(found.spec.request or b"", now_of(sim))
        await requests.update_status(found)


async def sign_all(sim: AsyncSim, stop: AsyncEvent) -> None:
    """Approves and signs what is asked for, a second later."""
    requests = sim.client("signer").certificates_v1.certificate_signing_requests()
    while await sim.runtime.sleep(1, stop):
        for one in (await requests.list()).items:
            if not one.status.conditions:
                await decide(sim, one.metadata.name, "Approved")


async def ask(sim: AsyncSim, client: AsyncClientset, name: str = "", key: PrivateKey = KEY) -> tuple[str, str]:
    csr = make_csr(key, subject_name("me", ["ops"]))
    return await request_certificate(client, csr, signer_name=SIGNER, usages=USAGES, key=key, name=name, lifetime=HOUR)


@pytest.mark.parity("CRT-06")
async def test_a_request_has_a_made_up_name_and_says_what_is_wanted(sim: AsyncSim) -> None:
    client = sim.client()

    name, uid = await ask(sim, client)

    stored = await client.certificates_v1.certificate_signing_requests().get(name)
    assert name.startswith("csr-")
    assert stored.metadata.uid == uid
    assert (stored.spec.signer_name, stored.spec.usages, stored.spec.expiration_seconds) == (SIGNER, USAGES, 3600)


@pytest.mark.parity("CRT-06")
async def test_a_request_that_was_made_before_is_taken_up(sim: AsyncSim) -> None:
    client = sim.client()

    assert await ask(sim, client, "mine") == await ask(sim, client, "mine")


@pytest.mark.parity("CRT-06")
async def test_a_request_of_that_name_with_another_key_is_refused(sim: AsyncSim) -> None:
    client = sim.client()
    await ask(sim, client, "mine")

    with pytest.raises(IncompatibleRequestError, match="csr mine: it was signed with another key"):
        await ask(sim, client, "mine", AUTHORITY)


@pytest.mark.parity("CRT-06")
async def test_a_request_of_that_name_for_somebody_else_is_refused(sim: AsyncSim) -> None:
    client = sim.client()
    csr = make_csr(KEY, subject_name("you"))
    await request_certificate(client, csr, signer_name=SIGNER, usages=USAGES, key=KEY, name="mine")

    with pytest.raises(IncompatibleRequestError, match=r"csr mine: subjects differ: new: CN=you, orig: .*CN=me"):
        await ask(sim, client, "mine")


@pytest.mark.parity("CRT-06")
async def test_a_request_of_that_name_to_another_signer_is_refused(sim: AsyncSim) -> None:
    client = sim.client()
    csr = make_csr(KEY, subject_name("me", ["ops"]))
    await request_certificate(client, csr, signer_name="example.com/other", usages=USAGES, key=KEY, name="mine")

    with pytest.raises(IncompatibleRequestError, match="signerNames differ"):
        await ask(sim, client, "mine")


@pytest.mark.parity("CRT-06")
async def test_a_request_whose_certificate_has_expired_is_refused(sim: AsyncSim) -> None:
    client = sim.client()
    await ask(sim, client, "mine")
    await decide(sim, "mine", "Approved")
    await sim.runtime.sleep(2 * HOUR)

    with pytest.raises(IncompatibleRequestError, match="csr mine: its certificate has expired"):
        await ask(sim, client, "mine")


@pytest.mark.parity("CRT-01")
async def test_a_certificate_is_waited_for(sim: AsyncSim) -> None:
    client = sim.client()
    name, uid = await ask(sim, client)
    stop = sim.runtime.event()
    signer = sim.runtime.spawn(sign_all, sim, stop, name="signer")

    cert = await wait_for_certificate(client, name, uid, timeout=60)

    stop.set()
    await signer.join()
    assert key_pair(cert, marshal_private_key_to_pem(KEY)).leaf.subject == subject_name("me", ["ops"])
    assert 1 <= sim.now < 3


@pytest.mark.parity("CRT-01")
async def test_a_certificate_that_is_approved_and_not_issued_is_waited_for_in_vain(sim: AsyncSim) -> None:
    client = sim.client()
    name, uid = await ask(sim, client)
    await decide(sim, name, "Approved", sign=False)

    with pytest.raises(TimeoutError):
        await wait_for_certificate(client, name, uid, timeout=60)
    assert 60 <= sim.now < 61


@pytest.mark.parity("CRT-06")
async def test_a_denial_is_an_error_that_says_why(sim: AsyncSim) -> None:
    client = sim.client()
    name, uid = await ask(sim, client)
    await decide(sim, name, "Denied")

    with pytest.raises(ValueError, match="is denied, reason: Because, message: of tests"):
        await wait_for_certificate(client, name, uid, timeout=60)


@pytest.mark.parity("CRT-06")
async def test_a_request_that_was_made_anew_is_another_one(sim: AsyncSim) -> None:
    client = sim.client()
    name, _ = await ask(sim, client, "mine")

    with pytest.raises(ValueError, match='csr "mine" changed UIDs'):
        await wait_for_certificate(client, name, "another", timeout=60)


@pytest.mark.parity("CRT-06")
async def test_a_request_that_is_deleted_brings_nothing(sim: AsyncSim) -> None:
    client = sim.client()
    name, uid = await ask(sim, client)

    async def delete() -> None:
        await sim.runtime.sleep(5)
        await client.certificates_v1.certificate_signing_requests().delete(name)

    task = sim.runtime.spawn(delete, name="delete")
    with pytest.raises(ValueError, match="was deleted"):
        await wait_for_certificate(client, name, uid, timeout=60)
    await task.join()


async def test_waiting_can_be_given_up(sim: AsyncSim) -> None:
    client = sim.client()
    name, uid = await ask(sim, client)
    waiting = AsyncIssuedCertificate(client, name, uid)

    async def give_up() -> None:
        await sim.runtime.sleep(5)
        await waiting.aclose()

    task = sim.runtime.spawn(give_up, name="give up")
    with pytest.raises(WatchClosedError):
        await waiting.wait(60)
    await task.join()
    assert sim.now < 6


class Counts(CertificateMetrics):
    def __init__(self) -> None:
        self.lives: list[float] = []
        self.failures = 0

    def rotated(self, seconds: float) -> None:
        self.lives.append(seconds)

    def renew_failed(self) -> None:
        self.failures += 1


class Managed:
    """A manager with a signer beside it."""

    def __init__(self, sim: AsyncSim, manager: AsyncCertificateManager, *, signed: bool = True) -> None:
        self.sim, self.manager = sim, manager
        self.stop = sim.runtime.event()
        self.tasks = [sim.runtime.spawn(manager.run, self.stop, name="manager")]
        if signed:
            self.tasks.append(sim.runtime.spawn(sign_all, sim, self.stop, name="signer"))

    async def after(self, seconds: float) -> KeyPair | None:
        """The pair in use so much later."""
        await self.sim.runtime.sleep(seconds)
        return self.manager.current()

    async def end(self) -> None:
        self.stop.set()
        for task in self.tasks:
            await task.join()


def make_manager(
    sim: AsyncSim, store: MemoryStore | FileStore, metrics: CertificateMetrics | None = None, **more: object
) -> AsyncCertificateManager:
    given: dict[str, object] = {"template": TEMPLATE, "usages": USAGES, "connect": lambda pair: sim.client("manager")}
    return AsyncCertificateManager(
        store=store,
        signer_name=SIGNER,
        metrics=metrics,
        runtime=sim.runtime,
        **{**given, **more},  # type: ignore[arg-type]
    )


@pytest.mark.parity("CRT-01", "CRT-02")
async def test_a_manager_without_a_certificate_gets_one_and_replaces_it_in_time(sim: AsyncSim) -> None:
    counts, store = Counts(), MemoryStore()
    managed = Managed(sim, make_manager(sim, store, counts))
    assert managed.manager.current() is None

    first = await managed.after(5)
    later = await managed.after(0.65 * HOUR)
    renewed = await managed.after(0.3 * HOUR)
    await managed.end()

    assert first is not None
    assert isinstance(first.leaf.public_key(), ec.EllipticCurvePublicKey)
    assert later == first, "it is not replaced before 70 % of its life"
    assert renewed is not None
    assert renewed != first
    assert store.current() == renewed
    assert managed.manager.server_healthy
    assert 0.7 * HOUR <= counts.lives[0] <= 0.9 * HOUR + 3
    assert counts.failures == 0


@pytest.mark.parity("CRT-02")
async def test_a_first_certificate_is_used_and_replaced_at_once(sim: AsyncSim) -> None:
    given = pair_of(sim, name="bootstrap")
    connected: list[KeyPair | None] = []

    def connect(pair: KeyPair | None) -> AsyncClientset:
        connected.append(pair)
        return sim.client("manager")

    managed = Managed(sim, make_manager(sim, MemoryStore(), connect=connect, bootstrap=(given.cert, given.key)))
    assert managed.manager.current() == given

    now = await managed.after(5)
    await managed.end()

    assert connected == [given]
    assert now is not None
    assert now.leaf.subject == subject_name("me", ["ops"])


@pytest.mark.parity("CRT-02")
async def test_a_stored_certificate_that_fits_is_kept(sim: AsyncSim) -> None:
    stored = pair_of(sim)
    managed = Managed(sim, make_manager(sim, MemoryStore(stored), bootstrap=(b"", b"")))

    assert await managed.after(60) == stored
    await managed.end()


@pytest.mark.parity("CRT-02")
async def test_a_certificate_that_says_too_little_is_replaced_at_once(sim: AsyncSim) -> None:
    managed = Managed(
        sim,
        make_manager(
            sim,
            MemoryStore(pair_of(sim)),
            template=CertificateTemplate(common_name="me", dns_names=("web",), ip_addresses=("10.0.0.1",)),
        ),
    )

    found = await managed.after(5)
    await managed.end()

    assert found is not None
    names = found.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["web"]


@pytest.mark.parity("CRT-02")
async def test_a_template_that_changes_brings_a_new_certificate(sim: AsyncSim) -> None:
    wanted: list[CertificateTemplate | None] = [None]
    managed = Managed(sim, make_manager(sim, MemoryStore(), template=lambda: wanted[0]))
    assert await managed.after(60) is None, "nothing is asked for without a template"

    wanted[0] = TEMPLATE
    first = await managed.after(10)
    wanted[0] = CertificateTemplate(common_name="you")
    second = await managed.after(10)
    await managed.end()

    assert first is not None
    assert second is not None
    assert (first.leaf.subject, second.leaf.subject) == (subject_name("me", ["ops"]), subject_name("you"))


@pytest.mark.parity("CRT-02")
async def test_a_request_that_is_no_longer_wanted_is_not_waited_for(sim: AsyncSim) -> None:
    wanted = [TEMPLATE]
    managed = Managed(sim, make_manager(sim, MemoryStore(), template=lambda: wanted[0]), signed=False)
    await managed.after(10)
    wanted[0] = CertificateTemplate(common_name="you")
    await managed.after(30)
    requests = (await sim.client().certificates_v1.certificate_signing_requests().list()).items
    await managed.end()

    subjects = {x509.load_pem_x509_csr(one.spec.request or b"").subject for one in requests}
    assert subjects == {subject_name("me", ["ops"]), subject_name("you")}


@pytest.mark.parity("CRT-03")
async def test_failures_are_tried_again_slower_and_slower(sim: AsyncSim) -> None:
    counts = Counts()
    asked: list[float] = []

    def connect(pair: KeyPair | None) -> AsyncClientset:
        asked.append(sim.now)
        raise OSError("no route")

    managed = Managed(sim, make_manager(sim, MemoryStore(), counts, connect=connect), signed=False)
    await managed.after(200)
    await managed.end()

    waits = [after - before for before, after in pairwise(asked)]
    assert all(least <= wait <= 1.1 * least for wait, least in zip(waits[:4], (2, 4, 8, 16), strict=True))
    assert {round(wait) for wait in waits[4:]} == {32}
    assert counts.failures == len(asked)


@pytest.mark.parity("CRT-03")
async def test_an_expired_certificate_is_none(sim: AsyncSim) -> None:
    manager = make_manager(sim, MemoryStore(pair_of(sim, seconds=60)), connect=None)

    assert manager.current() is not None
    await sim.runtime.sleep(61)
    assert manager.current() is None


@pytest.mark.parity("CRT-03")
async def test_usages_can_depend_on_the_key(sim: AsyncSim) -> None:
    seen: list[PrivateKey] = []

    def usages(key: PrivateKey) -> Sequence[str]:
        seen.append(key)
        return USAGES

    managed = Managed(sim, make_manager(sim, MemoryStore(), usages=usages))
    assert await managed.after(5) is not None
    await managed.end()
    assert len(seen) == 1


async def test_without_a_connection_nothing_is_asked_for(sim: AsyncSim) -> None:
    manager = make_manager(sim, MemoryStore(), connect=None)

    await manager.run(sim.runtime.event())

    assert manager.current() is None


@pytest.mark.parity("CRT-04")
@pytest.mark.parametrize(
    ("code", "healthy"), [(401, True), (403, True), (404, True), (500, False), (503, False), (422, False)]
)
async def test_the_servers_health_is_told_from_its_answers(sim: AsyncSim, code: int, healthy: bool) -> None:
    manager = make_manager(sim, MemoryStore())
    sim.faults.add(effect=Refuse(code=code), verb="create", client="manager")

    assert not await manager.rotate()

    assert manager.server_healthy is healthy


@pytest.mark.parity("CRT-05")
async def test_pairs_are_kept_in_files_behind_a_link(sim: AsyncSim, tmp_path: Path) -> None:
    store = FileStore("kubelet", tmp_path, now=lambda: now_of(sim))
    managed = Managed(sim, make_manager(sim, store))
    found = await managed.after(5)
    await managed.end()

    assert found is not None
    assert (tmp_path / "kubelet-current.pem").is_symlink()
    again = FileStore("kubelet", tmp_path, now=lambda: now_of(sim)).current()
    assert again.leaf == found.leaf
    assert x509_times(again.leaf)[1] - x509_times(again.leaf)[0] == int(HOUR) * 10**9
    assert encode_certificates(again.leaf) == found.cert


@pytest.mark.parity("CRT-01")
async def test_a_server_without_the_newer_version_is_asked_in_an_older_one(sim: AsyncSim) -> None:
    asked: list[str] = []

    def refuse(request: Request) -> Response:
        asked.append(f"{request.method} {request.path}")
        if "v1beta1" in request.path:
            return Response(201, [], b'{"metadata":{"name":"csr-x","uid":"u"}}')
        return Response(404, [], status_body(404, "NotFound", "the server could not find the requested resource"))

    client = AsyncClientset(AsyncFunctionTransport(refuse, sim.runtime), runtime=sim.runtime)

    assert await ask(sim, client) == ("csr-x", "u")
    requests = "certificatesigningrequests"
    assert asked == [
        f"POST /apis/certificates.k8s.io/v1/{requests}",
        f"POST /apis/certificates.k8s.io/v1beta1/{requests}",
    ]
