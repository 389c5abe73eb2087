"""TLS settings as one value, and the ssl context made from it. The only file of kubeclient that handles certificates.

Follows client-go transport.TLSConfigFor: TLS 1.2 at least; a CA that is given is the only one trusted, without one the
system's are.
"""

from __future__ import annotations

import calendar
import re
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["TLSOptions", "certificate_end_ns"]


@dataclass(frozen=True, slots=True)
class TLSOptions:
    """How the server proves itself and how this client does. Data is PEM and beats files.

    `trust_nobody` stands for a bundle of authorities that is empty, which is not the same as none.
    """

    insecure: bool = False
    server_name: str = ""
    ca_file: str = ""
    ca_data: bytes = field(default=b"", repr=False)
    cert_file: str = ""
    cert_data: bytes = field(default=b"", repr=False)
    key_file: str = ""
    key_data: bytes = field(default=b"", repr=False)
    trust_nobody: bool = False

    def context(self) -> ssl.SSLContext:
        """The ssl context. Raises ValueError, with client-go's texts, for what is not usable."""
        if self.insecure and (self.ca_file or self.ca_data):
            raise ValueError("specifying a root certificates file with the insecure flag is not allowed")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif self.ca_file or self.ca_data:
            self._load_roots(context)
        elif not self.trust_nobody:
            context.load_default_certs()
        if self.cert_file or self.cert_data:
            self._load_certificate(context)
        return context

    def _load_roots(self, context: ssl.SSLContext) -> None:
        where = "certificate-authority-data" if self.ca_data else self.ca_file
        try:
            pem = (self.ca_data or Path(self.ca_file).read_bytes()).decode("ascii", "replace")
        except OSError as error:
            raise ValueError(f"unable to load root certificates: {error}") from error
        if "-----BEGIN" not in pem:
            raise ValueError(f"unable to load root certificates: unable to parse bytes as PEM block ({where})")
        try:
            context.load_verify_locations(cadata=pem)
        except ssl.SSLError as error:
            raise ValueError(f"unable to load root certificates: {error} ({where})") from error

    def _load_certificate(self, context: ssl.SSLContext) -> None:
        """OpenSSL reads certificates from files only: data goes through a file of this user that is removed at once."""
        with tempfile.TemporaryDirectory(prefix="kubeclient-") as folder:
            try:
                cert, key = (
                    _as_file(data, path, Path(folder) / name)
                    for data, path, name in (
                        (self.cert_data, self.cert_file, "cert.pem"),
                        (self.key_data, self.key_file, "key.pem"),
                    )
                )
                context.load_cert_chain(cert, key)
            except (OSError, ssl.SSLError) as error:
                raise ValueError(f"unable to load the client certificate and its key: {error}") from error


def _as_file(data: bytes, path: str, temporary: Path) -> str:
    if not data:
        return path
    temporary.touch(mode=0o600)
    temporary.write_bytes(data)
    return str(temporary)


def certificate_end_ns(pem: bytes) -> int | None:
    """When the first certificate of a PEM text ends, in nanoseconds since 1970; None when it is none."""
    try:
        der = ssl.PEM_cert_to_DER_cert(_FIRST.search(pem.decode("ascii"))[0])  # type: ignore[index]
        return _end_seconds(der) * 1_000_000_000
    except (ValueError, TypeError, IndexError):
        return None


def _end_seconds(der: bytes) -> int:
    """The end of validity in a certificate: the second time of its first pair of times."""
    found = _TIMES.search(der)
    if found is None:
        raise ValueError("there is no validity")
    text = (found["utc"] or found["general"]).decode("ascii")
    if found["utc"] is not None:
        text = ("20" if int(text[:2]) < 50 else "19") + text
    return calendar.timegm((int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2))))


_FIRST = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
# A sequence of two times, as DER has them: UTCTime with two digits of the year, or GeneralizedTime with four.
_TIMES = re.compile(
    rb"\x30[\x1e\x20\x22](?:\x17\x0d[0-9]{12}Z|\x18\x0f[0-9]{14}Z)"
    rb"(?:\x17\x0d(?P<utc>[0-9]{12})Z|\x18\x0f(?P<general>[0-9]{14})Z)"
)
