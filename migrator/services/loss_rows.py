"""Everything that tells what a plan's workspaces lose, read in one statement."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from migrator.checks.gather import ASKED
from migrator.models import (
    AnnotationTask,
    Deployment,
    Dictionary,
    DocumentSet,
    Member,
    ModelVersion,
    Plan,
    PlanAnswer,
    Worksheet,
    WorksheetRow,
    Workspace,
)

# Rows that are no losses: what people said of them, worksheets that are settled, lines of
# worksheets, answers to the questions of checks, and the classes of a rule-based model.
ANSWER, SHEET, LINE, ASKED_OF, CLASSES = "answer", "sheet", "line", "asked", "classes"
# These name an item of the plan; all other rows name a workspace.
OF_ITEMS = frozenset({ANSWER, SHEET, LINE, ASKED_OF})
LOSS = "loss:"
_K = Worksheet.Kind
_TEXT = TextField()
_NO_TEXT = Value("")
# The column by which a line of a worksheet is called, and what stands behind it.
_CALLED = {
    _K.TASKS: ("task", "set"),
    _K.READ_ONLY: ("dictionary", "entity_type"),
    _K.ROLES: ("user", "role"),
    _K.MAPPINGS: ("dictionary", "entity_type"),
    _K.RULES: ("name", "sort"),
}


class Row(NamedTuple):
    """One thing that was read; what the columns hold depends on its kind.

    ANSWER: its key and value. SHEET: worksheet's kind, state, who said so. LINE: worksheet's kind,
    name, what stands behind it. ASKED_OF: the check's code and the value. CLASSES: a list as JSON.
    """

    kind: str
    owner: int
    ref: str
    name: str
    note: str


def read_rows(plan: Plan, workspaces: Iterable[int]) -> list[Row]:
    """All of it, in one statement, by kind, owner and name."""
    sets = DocumentSet.objects.all()
    drafts = sets.exclude(annotator="").filter(in_ground_truth=False)
    version = Concat("kind", Value(" "), "version", output_field=_TEXT)
    counted = Member.objects.values("workspace_id")  # one row for each workspace
    dictionaries = Dictionary.objects.all()
    mapped = dictionaries.exclude(entity_type="")
    parts = [
        _part("dictionary", dictionaries.filter(read_only=True), "dictionary_id"),
        _part("mapping", mapped, "dictionary_id", note="entity_type"),
        _part("task", AnnotationTask.objects.all(), "task_id", note="state"),
        _part("model", ModelVersion.objects.all(), version, version, _deployments()),
        _part("preannotated", sets.filter(preannotated=True), "set_id"),
        _part("drafts", drafts, "set_id", note="annotator"),
        _part("roles", counted, _NO_TEXT, _NO_TEXT, Count("pk")),
    ]
    ours = list(workspaces)
    first, *others = (part.filter(workspace__in=ours) for part in parts)
    listed = Workspace.objects.filter(pk__in=ours, rule_classes__isnull=False)
    classes = _part(CLASSES, listed, _NO_TEXT, "rule_classes", owner="pk")
    rows: Any = first.union(
        *others, classes, _answers(plan), _asked(plan), _settled(plan), _lines(plan), all=True
    )
    return [Row(*row) for row in rows.order_by("loss_kind", "loss_owner", "loss_name")]


def _answers(plan: Plan) -> QuerySet[Any, Any]:
    said = PlanAnswer.objects.filter(plan=plan, key__startswith=LOSS, item__isnull=False)
    return _part(ANSWER, said, "key", "value", owner="item_id")


def _asked(plan: Plan) -> QuerySet[Any, Any]:
    asked = PlanAnswer.objects.filter(plan=plan, key__startswith=ASKED, item__isnull=False)
    unseen = asked.filter(item__left_at=None, item__workspace__inventory=None)
    return _part(ASKED_OF, unseen, "key", "value", owner="item_id")


def _settled(plan: Plan) -> QuerySet[Any, Any]:
    """Worksheets that are complete or waived, and of which nothing changed since."""
    current = Q(changed_at=None) | Q(changed_at__lte=F("stated_at"))
    sheets = Worksheet.objects.filter(current, item__plan=plan, item__left_at=None)
    settled = sheets.exclude(state=Worksheet.State.OPEN)
    return _part(SHEET, settled, "kind", "state", "stated_by_name", owner="item_id")


def _lines(plan: Plan) -> QuerySet[Any, Any]:
    """Lines of worksheets of what no inventory lists: all of a workspace by hand, else the rules.

    Of a rule-based model only the classes are listed anywhere.
    """
    unlisted = Q(worksheet__kind=_K.RULES) | Q(worksheet__item__workspace__inventory=None)
    lines = WorksheetRow.objects.filter(
        unlisted,
        worksheet__item__plan=plan,
        worksheet__item__left_at=None,
        worksheet__kind__in=list(_CALLED),
    ).exclude(change=WorksheetRow.Change.GONE)
    named, behind = (_cells(place) for place in (0, 1))
    return _part(LINE, lines, "worksheet__kind", named, behind, owner="worksheet__item_id")


def _cells(place: int) -> Coalesce:
    cases = [
        When(worksheet__kind=kind, then=KeyTextTransform(columns[place], "cells"))
        for kind, columns in _CALLED.items()
    ]
    return Coalesce(Case(*cases, output_field=_TEXT), _NO_TEXT)


def _part(
    kind: str,
    rows: QuerySet[Any],
    ref: Any,
    name: Any = "name",
    note: Any = _NO_TEXT,
    *,
    owner: str = "workspace_id",
) -> QuerySet[Any, Any]:
    # The columns of a union are told apart by place, so all parts give them alike.
    part: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            loss_kind=Value(kind, output_field=_TEXT),
            loss_owner=F(owner),
            loss_ref=Cast(ref, _TEXT),
            loss_name=Cast(name, _TEXT),
            loss_note=Cast(note, _TEXT),
        )
        .values_list("loss_kind", "loss_owner", "loss_ref", "loss_name", "loss_note")
    )
    return part


def _deployments() -> Coalesce:
    deployed = Deployment.objects.filter(version=OuterRef("pk")).order_by().values("version")
    return Coalesce(Subquery(deployed.annotate(n=Count("pk")).values("n")), 0)
