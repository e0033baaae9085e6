"""The kit to make tasks again, as pages show it: states, mails, where to click."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from dashboard.states import Look
from migrator.models import Plan, PlanAnswer, PlanItem, Step
from migrator.services.answers import answer_of
from migrator.services.rebuilding.kit import Kit, KitTask, kits_of
from migrator.services.rebuilding.starting import DONE, holds_for

LONGEST_LINK = 1_800  # characters; longer mailto addresses are cut by mail programs

_NOTHING = Look("ok", "checkmark--filled", "No unfinished tasks")
_UNKNOWN = Look("warn", "unknown", "Tasks not captured")
_OPEN = Look("wait", "hourglass", "To be made")
_MOVING = Look("run", "in-progress", "Being made")
_FAILED = Look("error", "error--filled", "Failed")
_MADE = Look("ok", "checkmark--filled", "Made again")
_PARTLY = Look("warn", "warning--alt--filled", "Made in part")
_BY_HAND = Look("ok", "checkmark--filled", "Made by hand, as you said")
_NOT_NEEDED = Look("idle", "skip--forward", "Not needed")
_OUT_OF_DATE = Look("warn", "renew", "Tasks changed since")


@dataclass(frozen=True)
class Mail:
    """What one annotator is told; nothing is sent from here. `link` is "" without an address."""

    to: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        """A mailto address; the body is left out where the whole would be too long."""
        if "@" not in self.to:
            return ""
        head = f"mailto:{quote(self.to, safe='@.+-_')}?subject={quote(self.subject)}"
        whole = f"{head}&body={quote(self.body)}"
        return whole if len(whole) <= LONGEST_LINK else head


@dataclass(frozen=True)
class KitView:
    """The kit of one workspace, how far it is, and what was said of it."""

    kit: Kit
    look: Look
    step: Step | None
    said: PlanAnswer | None

    @property
    def is_settled(self) -> bool:
        """True where nothing is left to do."""
        return self.look in {_NOTHING, _MADE, _BY_HAND, _NOT_NEEDED}


def kit_views(plan: Plan, items: Iterable[PlanItem] | None = None) -> list[KitView]:
    """The kits of a plan's workspaces; a constant number of queries.

    The plan's items and answers are best prefetched. templates/dashboard/plans/parts/tasks.html
    shows them under the name `kits`.
    """
    kits = kits_of(plan, items)
    steps = _steps([kit.item for kit in kits])
    return [_view(plan, kit, steps.get(kit.item.pk)) for kit in kits]


def mails_of(kit: Kit, workspace: str, instance: str) -> list[Mail]:
    """One mail for each annotator, by address."""
    people = sorted({person for task in kit.tasks for person in task.annotators})
    return [_mail(person, kit, workspace, instance) for person in people]


def _steps(items: list[PlanItem]) -> dict[int, Step]:
    steps = Step.objects.current().filter(item__in=items, kind=Step.Kind.REBUILD_TASKS)
    return {step.item_id: step for step in steps.order_by("pk")}


def _view(plan: Plan, kit: Kit, step: Step | None) -> KitView:
    said = answer_of(plan, DONE, kit.item)
    return KitView(kit, _look(kit, step, said), step, said)


def _look(kit: Kit, step: Step | None, said: PlanAnswer | None) -> Look:
    if step is not None:
        return _look_of_step(step)
    if said is not None:
        if not holds_for(kit, said):
            return _OUT_OF_DATE
        return _BY_HAND if said.value.get("is_needed") else _NOT_NEEDED
    if not kit.is_known:
        return _UNKNOWN
    return _OPEN if kit.tasks else _NOTHING


def _look_of_step(step: Step) -> Look:
    if step.status in Step.ACTIVE:
        return _MOVING
    if step.status != Step.Status.DONE:
        return _FAILED
    return _PARTLY if step.warnings else _MADE


def _mail(person: str, kit: Kit, workspace: str, instance: str) -> Mail:
    tasks = [task for task in kit.tasks if person in task.annotators]
    lines = [line for task in tasks for line in _lines(task, person)]
    body = (
        f"Hello,\n\nthe Knowledge Studio workspace {workspace} was restored in {instance}. Your "
        "unfinished annotation tasks were created again there:\n\n"
        + "\n".join(lines)
        + "\n\nThe documents in an annotation set are drawn anew and may be others than before. "
        "Annotations that were not accepted before the backup are not there.\n"
    )
    return Mail(person, f"Annotation tasks in {workspace}", body)


def _lines(task: KitTask, person: str) -> list[str]:
    due = f", due {task.due:%d %b %Y}" if task.due else ""
    sets = ", ".join(one.name for one in task.sets if one.annotator == person)
    return [f"- {task.name}{due}: {sets}"]
