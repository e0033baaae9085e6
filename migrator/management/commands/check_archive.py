"""`check_archive FILE`: is this archive whole?"""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from migrator.archives.age.errors import WrongKey
from migrator.archives.age.headers import is_encrypted
from migrator.archives.check import Checked, check_archive
from migrator.archives.errors import ArchiveError
from migrator.archives.page_tables import count_table
from migrator.formats.errors import StatedError
from migrator.management.answers import AnsweringCommand, file_size, table
from migrator.management.keys import add_key_arguments, key_from, plain_archive


class Command(AnsweringCommand):
    """Exit code 0: whole. 1: damaged, incomplete, changed or no archive."""

    help = "Check that a backup archive is whole: its ZIP, its fingerprints, its content."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The archive, and whether its content is counted again."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the archive")
        parser.add_argument(
            "--fingerprints-only",
            action="store_true",
            help="compare the fingerprints, without counting the content again",
        )
        add_key_arguments(parser)

    def answer(self, **options: Any) -> int:
        """Check, and say what is in it."""
        path, deep = options["file"], not options["fingerprints_only"]
        with self.progress("Checking", "bytes") as progress:
            with plain_archive(path, key_from(options), progress) as (plain, _):
                checked = check_archive(plain, deep=deep, progress=progress)
            encrypted = _as_it_lies(path)
        if self.as_json:
            facts = {**_facts(checked), "encrypted": encrypted}
            self.say_json({"whole": True, **facts, "counts": checked.counts})
        else:
            self._say_whole(path, checked, encrypted)
        return 0

    def failure_document(self, error: StatedError) -> dict[str, Any]:
        """The error, and the files in the archive that it is about."""
        files = list(error.files) if isinstance(error, ArchiveError) else []
        whole = None if isinstance(error, WrongKey) else False  # nobody could look
        return {"whole": whole, "files": files, **super().failure_document(error)}

    def _say_whole(self, path: Path, checked: Checked, encrypted: dict[str, Any] | None) -> None:
        facts = _facts(checked)
        self.say(f"“{path.name}” is whole.")
        rows = [
            ("Workspace", str(facts["workspace"]["name"] or "–")),
            ("Workspace ID", str(facts["workspace"]["id"] or "–")),
            ("Backed up", str(facts["bagging_date"] or "–")),
            ("Size", file_size(checked.size)),
            ("SHA-256", checked.sha256),
        ]
        if encrypted is not None:
            rows.append(("Encrypted size", file_size(encrypted["size"])))
            rows.append(("Encrypted SHA-256", encrypted["sha256"]))
        for line in [*table(rows, is_number=False), "", *table(_count_rows(checked))]:
            self.say(line)


def _as_it_lies(path: Path) -> dict[str, Any] | None:
    """Size and SHA-256 of an encrypted file; None of a plain one."""
    if not is_encrypted(path):
        return None
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return {"size": file.tell(), "sha256": digest.hexdigest()}


def _facts(checked: Checked) -> dict[str, Any]:
    workspace = checked.workspace.get("workspace") or {}
    return {
        "size": checked.size,
        "sha256": checked.sha256,
        "bagging_date": checked.bag.get("Bagging-Date"),
        "workspace": {"id": workspace.get("id"), "name": workspace.get("name")},
    }


def _count_rows(checked: Checked) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in count_table(checked.inspection).rows]
