"""A PostgreSQL server as production wants it: durable, with a certificate, and a role that owns nothing."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.postgres import PostgresServer, address

ROLE = "casework_app"
GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO casework_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO casework_app;
REVOKE UPDATE, DELETE, TRUNCATE
    ON case_events, flag_acts, service_figures, audit_leaves, audit_checkpoints FROM casework_app;
"""
"""As the page for operators has them; a test holds the two equal."""


@dataclass(frozen=True)
class Clinic:
    """A database whose tables belong to `postgres`, as its owner and as the role of casework reach it."""

    owner: URL
    role: URL

    def alter(self, *statements: str) -> None:
        """As the owner, who is a superuser."""
        with psycopg.connect(address(self.owner.set(drivername="postgresql")), autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement))


def clinic_of(url: str) -> Clinic:
    owner = make_url(url)
    clinic = Clinic(owner, owner.set(username=ROLE))
    clinic.alter(*(part for part in GRANTS.split(";") if part.strip()))
    return clinic


@contextmanager
def reached_over_a_network(server: PostgresServer, private: Path, public: Path) -> Iterator[int]:
    """The port of this machine behind which the server's socket is, with TLS for whoever asks for it."""
    behind = Path(str(server.url.query["host"])) / ".s.PGSQL.5432"
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(public, private)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=_serve, args=(listening, behind, tls), daemon=True).start()
        yield listening.getsockname()[1]


_ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")


def _serve(listening: socket.socket, behind: Path, tls: ssl.SSLContext) -> None:
    with suppress(OSError):  # the test has closed it
        while True:
            near, _ = listening.accept()
            threading.Thread(target=_answer, args=(near, behind, tls), daemon=True).start()


def _answer(near: socket.socket, behind: Path, tls: ssl.SSLContext) -> None:
    with suppress(OSError), closing(socket.socket(socket.AF_UNIX)) as far:
        far.connect(str(behind))
        first = near.recv(8)
        if first == _ASKS_FOR_TLS:
            near.sendall(b"S")
            near = tls.wrap_socket(near, server_side=True)
        else:
            far.sendall(first)
        with closing(near):
            back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
            back.start()
            _pass_on(near, far)
            far.shutdown(socket.SHUT_RDWR)
            back.join()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while block := one.recv(1 << 16):
            other.sendall(block)


def certificate() -> tuple[bytes, bytes]:
    """A key and a certificate for `localhost`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return private, made.public_bytes(serialization.Encoding.PEM)
