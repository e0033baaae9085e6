"""Print the link with which a person makes the first administrator."""

from argparse import ArgumentParser
from typing import Any

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.management.links import set_up_link
from migrator.services.first_admin import has_users


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
        link = set_up_link(options["address"])
        if self.as_json:
            self.say_json({"link": link})
        self.say(link)
        return SUCCESS
