"""Make an administrator from the command line."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.services.first_admin import create_admin


class Command(AnsweringCommand):
    """Ask for a password and make the administrator."""

    help = "Make an administrator; the password is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the name; never the password, which everybody could read in the process list."""
        super().add_arguments(parser)
        parser.add_argument("name", help="the name to sign in with")

    def answer(self, **options: Any) -> int:
        """Make the administrator and say so."""
        user = create_admin(name=options["name"], password=_password())
        self.say(f"The administrator {user.username} can sign in now.")
        if self.as_json:
            self.say_json({"name": user.username})
        return SUCCESS


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Password again: ") != password:
        raise ServiceError(
            "The two passwords differ.",
            meaning="No administrator was made.",
            remedy="Run the command again.",
        )
    return password
