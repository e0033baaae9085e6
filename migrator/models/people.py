"""The people of an instance, and who becomes whom in a target."""

from django.db import models
from django.utils import timezone

from migrator.models.instances import Instance
from migrator.models.plans import Plan


class InstancePerson(models.Model):
    """A user of an instance, as it was last read or as a person listed it.

    Roles belong to the instance, not to a workspace, and Knowledge Studio never lowers one.
    """

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="people")
    user_id = models.CharField(max_length=256)
    name = models.CharField(max_length=256, blank=True)
    role = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=40, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["user_id"]
        verbose_name_plural = "instance people"
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "user_id"], name="one_row_per_person_of_an_instance"
            )
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class PersonMapping(models.Model):
    """What a person of the source becomes in the target of a plan, as somebody decided it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="person_mappings")
    source_user = models.CharField(max_length=256)
    # Empty where the person is left out on purpose.
    target_user = models.CharField(max_length=256, blank=True)
    # The role wanted there; empty means the one of the source.
    target_role = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["source_user"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "source_user"], name="one_mapping_per_person_of_a_plan"
            )
        ]

    def __str__(self) -> str:
        return f"mapping {self.pk}"
