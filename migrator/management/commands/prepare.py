"""Bring a data folder up to date, as script/server does before it starts the site."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrate the database, and collect and compress the static files."""

    help = "Migrate the database and collect the static files; harmless to repeat."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Do both; an error ends the command with a code."""
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        self.stdout.write("The database and the static files are up to date.")
