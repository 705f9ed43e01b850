"""Offices that get letters electronically: a made-up certificate with its key, and the opened letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Holder:
    """Whoever holds a key: the certificate in PEM that others encrypt to, and the key in PEM."""

    certificate: str
    key: rsa.RSAPrivateKey

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    def opened(self, message: bytes) -> Message:
        """The letter inside an encrypted message."""
        sealed = message_from_bytes(message).get_payload(decode=True)
        certificate = x509.load_pem_x509_certificate(self.certificate.encode())
        return message_from_bytes(pkcs7_decrypt_der(sealed, certificate, self.key, []))


@cache
def holder(name: str = "office.example", bits: int = 2048, last_year: int = 2035) -> Holder:
    """Somebody with a certificate of their own making."""
    key = rsa.generate_private_key(65537, bits)
    names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(names)
        .issuer_name(names)
        .public_key(key.public_key())
        .serial_number(1538)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(last_year, 12, 31, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    return Holder(made.public_bytes(Encoding.PEM).decode(), key)
