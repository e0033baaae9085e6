"""`worksheet PLAN WORKSPACE KIND`: a worksheet as CSV, or its lines from such a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.models import PlanItem, Worksheet
from migrator.services.guided_plans import refuse_archived
from migrator.services.worksheets.editing import worksheet_of
from migrator.services.worksheets.sheets_csv import as_csv, bring_csv


class Command(AnsweringCommand):
    """`--write FILE` keeps it in a file, `--read FILE` takes the lines of one."""

    help = "Write a worksheet of a plan as CSV, or take its lines from one, all of them or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which worksheet, and which way."""
        super().add_arguments(parser)
        parser.add_argument("plan", type=int, help="the number of the plan, as its address has it")
        parser.add_argument("workspace", help="the workspace's name")
        parser.add_argument("kind", choices=Worksheet.Kind.values)
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--write", type=Path, metavar="FILE", help="a new file")
        way.add_argument("--read", type=Path, metavar="FILE")
        parser.add_argument(
            "--remove-others", action="store_true", help="remove lines that the file does not have"
        )

    def answer(self, **options: Any) -> int:
        """One way or the other."""
        worksheet = worksheet_of(_item(options["plan"], options["workspace"]), options["kind"])
        if options["read"] is not None:
            self._read(worksheet, options["read"], removes_others=options["remove_others"])
        elif options["write"] is not None:
            with options["write"].open("x", encoding="utf-8", newline="") as file:
                file.write(as_csv(worksheet))
            self._told({"file": str(options["write"])}, f"Written to {options['write']}.")
        else:
            self._told({"csv": as_csv(worksheet)}, as_csv(worksheet).removeprefix("\ufeff"))
        return SUCCESS

    def _read(self, worksheet: Worksheet, path: Path, *, removes_others: bool) -> None:
        refuse_archived(worksheet.item.plan)
        added, changed, removed = bring_csv(
            worksheet, path, user=None, removes_others=removes_others
        )
        said = f"{added:,} added, {changed:,} changed, {removed:,} removed."
        self._told({"added": added, "changed": changed, "removed": removed}, said)

    def _told(self, document: dict[str, Any], said: str) -> None:
        self.say(said)
        if self.as_json:
            self.say_json(document)


def _item(plan: int, name: str) -> PlanItem:
    found = list(PlanItem.objects.filter(plan=plan, plan__is_guided=True, name=name)[:2])
    if len(found) != 1:
        names = PlanItem.objects.filter(plan=plan, plan__is_guided=True).order_by("name")
        listed = ", ".join(names.values_list("name", flat=True)[:20])
        raise ServiceError(
            f"Plan {plan} has {'several workspaces' if found else 'no workspace'} called {name}.",
            meaning="Nothing was read or changed.",
            remedy=f"Name one of {listed}." if listed else "Name a plan of the wizard.",
        )
    return found[0]
