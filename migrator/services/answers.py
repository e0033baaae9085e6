"""What people answer in a guided plan, and whether it still holds.

An answer is kept with a fingerprint of what it was given for. Where that has changed since, the
answer is shown *out of date* and asked again; it is never deleted.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import prefetch_related_objects
from django.utils import timezone

from migrator.models import Plan, PlanAnswer, PlanItem
from migrator.services.permissions import requires


def fingerprint_of(plan: Plan, key: str, item: PlanItem | None = None, inputs: Any = None) -> str:
    """Fingerprint of what an answer to `key` depends on.

    For the whole plan that is its scope, for one workspace the purpose and that workspace alone:
    another workspace that comes or goes does not touch it. `inputs` is whatever else it depends on,
    such as the numbers that were accepted; anything that JSON holds.
    """
    about = [plan.purpose, plan.deletes_source, item.workspace_id] if item else [plan.scope_mark]
    text = json.dumps([key, about, inputs], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def scope_mark_of(plan: Plan, workspaces: list[int]) -> str:
    """Fingerprint of the scope: purpose, instance, whether the source goes, which workspaces."""
    about = [plan.purpose, plan.source_id, plan.deletes_source, sorted(workspaces)]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


@requires("migrator.start_run")
def give_answer(
    plan: Plan,
    key: str,
    value: Any,
    *,
    user: User | None,
    item: PlanItem | None = None,
    inputs: Any = None,
) -> PlanAnswer:
    """Keep what `user` answered; an earlier answer to the same is replaced."""
    answer, _ = PlanAnswer.objects.update_or_create(
        plan=plan,
        item=item,
        key=key,
        defaults={
            "value": value,
            "fingerprint": fingerprint_of(plan, key, item, inputs),
            "answered_by": user,
            "answered_at": timezone.now(),
        },
    )
    touch(plan)
    return answer


@requires("migrator.start_run")
def give_answers(
    plan: Plan, key: str, value: Any, *, user: User | None, items: Iterable[PlanItem]
) -> None:
    """Keep the same answer for each of `items`, in one statement."""
    now = timezone.now()
    PlanAnswer.objects.bulk_create(
        [
            PlanAnswer(
                plan=plan,
                item=item,
                key=key,
                value=value,
                fingerprint=fingerprint_of(plan, key, item),
                answered_by=user,
                answered_at=now,
            )
            for item in items
        ],
        update_conflicts=True,
        unique_fields=["plan", "item", "key"],
        update_fields=["value", "fingerprint", "answered_by", "answered_at"],
    )
    touch(plan)


def answer_of(plan: Plan, key: str, item: PlanItem | None = None) -> PlanAnswer | None:
    """The answer to `key`, current or not; the plan's answers are read once."""
    prefetch_related_objects([plan], "answers")
    pk = item.pk if item else None
    return next((a for a in plan.answers.all() if a.key == key and a.item_id == pk), None)


def holds(answer: PlanAnswer | None, item: PlanItem | None = None, inputs: Any = None) -> bool:
    """True where there is an answer and nothing that it depends on has changed since."""
    if answer is None:
        return False
    return answer.fingerprint == fingerprint_of(answer.plan, answer.key, item, inputs)


def touch(plan: Plan) -> None:
    """Note that somebody changed something in the plan."""
    Plan.objects.filter(pk=plan.pk).update(changed_at=timezone.now())
