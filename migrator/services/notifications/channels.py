"""The two channels: setting them up, trying them, and handing one message to one of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from migrator.clients.hosts import HostPolicy, host_of, split_url
from migrator.clients.http import Http
from migrator.clients.mail import AddressRefused, Letter, MailServer, send_mail
from migrator.clients.webhook import make_key, send_to_webhook
from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.models import Channel, Credential, Notification, NotificationRules
from migrator.services import audit
from migrator.services.credentials import (
    reveal_mail_password,
    reveal_webhook,
    seal_mail_password,
    seal_webhook,
)
from migrator.services.notifications.words import Words, document, letter_text
from migrator.services.permissions import requires

MANAGE = "migrator.manage_notifications"
# Seconds to connect, and of silence; a person waits for a test, and a step for the worker.
TIMEOUT = (5.0, 15.0)
NOT_SAVED = "Nothing was saved."
TEST = Words(
    title="This is a test",
    happened="Somebody pressed “Send test” on the page Settings.",
    meaning="Messages of this server arrive here.",
    remedy="There is nothing to do.",
    path="/settings/",
)


def rules() -> NotificationRules:
    """The rules in force; a row that is not saved yet where nobody ever set one."""
    return NotificationRules.objects.filter(
        pk=NotificationRules.THE_ONE
    ).first() or NotificationRules(pk=NotificationRules.THE_ONE)


def policy() -> HostPolicy:
    """Where this deployment lets messages go."""
    return HostPolicy(settings.NOTIFY_HOSTS, "NOTIFY_HOSTS")


def stored_mail_server(row: NotificationRules) -> MailServer:
    """The mail server with its password in clear."""
    password = reveal_mail_password(row.mail_password) if row.mail_password else ""
    return MailServer(
        host=row.mail_host,
        port=row.mail_port,
        security=row.mail_security,
        sender=row.mail_sender,
        user=row.mail_user,
        password=password,
    )


@requires(MANAGE)
def set_mail(given: MailServer, *, user: User | None) -> NotificationRules:
    """Send mail by this server from now on; without a password the stored one stays.

    ServiceError where the host may not be called, an address is none, or the stored password is
    for another server.
    """
    server = _completed(given)
    with transaction.atomic():
        row = rules()
        old = row.mail_password
        row.mail_password = seal_mail_password(server.password) if server.password else None
        row.mail_host, row.mail_port = server.host, server.port
        row.mail_security, row.mail_user = server.security, server.user
        row.mail_sender, row.mail_problem = server.sender, ""
        _save(row, user, old)
        audit.record(
            user,
            "notifications.mail_set",
            row,
            host=server.host,
            port=server.port,
            security=server.security,
            with_password=bool(server.password),
        )
    return row


@requires(MANAGE)
@transaction.atomic
def turn_mail_off(*, user: User | None) -> None:
    """Send no mail any more; server and password are forgotten."""
    row = rules()
    old, row.mail_password = row.mail_password, None
    row.mail_host = row.mail_user = row.mail_sender = row.mail_problem = ""
    _save(row, user, old)
    audit.record(user, "notifications.mail_off", row)


@requires(MANAGE)
def set_webhook(address: str, kinds: list[str], *, user: User | None, new_key: bool = False) -> str:
    """Call this webhook for these kinds of events from now on; without an address the stored one.

    Returns the signing key where a new one was made: nobody can see it again. ServiceError where
    the address may not be called.
    """
    row = rules()
    stored = reveal_webhook(row.webhook) if row.webhook else ("", "")
    address = _checked_address(address.strip() or stored[0])
    made = make_key() if new_key or not stored[1] else ""
    with transaction.atomic():
        old, row.webhook = row.webhook, seal_webhook(address, made or stored[1])
        row.webhook_host, row.webhook_problem = host_of(split_url(address)), ""
        row.webhook_kinds = [kind for kind in Notification.Kind.values if kind in kinds]
        _save(row, user, old)
        audit.record(
            user,
            "notifications.webhook_set",
            row,
            host=row.webhook_host,
            kinds=row.webhook_kinds,
            new_key=bool(made),
        )
    return made


@requires(MANAGE)
@transaction.atomic
def turn_webhook_off(*, user: User | None) -> None:
    """Call no webhook any more; address and key are forgotten."""
    row = rules()
    old, row.webhook = row.webhook, None
    row.webhook_host, row.webhook_problem, row.webhook_kinds = "", "", []
    _save(row, user, old)
    audit.record(user, "notifications.webhook_off", row)


@requires(MANAGE)
def try_mail(given: MailServer | None, *, to: str, user: User | None) -> None:
    """Send a test now, by `given` or by what is stored; nothing typed is saved.

    Raises TransientError and ServiceError with what the server answered.
    """
    server = _completed(given) if given else _set_up(rules())
    _check_mail_address(to)
    audit.record(user, "notifications.tested", rules(), channel=Channel.MAIL, host=server.host)
    with _noting(None if given else Channel.MAIL):
        mail(server, TEST, to=to)


@requires(MANAGE)
def try_webhook(address: str = "", *, user: User | None) -> None:
    """Send a test now, to `address` or to what is stored; nothing typed is saved.

    It is signed with the stored key, where there is one. Raises TransientError and ServiceError.
    """
    row = rules()
    stored = reveal_webhook(row.webhook) if row.webhook else ("", "")
    noted = None if address.strip() else Channel.WEBHOOK
    address = _checked_address(address.strip() or stored[0])
    host = host_of(split_url(address))
    audit.record(user, "notifications.tested", row, channel=Channel.WEBHOOK, host=host)
    message = document(TEST, kind="test", at=timezone.now())
    key = f"test-{timezone.now():%Y%m%dT%H%M%S%f}"
    with _noting(noted):
        call(address, stored[1], message, key=key, at=timezone.now())


def mail(server: MailServer, words: Words, *, to: str, key: str = "") -> None:
    """Hand one message to the mail server."""
    letter = Letter(to=to, subject=f"[Migrator] {words.title}", text=letter_text(words), key=key)
    send_mail(server, letter, policy=policy(), ca_file=settings.NOTIFY_CA_FILE, timeout=TIMEOUT[1])


def call(
    address: str, signing_key: str, message: Mapping[str, Any], *, key: str, at: datetime
) -> None:
    """Hand one message to the webhook; `key` is the same however often it is sent."""
    with Http(policy(), ca_file=settings.NOTIFY_CA_FILE, timeout=TIMEOUT) as http:
        http.hide(address, signing_key)
        send_to_webhook(http, address, message, message_id=key, at=at, key=signing_key)


def note_success(channel: str) -> None:
    """Note that the channel took a message."""
    changes = {f"{channel}_problem": "", f"{channel}_worked_at": timezone.now()}
    NotificationRules.objects.update(**changes)


def note_trouble(channel: str, problem: StatedError) -> None:
    """Note why it did not."""
    NotificationRules.objects.update(**{f"{channel}_problem": str(problem)})


@contextmanager
def _noting(channel: Channel | None) -> Iterator[None]:
    """Note how a try of what is stored ended; of what was only typed nothing is noted."""
    try:
        yield
    except AddressRefused:
        raise  # of the address, not of the channel
    except StatedError as problem:
        if channel:
            note_trouble(channel, problem)
        raise
    if channel:
        note_success(channel)


def _save(row: NotificationRules, user: User | None, old: Credential | None) -> None:
    """Save, and forget the secret that was there before."""
    row.changed_by, row.changed_at = user, timezone.now()
    row.save()
    if old is not None:
        old.delete()


def _set_up(row: NotificationRules) -> MailServer:
    if not row.sends_mail:
        raise ServiceError(
            "No mail server is set up.",
            meaning="Nothing was sent.",
            remedy="Set one up on the page Settings.",
        )
    return stored_mail_server(row)


def _completed(given: MailServer) -> MailServer:
    """Checked, and with the stored password where none was typed and it belongs to this server."""
    server = replace(given, host=given.host.strip().lower().rstrip("."))
    policy().check_host(server.host)
    _check_mail_address(server.sender)
    row = rules()
    if not server.user or server.password or row.mail_password is None:
        return server
    same = ("host", "port", "security", "user")
    stored = stored_mail_server(row)
    if any(getattr(server, name) != getattr(stored, name) for name in same):
        raise ServiceError(
            f"The stored password belongs to {row.mail_user} on {row.mail_host}.",
            meaning=f"It is sent nowhere else. {NOT_SAVED}",
            remedy="Type the password for this server.",
        )
    return replace(server, password=stored.password)


def _checked_address(address: str) -> str:
    if not address:
        raise ServiceError(
            "The address of the webhook is missing.",
            meaning=NOT_SAVED,
            remedy="Copy it from the receiving side; it begins with https://.",
        )
    policy().check(address)
    return address


def _check_mail_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise ServiceError(
            f"“{address}” is no e-mail address." if address else "An e-mail address is missing.",
            meaning=NOT_SAVED,
            remedy="It looks like name@example.com.",
        ) from None
