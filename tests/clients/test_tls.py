"""Certificates: checked always, against the CA file where one is named."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_httpserver import HTTPServer

from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http
from migrator.errors import ServiceError
from tests.clients.conftest import READING

LOOPBACK = HostPolicy(["127.0.0.1"])


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test installation")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    certificate_file, key_file = folder / "ca.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    return tmp_path / "right" / "ca.pem"


@pytest.fixture
def installation(tmp_path: Path, ca_file: Path) -> Iterator[HTTPServer]:
    certificate, key = self_signed(ca_file.parent)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(host="127.0.0.1", port=0, ssl_context=context)
    server.start()
    server.expect_request("/a").respond_with_json({})
    yield server
    server.stop()


def refused(installation: HTTPServer, ca_file: str) -> ServiceError:
    url = f"https://127.0.0.1:{installation.port}/a"
    with Http(LOOPBACK, ca_file=ca_file) as http, pytest.raises(ServiceError) as caught:
        http.request("GET", url, doing=READING, retry=True)
    return caught.value


def test_a_certificate_that_the_ca_file_vouches_for_is_accepted(
    installation: HTTPServer, ca_file: Path
) -> None:
    with Http(LOOPBACK, ca_file=str(ca_file)) as http:
        url = f"https://127.0.0.1:{installation.port}/a"
        assert http.request("GET", url, doing=READING, retry=True).status == 200


def test_a_self_signed_certificate_is_refused_and_the_remedy_is_a_ca_file(
    installation: HTTPServer,
) -> None:
    error = refused(installation, "")
    assert "no authority" in error.happened or "any authority" in error.happened
    assert "CA file (PEM)" in error.remedy
    assert error.meaning == "Nothing was sent."
    assert installation.log == []


def test_another_ca_file_is_named_in_the_refusal(installation: HTTPServer, tmp_path: Path) -> None:
    other, _ = self_signed(tmp_path / "other")
    error = refused(installation, str(other))
    assert "CA file ca.pem" in error.happened
    assert str(tmp_path) not in str(error)


@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nx"])
def test_a_ca_file_without_certificates_is_refused_at_once(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ServiceError, match=r"CA file ca\.pem cannot be used"):
        Http(LOOPBACK, ca_file=str(file))
