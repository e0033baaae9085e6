"""Accepting what does not hold, leaving the gate open on purpose, and signing a receipt."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator import __version__
from migrator.errors import ServiceError
from migrator.models import Archive, PlanAnswer, PlanItem, Receipt, Verification
from migrator.services import audit
from migrator.services.answers import give_answer
from migrator.services.gate_facts import ArchiveFacts, GateFacts, ProofFacts, read_facts
from migrator.services.model_guard import (
    ACCEPTED,
    BY_NAME,
    LEFT_OPEN,
    Condition,
    Gate,
    gates_of,
    rests_on,
)
from migrator.services.permissions import requires

FORMAT = "knowledge-studio-migrator receipt 1"


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
    content = _content(facts, gate, signed_name.strip(), user, now)
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


def _content(
    facts: GateFacts, gate: Gate, signed_name: str, user: User, now: datetime
) -> dict[str, Any]:
    item, plan = gate.item, facts.plan
    return {
        "format": FORMAT,
        "product": f"Knowledge Studio Migrator {__version__}",
        "statement": "Before this workspace is deleted by a person in Knowledge Studio, the "
        "following was looked at.",
        "workspace": {
            "name": item.name,
            "id": item.workspace.workspace_id if item.workspace else None,
            "instance": plan.source.name if plan.source else None,
            "address": plan.source.address if plan.source else None,
        },
        "plan": {"id": plan.pk, "name": plan.name, "purpose": plan.purpose},
        "signed": {"name": signed_name, "account": user.get_username(), "at": _iso(now)},
        "conditions": [_condition(each) for each in gate.conditions],
        "archive": _archive(facts.by_item[item.pk].archive),
        "proof": _proof(facts.by_item[item.pk].proof),
        "deployed_models": _models(facts, item),
    }


def _condition(condition: Condition) -> dict[str, Any]:
    accepted = condition.acceptance if condition.is_accepted else None
    return {
        "key": condition.key,
        "title": condition.title,
        "state": condition.found.state,
        "found": condition.found.reason,
        "accepted": _acceptance(accepted) if accepted else None,
    }


def _acceptance(answer: PlanAnswer) -> dict[str, Any]:
    return {
        "by": answer.value.get("who"),
        "at": _iso(answer.answered_at),
        "reason": answer.value.get("reason"),
    }


def _archive(found: ArchiveFacts | None) -> dict[str, Any] | None:
    if found is None:
        return None
    archive = Archive.objects.get(pk=found.pk)
    return {
        "file": archive.file,
        "bytes": archive.size,
        "sha256": archive.sha256,
        "created": _iso(archive.created_at),
        "read_back": _iso(archive.verified_at),
        "counts": archive.counts,
    }


def _proof(found: ProofFacts | None) -> dict[str, Any] | None:
    if found is None:
        return None
    proof = Verification.objects.get(pk=found.pk)
    return {
        "state": proof.state,
        "at": _iso(proof.at),
        "target_workspace_id": proof.target_workspace_id,
        "compared": proof.compared,
        "differences": proof.totals,
    }


def _models(facts: GateFacts, item: PlanItem) -> dict[str, Any]:
    workspace_id = item.workspace.workspace_id if item.workspace else ""
    return {
        "known": facts.knowledge.is_known,
        "doubt": facts.knowledge.doubt or None,
        "oldest_scan": _iso(facts.knowledge.looked_at),
        "kept": [
            {
                "model_id": each.model_id,
                "service": str(each.service),
                "version": each.version,
                "reason": each.reason,
                "decided_by": each.decided_who,
            }
            for each in facts.deployed.get(workspace_id, [])
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
