"""Check results: what one check found in one workspace of a plan, and who accepted it."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import RowNumber

from migrator.models.plans import PlanItem

# What blocks the end of a source, but no restore: that changes nothing about what is deployed, and
# the gate of the last step keeps the source until it is gone.
OF_THE_SOURCE_ALONE = ("deployed_models",)
# What is found once a target is chosen: the catalogue's groups about the target and its people.
OF_THE_TARGET = (
    "target_room",
    "clashing_types",
    "lite_plan",
    "region",
    "unmapped_people",
    "lowered_roles",
)


class CheckResultQuerySet(models.QuerySet["CheckResult"]):
    """Named questions about check results."""

    def accepted(self) -> "CheckResultQuerySet":
        """Those that somebody accepted as they are now."""
        return self.filter(_accepted())

    def lapsed(self) -> "CheckResultQuerySet":
        """Those that were accepted before what was found changed."""
        return self.filter(accepted_at__isnull=False).exclude(_accepted())

    def open(self) -> "CheckResultQuerySet":
        """Those that keep the assessment from being done, and nobody accepted."""
        return self.filter(_needs_somebody()).exclude(_accepted())

    def blocking(self) -> "CheckResultQuerySet":
        """Of the open ones those that block."""
        return self.open().filter(state="blocking")

    def blocking_restore(self) -> "CheckResultQuerySet":
        """Of these, those that a restore waits for."""
        return self.blocking().exclude(code__in=OF_THE_SOURCE_ALONE)

    def open_of_target(self) -> "CheckResultQuerySet":
        """Open ones about the target: it is not restored into before each has its answer."""
        return self.open().filter(code__in=OF_THE_TARGET)

    def open_first(self) -> "CheckResultQuerySet":
        """Those that need somebody first, the others behind them, each by workspace."""
        is_open = models.Case(models.When(_needs_somebody() & ~_accepted(), then=0), default=1)
        return self.order_by(is_open, "item__name", "item")

    def with_openness(self) -> "CheckResultQuerySet":
        """With `openness`: "open" where it is open, else ""."""
        is_open = models.When(_needs_somebody() & ~_accepted(), then=models.Value("open"))
        text = models.TextField()
        openness = models.Case(is_open, default=models.Value(""), output_field=text)
        return self.annotate(openness=openness)

    def name_open(self, most: int) -> "models.QuerySet[CheckResult, tuple[Any, ...]]":
        """(code, item, its name, state, when accepted, found, items) of open ones, by name.

        Only the first `most` of each code have what was found.
        """
        place = models.Window(RowNumber(), partition_by=["code"], order_by=["item__name", "item"])
        rows = self.open().annotate(
            place=place,
            said=models.Case(models.When(place__lte=most, then=F("found")), default=None),
            named=models.Case(
                models.When(place__lte=most, then=F("items")),
                default=None,
                output_field=models.JSONField(),
            ),
        )
        columns = ("code", "item", "item__name", "state", "accepted_at", "said", "named")
        return rows.order_by("item__name", "item").values_list(*columns)

    def count_looks(self) -> "models.QuerySet[CheckResult, tuple[str, str, bool, int, str]]":
        """How many there are by code, state, and whether they are accepted; and what one says."""
        accepted = models.Case(
            models.When(_accepted(), then=True), default=False, output_field=models.BooleanField()
        )
        rows = self.order_by().annotate(done=accepted).values("code", "state", "done")
        counted = rows.annotate(n=models.Count("pk"), one=models.Min("found"))
        return counted.values_list("code", "state", "done", "n", "one")

    def counted(self) -> dict[str, Any]:
        """How many there are of each state, accepted ones apart, and the `oldest`; one query."""
        accepted, lapsed = _accepted(), Q(accepted_at__isnull=False) & ~_accepted()
        counts: dict[str, Any] = {
            f"{state}_{how}": models.Count("pk", filter=Q(state=state) & condition)
            for state in CheckResult.State.values
            for how, condition in (("open", ~accepted), ("accepted", accepted))
        }
        counts["lapsed"] = models.Count("pk", filter=lapsed & _needs_somebody())
        counts["workspaces"] = models.Count("item", distinct=True)
        counts["oldest"] = models.Min("checked_at")
        return self.aggregate(**counts)


class CheckResult(models.Model):
    """What one check answered for one item, kept under the fingerprint of what it looked at.

    The check is not run again while that stays the same. An acceptance holds for the answer that a
    person was shown and lapses, visibly, when another takes its place.
    """

    class State(models.TextChoices):
        BLOCKING = "blocking", "Blocking"
        WARNING = "warning", "Warning"
        COULD_NOT_CHECK = "could_not_check", "Could not check"
        NOTE = "note", "Note"
        PASSED = "passed", "Passed"

    class Source(models.TextChoices):
        INVENTORY = "inventory", "what Knowledge Studio listed"
        FILES = "files", "the files of the backup"
        TARGET = "target", "what the target listed"
        PLAN = "plan", "this plan"
        WORKSHEET = "worksheet", "what a person noted in a worksheet"
        PERSON = "person", "what a person said"
        NOTHING = "nothing", "nothing"

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="checks")
    # Of `migrator.checks.catalogue`; one that the catalogue no longer knows is removed.
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=State)
    # The worst that the check can answer: not knowing a note costs nothing.
    level = models.CharField(max_length=16, choices=State)
    source = models.CharField(max_length=10, choices=Source)
    looked_at = models.TextField()
    found = models.TextField()
    allowed = models.TextField(blank=True)
    # The names of what it found: document sets, dictionaries, people, …
    items = models.JSONField(default=list, blank=True)
    fix = models.TextField(blank=True)
    # BLAKE2 of everything that the check looked at: while it stays, nothing is run again.
    fingerprint = models.CharField(max_length=32)
    # BLAKE2 of what a person is shown of it; empty from an earlier release.
    answer_mark = models.CharField(max_length=32, blank=True, db_default="")
    # When it was last seen that this is still so.
    checked_at = models.DateTimeField()
    # Milliseconds that the check itself took.
    took_ms = models.FloatField(default=0)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The name at that time, since users may be deleted.
    accepted_as = models.CharField(max_length=150, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_why = models.TextField(blank=True)
    # Of what was accepted; see `is_accepted`.
    accepted_fingerprint = models.CharField(max_length=32, blank=True)
    accepted_mark = models.CharField(max_length=32, blank=True, db_default="")
    # What was accepted: {state, found, named: items}, to be shown beside what is found now.
    accepted_answer = models.JSONField(null=True, blank=True)

    objects = CheckResultQuerySet.as_manager()

    class Meta:
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "code"], name="one_result_per_check")
        ]

    def __str__(self) -> str:
        return f"{self.code} of item {self.item_id}: {self.state}"

    @property
    def is_accepted(self) -> bool:
        """Somebody accepted exactly this."""
        if self.accepted_at is None:
            return False
        return self.accepted_fingerprint == self.fingerprint or (
            self.accepted_mark != "" and self.accepted_mark == self.answer_mark
        )

    @property
    def has_lapsed(self) -> bool:
        """Somebody accepted it, and what was found has changed since."""
        return self.accepted_at is not None and not self.is_accepted

    @property
    def needs_somebody(self) -> bool:
        """It must be mended, answered or accepted."""
        if self.state == self.State.COULD_NOT_CHECK:
            return self.level != self.State.NOTE
        return self.state in {self.State.BLOCKING, self.State.WARNING}

    @property
    def is_open(self) -> bool:
        """It keeps the assessment from being done."""
        return self.needs_somebody and not self.is_accepted


def mark_of(result: CheckResult) -> str:
    """BLAKE2 of what a person is shown of a result, and accepts: not of how it was looked at."""
    shown = [result.state, result.level, result.found, result.allowed, result.items]
    return hashlib.blake2b(json.dumps(shown).encode(), digest_size=16).hexdigest()


def _accepted() -> Q:
    same_answer = Q(accepted_mark__gt="", accepted_mark=F("answer_mark"))
    # The same input gives the same answer; an earlier release notes nothing else.
    return Q(accepted_at__isnull=False) & (same_answer | Q(accepted_fingerprint=F("fingerprint")))


def _needs_somebody() -> Q:
    State = CheckResult.State
    unknown = Q(state=State.COULD_NOT_CHECK) & ~Q(level=State.NOTE)
    return Q(state__in=[State.BLOCKING, State.WARNING]) | unknown
