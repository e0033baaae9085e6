"""What became of a workspace: runs, plans, proofs, receipts, and what the audit log says."""

from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from dashboard.run_rows import Row, for_rows, rows_of
from migrator.models import (
    Archive,
    AuditEntry,
    Plan,
    PlanItem,
    Receipt,
    Run,
    Step,
    Verification,
    Worksheet,
    Workspace,
)

LISTED = 20  # of each kind, the newest


class History:
    """The history of one workspace; each part is one query, runs are two.

    A restore from one of its archives is among them, wherever it went.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        mine = Q(workspace=workspace) | Q(archive__workspace=workspace)
        self._items = PlanItem.everything.filter(mine).order_by().values("pk")

    @property
    def runs(self) -> list[Row]:
        """Runs with a step of it, newest first."""
        return rows_of(for_rows(self._runs().order_by("-started_at", "-pk"))[:LISTED])

    @property
    def plans(self) -> list[Plan]:
        """Plans that are or were about it, those changed last first; no quick starts."""
        rows = self._plans().filter(is_guided=True).select_related("source", "target", "created_by")
        return list(rows.order_by("-changed_at", "-pk")[:LISTED])

    @property
    def proofs(self) -> list[Verification]:
        """Its copies compared with their archives, newest first."""
        rows = self._of_items(Verification).select_related("item", "target")
        return list(rows.order_by("-at", "-pk")[:LISTED])

    @property
    def receipts(self) -> list[Receipt]:
        """What was signed before it was deleted, newest first."""
        rows = self._of_items(Receipt).defer("content")
        return list(rows.order_by("-signed_at", "-pk")[:LISTED])

    @property
    def entries(self) -> list[AuditEntry]:
        """What the audit log says of it and of all that is about it, newest first."""
        about = Q(subject__in=_named("workspace", Workspace.objects.filter(pk=self._workspace.pk)))
        for noun, rows in self._subjects().items():
            about |= Q(subject__in=_named(noun, rows))
        return list(AuditEntry.objects.filter(about).order_by("-at", "-pk")[:LISTED])

    def _subjects(self) -> dict[str, QuerySet[Any]]:
        """Rows that the log names, by what it calls them."""
        return {
            "plan item": PlanItem.everything.filter(pk__in=self._items),
            "plan": self._plans(),
            "run": self._runs(),
            "step": self._of_items(Step),
            "worksheet": self._of_items(Worksheet),
            "archive": Archive.objects.filter(workspace=self._workspace),
            "verification": self._of_items(Verification),
            "receipt": self._of_items(Receipt),
        }

    def _runs(self) -> QuerySet[Run]:
        return Run.objects.filter(pk__in=self._of_items(Step).order_by().values("run"))

    def _plans(self) -> QuerySet[Plan]:
        items = PlanItem.everything.filter(pk__in=self._items).order_by()
        return Plan.objects.filter(pk__in=items.values("plan"))

    def _of_items(self, model: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = model._default_manager.filter(item__in=self._items)
        return found


def _named(noun: str, rows: QuerySet[Any]) -> Any:
    """The rows as the audit log names them; see migrator.services.audit.name_of."""
    called = Concat(Value(f"{noun} "), Cast("pk", CharField()), output_field=CharField())
    return rows.order_by().annotate(called=called).values("called")
