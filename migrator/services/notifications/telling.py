"""Telling an event: once for each state of its subject, in the transaction that caused it."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from migrator.models import Channel, Delivery, Notification, NotificationRules
from migrator.services import queue
from migrator.services.notifications.channels import rules
from migrator.services.notifications.choices import wanting
from migrator.services.notifications.words import Words

logger = logging.getLogger(__name__)
P = ParamSpec("P")

# How long the same state of the same subject is not told again.
AN_HOUR = timedelta(hours=1)
# For what lasts until somebody does something.
A_WEEK = timedelta(days=7)


def never_in_the_way(tells: Callable[P, None]) -> Callable[P, None]:
    """Let no trouble with telling become trouble of what is told: it is logged, and undone."""

    @wraps(tells)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with transaction.atomic():
                tells(*args, **kwargs)
        except Exception as problem:
            logger.error("not told: %s", type(problem).__name__, exc_info=problem)

    return told


def tell(
    words: Words,
    *,
    kind: Notification.Kind,
    subject: str,
    state: str = "",
    quiet: timedelta = AN_HOUR,
    started_by: int | None = None,
    not_to: int | None = None,
) -> Notification | None:
    """Note what happened for everybody who wants it, and send it after the commit.

    None where nobody does, and where the same state of the subject was told within `quiet`.
    """
    row = rules()
    people = wanting(kind, started_by=started_by, not_to=not_to) if row.sends_mail else []
    calls = row.calls_webhook and kind in row.webhook_kinds
    if not people and not calls:
        return None
    told = _noted(words, kind, subject, state, quiet)
    if told is not None:
        _address(told, row, people, calls=calls)
    return told


def _noted(
    words: Words, kind: str, subject: str, state: str, quiet: timedelta
) -> Notification | None:
    last = Notification.objects.filter(kind=kind, subject=subject).order_by("-number").first()
    if last and last.state == state and last.at > timezone.now() - quiet:
        return None
    try:
        with transaction.atomic():
            return Notification.objects.create(
                kind=kind,
                subject=subject,
                number=last.number + 1 if last else 1,
                state=state,
                title=words.title[:250],
                happened=words.happened,
                meaning=words.meaning,
                remedy=words.remedy,
                path=words.path,
            )
    except IntegrityError:
        return None  # somebody else tells it in the same moment


def _address(
    told: Notification, row: NotificationRules, people: list[User], *, calls: bool
) -> None:
    rows = [Delivery(notification=told, channel=Channel.MAIL, person=each) for each in people]
    if calls:
        rows.append(Delivery(notification=told, channel=Channel.WEBHOOK))
    for delivery in Delivery.objects.bulk_create(rows):
        # A channel in trouble is tried by the beat, with one message at a time.
        if not row.problem_of(delivery.channel):
            queue.enqueue_delivery(delivery)
