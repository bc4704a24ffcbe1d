"""The laptop cloud's own certificate authority, and a certificate for every AWS host name.

Certificates are made on demand in the TLS handshake, from the name the client asks for: host
names such as `<id>.execute-api.<region>.amazonaws.com` are too many and too deep for wildcards.
"""

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFETIME = timedelta(days=3650)
LEAF_LIFETIME = timedelta(days=365)
CLOCK_SKEW = timedelta(hours=1)
MAX_CONTEXTS = 512
"""Host names whose contexts are kept at once: clients may ask for any number of names."""


class Authority:
    """A certificate authority kept in a folder: `ca.pem`, `ca.key`, `ca-bundle.pem`."""

    def __init__(self, folder: Path) -> None:
        """Open the authority in `folder`; `ensure` makes it if it is missing."""
        self._folder = folder
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def certificate_file(self) -> Path:
        """Return the authority's own certificate, PEM."""
        return self._folder / "ca.pem"

    @property
    def key_file(self) -> Path:
        """Return the authority's private key, PEM, readable by its owner alone."""
        return self._folder / "ca.key"

    def ensure(self, *, now: datetime, system_bundle: Path | None) -> None:
        """Make the authority and the bundle of it and the system's authorities, if missing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self.certificate_file.exists():
            self._create(now)
        roots = system_bundle.read_bytes() if system_bundle and system_bundle.exists() else b""
        bundle = self.certificate_file.read_bytes() + b"\n" + roots
        (self._folder / "ca-bundle.pem").write_bytes(bundle)

    def leaf_files(self, host: str, *, now: datetime) -> tuple[Path, Path]:
        """Return certificate and key files for `host` (a DNS name or an IP address), made anew.

        They are named by the host, which must not come from a client: see `context_for`.
        """
        return self._write_leaf(host, now, self._folder / host)

    def context_for(self, host: str, *, now: datetime) -> ssl.SSLContext:
        """Return a server context that presents a certificate for `host`; cached."""
        if host not in self._contexts:
            if len(self._contexts) >= MAX_CONTEXTS:
                self._contexts.clear()
            self._contexts[host] = self._context(host, now)
        return self._contexts[host]

    def _context(self, host: str, now: datetime) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            context.load_cert_chain(*self._write_leaf(host, now, Path(folder, "leaf")))
        return context

    def _write_leaf(self, host: str, now: datetime, stem: Path) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(host, key, now)
        certificate_file, key_file = Path(f"{stem}.pem"), Path(f"{stem}.key")
        chain = certificate.public_bytes(serialization.Encoding.PEM)
        certificate_file.write_bytes(chain + self.certificate_file.read_bytes())
        _write_private(key_file, _pem(key))
        return certificate_file, key_file

    def _create(self, now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Laptop cloud authority")])
        certificate = (
            _builder(name, name, key.public_key(), now, AUTHORITY_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_authority_usage(), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write_private(self.key_file, _pem(key))
        self.certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.key_file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.key_file} does not hold an elliptic-curve key")
        return key

    @cached_property
    def _certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate_file.read_bytes())

    def _sign(self, host: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
        # A common name holds 64 characters at most; the subject alternative name is what counts.
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
        issuer_key = self._certificate.public_key()
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            issuer_key  # type: ignore[arg-type]  # an authority of ours has an elliptic-curve key
        )
        return (
            _builder(subject, self._certificate.subject, key.public_key(), now, LEAF_LIFETIME)
            .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    now = now.astimezone(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _authority_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)
