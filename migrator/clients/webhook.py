"""Webhooks: a message as JSON, signed as Standard Webhooks 1.0 says.

The receiver computes HMAC-SHA256 over `id.timestamp.body` with the key's bytes, compares it with
the `webhook-signature` header after `v1,`, and refuses what is older than a few minutes.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from migrator.clients.answers import PASSING, Answer, is_page, named, shown
from migrator.clients.calls import Doing, Unavailable
from migrator.clients.hosts import host_of, split_url
from migrator.clients.http import Http
from migrator.clients.retries import retry_after_seconds
from migrator.errors import ServiceError, TransientError

PREFIX = "whsec_"
KEY_BYTES = 32
NOT_SENT = "The message did not arrive."
DOING = Doing(service="The webhook", words="send the message")


def make_key() -> str:
    """A new signing key, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signature(key: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    secret = base64.b64decode(key.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def send_to_webhook(
    http: Http,
    address: str,
    message: Mapping[str, Any],
    *,
    message_id: str,
    at: datetime,
    key: str = "",
) -> None:
    """POST the message once; any 2xx is good. Without a key it is not signed.

    Raises TransientError and ServiceError; neither quotes the address, which may be a secret
    itself, or the key.
    """
    body, timestamp = msgspec.json.encode(message), int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
    }
    if key:
        headers["webhook-signature"] = signature(
            key, message_id=message_id, timestamp=timestamp, body=body
        )
    try:
        answer = http.post(address, body, doing=DOING, headers=headers)
    except Unavailable as problem:
        raise TransientError(
            problem.happened,
            meaning=NOT_SENT if problem.not_sent else "Whether it arrived is not known.",
            remedy="Check the address, and whether a firewall is in between.",
        ) from None
    _raise_failure(answer, address, key)


def _raise_failure(answer: Answer, address: str, key: str) -> None:
    if answer.status < 300:
        return
    parts = split_url(address)
    said = f"{host_of(parts)} answered {named(answer.status)}"
    if answer.status < 400:
        raise ServiceError(
            f"{said}: it leads to another address, which is not followed.",
            meaning=NOT_SENT,
            remedy="Store the address that it leads to.",
        )
    said += _quotation(answer, {address, parts.path, urlsplit(address).query, key})
    if answer.status in PASSING:
        raise TransientError(
            f"{said}.",
            meaning=NOT_SENT,
            remedy="If this lasts, ask whoever runs the receiving side.",
            retry_after=retry_after_seconds(answer.headers.get("Retry-After")),
        )
    raise ServiceError(
        f"{said}.",
        meaning=NOT_SENT,
        remedy="Check the address, and what the receiving side expects.",
    )


def _quotation(answer: Answer, hidden: set[str]) -> str:
    """What stands in a short answer, in quotes; a web page is not quoted."""
    text = "" if is_page(answer) else answer.content.decode("utf-8", "replace")
    quoted = shown(text, {each for each in hidden if len(each) > 1})
    return f" (“{quoted}”)" if quoted else ""
