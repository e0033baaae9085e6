"""The loss list of a plan: what of its workspaces will not move, with who takes care of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from migrator.errors import ServiceError
from migrator.models import (
    AnnotationTask,
    Deployment,
    Dictionary,
    DocumentSet,
    Member,
    ModelVersion,
    Plan,
    PlanAnswer,
    PlanItem,
    Worksheet,
)
from migrator.services import audit
from migrator.services.answers import give_answer
from migrator.services.guided_plans import refuse_archived
from migrator.services.losses import KINDS
from migrator.services.permissions import requires

LONGEST_OWNER = 100  # characters
_TEXT = TextField()
_NO_TEXT = Value("")
_ANSWER = "answer"
_SHEET = "sheet"
# The worksheet that holds what stays behind.
_SHEETS = {
    "dictionary": Worksheet.Kind.READ_ONLY,
    "task": Worksheet.Kind.TASKS,
    "roles": Worksheet.Kind.ROLES,
}


@dataclass(frozen=True)
class PlanLoss:
    """One thing that stays behind: of which workspace, who takes care of it, whether it is done."""

    item: PlanItem
    kind: str
    # Knowledge Studio's id of it; "" for what is counted for the whole workspace.
    ref: str
    name: str
    note: str
    owner: str = ""
    is_ticked: bool = False
    # Written down in a worksheet that is complete or waived.
    is_captured: bool = False

    @property
    def is_dealt_with(self) -> bool:
        """True where somebody ticked it or a worksheet holds it."""
        return self.is_ticked or self.is_captured

    @property
    def key(self) -> str:
        """The key of its answer."""
        return f"loss:{self.kind}:{self.ref}"


@dataclass(frozen=True)
class Note:
    """What a person says of one thing: its item and id, who takes care, whether it is done."""

    item: int
    ref: str
    owner: str
    done: bool


def losses_of(plan: Plan) -> list[PlanLoss]:
    """Everything that stays behind of the plan's workspaces, in one query; see `unknown_of` too.

    The plan's items with their workspaces are best prefetched.
    """
    items = {item.workspace_id: item for item in plan.items.all() if item.workspace_id}
    rows = _rows(plan, items)
    answers = {(row[1], row[2]): json.loads(row[3]) for row in rows if row[0] == _ANSWER}
    settled = {(row[1], row[2]) for row in rows if row[0] == _SHEET}
    found = []
    for kind, workspace, ref, name, note in rows:
        if kind in {_ANSWER, _SHEET}:
            continue
        said: dict[str, Any] = answers.get((workspace, f"loss:{kind}:{ref}"), {})
        found.append(
            PlanLoss(
                items[workspace],
                kind,
                ref,
                *_named(kind, name, note),
                owner=said.get("owner", ""),
                is_ticked=bool(said.get("done")),
                is_captured=(workspace, _SHEETS.get(kind)) in settled,
            )
        )
    return found


def unknown_of(plan: Plan) -> list[PlanItem]:
    """The workspaces of which nobody looked at anything: what they lose is not known."""
    return [
        item
        for item in plan.items.all()
        if item.workspace is None or item.workspace.inventory_id is None
    ]


@requires("migrator.start_run")
@transaction.atomic
def deal_with(plan: Plan, kind: str, *, notes: Iterable[Note], user: User | None) -> int:
    """Note who takes care of things of one kind, and which are dealt with; how many changed.

    ServiceError where the plan is put away or the list has no such kind.
    """
    refuse_archived(plan)
    if kind not in {each.key for each in KINDS}:
        raise ServiceError(
            "This is not on the loss list.",
            meaning="Nothing was stored.",
            remedy="Load the page again.",
        )
    listed = {(loss.item.pk, loss.ref): loss for loss in losses_of(plan) if loss.kind == kind}
    changed = 0
    for note in notes:
        loss = listed.get((note.item, note.ref))
        if loss is not None and (loss.owner, loss.is_ticked) != (note.owner, note.done):
            value = {"owner": note.owner[:LONGEST_OWNER], "done": note.done}
            give_answer(plan, loss.key, value, user=user, item=loss.item)
            changed += 1
    if changed:
        audit.record(user, "losses.noted", plan, kind=kind, changed=changed)
    return changed


def _rows(plan: Plan, workspaces: Iterable[int]) -> list[tuple[str, int, str, str, str]]:
    """(kind, workspace, id, name, note) of everything that stays behind, in one statement.

    Among them the answers to it: kind _ANSWER, its key in place of the id, its value as the name;
    and the worksheets that are settled: kind _SHEET, the worksheet's kind in place of the id.
    """
    sets = DocumentSet.objects.all()
    drafts = sets.exclude(annotator="").filter(in_ground_truth=False)
    version = Concat("kind", Value(" "), "version", output_field=_TEXT)
    counted = Member.objects.values("workspace_id")  # one row for each workspace
    parts = [
        _part("dictionary", Dictionary.objects.filter(read_only=True), "dictionary_id"),
        _part("task", AnnotationTask.objects.all(), "task_id", note="state"),
        _part("model", ModelVersion.objects.all(), version, version, _deployments()),
        _part("preannotated", sets.filter(preannotated=True), "set_id"),
        _part("drafts", drafts, "set_id", note="annotator"),
        _part("roles", counted, _NO_TEXT, _NO_TEXT, Count("pk")),
    ]
    ours = list(workspaces)
    first, *others = (part.filter(workspace__in=ours) for part in parts)
    answers = PlanAnswer.objects.filter(plan=plan, key__startswith="loss:", item__isnull=False)
    said = _part(_ANSWER, answers.annotate(workspace_id=F("item__workspace_id")), "key", "value")
    rows: Any = first.union(*others, said, _settled_sheets(plan), all=True).order_by(
        "loss_kind", "workspace_id", "loss_name"
    )
    return list(rows)


def _settled_sheets(plan: Plan) -> QuerySet[Any, Any]:
    current = Q(changed_at=None) | Q(changed_at__lte=F("stated_at"))
    sheets = Worksheet.objects.filter(current, item__plan=plan, item__left_at=None)
    settled = sheets.exclude(state=Worksheet.State.OPEN)
    return _part(_SHEET, settled.annotate(workspace_id=F("item__workspace_id")), "kind", "state")


def _part(
    kind: str, rows: QuerySet[Any], ref: Any, name: Any = "name", note: Any = _NO_TEXT
) -> QuerySet[Any, Any]:
    # The columns of a union are told apart by place, so all parts give them alike.
    part: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            loss_kind=Value(kind, output_field=_TEXT),
            loss_ref=Cast(ref, _TEXT),
            loss_name=Cast(name, _TEXT),
            loss_note=Cast(note, _TEXT),
        )
        .values_list("loss_kind", "workspace_id", "loss_ref", "loss_name", "loss_note")
    )
    return part


def _deployments() -> Coalesce:
    deployed = Deployment.objects.filter(version=OuterRef("pk")).order_by().values("version")
    return Coalesce(Subquery(deployed.annotate(n=Count("pk")).values("n")), 0)


def _named(kind: str, name: str, note: str) -> tuple[str, str]:
    """Name and note as people read them."""
    if kind == "model":
        words = name.replace("ml", "Machine learning", 1).replace("rule", "Rule-based", 1).strip()
        return words, f"deployed {note}×" if note != "0" else ""
    if kind == "roles":
        return f"{note} {'person' if note == '1' else 'people'} with a role", ""
    if kind == "task":
        return name or "without a name", note.replace("_", " ").lower()
    return name or "without a name", note
