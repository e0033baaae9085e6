"""Steps: the unit that is claimed, retried and resumed."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from migrator.models.instances import Instance
from migrator.models.step_conditions import SILENT_AFTER
from migrator.models.step_queries import StepQuerySet


class InvalidMove(Exception):
    """The state machine does not know this move: a bug."""


class LostClaim(Exception):
    """Somebody else changed the step since we read it; whoever gets this stops working on it."""


class Step(models.Model):
    """One artifact of one workspace in a run: the unit that is claimed, retried and resumed.

    pending -> running -> done
       ^          |----> waiting ----> pending   (a person brought what was asked for)
       |          |----> failed  ----> pending   (a person pressed Retry)
       |----------|                              (transient error, lost worker, not yet)
    pending, waiting or running -> cancelled     (between two chunks of work, never inside one)
    waiting or failed -> done                    (a person chose to skip it)
    failed -> cancelled                          (a person gave the run up)
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Not started"
        RUNNING = "running", "Running"
        WAITING = "waiting", "Waiting for you"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    class Kind(models.TextChoices):
        FACTS = "facts", "Workspace facts"
        TYPES = "types", "Type system"
        DICTIONARIES = "dictionaries", "Dictionaries"
        DOCUMENTS = "documents", "Documents"
        SEAL = "seal", "Seal and verify the archive"
        CHECK_ARCHIVE = "check_archive", "Check the archive"
        TARGET = "target", "Target workspace"
        RESTORE_TYPES = "restore_types", "Restore the type system"
        RESTORE_DICTIONARIES = "restore_dictionaries", "Restore the dictionaries"
        RESTORE_READ_ONLY = "restore_read_only", "Upload the read-only dictionaries"
        MAP_DICTIONARIES = "map_dictionaries", "Map dictionaries to entity types"
        RESTORE_DOCUMENTS = "restore_documents", "Restore the documents"
        RESTORE_PEOPLE = "restore_people", "Give people their roles"
        PROOF_TYPES = "proof_types", "Read back the type system"
        PROOF_DICTIONARIES = "proof_dictionaries", "Read back the dictionaries"
        PROOF_DOCUMENTS = "proof_documents", "Read back the documents"
        COMPARE = "compare", "Compare source and target"
        REBUILD_TASKS = "rebuild_tasks", "Make the annotation tasks again"
        TRAIN_ML = "train_ml", "Train the machine learning model"
        SNAPSHOT_ML = "snapshot_ml", "Take a snapshot of the machine learning model"
        DEPLOY_ML = "deploy_ml", "Deploy the machine learning model"
        TRAIN_RULES = "train_rules", "Build the rule-based model"
        SNAPSHOT_RULES = "snapshot_rules", "Take a snapshot of the rule-based model"
        DEPLOY_RULES = "deploy_rules", "Deploy the rule-based model"

    class Performer(models.TextChoices):
        PRODUCT = "product", "the product"
        CONNECTOR = "connector", "the connector"
        PERSON = "person", "you"

    class Outcome(models.TextChoices):
        NONE = "", ""
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        IDENTICAL = "identical", "Already identical"
        NOTHING = "nothing", "Nothing to do"
        SKIPPED = "skipped", "Skipped by choice"
        SAVED = "saved", "Saved"
        PASSED = "passed", "Checked"
        DIFFERENT = "different", "Differences found"

    class Needs(models.TextChoices):
        NOTHING = "", ""
        FILE = "file", "A file"
        CONFIRMATION = "confirmation", "Your confirmation"
        CREDENTIAL = "credential", "A new credential"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.PENDING: frozenset({Status.RUNNING, Status.CANCELLED}),
        Status.RUNNING: frozenset(
            {Status.DONE, Status.WAITING, Status.FAILED, Status.PENDING, Status.CANCELLED}
        ),
        Status.WAITING: frozenset({Status.PENDING, Status.DONE, Status.CANCELLED}),
        Status.FAILED: frozenset({Status.PENDING, Status.DONE, Status.CANCELLED}),
        Status.DONE: frozenset(),
        Status.CANCELLED: frozenset(),
    }
    ACTIVE: ClassVar[list[str]] = ["pending", "running", "waiting"]

    run = models.ForeignKey("migrator.Run", models.CASCADE, related_name="steps")
    item = models.ForeignKey("migrator.PlanItem", models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=30, choices=Kind)
    # Steps of an item start when every step of a lower stage is done.
    stage = models.PositiveSmallIntegerField()
    performer = models.CharField(max_length=10, choices=Performer)
    # What the step works on, such as "3:<workspace id>"; with `kind` the key of the active step.
    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NONE, blank=True)
    # Fresh with every claim: a worker given up for dead cannot overwrite its successor.
    claim_id = models.UUIDField(null=True, blank=True)
    # Host, process and start of the worker that has it; see `services.workers`.
    worker = models.CharField(max_length=200, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    # Tries that failed in passing; bounded.
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    # When a message for it was last sent; a lost message is sent again after a while.
    sent_at = models.DateTimeField(null=True, blank=True)
    # Work done, in `unit`; `total` is None where it is not known.
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    # When the worker that has it took it, and how much was done by then: the pace counts from here.
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_before = models.PositiveBigIntegerField(default=0)
    # What a waiting step needs from a person.
    needs = models.CharField(max_length=12, choices=Needs, default=Needs.NOTHING, blank=True)
    # What a person answered to a waiting step, such as {"confirmed": true}.
    answer = models.JSONField(default=dict, blank=True)
    # What the step found: counts, findings and ids that later steps need.
    facts = models.JSONField(default=dict, blank=True)
    # Number of things that the person should look at although the step is done.
    warnings = models.PositiveIntegerField(default=0)
    # Why it failed or what it waits for: what happened, what it means for the data, what to do.
    problem = models.TextField(blank=True)
    problem_meaning = models.TextField(blank=True)
    problem_remedy = models.TextField(blank=True)
    problem_reference = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # A newer step for the same artifact took its place (a person brought another file).
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["item", "stage", "pk"]
        indexes = [
            models.Index(fields=["run", "status"], name="steps_of_a_run"),
            # Whether a step is behind another of its item is asked for every step to be claimed.
            models.Index(fields=["run", "item", "stage"], name="steps_of_an_item"),
            models.Index(fields=["status", "not_before"], name="steps_to_send"),
            # Which step of a run is next is asked before each.
            models.Index(
                fields=["run", "status", "id"],
                name="sent_steps_of_a_run",
                condition=Q(sent_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"],
                condition=Q(status__in=["pending", "running", "waiting"]),
                name="one_active_step_per_artifact",
            )
        ]

    def __str__(self) -> str:
        return f"step {self.pk} ({self.kind}, {self.status})"

    def claim(self, worker: str = "") -> bool:
        """Take the step for `worker`; False where it is not to be had."""
        now = timezone.now()
        claim_id = uuid.uuid4()
        with transaction.atomic():
            self._queue_up_for_instance()
            taken = self._taken(claim_id, worker, now)
        if taken:
            self.refresh_from_db()
        return bool(taken) and self.claim_id == claim_id

    def _queue_up_for_instance(self) -> None:
        """Let rivals for the places of one instance count one after the other."""
        if self.performer == self.Performer.CONNECTOR:
            plans = Q(plans_from__runs=self.run_id) | Q(plans_to__runs=self.run_id)
            list(Instance.objects.select_for_update(of=("self",), no_key=True).filter(plans))

    def _taken(self, claim_id: uuid.UUID, worker: str, now: datetime) -> int:
        # The status stands outside of the subquery, too: PostgreSQL looks at it again after
        # waiting for another claim of the same row, and only there.
        mine = Step.objects.filter(pk=self.pk, status=self.Status.PENDING)
        return mine.filter(pk__in=Step.objects.claimable().filter(pk=self.pk)).update(
            status=self.Status.RUNNING,
            claim_id=claim_id,
            worker=worker,
            beat_at=now,
            claimed_at=now,
            done_before=models.F("done"),
            started_at=Coalesce("started_at", now),
        )

    def move(self, to: str, **changes: Any) -> None:
        """Change the status; LostClaim when somebody changed it since we read it."""
        if to not in self.MOVES[self.Status(self.status)]:
            raise InvalidMove(f"{self.status} -> {to}")
        if to in {self.Status.DONE, self.Status.FAILED, self.Status.CANCELLED}:
            changes.setdefault("finished_at", timezone.now())
        self.update_if_ours(status=to, **changes)

    def update_if_ours(self, **changes: Any) -> None:
        """Write `changes` where status and claim are still what we read, else LostClaim."""
        ours = Step.objects.filter(pk=self.pk, status=self.status, claim_id=self.claim_id)
        if not ours.update(**changes):
            raise LostClaim(str(self))
        self.refresh_from_db(fields=list(changes))

    @property
    def is_silent(self) -> bool:
        """Running, but without a beat for a minute."""
        return self.is_silent_at(timezone.now())

    def is_silent_at(self, now: datetime) -> bool:
        """Running, but without a beat for a minute before `now`."""
        return (
            self.status == self.Status.RUNNING
            and self.beat_at is not None
            and self.beat_at < now - SILENT_AFTER
        )
