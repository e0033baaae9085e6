"""Sealing and revealing credentials: every reader of a secret calls one of these by name."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from migrator.archives.age.keys import Key
from migrator.clients.credentials import Credential as PlainCredential
from migrator.clients.credentials import parse_credential
from migrator.errors import ServiceError
from migrator.models import Credential


def _fernet() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])
    except ValueError:
        raise ImproperlyConfigured(
            "CREDENTIAL_KEYS must be Fernet keys (32 bytes in URL-safe base64) with commas between."
        ) from None


def seal_credential(given: Mapping[str, Any], into: Credential | None = None) -> Credential:
    """Seal a credential's JSON under the first key, into a new row or over an old one.

    Raises ServiceError where `given` is no credential of a known kind.
    """
    plain = parse_credential(dict(given))
    row = into or Credential()
    row.kind = given["kind"]
    row.sealed = _fernet().encrypt(json.dumps(plain.to_dict()).encode())
    row.save()
    return row


def reveal_credential(row: Credential) -> PlainCredential:
    """The credential in clear; ServiceError where no key in CREDENTIAL_KEYS opens it."""
    return parse_credential(json.loads(_opened(row)))


def seal_totp_key(key: bytes) -> Credential:
    """Seal the key of an authenticator app into a new row."""
    sealed = _fernet().encrypt(base64.b64encode(key))
    return Credential.objects.create(kind=Credential.Kind.TOTP, sealed=sealed)


def reveal_totp_key(row: Credential) -> bytes:
    """The key of an authenticator app in clear; ServiceError where no key opens it."""
    return base64.b64decode(_opened(row))


def seal_archive_key(key: Key) -> Credential:
    """Seal what opens an archive into a new row."""
    kind = Credential.Kind.PASSPHRASE if key.passphrase else Credential.Kind.IDENTITY
    sealed = _fernet().encrypt((key.passphrase or key.identities).encode())
    return Credential.objects.create(kind=kind, sealed=sealed)


def reveal_archive_key(row: Credential) -> Key:
    """What opens an archive, in clear; ServiceError where no key of ours opens it."""
    text = _opened(row).decode()
    return Key(passphrase=text) if row.kind == Credential.Kind.PASSPHRASE else Key(identities=text)


def seal_mail_password(password: str) -> Credential:
    """Seal the password of the mail server into a new row."""
    sealed = _fernet().encrypt(password.encode())
    return Credential.objects.create(kind=Credential.Kind.MAIL, sealed=sealed)


def reveal_mail_password(row: Credential) -> str:
    """The password of the mail server in clear; ServiceError where no key opens it."""
    return _opened(row).decode()


def seal_webhook(address: str, key: str) -> Credential:
    """Seal address and signing key of a webhook into a new row."""
    sealed = _fernet().encrypt(json.dumps([address, key]).encode())
    return Credential.objects.create(kind=Credential.Kind.WEBHOOK, sealed=sealed)


def reveal_webhook(row: Credential) -> tuple[str, str]:
    """Address and signing key of the webhook in clear; ServiceError where no key opens it."""
    address, key = json.loads(_opened(row))
    return address, key


def secrets_in(row: Credential) -> set[str]:
    """Every secret text of a credential, for whoever takes them out of other texts."""
    if row.kind == Credential.Kind.TOTP:
        return {base64.b32encode(reveal_totp_key(row)).decode().rstrip("=")}
    if row.kind == Credential.Kind.PASSPHRASE:
        return {reveal_archive_key(row).passphrase}
    if row.kind == Credential.Kind.IDENTITY:  # line by line: that is how it would turn up
        lines = (line.strip() for line in reveal_archive_key(row).identities.splitlines())
        return {line for line in lines if line and not line.startswith("#")}
    if row.kind == Credential.Kind.MAIL:
        return {reveal_mail_password(row)}
    if row.kind == Credential.Kind.WEBHOOK:
        return set(reveal_webhook(row))
    return {value for name, value in reveal_credential(row).to_dict().items() if name != "kind"}


def rotate_credentials() -> int:
    """Seal every credential again under the first key; how many there were.

    All or none: ServiceError where one of them opens with no key.
    """
    with transaction.atomic():
        rows = list(Credential.objects.select_for_update())
        for row in rows:
            row.sealed = _fernet().encrypt(_opened(row))
            row.save(update_fields=["sealed", "stored_at"])
    return len(rows)


def _opened(row: Credential) -> bytes:
    try:
        return _fernet().decrypt(bytes(row.sealed))
    except InvalidToken:
        raise ServiceError(
            "The stored credential cannot be opened with the keys this server has.",
            meaning="Nothing was sent to Knowledge Studio and no data changed.",
            remedy="Put the key it was sealed with back into CREDENTIAL_KEYS, or store the "
            "credential again.",
        ) from None
