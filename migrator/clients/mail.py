"""Mail out: one layer over smtplib: hosts, time-outs, and errors that speak."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid
from enum import StrEnum

from migrator.clients.answers import shown
from migrator.clients.connections import Resolve, resolve
from migrator.clients.hosts import HostPolicy, is_loopback
from migrator.clients.http import checked_ca_file
from migrator.clients.silence import reason_of
from migrator.errors import ServiceError, TransientError
from migrator.formats.errors import StatedError

SECONDS = 15.0  # for each answer of the server
NOT_SENT = "The message was not sent."


class Security(StrEnum):
    """How the connection is kept from being read."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where messages are handed over, and as whom; the host in lower case."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def hidden(self) -> set[str]:
        """What no answer may be quoted with: the password, and the shapes in which it is sent."""
        if not self.password:
            return set()
        plain = f"\0{self.user}\0{self.password}".encode()
        packed = (plain, self.password.encode())
        return {self.password, *(base64.b64encode(each).decode() for each in packed)}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to one address; `key` is the same however often it is sent."""

    to: str
    subject: str
    text: str
    key: str = ""


class AddressRefused(ServiceError):
    """The server takes mail, but not for this address."""


def send_mail(
    server: MailServer,
    letter: Letter,
    *,
    policy: HostPolicy,
    ca_file: str = "",
    timeout: float = SECONDS,
    resolve: Resolve = resolve,
) -> None:
    """Hand the letter over to the server, once.

    Raises TransientError, AddressRefused and ServiceError; none of them quotes the password.
    """
    policy.check_host(server.host)
    if server.password and server.security == Security.NONE and not is_loopback(server.host):
        raise ServiceError(
            f"Without TLS the password would be shown to everybody between here and {server.host}.",
            meaning=NOT_SENT,
            remedy="Choose STARTTLS or TLS, or take the user name and the password out.",
        )
    failure: StatedError
    try:
        with _connected(server, policy, ca_file, timeout, resolve) as smtp:
            smtp.send_message(_message(server, letter))
            return
    except (smtplib.SMTPException, OSError, UnicodeError, ValueError) as problem:
        failure = _stated(problem, server)
    # Raised out here, so that the error from below, which may know the password, is no context.
    raise failure


@contextmanager
def _connected(
    server: MailServer, policy: HostPolicy, ca_file: str, timeout: float, resolve: Resolve
) -> Iterator[smtplib.SMTP]:
    """The connection, signed in; it closes without waiting for an answer to QUIT after an error."""
    trust = ssl.create_default_context(cafile=checked_ca_file(ca_file) or None)
    checked = {"policy": policy, "resolve": staticmethod(resolve)}
    smtp: smtplib.SMTP
    if server.security == Security.TLS:
        made = type("CheckedTLS", (smtplib.SMTP_SSL, _Checked), checked)
        smtp = made(server.host, server.port, timeout=timeout, context=trust)
    else:
        made = type("Checked", (_Checked,), checked)
        smtp = made(server.host, server.port, timeout=timeout)
    with smtp:
        if server.security == Security.STARTTLS:
            smtp.starttls(context=trust)
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp


class _Checked(smtplib.SMTP):
    """Connects only to addresses that the policy allows, checked after the name was resolved."""

    policy: HostPolicy
    resolve: Resolve

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        addresses = type(self).resolve(host, port)
        self.policy.check_addresses(host, addresses)
        for address in addresses[:-1]:
            try:
                return socket.create_connection((address, port), timeout)
            except OSError:
                continue  # the next one may answer
        return socket.create_connection((addresses[-1], port), timeout)


def _message(server: MailServer, letter: Letter) -> EmailMessage:
    """The letter with its headers; ValueError where an address or a subject breaks out of one."""
    domain = server.sender.rpartition("@")[2].strip("> ") or "localhost"
    message = EmailMessage()
    message["From"], message["To"] = server.sender, letter.to
    message["Subject"], message["Date"] = letter.subject, format_datetime(localtime())
    message["Message-ID"] = f"<{letter.key}@{domain}>" if letter.key else make_msgid(domain=domain)
    # No out-of-office answers, no loops (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _stated(problem: Exception, server: MailServer) -> StatedError:
    """The error to raise for one from below, whose text may show what was sent."""
    match problem:
        case ssl.SSLCertVerificationError():
            return _untrusted(server)
        case smtplib.SMTPServerDisconnected(__context__=TimeoutError() as late):
            return _silent(late, server)
        case ssl.SSLError() | smtplib.SMTPServerDisconnected():
            return _broken_off(server)
        case smtplib.SMTPException():
            return _said(problem, server)
        case OSError():
            return _silent(problem, server)
    return ServiceError(
        "An address or a text cannot be put into a mail.",
        meaning=NOT_SENT,
        remedy="Check the sender and the recipient.",
    )


def _said(problem: smtplib.SMTPException, server: MailServer) -> StatedError:
    match problem:
        case smtplib.SMTPAuthenticationError():
            return ServiceError(
                f"{server.host} does not accept the user name and the password"
                f"{_answer(problem, server)}.",
                meaning=NOT_SENT,
                remedy="Check both. Some services want an app password in place of the usual one.",
            )
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(problem.recipients.values()))
            return _about_address(smtplib.SMTPResponseException(code, said), server)
        case smtplib.SMTPResponseException():
            return _answered(problem, server)
    return ServiceError(
        f"{server.host} does not offer what is asked of it on port {server.port}: "
        f"{_lacking(server)}.",
        meaning=NOT_SENT,
        remedy="STARTTLS is usual on port 587, TLS on port 465, neither on port 25.",
    )


def _about_address(answer: smtplib.SMTPResponseException, server: MailServer) -> StatedError:
    if answer.smtp_code < 500:
        return _answered(answer, server)
    return AddressRefused(
        f"{server.host} takes no mail for this address{_answer(answer, server)}.",
        meaning=NOT_SENT,
        remedy="Check the address, and that the server may send to it.",
    )


def _answered(answer: smtplib.SMTPResponseException, server: MailServer) -> StatedError:
    """4xx may pass, 5xx does not (RFC 5321, section 4.2.1)."""
    kind = TransientError if 400 <= answer.smtp_code < 500 else ServiceError
    return kind(
        f"{server.host} refuses the message{_answer(answer, server)}.",
        meaning=NOT_SENT,
        remedy="Check the sender, and what the server's own log says.",
    )


def _answer(answer: smtplib.SMTPResponseException, server: MailServer) -> str:
    raw = answer.smtp_error
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    said = shown(text, server.hidden)
    return f" ({answer.smtp_code} {said})" if said else f" ({answer.smtp_code})"


def _lacking(server: MailServer) -> str:
    if server.security == Security.STARTTLS:
        return "STARTTLS, or to sign in after it" if server.user else "STARTTLS"
    return "to sign in with a password" if server.user else "addresses outside of ASCII"


def _untrusted(server: MailServer) -> StatedError:
    return ServiceError(
        f"The certificate of {server.host} is not vouched for by any authority that this server "
        "knows, or is for another name.",
        meaning=NOT_SENT,
        remedy="Check the name. For an authority of your own, name its file in NOTIFY_CA_FILE.",
    )


def _broken_off(server: MailServer) -> StatedError:
    return TransientError(
        f"{server.host} broke the connection on port {server.port} off, or speaks no "
        f"{'TLS' if server.security == Security.TLS else 'SMTP'} there.",
        meaning=NOT_SENT,
        remedy="STARTTLS is usual on port 587, TLS on port 465. Else look at the server.",
    )


def _silent(problem: Exception, server: MailServer) -> StatedError:
    return TransientError(
        f"The mail server {server.host} {reason_of(problem)} (port {server.port}).",
        meaning=NOT_SENT,
        remedy="Check host and port, and whether a firewall is in between.",
    )
