"""What a program wants its certificate to say, and when it is time for a new one. Needs the `tls` extra.

Decisions alone: nothing here asks for or keeps a certificate. Ported from client-go util/certificate/certificate_manager.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

__all__ = ["CLIENT_AUTH", "CertificateTemplate", "rotation_deadline", "satisfies", "usages_of"]

CLIENT_AUTH = "client auth"


@dataclass(frozen=True, kw_only=True)
class CertificateTemplate:
    """What a certificate is to say of its holder.

    Attributes:
        common_name: the holder.
        organization: groups it belongs to.
        dns_names, ip_addresses: where it serves.
    """

    common_name: str
    organization: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()


def satisfies(leaf: x509.Certificate, template: CertificateTemplate) -> bool:
    """Whether a certificate says all that is wanted; it may say more."""
    names = _subject(leaf, NameOID.COMMON_NAME)
    if (names[0] if names else "") != template.common_name:
        return False
    if not set(template.organization) <= set(_subject(leaf, NameOID.ORGANIZATION_NAME)):
        return False
    try:
        also = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return not template.dns_names and not template.ip_addresses
    ips = {str(one) for one in also.get_values_for_type(x509.IPAddress)}
    return set(template.dns_names) <= set(also.get_values_for_type(x509.DNSName)) and set(template.ip_addresses) <= ips


def _subject(leaf: x509.Certificate, what: x509.ObjectIdentifier) -> list[str]:
    return [str(one.value) for one in leaf.subject.get_attributes_for_oid(what)]


def rotation_deadline(not_before_ns: int, not_after_ns: int, random: Callable[[], float]) -> int:
    """When to replace a certificate: after 70 to 90 % of its life, so that many programs do not all do it at once."""
    life = not_after_ns - not_before_ns
    return not_before_ns + int(life * 0.7) + int(life * 0.2 * random())


def usages_of(auth: str, *, rsa: bool) -> list[str]:
    """What the certificate of a kubelet is for: "client auth" or "server auth"; RSA keys encipher other keys too."""
    return ["digital signature", *(["key encipherment"] if rsa else []), auth]
