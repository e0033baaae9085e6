"""Telling an event: once for each state of its subject, in the transaction that caused it."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec

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
AT_ONCE = timedelta()
# For what lasts until somebody does something.
A_WEEK = timedelta(days=7)


def never_in_the_way(tells: Callable[P, None]) -> Callable[P, None]:
    """Let no trouble with telling become trouble of what is told: it is logged, and undone.

    Where no channel is set up nothing is asked and no transaction begun.
    """

    @wraps(tells)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            if rules().is_on:
                with transaction.atomic():
                    tells(*args, **kwargs)
        except Exception as problem:
            logger.error("not told: %s", type(problem).__name__, exc_info=problem)

    return told


def tell(
    words: Callable[[], Words],
    *,
    kind: Notification.Kind,
    subject: str,
    state: str = "",
    quiet: timedelta = AN_HOUR,
    after: timedelta = AT_ONCE,
    started_by: int | None = None,
    not_to: int | None = None,
) -> None:
    """Note what happened for everybody who wants it, and send it after the commit, or `after` it.

    Nothing where nobody does, and where the same state of the subject was told within `quiet`;
    `words` are asked for only where it is told.
    """
    last = Notification.objects.filter(kind=kind, subject=subject).order_by("-number").first()
    if last and last.state == state and last.at > timezone.now() - quiet:
        return
    row = rules()
    people = wanting(kind, started_by=started_by, not_to=not_to) if row.sends_mail else []
    calls = row.calls_webhook and kind in row.webhook_kinds
    if not people and not calls:
        return
    number = last.number + 1 if last else 1
    told = _noted(words(), kind=kind, subject=subject, state=state, number=number)
    if told is not None:
        _address(told, row, people, calls=calls, after=after)


def _noted(words: Words, **about: Any) -> Notification | None:
    """The row; None where somebody else tells it in the same moment."""
    try:
        with transaction.atomic():
            return Notification.objects.create(
                **{**asdict(words), "title": words.title[:250]}, **about
            )
    except IntegrityError:
        return None


def _address(
    told: Notification,
    row: NotificationRules,
    people: list[User],
    *,
    calls: bool,
    after: timedelta,
) -> None:
    to = [(Channel.MAIL, person) for person in people]
    hook = [(Channel.WEBHOOK, None)] if calls else []
    rows = [
        Delivery(notification=told, channel=channel, person=person, next_at=told.at + after)
        for channel, person in [*to, *hook]
    ]
    for delivery in Delivery.objects.bulk_create(rows):
        # What has time, and a channel in trouble, with one message at a time, are the beat's.
        if not after and not row.problem_of(delivery.channel):
            queue.enqueue_delivery(delivery)
