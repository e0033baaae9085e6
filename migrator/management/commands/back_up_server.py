"""`back_up_server FILE`: everything that this server cannot be without, in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from migrator.management.answers import SUCCESS, AnsweringCommand, file_size
from migrator.services.own_backup import back_up


class Command(AnsweringCommand):
    """It may run while the server does."""

    help = "Back this server up: database, keys and archives, into one TAR file that only you read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the file to write")

    def answer(self, **options: Any) -> int:
        """Write it and say what is in it."""
        manifest = back_up(options["file"])
        files = manifest["files"]
        assert isinstance(files, dict)
        size = options["file"].stat().st_size
        self.say(f"{options['file']} holds {len(files)} files, {file_size(size)}.")
        self.say("It holds the keys that open the credentials: keep it where only you can read it.")
        if self.as_json:
            self.say_json({"files": len(files), "size": size})
        return SUCCESS
