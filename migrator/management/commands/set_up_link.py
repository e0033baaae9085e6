"""Print the link with which a person makes the first administrator."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urljoin

from django.urls import reverse

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.services.first_admin import has_users, make_set_up_token


class Command(AnsweringCommand):
    """Print the link, or nothing where there is a user already."""

    help = "Print a link, valid for a day, with which a person makes the first administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--address`."""
        super().add_arguments(parser)
        parser.add_argument(
            "--address", default="http://127.0.0.1:8000/", help="the site's address for a browser"
        )

    def answer(self, **options: Any) -> int:
        """The link goes to standard output, the remark to standard error."""
        if has_users():
            self.remark("There is a user already; create_admin makes another administrator.")
            return SUCCESS
        path = reverse("set-up", args=[make_set_up_token()])
        link = urljoin(options["address"], path)
        if self.as_json:
            self.say_json({"link": link})
        self.say(link)
        return SUCCESS
