"""Worksheets: what of a workspace cannot move, captured so that a person can rebuild it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from migrator.models.plans import Plan, PlanItem


class WorksheetQuerySet(models.QuerySet["Worksheet"]):
    """Named questions about worksheets."""

    def of_plan(self, plan: Plan) -> "WorksheetQuerySet":
        """Those of all workspaces of `plan`."""
        return self.filter(item__plan=plan)

    def with_counts(self) -> "WorksheetQuerySet":
        """With `row_count`, `change_count` (rows that differ since they were looked at)."""
        changed = models.Q(rows__change__gt="")
        counts: dict[str, models.Count] = {
            "row_count": models.Count("rows"),
            "change_count": models.Count("rows", filter=changed),
        }
        return self.annotate(**counts)


class Worksheet(models.Model):
    """One kind of thing that cannot move, for one workspace of a plan.

    open -> complete   (a person said so, or everything asked for was in the inventory)
    open -> waived     (a person said, with a reason, that it is not needed)
    complete, waived -> open   (a person wants to change it)
    """

    class Kind(models.TextChoices):
        FACTS = "facts", "Workspace facts"
        TASKS = "tasks", "Unfinished tasks"
        READ_ONLY = "read_only", "Read-only dictionaries"
        ROLES = "roles", "User roles"
        MAPPINGS = "mappings", "Dictionary-to-type mapping"
        RULES = "rules", "Rules, classes and regular expressions"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        COMPLETE = "complete", "Complete"
        WAIVED = "waived", "Waived"

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="worksheets")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # Why it is waived; for a complete one what the person or the product noted.
    reason = models.TextField(blank=True)
    # Who said that it is complete or waived; empty with a time where the product did.
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The name at that time, since users may be deleted and an archive names people.
    stated_by_name = models.CharField(max_length=150, blank=True)
    stated_at = models.DateTimeField(null=True, blank=True)
    # When the inventory, whose state it was then, last filled it.
    filled_at = models.DateTimeField(null=True, blank=True)
    # When a filling last found something else than before.
    changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WorksheetQuerySet.as_manager()

    # Set by `with_counts`.
    row_count: int
    change_count: int

    class Meta:
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "kind"], name="one_worksheet_per_item_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.item}"

    @property
    def is_settled(self) -> bool:
        """Complete or waived, whether or not something changed since."""
        return self.state != self.State.OPEN

    @property
    def is_out_of_date(self) -> bool:
        """Settled before the inventory found something else."""
        return (
            self.is_settled
            and self.changed_at is not None
            and (self.stated_at is None or self.changed_at > self.stated_at)
        )


class WorksheetRow(models.Model):
    """One line of a worksheet; the columns of each kind are in `services.worksheets.columns`."""

    class Origin(models.TextChoices):
        INVENTORY = "inventory", "The inventory"
        HAND = "hand", "By hand"
        CSV = "csv", "A CSV file"
        ARCHIVE = "archive", "An archive"

    class Change(models.TextChoices):
        NONE = "", ""
        NEW = "new", "New"
        CHANGED = "changed", "Changed"
        GONE = "gone", "Gone"

    worksheet = models.ForeignKey(Worksheet, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(default=0)
    # What the inventory knows the thing by, so that a later filling finds it again; empty for rows
    # that a person added.
    key = models.CharField(max_length=600, blank=True)
    # Column key → text, number, or ISO date; empty cells are left out.
    cells = models.JSONField(default=dict)
    # The same as the inventory last said it: what differs from `cells` a person edited.
    said = models.JSONField(default=dict, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.HAND)
    # What the last filling found different; cleared when the worksheet is settled again.
    change = models.CharField(max_length=10, choices=Change, blank=True)
    # Column key → what the inventory said before.
    was = models.JSONField(default=dict, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["worksheet", "key"],
                condition=models.Q(key__gt=""),
                name="one_worksheet_row_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"row {self.pk}"

    def cell(self, column: str) -> Any:
        """The value of a column; "" where it is empty."""
        return self.cells.get(column, "")


class WorksheetFile(models.Model):
    """An original file that belongs to a worksheet, in Django's default storage."""

    worksheet = models.ForeignKey(Worksheet, models.CASCADE, related_name="files")
    # The line it belongs to; empty for a file of the whole worksheet.
    row = models.ForeignKey(
        WorksheetRow, models.CASCADE, null=True, blank=True, related_name="files"
    )
    # What to call it when it is shown or downloaded; never used as a path.
    name = models.CharField(max_length=200)
    # The name in the storage, made by us.
    file = models.CharField(max_length=300)
    # bytes
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # What migrator.formats recognised, and what its inspection found: {sentence, counts, findings}.
    kind = models.CharField(max_length=20, blank=True)
    found = models.JSONField(default=dict, blank=True)
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    attached_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["worksheet", "sha256"],
                condition=models.Q(row=None),
                name="one_file_per_content_of_a_worksheet",
            ),
            models.UniqueConstraint(
                fields=["row", "sha256"], name="one_file_per_content_of_a_worksheet_row"
            ),
        ]

    def __str__(self) -> str:
        return self.name
