"""Bring a data folder up to date, as script/server does before it starts the site."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.management.links import set_up_link
from migrator.management.static_files import collect_static_files
from migrator.services.first_admin import has_users


class Command(AnsweringCommand):
    """Migrate the database, and collect and compress the static files."""

    help = "Migrate the database and collect the static files; harmless to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--address`, which asks for the first administrator's link."""
        super().add_arguments(parser)
        parser.add_argument("--address", help="print the set-up link below this address, if due")

    def answer(self, **options: Any) -> int:
        """Do both; print the link where an address is given and there is no user."""
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        collect_static_files()
        if options["address"] and not has_users():
            self.say(set_up_link(options["address"]))
        return SUCCESS
