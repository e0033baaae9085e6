"""Runs: what somebody started. A run has no status column; its state follows from its steps."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from migrator.models.plans import Plan
from migrator.models.steps import Step


class RunState(models.TextChoices):
    """The words for a run's state (never stored)."""

    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting for you"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    WARNINGS = "warnings", "Completed with warnings"
    PARTLY = "partly", "Partly done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class RunQuerySet(models.QuerySet["Run"]):
    """Named questions about runs."""

    def with_state(self) -> "RunQuerySet":
        """With the counts that `Run.state` needs, in one query."""
        counts: dict[str, models.Subquery] = {}
        for name, condition in STEP_COUNTS.items():
            steps = Step.objects.current()
            per_run = (
                (steps.with_behind() if name == "steps_ready" else steps)
                .filter(condition, run=models.OuterRef("pk"))
                .order_by()
                .values("run")
                .annotate(n=models.Count("pk"))
                .values("n")
            )
            counts[name] = Coalesce(  # type: ignore[assignment]
                models.Subquery(per_run, output_field=models.IntegerField()), 0
            )
        return self.annotate(**counts)

    def for_listing(self) -> "RunQuerySet":
        """With state, plan, instances and starter."""
        return self.with_state().select_related("plan__source", "plan__target", "started_by")

    def at_their_end(self) -> "RunQuerySet":
        """Open ones of which no step works, waits or can still start.

        One statement on purpose: between two questions a worker may claim the last step.
        """
        moving = Step.objects.current().filter(run=models.OuterRef("pk")).moving()
        return self.filter(finished_at=None).exclude(models.Exists(moving))

    def in_turn(self) -> "RunQuerySet":
        """Those with a step that a worker may take, the one with the fewest at work first.

        By this a small run is not kept waiting behind a large one.
        """
        steps = Step.objects.current().filter(run=models.OuterRef("pk"))
        at_work = steps.filter(status="running").order_by().values("run")
        counted = models.Subquery(at_work.annotate(n=models.Count("pk")).values("n"))
        return (
            self.open()
            .filter(models.Exists(steps.sent().filter(status="pending")))
            .filter(pause_asked_at=None, cancel_asked_at=None)
            .order_by(Coalesce(counted, 0), "pk")
        )

    def open(self) -> "RunQuerySet":
        """Those that still have something to do or to wait for."""
        return self.filter(finished_at=None)


STEP_COUNTS = {
    "steps_all": models.Q(),
    "steps_running": models.Q(status="running"),
    # In this order: whether a step is behind is asked of few steps only.
    "steps_ready": models.Q(status="pending") & models.Q(behind=False),
    "steps_waiting": models.Q(status="waiting"),
    "steps_failed": models.Q(status="failed"),
    "steps_done": models.Q(status="done"),
    "steps_warned": models.Q(status="done", warnings__gt=0),
    "steps_cancelled": models.Q(status="cancelled"),
    # Something of lasting use came out of it: an archive, or a change on the target.
    "steps_fruitful": models.Q(status="done")
    & (models.Q(kind__in=["seal", "compare"]) | models.Q(outcome__in=["created", "updated"])),
}


class Run(models.Model):
    """What somebody started, over the items of one plan."""

    class Kind(models.TextChoices):
        BACKUP = "backup", "Backup"
        RESTORE = "restore", "Restore"

    kind = models.CharField(max_length=10, choices=Kind)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="runs")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(default=timezone.now)
    # Stamped by one conditional update; cleared again by a retry.
    finished_at = models.DateTimeField(null=True, blank=True)
    # Asked by a person, obeyed by workers between chunks of work.
    pause_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    # Set by `with_state`.
    steps_all: int
    steps_running: int
    steps_ready: int
    steps_waiting: int
    steps_failed: int
    steps_done: int
    steps_warned: int
    steps_cancelled: int
    steps_fruitful: int

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="runs_newest_first"),
            models.Index(fields=["finished_at"], name="runs_by_their_end"),
        ]
        permissions = [("start_run", "Can start, pause, cancel and retry runs and bring files")]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def state(self) -> RunState:
        """The state that follows from the steps; needs `with_state` on the query."""
        if self.steps_running or (self.steps_ready and not self.pause_asked_at):
            return RunState.RUNNING
        if self.pause_asked_at and not self.finished_at:
            return RunState.PAUSED
        if self.steps_waiting:
            return RunState.WAITING
        return self._ended_state()

    def _ended_state(self) -> RunState:
        if self.steps_failed:
            return RunState.PARTLY if self.steps_fruitful else RunState.FAILED
        if self.steps_cancelled:
            return RunState.CANCELLED
        return RunState.WARNINGS if self.steps_warned else RunState.COMPLETED
