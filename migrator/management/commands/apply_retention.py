"""`apply_retention [--dry-run]`: delete the archives that go by the server's rule."""

from argparse import ArgumentParser
from typing import Any

from migrator.management.answers import SUCCESS, AnsweringCommand, file_size
from migrator.services.retention import Verdict, apply_rule, rule_now, verdicts


class Command(AnsweringCommand):
    """Exit code 0, whether something went or nothing did."""

    help = "Delete the archives that go by the rule that administrators set; say which."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to say only what would go."""
        super().add_arguments(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go and why the rest stays"
        )

    def answer(self, **options: Any) -> int:
        """Apply the rule, or only look."""
        rule, dry = rule_now(), options["dry_run"]
        found = verdicts(rule) if dry else apply_rule(user=None)
        if self.as_json:
            self.say_json({"rule": str(rule), "dry_run": dry, "archives": _rows(found)})
            return SUCCESS
        self.say(str(rule))
        for each in found:
            what = ("Would go" if dry else "Deleted") if each.goes else "Stays"
            size = file_size(each.archive.size)
            self.say(f"{what}: {each.archive.file} ({size}). {each.why}")
        if not any(each.goes for each in found):
            self.say("Nothing goes.")
        return SUCCESS


def _rows(found: list[Verdict]) -> list[dict[str, Any]]:
    return [
        {
            "file": each.archive.file,
            "workspace": each.archive.workspace_name,
            "size": each.archive.size,
            "sha256": each.archive.sha256,
            "created_at": each.archive.created_at.isoformat(),
            "goes": each.goes,
            "why": each.why,
        }
        for each in found
    ]
