"""`receipts [NUMBER]`: what was signed for, or the file of one receipt."""

from argparse import ArgumentParser
from typing import Any

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.models import Receipt
from migrator.services.receipts import as_file


class Command(AnsweringCommand):
    """Without a number the list; with one its JSON file, byte for byte, on standard output."""

    help = "List the receipts of source workspaces that may go, or print one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which receipt, if any."""
        super().add_arguments(parser)
        parser.add_argument("number", nargs="?", type=int, help="print this receipt's file")

    def answer(self, **options: Any) -> int:
        """The list, or the file."""
        if options["number"] is not None:
            self.stdout.write(as_file(_receipt(options["number"]).content).decode(), ending="")
            return SUCCESS
        rows = list(Receipt.objects.order_by("-signed_at", "-pk"))
        for row in rows:
            how = "every condition held" if row.is_green else "accepted by name"
            self.say(
                f"{row.pk}  {row.signed_at:%Y-%m-%d}  {row.workspace_name}: {how}, by "
                f"{row.signed_name}. SHA-256 {row.sha256}"
            )
        if not rows:
            self.say("Nothing was signed for.")
        if self.as_json:
            self.say_json({"receipts": [_document(row) for row in rows]})
        return SUCCESS


def _receipt(number: int) -> Receipt:
    found = Receipt.objects.filter(pk=number).first()
    if found is None:
        raise ServiceError(
            f"There is no receipt {number}.",
            remedy="Name one of those that the command lists without a number.",
        )
    return found


def _document(row: Receipt) -> dict[str, Any]:
    return {
        "receipt": row.pk,
        "plan": row.plan_id,
        "workspace": row.workspace_name,
        "workspace_id": row.workspace_id,
        "signed_name": row.signed_name,
        "signed_at": row.signed_at.isoformat(),
        "is_green": row.is_green,
        "sha256": row.sha256,
    }
