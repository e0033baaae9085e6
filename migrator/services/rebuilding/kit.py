"""The kit to make annotation tasks again: which tasks, until when, over which sets, by whom.

An annotation set is drawn from a base set by overlap. Neither Knowledge Studio nor this product can
name the documents in it, so a set that was not restored with the documents is another draw.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from migrator.models import Plan, PlanItem, Worksheet, WorksheetRow
from migrator.services.people_map import PersonChoice, SourcePerson, choices_of
from migrator.services.worksheets.known import is_finished

ALL_DOCUMENTS = "All documents"
# What a new due date is proposed to be.
SOON = timedelta(days=14)
KEY = "tasks:rebuild"  # of the answer with the choices of one workspace


@dataclass(frozen=True)
class KitChoices:
    """What a person chose for one workspace: the date for what is past, and how sets are drawn."""

    due: date | None = None
    base_set: str = ALL_DOCUMENTS
    overlap: int = 0

    def as_answer(self) -> dict[str, Any]:
        """The value that a plan's answer keeps."""
        due = self.due.isoformat() if self.due else ""
        return {"due": due, "base_set": self.base_set, "overlap": self.overlap}


@dataclass(frozen=True)
class KitSet:
    """One annotation set: who had it, who gets it ("" where left out), and how it is drawn."""

    name: str
    was: str
    annotator: str
    documents: int | None
    base_set: str
    overlap: int


@dataclass(frozen=True)
class KitTask:
    """One task: its date then and now, None where nobody chose one for what is past."""

    name: str
    due_then: date | None
    due: date | None
    sets: list[KitSet] = field(default_factory=list)

    @property
    def is_moved(self) -> bool:
        """True where the date is another one than in the source."""
        return self.due != self.due_then

    @property
    def annotators(self) -> list[str]:
        """Who takes part."""
        return sorted({one.annotator for one in self.sets if one.annotator})

    @property
    def left_out(self) -> list[KitSet]:
        """Sets that nobody gets."""
        return [one for one in self.sets if not one.annotator]


@dataclass(frozen=True)
class Kit:
    """The tasks of one workspace to make again; `is_known` is False where nobody captured them."""

    item: PlanItem
    tasks: list[KitTask]
    choices: KitChoices
    is_known: bool

    @property
    def lacks_date(self) -> bool:
        """True where a task has no date to come and nobody chose one."""
        return any(task.due is None for task in self.tasks)

    @property
    def set_count(self) -> int:
        """How many annotation sets there are in all."""
        return sum(len(task.sets) for task in self.tasks)


def kit_of(item: PlanItem) -> Kit:
    """The kit of one workspace."""
    return kits_of(item.plan, [item])[0]


def kits_of(plan: Plan, items: Iterable[PlanItem] | None = None) -> list[Kit]:
    """The kits of the plan's workspaces; a constant number of queries."""
    chosen = list(plan.items.all() if items is None else items)
    rows, known = _rows(chosen)
    choices = {
        answer.item_id: choices_from(answer.value)
        for answer in plan.answers.all()
        if answer.key == KEY
    }
    people = _people(plan, [row for found in rows.values() for row in found])
    return [
        _kit(item, rows.get(item.pk, []), choices.get(item.pk) or KitChoices(), people, known)
        for item in chosen
    ]


def choices_from(value: Mapping[str, Any]) -> KitChoices:
    """The choices that an answer keeps; what it lacks is as proposed."""
    due = str(value.get("due") or "")
    return KitChoices(
        date.fromisoformat(due) if due else None,
        str(value.get("base_set") or ALL_DOCUMENTS),
        int(value.get("overlap") or 0),
    )


def _rows(items: list[PlanItem]) -> tuple[dict[int, list[WorksheetRow]], set[int]]:
    """The lines of each item that are not finished, and the items whose tasks were captured."""
    sheets = Worksheet.objects.filter(item__in=items, kind=Worksheet.Kind.TASKS)
    rows: dict[int, list[WorksheetRow]] = {}
    known: set[int] = set()
    for sheet in sheets.prefetch_related("rows"):
        lines = list(sheet.rows.all())
        if lines or sheet.is_settled:
            known.add(sheet.item_id)
        if sheet.state != Worksheet.State.WAIVED:
            rows[sheet.item_id] = [row for row in lines if _is_open(row)]
    return rows, known


def _is_open(row: WorksheetRow) -> bool:
    gone = row.change == WorksheetRow.Change.GONE
    return bool(row.cell("task")) and not gone and not is_finished(str(row.cell("state")))


def _people(plan: Plan, rows: list[WorksheetRow]) -> dict[str, PersonChoice]:
    users = {str(row.cell("annotator")) for row in rows if row.cell("annotator")}
    choices = choices_of(plan, [SourcePerson(user, is_annotator=True) for user in sorted(users)])
    return {choice.person.user: choice for choice in choices}


def _kit(
    item: PlanItem,
    rows: list[WorksheetRow],
    choices: KitChoices,
    people: Mapping[str, PersonChoice],
    known: set[int],
) -> Kit:
    tasks: dict[str, list[WorksheetRow]] = {}
    for row in rows:
        tasks.setdefault(str(row.cell("task")), []).append(row)
    made = [_task(name, lines, choices, people) for name, lines in tasks.items()]
    return Kit(item, made, choices, item.pk in known)


def _task(
    name: str,
    rows: list[WorksheetRow],
    choices: KitChoices,
    people: Mapping[str, PersonChoice],
) -> KitTask:
    then = next((_date(row) for row in rows if row.cell("due")), None)
    is_past = then is None or then <= timezone.localdate()
    sets = [_set(row, choices, people) for row in rows if row.cell("set")]
    return KitTask(name, then, choices.due if is_past else then, sets)


def _set(row: WorksheetRow, choices: KitChoices, people: Mapping[str, PersonChoice]) -> KitSet:
    was = str(row.cell("annotator"))
    documents, overlap = row.cell("documents"), row.cell("overlap")
    return KitSet(
        str(row.cell("set")),
        was,
        people[was].target_user if was in people else "",
        documents if isinstance(documents, int) else None,
        str(row.cell("base_set") or choices.base_set),
        overlap if isinstance(overlap, int) else choices.overlap,
    )


def _date(row: WorksheetRow) -> date | None:
    try:
        return date.fromisoformat(str(row.cell("due")))
    except ValueError:
        return None
