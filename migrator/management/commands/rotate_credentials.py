"""Seal every stored credential again under the first key of CREDENTIAL_KEYS."""

from typing import Any

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.services.credentials import rotate_credentials


class Command(AnsweringCommand):
    """Put the new key first and the old ones behind it, run this, then drop the old ones."""

    help = "Seal every stored credential again under the first key of CREDENTIAL_KEYS."

    def answer(self, **_options: Any) -> int:
        """Rotate all or none."""
        count = rotate_credentials()
        self.say(f"{count} credentials sealed under the first key.")
        if self.as_json:
            self.say_json({"rotated": count})
        return SUCCESS
