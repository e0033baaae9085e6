"""One of several processes that race for steps: prints the key of each that it claimed."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up

from migrator.models import Instance, Plan, PlanItem, Run, Step  # noqa: E402


def lay_out(steps: int, performer: str) -> None:
    """A run of so many steps that are all ready, for one instance."""
    call_command("migrate", interactive=False, verbosity=0)
    instance = Instance.objects.create(name="Raced for", kind="by_hand")
    plan = Plan.objects.create(purpose="backup", source=instance)
    run = Run.objects.create(kind="backup", plan=plan)
    items = PlanItem.objects.bulk_create(
        PlanItem(plan=plan, name=str(number)) for number in range(steps)
    )
    Step.objects.bulk_create(
        Step(run=run, item=item, kind="facts", stage=1, performer=performer, subject=str(item.pk))
        for item in items
    )


def race() -> None:
    """Take what is to be had until nothing is."""
    print("ready", flush=True)
    sys.stdin.readline()
    # Several at once: each claim is raced for, and the questions between them cost little.
    while seen := list(Step.objects.claimable().order_by("pk")[:20]):
        for step in seen:
            if step.claim("racer"):
                print(step.pk, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "lay_out":
        lay_out(int(sys.argv[2]), sys.argv[3])
    else:
        race()
