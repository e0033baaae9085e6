"""`restore_server FILE`: a server as `back_up_server` left it, into an empty data folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.services.own_backup import restore


class Command(AnsweringCommand):
    """Start the server after it: it brings the database up to its own version."""

    help = "Restore a backup of a server into an empty folder (--into, else DATA_DIR)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, and where to."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="what back_up_server wrote")
        parser.add_argument(
            "--into", type=Path, default=settings.DATA_DIR, help="the empty data folder"
        )

    def answer(self, **options: Any) -> int:
        """Unpack it and say what comes next."""
        manifest = restore(options["file"], options["into"])
        self.say(f"Restored into {options['into']}, as of {manifest['made_at']}.")
        self.say("Start it with: script/server --data " + str(options["into"]))
        if self.as_json:
            self.say_json({"into": str(options["into"]), "made_at": manifest["made_at"]})
        return SUCCESS
