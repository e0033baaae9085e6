"""The archives of a plan's workspaces, as the step Seal and verify shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from dashboard.pulse import digest
from dashboard.states import Look, of_step
from migrator.models import Archive, Plan, PlanItem, Step

ITEMS = 25  # workspaces on one page
_S = Step.Status

VERIFIED = Look("ok", "certificate--check", "Verified")
READING = Look("run", "in-progress", "Being verified")
DAMAGED = Look("error", "misuse--outline", "Damaged")
UNVERIFIED = Look("idle", "circle-dash", "Not yet verified")
CHANGED = Look("warn", "renew", "The workspace changed since")
NOTHING = Look("idle", "circle-dash", "No archive yet")


@dataclass(frozen=True)
class Row:
    """One workspace: its newest archive, and the sealing step of the newest backup."""

    item: PlanItem
    archive: Archive | None
    step: Step | None

    @property
    def look(self) -> Look:
        """Whether its archive can be trusted, or how far the sealing is."""
        if self.step is not None and self.step.status in {_S.RUNNING, _S.FAILED}:
            return of_step(self.step)
        if self.archive is None:
            return NOTHING
        if self.archive.is_being_verified:
            return READING
        if self.archive.verify_problem:
            return DAMAGED
        if self.archive.verified_at is None:
            return UNVERIFIED
        return CHANGED if self.is_outdated else VERIFIED

    @property
    def is_outdated(self) -> bool:
        """True where the inventory saw a change of the workspace after the archive was made."""
        changed = self.item.workspace and self.item.workspace.modified
        return bool(self.archive and changed and self.archive.created_at < changed)

    @property
    def is_moving(self) -> bool:
        """True while the sealing or the verification of it goes on."""
        going = self.step is not None and self.step.status in {_S.RUNNING, _S.PENDING}
        return going or (self.archive is not None and self.archive.is_being_verified)


@dataclass(frozen=True)
class Sealing:
    """What the page shows."""

    page: Page[PlanItem]
    rows: list[Row]
    run_pk: int | None
    is_over: bool
    mark: str

    @property
    def is_moving(self) -> bool:
        """True while it may change without a click on this page."""
        return any(row.archive and row.archive.is_being_verified for row in self.rows) or (
            not self.is_over and any(row.is_moving for row in self.rows)
        )

    @property
    def announcement(self) -> str:
        """What a screen reader is told."""
        verified = sum(row.look in {VERIFIED, CHANGED} for row in self.rows)
        return f"{verified} of {len(self.rows)} archives verified."


def sealing_of(plan: Plan, number: str | None) -> Sealing:
    """The archives of `plan`, which comes from `dashboard.wizard.load_plan`; two queries."""
    run_pk = vars(plan)["backup_run"]
    page = Paginator(plan.items.all(), ITEMS).get_page(number)
    archives = _newest(page.object_list)
    steps = _steps(run_pk, page.object_list)
    rows = [Row(item, archives.get(item.pk), steps.get(item.pk)) for item in page.object_list]
    is_over = next((s.run.finished_at is not None for s in steps.values()), True)
    shown = [(r.item.pk, r.archive and r.archive.pk, r.look, r.step and r.step.done) for r in rows]
    return Sealing(page, rows, run_pk, is_over, digest(shown, is_over))


def _newest(items: Iterable[PlanItem]) -> dict[int, Archive]:
    rows = Archive.objects.filter(item__in=list(items)).defer("facts", "findings")
    return {row.item_id: row for row in rows.order_by("created_at", "pk") if row.item_id}


def _steps(run_pk: int | None, items: Iterable[PlanItem]) -> dict[int, Step]:
    steps = Step.objects.current().with_blocked().filter(run=run_pk, kind=Step.Kind.SEAL)
    found = steps.filter(item__in=list(items)).defer("facts").select_related("run")
    return {step.item_id: step for step in found}
