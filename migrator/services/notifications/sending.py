"""Handing messages over: at least once, again with growing pauses for a day, then given up."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from migrator.clients.mail import AddressRefused
from migrator.errors import TransientError
from migrator.formats.errors import StatedError
from migrator.models import Channel, Delivery, Notification, NotificationRules, Step
from migrator.models.notifications import ATTEMPT_TAKES, TRIED_FOR
from migrator.services import queue
from migrator.services.credentials import reveal_webhook
from migrator.services.notifications.channels import (
    call,
    mail,
    note_success,
    note_trouble,
    rules,
    stored_mail_server,
)
from migrator.services.notifications.words import document, words_of

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
MOST_AT_ONCE = 200  # messages that one look sends; the next look sends the rest
KEPT_FOR = timedelta(days=30)

_S = Delivery.State


def deliver(delivery: Delivery) -> None:
    """Send one message, if it is due; whatever happens is written on its row."""
    if not _claimed(delivery):
        return
    row = rules()
    try:
        wanted = _send(delivery, row)
    except AddressRefused as problem:
        _end(delivery, _S.FAILED, problem=str(problem))
    except StatedError as problem:
        note_trouble(delivery.channel, problem)
        _again_later(delivery, problem)
    else:
        _end(delivery, _S.SENT if wanted else _S.DROPPED)
        if wanted:
            note_success(delivery.channel)
            if row.problem_of(delivery.channel):
                send_due_deliveries()  # all that waited for the channel


def send_due_deliveries() -> int:
    """Send what is due (a lost message, another try), one only where the channel is in trouble, and
    give up what is too old; how many were sent."""
    _give_up_old()
    row, sent = rules(), 0
    for channel in Channel:
        due = Delivery.objects.due().filter(channel=channel).order_by("next_at", "pk")
        for delivery in due[: 1 if row.problem_of(channel) else MOST_AT_ONCE]:
            queue.enqueue_delivery(delivery)
            sent += 1
    return sent


def forget_old_notifications() -> int:
    """Delete what was told long ago; how many rows went."""
    old = Notification.objects.filter(at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]


def _claimed(delivery: Delivery) -> bool:
    """True for the one worker that may try now; should it die, another one may in two minutes."""
    return bool(
        Delivery.objects.due()
        .filter(pk=delivery.pk)
        .update(next_at=timezone.now() + ATTEMPT_TAKES, tries=F("tries") + 1)
    )


def _send(delivery: Delivery, row: NotificationRules) -> bool:
    """False where the channel, the address or the reason is gone; StatedError where it did not
    work."""
    told = delivery.notification
    if _is_over(told):
        return False
    if delivery.channel == Channel.WEBHOOK:
        if row.webhook is None:
            return False
        address, signing_key = reveal_webhook(row.webhook)
        message = document(words_of(told), kind=told.kind, at=told.at)
        call(address, signing_key, message, key=_key(delivery), at=timezone.now())
        return True
    person = delivery.person
    if person is None or not person.email or not person.is_active or not row.sends_mail:
        return False
    mail(stored_mail_server(row), words_of(told), to=person.email, key=_key(delivery))
    return True


def _is_over(told: Notification) -> bool:
    """True where the run that waited does not wait any more."""
    if told.kind != Notification.Kind.RUN_WAITS:
        return False
    waiting = Step.objects.current().filter(status=Step.Status.WAITING)
    return not waiting.filter(run=int(told.subject.removeprefix("run "))).exists()


def _key(delivery: Delivery) -> str:
    """By which the receiver knows a message that comes twice."""
    return f"migrator-{delivery.pk}-{delivery.notification.at:%Y%m%d%H%M%S}"


def _end(delivery: Delivery, state: str, problem: str = "") -> None:
    Delivery.objects.open().filter(pk=delivery.pk).update(
        state=state, ended_at=timezone.now(), problem=problem
    )


def _again_later(delivery: Delivery, problem: StatedError) -> None:
    delivery.refresh_from_db(fields=["tries"])
    pause = min(FIRST_PAUSE * 2 ** min(delivery.tries - 1, 10), LONGEST_PAUSE)
    asked = problem.retry_after if isinstance(problem, TransientError) else None
    if asked:
        pause = min(max(pause, timedelta(seconds=asked)), LONGEST_PAUSE)
    Delivery.objects.open().filter(pk=delivery.pk).update(
        next_at=timezone.now() + pause, problem=str(problem)
    )


def _give_up_old() -> None:
    old = Delivery.objects.open().filter(notification__at__lt=timezone.now() - TRIED_FOR)
    old.update(state=_S.FAILED, ended_at=timezone.now())
