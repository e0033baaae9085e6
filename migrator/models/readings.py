"""What a target holds before anything is restored into it, and what a person chose about it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from migrator.models.archives import Archive
from migrator.models.instances import Instance
from migrator.models.plans import PlanItem

# A reading without a sign of life for this long has lost its worker.
READING_LOST_AFTER = timedelta(minutes=5)


class TargetReadingQuerySet(models.QuerySet["TargetReading"]):
    """Named questions about readings."""

    def open(self) -> "TargetReadingQuerySet":
        """Those that wait for a worker or have one."""
        return self.filter(finished_at=None)

    def free(self) -> "TargetReadingQuerySet":
        """Open ones that no living worker has; a beat in the future was before a set clock."""
        now = timezone.now()
        lost = Q(beat_at__lt=now - READING_LOST_AFTER) | Q(beat_at__gt=now + READING_LOST_AFTER)
        return self.open().filter(Q(beat_at=None) | lost)

    def newest(self) -> "TargetReadingQuerySet":
        """The newest of each item."""
        newer = TargetReading.objects.filter(
            item=models.OuterRef("item"), pk__gt=models.OuterRef("pk")
        )
        return self.exclude(models.Exists(newer))


class TargetReading(models.Model):
    """One look at where an item goes, compared with its archive.

    A workspace that is there is read whole: types, dictionaries, documents, people. For a new one
    only its name and the people of the instance can be looked at.
    """

    class Source(models.TextChoices):
        CONNECTOR = "connector", "The connector"
        FILES = "files", "Files that a person brought"

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="readings")
    archive = models.ForeignKey(Archive, models.CASCADE, related_name="readings")
    target = models.ForeignKey(Instance, models.CASCADE, related_name="readings")
    # The workspace that is read; empty where a new one is to be created.
    workspace_id = models.CharField(max_length=100, blank=True)
    # Its name, or the name of the new one.
    name = models.CharField(max_length=256)
    source = models.CharField(max_length=10, choices=Source)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    # The last sign of life of the worker that reads.
    beat_at = models.DateTimeField(null=True, blank=True)
    claim_id = models.UUIDField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    # Why it could not be read; empty for a whole reading.
    problem = models.TextField(blank=True)
    problem_meaning = models.TextField(blank=True)
    problem_remedy = models.TextField(blank=True)
    # What was read that is no conflict: {workspace, users (how many), members, document_sets, plan,
    # taken_by, read, read_only: [with a CSV, without]}; see `services.targets.look`. What was not
    # looked at is None or absent.
    facts = models.JSONField(default=dict, blank=True)
    # {part: {state: number}}: every object is counted, listed as a conflict or not.
    counts = models.JSONField(default=dict, blank=True)
    # How much a person has to settle before anything can be restored there;
    # `services.targets.obstacles` names each.
    obstacle_count = models.PositiveIntegerField(default=0)
    # What the choices about it come to, so that no page has to read them all: {counts: {part:
    # {action: number}}, cannot: {part: number}, mark, outdated, needing, needing_count};
    # `services.targets.summing` writes it.
    chosen = models.JSONField(default=dict, blank=True)

    objects = TargetReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(finished_at=None), name="one_open_reading_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"reading {self.pk} of {self.name}"

    @property
    def is_open(self) -> bool:
        """True while it waits for a worker or has one."""
        return self.finished_at is None

    @property
    def is_whole(self) -> bool:
        """True where everything that can be read was read."""
        return self.finished_at is not None and not self.problem


class Conflict(models.Model):
    """One thing that the archive or the target holds, and how the two stand to each other.

    Documents that are identical, or on one side only, are counted in the reading and have no row.
    """

    class Part(models.TextChoices):
        ENTITY_TYPE = "entity_type", "Entity types"
        RELATION_TYPE = "relation_type", "Relation types"
        DICTIONARY = "dictionary", "Dictionaries"
        READ_ONLY = "read_only", "Read-only dictionaries"
        MAPPING = "mapping", "Dictionary mappings"
        DOCUMENT_SET = "document_set", "Document sets"
        DOCUMENT = "document", "Documents"

    class State(models.TextChoices):
        IDENTICAL = "identical", "Identical"
        DIFFERS = "differs", "Differs"
        SOURCE_ONLY = "source_only", "Only in the archive"
        TARGET_ONLY = "target_only", "Only in the target"
        UNKNOWN = "unknown", "There, could not be compared"

    reading = models.ForeignKey(TargetReading, models.CASCADE, related_name="conflicts")
    part = models.CharField(max_length=20, choices=Part)
    state = models.CharField(max_length=12, choices=State)
    # What a choice and the restoring steps know it by: a label, a signature, a name, a document id.
    key = models.CharField(max_length=600)
    # What people know it by.
    subject = models.CharField(max_length=600)
    # What differs, in a few words, and both sides of it.
    detail = models.TextField(blank=True)
    source = models.TextField(blank=True)
    target = models.TextField(blank=True)
    # Fingerprints of both contents; empty where there is none.
    source_digest = models.CharField(max_length=64, blank=True)
    target_digest = models.CharField(max_length=64, blank=True)
    # Mentions or relations of the archive that need the type; None for other parts.
    uses = models.PositiveIntegerField(null=True, blank=True)
    # False where Knowledge Studio has no way to add it to what is there.
    can_add = models.BooleanField(default=True)
    # The first differences, as {detail, source, target}, and how many there are.
    differences = models.JSONField(default=list, blank=True)
    difference_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["reading", "part", "state"], name="conflicts_of_a_reading")]
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "part", "key"], name="one_conflict_per_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.state}"

    @property
    def mark(self) -> str:
        """What a choice about it was made for: another one is another question."""
        return f"{self.state} {self.source_digest} {self.target_digest}"


class ConflictChoice(models.Model):
    """What somebody chose about one conflict of an item; kept when the target is read again."""

    class Action(models.TextChoices):
        KEEP = "keep", "Keep the target's"
        LEAVE = "leave", "Leave out"
        ADD = "add", "Add"
        RENAME = "rename", "Add under another name"
        REPLACE = "replace", "Replace the target's"

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="choices")
    part = models.CharField(max_length=20, choices=Conflict.Part)
    key = models.CharField(max_length=600)
    action = models.CharField(max_length=10, choices=Action)
    # What the person typed for Add under another name; never made up.
    new_name = models.CharField(max_length=256, blank=True)
    # `Conflict.mark` when it was chosen.
    mark = models.CharField(max_length=160, blank=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "part", "key"], name="one_choice_per_conflict")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.part}"
