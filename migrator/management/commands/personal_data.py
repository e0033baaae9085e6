"""`personal_data FILE [--erase]`: where a person occurs, and replacing the person."""

from argparse import ArgumentParser
from typing import Any

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand, read_secret_file, table
from migrator.services.personal_data.erasing import erase
from migrator.services.personal_data.looking import Found, Terms, look_for, report_rows


class Command(AnsweringCommand):
    """Exit code 0, whether the person was found or not."""

    help = "Say where a person occurs in this server's database; replace the person on request."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file with what the person is called, and what to do."""
        super().add_arguments(parser)
        parser.add_argument(
            "file",
            metavar="FILE",
            help="names, addresses and user ids of one person, one a line; - for standard input",
        )
        parser.add_argument(
            "--erase", action="store_true", help="replace the person by a pseudonym"
        )
        parser.add_argument(
            "--yes", action="store_true", help="confirm --erase, which cannot be undone"
        )

    def answer(self, **options: Any) -> int:
        """Look, say what was found, and erase where that was confirmed."""
        terms = Terms(read_secret_file(options["file"], noun="names").splitlines())
        if options["erase"] and not options["yes"]:
            raise ServiceError(
                "Erasing a person cannot be undone.",
                meaning="Nothing was changed.",
                remedy="Look without --erase first, then add --yes.",
            )
        found = look_for(terms, user=None)
        erased = erase(terms, user=None) if options["erase"] else None
        if self.as_json:
            pseudonym = erased.pseudonym if erased else None
            self.say_json({"pseudonym": pseudonym, "entries": list(report_rows(found))})
        else:
            self._say(found)
            if erased:
                self.say(f"The person is called {erased.pseudonym} now.")
        return SUCCESS

    def _say(self, found: Found) -> None:
        if not found.occurrences:
            self.say("This server's database names the person nowhere.")
        for line in table([(place.words, f"{count:,}") for place, count in found.counts]):
            self.say(line)
        for place, _ in found.counts:
            if place.stays:
                self.say(f"{place.words}: stays. {place.stays}")
        for archive in found.archives:
            self.say(f"The sealed archive {archive.file} names the person, and stays.")
