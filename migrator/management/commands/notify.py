"""`notify [--test] [--to ADDRESS]`: how messages go out, and whether they do."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.models import Channel, Delivery, NotificationRules
from migrator.services.notifications.channels import rules, try_mail, try_webhook


class Command(AnsweringCommand):
    """Exit code 1 where a channel that is set up does not work, or with --test where none is."""

    help = "Say how messages go out and what waits; with --test, send one by each channel now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to test, and where the test mail goes."""
        super().add_arguments(parser)
        parser.add_argument(
            "--test", action="store_true", help="send a test by each channel that is set up"
        )
        parser.add_argument(
            "--to", default="", help="where the test mail goes; else to the administrators"
        )

    def answer(self, **options: Any) -> int:
        """Test or look, and tell."""
        row = rules()
        if options["test"]:
            _refuse_where_none_is_on(row)
            found = _tested(row, options["to"])
        else:
            found = {channel: row.problem_of(channel) for channel in _on(row)}
        self._tell(row, found, tested=options["test"])
        return self.failure_code if any(found.values()) else SUCCESS

    def _tell(self, row: NotificationRules, found: dict[Channel, str], *, tested: bool) -> None:
        waiting, failed = Delivery.objects.open().count(), Delivery.objects.failed().count()
        if self.as_json:
            channels = {c.value: {"on": c in found, "problem": found.get(c, "")} for c in Channel}
            self.say_json({"channels": channels, "waiting": waiting, "failed": failed})
            return
        good = "took the test" if tested else "no trouble"
        for channel in Channel:
            where = row.mail_host if channel == Channel.MAIL else row.webhook_host
            said = f"{where}: {found[channel] or good}" if channel in found else "not set up"
            self.say(f"{channel.label}: {said}")
        self.say(f"Messages that wait: {waiting}; that did not arrive: {failed}.")


def _on(row: NotificationRules) -> list[Channel]:
    on = {Channel.MAIL: row.sends_mail, Channel.WEBHOOK: row.calls_webhook}
    return [channel for channel in Channel if on[channel]]


def _refuse_where_none_is_on(row: NotificationRules) -> None:
    if not row.is_on:
        raise ServiceError(
            "No channel is set up.",
            meaning="Nothing was sent.",
            remedy="Set up a mail server or a webhook on the page Settings.",
        )


def _tested(row: NotificationRules, to: str) -> dict[Channel, str]:
    return {channel: _trouble(channel, to) for channel in _on(row)}


def _trouble(channel: Channel, to: str) -> str:
    """What went wrong; empty where the test was taken."""
    try:
        if channel == Channel.WEBHOOK:
            try_webhook("", user=None)
        for address in _addresses(to) if channel == Channel.MAIL else []:
            try_mail(None, to=address, user=None)
    except StatedError as problem:
        return str(problem)
    return ""


def _addresses(to: str) -> list[str]:
    """Where the test mail goes; ServiceError where nobody is to get it."""
    admins = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    found = [to] if to else list(admins.values_list("email", flat=True))
    if not found:
        raise ServiceError(
            "No administrator has stored a mail address.",
            meaning="Nothing was sent.",
            remedy="Give one with --to.",
        )
    return found
