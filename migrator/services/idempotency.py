"""Calls that may be repeated without doing the work twice (IETF draft "Idempotency-Key")."""

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import IdempotentAnswer

KEPT = timedelta(hours=24)
LONGEST = 100  # characters of a key


class KeyReused(ServiceError):
    """The key came with another call before."""


class StillWorking(ServiceError):
    """The first call under the key has no answer yet."""


def fingerprint(*parts: bytes) -> str:
    """What tells one call from another; keyed, since a call may hold a passphrase."""
    digest = hmac.new(settings.SECRET_KEY.encode(), digestmod="sha256")
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def answered_once(
    *, user: User, key: str, asked: str, work: Callable[[], tuple[int, Any]]
) -> tuple[int, Any]:
    """Status and body of `work`, done once for this key within a day, and given again after that.

    An exception of `work` is not kept: the call may be tried again under the same key. Raises
    KeyReused for another call under the key, StillWorking where its first call is not done.
    """
    IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(user=user, key=key, asked=asked)
    except IntegrityError:
        return _known(user, key, asked)
    try:
        row.status, row.body = work()
    except BaseException:
        row.delete()
        raise
    row.save(update_fields=["status", "body"])
    return row.status, row.body


def _known(user: User, key: str, asked: str) -> tuple[int, Any]:
    row = IdempotentAnswer.objects.get(user=user, key=key)
    if row.asked != asked:
        raise KeyReused(
            "This Idempotency-Key came with another call before.",
            meaning="Nothing was started.",
            remedy="Use a new key for each new call.",
        )
    if row.status is None:
        raise StillWorking(
            "The first call with this Idempotency-Key is not answered yet.",
            meaning="Nothing was started a second time.",
            remedy="Ask again in a moment.",
        )
    return row.status, row.body
