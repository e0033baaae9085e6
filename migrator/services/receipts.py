"""Accepting what does not hold, leaving the gate open on purpose, and signing a receipt."""

import hashlib
import json
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import PlanItem, Receipt
from migrator.services import audit
from migrator.services.answers import give_answer
from migrator.services.gate_conditions import BY_NAME, COPY_KEPT, copy_of
from migrator.services.gate_facts import GateFacts, read_facts
from migrator.services.model_guard import (
    ACCEPTED,
    LEFT_OPEN,
    Condition,
    Gate,
    gates_of,
    rests_on,
)
from migrator.services.permissions import requires
from migrator.services.receipt_content import content_of


@requires("migrator.start_run")
@transaction.atomic
def accept_condition(item: PlanItem, key: str, *, reason: str, user: User) -> None:
    """Accept by name that a condition does not hold; ServiceError without a reason."""
    _refuse_without_reason(reason)
    _, gate = _looked_at(item)
    condition = next((each for each in gate.conditions if each.key == key), None)
    if condition is None or condition.is_green or condition.found.state == BY_NAME:
        raise ServiceError(
            "There is nothing to accept: the condition holds by now.",
            meaning="Nothing was noted.",
            remedy="Look at the page again.",
        )
    give_answer(
        item.plan,
        f"{ACCEPTED}{key}",
        {"reason": reason.strip(), "found": condition.found.reason, "who": user.get_username()},
        user=user,
        item=item,
        inputs=rests_on(condition.found),
    )
    audit.record(user, "gate.accepted", item, condition=key, reason=reason.strip())


@requires("migrator.start_run")
@transaction.atomic
def say_copy_is_kept(item: PlanItem, *, where: str, user: User) -> None:
    """Note that a copy of the newest archive is kept outside of this server, and where.

    ServiceError without a place, and where there is no archive. It holds for that archive alone.
    """
    facts, _ = _looked_at(item)
    archive = facts.by_item[item.pk].archive
    if archive is None or not where.strip():
        raise ServiceError(
            "Where is the copy kept?" if archive else "There is no archive to keep a copy of.",
            meaning="Nothing was noted.",
            remedy="Name the place, so that somebody else finds it." if archive else "Back up.",
        )
    value = {"where": where.strip(), "who": user.get_username()}
    inputs = copy_of(archive)
    give_answer(item.plan, COPY_KEPT, value, user=user, item=item, inputs=inputs)
    audit.record(user, "gate.copy_kept", item, where=where.strip(), sha256=archive.sha256)


@requires("migrator.start_run")
@transaction.atomic
def leave_open(item: PlanItem, *, reason: str, user: User) -> None:
    """Note that this workspace is not signed for, on purpose; ServiceError without a reason."""
    _refuse_without_reason(reason)
    value = {"reason": reason.strip(), "who": user.get_username()}
    give_answer(item.plan, LEFT_OPEN, value, user=user, item=item)
    audit.record(user, "gate.left_open", item, reason=reason.strip())


@requires("migrator.start_run")
@transaction.atomic
def sign_receipt(item: PlanItem, *, signed_name: str, user: User) -> Receipt:
    """Look at everything once more and write the receipt; the workspace itself is not touched.

    ServiceError without a name, and where a condition neither holds nor was accepted.
    """
    if not signed_name.strip():
        raise ServiceError(
            "A receipt is signed with a name.",
            meaning="Nothing was signed.",
            remedy="Write your name as others know it.",
        )
    facts, gate = _looked_at(item)
    if not gate.is_open:
        raise ServiceError(
            f"{item.name} is not safe to delete: {gate.missing[0].found.reason}",
            meaning="Nothing was signed.",
            remedy="Mend it, or accept it by name with a reason.",
        )
    now = timezone.now()
    content = content_of(facts, gate, signed_name.strip(), user, now)
    receipt = Receipt.objects.create(
        plan=item.plan,
        item=item,
        workspace_name=item.name,
        workspace_id=item.workspace.workspace_id if item.workspace else "",
        instance_name=item.plan.source.name if item.plan.source else "",
        signed_by=user,
        account=user.get_username(),
        signed_name=signed_name.strip(),
        signed_at=now,
        is_green=gate.is_green,
        reason="\n".join(_reason(each) for each in gate.conditions if each.is_accepted),
        content=content,
        sha256=hashlib.sha256(as_file(content)).hexdigest(),
    )
    audit.record(user, "receipt.signed", receipt, sha256=receipt.sha256, workspace=item.name)
    return receipt


def as_file(content: dict[str, Any]) -> bytes:
    """The receipt's JSON file; the same content gives the same bytes."""
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _reason(condition: Condition) -> str:
    said = condition.acceptance.value.get("reason") if condition.acceptance else ""
    if condition.found.state == BY_NAME:
        said = condition.found.reason
    return f"{condition.title}: {said}"


def _looked_at(item: PlanItem) -> tuple[GateFacts, Gate]:
    facts = read_facts(item.plan, [item])
    return facts, gates_of(facts)[0]


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise ServiceError(
            "This needs a reason.",
            meaning="Nothing was noted.",
            remedy="Say in a few words why; it stands on the receipt beside your name.",
        )
