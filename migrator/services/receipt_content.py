"""What stands on a receipt: what was known when it was signed, for people and for machines."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from migrator import __version__
from migrator.checks.catalogue import CATALOGUE
from migrator.models import Archive, CheckResult, PlanAnswer, PlanItem, Verification, Worksheet
from migrator.services.gate_facts import ArchiveFacts, GateFacts, ProofFacts
from migrator.services.model_guard import Condition, Gate
from migrator.services.plan_losses import PlanLoss

# The second adds target, times, losses and waivers to the first.
FORMAT = "knowledge-studio-migrator receipt 2"


def content_of(
    facts: GateFacts, gate: Gate, signed_name: str, signer: User, now: datetime
) -> dict[str, Any]:
    """Everything that a receipt says; times are in UTC, with their offset."""
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
        "target": _target(facts, item),
        "plan": {"id": plan.pk, "name": plan.name, "purpose": plan.purpose},
        "signed": {"name": signed_name, "account": signer.get_username(), "at": _iso(now)},
        "time_zone": "UTC",
        "conditions": [_condition(each, now) for each in gate.conditions],
        "archive": _archive(facts.by_item[item.pk].archive),
        "proof": _proof(facts.by_item[item.pk].proof),
        "deployed_models": _models(facts, item),
        "stays_behind": [_loss(each) for each in facts.losses.found if each.item.pk == item.pk],
        "not_known_to_stay_behind": [
            what for each in facts.losses.unknown if each.item.pk == item.pk for what in each.what
        ],
        "waived_worksheets": _waived(item),
        "accepted_findings": _accepted(item),
    }


def _target(facts: GateFacts, item: PlanItem) -> dict[str, Any] | None:
    """Where the copy is; None for a backup alone."""
    target, proof = facts.plan.target, facts.by_item[item.pk].proof
    if target is None or not facts.plan.restores:
        return None
    found = Verification.objects.filter(pk=proof.pk).first() if proof else None
    there = found.target_workspace_id if found else ""
    return {
        "instance": target.name,
        "address": target.address,
        "workspace": item.new_name,
        "workspace_id": there or item.target_workspace_id or None,
    }


def _loss(loss: PlanLoss) -> dict[str, Any]:
    return {
        "kind": loss.kind,
        "name": loss.name,
        "note": loss.note,
        "became": loss.fate or "Open",
        "taken_care_of_by": loss.owner or None,
    }


def _waived(item: PlanItem) -> list[dict[str, Any]]:
    sheets = Worksheet.objects.filter(item=item, state=Worksheet.State.WAIVED)
    return [
        {
            "worksheet": sheet.get_kind_display(),
            "by": sheet.stated_by_name or None,
            "at": _iso(sheet.stated_at),
            "reason": sheet.reason,
        }
        for sheet in sheets
    ]


def _accepted(item: PlanItem) -> list[dict[str, Any]]:
    """What the assessment found and somebody accepted by name."""
    results = CheckResult.objects.filter(item=item).accepted()
    return [
        {
            "check": CATALOGUE[result.code].title if result.code in CATALOGUE else result.code,
            "found": result.found,
            "by": result.accepted_as,
            "at": _iso(result.accepted_at),
            "reason": result.accepted_why,
        }
        for result in results
    ]


def _condition(condition: Condition, now: datetime) -> dict[str, Any]:
    accepted = condition.acceptance if condition.is_accepted else None
    return {
        "key": condition.key,
        "title": condition.title,
        "state": condition.found.state,
        "found": condition.found.reason,
        "seen": _iso(condition.found.seen_at or now),
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
