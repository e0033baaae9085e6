"""Verifications: the proof of a restore, source against target."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from migrator.models.archives import Archive
from migrator.models.instances import Instance
from migrator.models.plans import PlanItem
from migrator.models.runs import Run

# An upload splits each text anew: these say where that came out otherwise.
SPLIT_OTHERWISE = frozenset({"changed_sentences", "changed_tokens"})


class ProofState(models.TextChoices):
    """The words for how a proof stands (never stored): its state, and whether it was accepted."""

    VERIFIED = "verified", "Verified"
    ACCEPTED = "accepted", "Differences accepted"
    DIFFERENCES = "differences", "Differences found"
    COULD_NOT = "could_not", "Could not verify"


def standing_of(state: str, *, is_accepted: bool) -> ProofState:
    """How a proof stands: differences that somebody took as they are are accepted, not equal."""
    if is_accepted and state == ProofState.DIFFERENCES:
        return ProofState.ACCEPTED
    return ProofState(state)


class Verification(models.Model):
    """What comparing an archive with a target's content gave."""

    class State(models.TextChoices):
        VERIFIED = "verified", "Verified"
        DIFFERENCES = "differences", "Differences found"
        COULD_NOT = "could_not", "Could not verify"

    run = models.ForeignKey(Run, models.CASCADE, related_name="verifications")
    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="verifications")
    archive = models.ForeignKey(
        Archive, models.SET_NULL, null=True, blank=True, related_name="verifications"
    )
    target = models.ForeignKey(
        Instance, models.SET_NULL, null=True, blank=True, related_name="verifications"
    )
    target_workspace_id = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, choices=State)
    at = models.DateTimeField(default=timezone.now)
    # {count name: [source, target]}
    compared = models.JSONField(default=dict)
    # {difference kind: n}; every difference is counted here.
    totals = models.JSONField(default=dict)
    # The full list as JSON lines in the storage; empty where there is none.
    file = models.CharField(max_length=300, blank=True)
    problem = models.TextField(blank=True)
    # Who took the differences as they are, and why; the differences stay what they are.
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The name at that time: users may be deleted.
    accepted_by_name = models.CharField(max_length=150, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"verification {self.pk}: {self.state}"

    @property
    def difference_count(self) -> int:
        """All differences, listed as rows or not."""
        return sum(self.totals.values())

    @property
    def standing(self) -> ProofState:
        """How it stands, with who accepted its differences taken into account."""
        return standing_of(self.state, is_accepted=self.accepted_at is not None)

    @property
    def keeps_every_annotation(self) -> bool:
        """True where the target split texts otherwise, and nothing else differs."""
        return bool(self.totals) and set(self.totals) <= SPLIT_OTHERWISE


class Difference(models.Model):
    """One difference; the rows hold the first thousands, the file holds all."""

    verification = models.ForeignKey(Verification, models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=60)
    part = models.CharField(max_length=40)
    # The document, type or dictionary concerned, by name and id.
    subject = models.TextField()
    detail = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    left = models.TextField(blank=True)
    right = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["verification", "kind"], name="differences_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"
