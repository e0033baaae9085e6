"""Planning backups and restores."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Archive, Instance, Plan, PlanItem, Run, Step, Workspace
from migrator.models.plans import PlanQuerySet
from migrator.services import audit, encryption
from migrator.services.permissions import requires

# How long a restore that is reviewed and not started is kept.
DRAFT_STAYS = timedelta(days=1)
# IBM's documentation, page `language-support`.
LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pt-br": "Portuguese (Brazil)",
    "zh": "Chinese (simplified)",
    "zh-tw": "Chinese (traditional)",
}
TOKENIZERS = {"ml": "Machine learning (default)", "dictionary": "Dictionary-based"}


@requires("migrator.start_run")
@transaction.atomic
def plan_backup(*, source: Instance, workspaces: Iterable[Workspace], user: User | None) -> Plan:
    """A plan that backs up `workspaces` of `source`; ServiceError where there is none."""
    chosen = list(workspaces)
    if not chosen:
        raise ServiceError(
            "No workspace was chosen.",
            meaning="Nothing was started.",
            remedy="Choose at least one.",
        )
    plan = Plan.objects.create(purpose=Plan.Purpose.BACKUP, source=source, created_by=user)
    PlanItem.objects.bulk_create(
        PlanItem(plan=plan, workspace=workspace, name=workspace.name) for workspace in chosen
    )
    audit.record(user, "plan.created", plan, purpose=plan.purpose, items=len(chosen))
    return plan


@requires("migrator.start_run")
@transaction.atomic
def add_workspace_by_hand(
    *,
    instance: Instance,
    user: User | None,
    name: str,
    language: str,
    tokenizer: str = "",
    description: str = "",
) -> Workspace:
    """Note a workspace that only a person can see; ServiceError where it is known already."""
    if instance.is_connected:
        raise ServiceError(
            f"The workspaces of {instance.name} are read by the connector.",
            remedy="Take an inventory instead.",
        )
    if instance.workspaces.present().filter(name=name).exists():
        raise ServiceError(
            f"{instance.name} already has a workspace named {name}.",
            meaning="Nothing was stored.",
            remedy="Choose it from the list.",
        )
    workspace = Workspace.objects.create(
        instance=instance,
        workspace_id=f"by-hand-{uuid.uuid4()}",
        name=name,
        language=_known_language(language),
        tokenizer=tokenizer,
        description=description,
        seen_at=timezone.now(),
    )
    audit.record(user, "workspace.noted", workspace, name=name)
    return workspace


@requires("migrator.start_run")
@transaction.atomic
def plan_restore(
    *,
    archive: Archive,
    target: Instance,
    user: User | None,
    name: str = "",
    target_workspace_id: str = "",
    tokenizer: str = "",
    language: str = "",
    mappings: list[dict[str, str]] | None = None,
) -> Plan:
    """A plan that restores `archive` into `target`: a new workspace, or the one named by id.

    The language is the archive's; another one is refused here already.
    """
    facts = archive.facts["workspace"]
    plan = Plan.objects.create(purpose=Plan.Purpose.RESTORE, target=target, created_by=user)
    PlanItem.objects.create(
        plan=plan,
        archive=archive,
        name=(
            name or _existing_name(target, target_workspace_id) or archive.workspace_name
        ).strip(),
        target_workspace_id=target_workspace_id,
        target_language=_same_language(archive, language),
        target_tokenizer=tokenizer or facts.get("tokenizer") or "ml",
        target_description=facts.get("description") or "",
        mappings=default_mappings(archive) if mappings is None else mappings,
    )
    audit.record(user, "plan.created", plan, purpose=plan.purpose, archive=archive.pk)
    return plan


@transaction.atomic
def discard_drafts(drafts: PlanQuerySet) -> int:
    """Forget restores that were never started; how many there were."""
    found = list(drafts.drafts().values_list("pk", flat=True))
    Plan.objects.filter(pk__in=found).delete()
    return len(found)


def discard_old_drafts() -> int:
    """Forget those that nobody went back to for a day."""
    return discard_drafts(Plan.objects.filter(created_at__lt=timezone.now() - DRAFT_STAYS))


@requires("migrator.start_run")
@transaction.atomic
def plan_again(run: Run, *, user: User | None) -> Plan:
    """The plan of `run` once more, as a plan of its own: what came out of each run stays apart.

    A workspace that `run` created on the target is not created again but restored into.
    """
    old = run.plan
    plan = Plan.objects.create(
        purpose=Plan.Purpose(run.kind), source=old.source, target=old.target, created_by=user
    )
    created = _created_by(run)
    items = list(old.items.all())
    for item in items:
        item.target_workspace_id = item.target_workspace_id or created.get(item.pk, "")
        item.pk, item.plan = None, plan
    PlanItem.objects.bulk_create(items)
    encryption.carry_over(old, plan)
    audit.record(user, "plan.created", plan, purpose=plan.purpose, again=run.pk)
    return plan


def remember_targets(run: Run) -> None:
    """Note in the plan of `run` which workspaces it created: a later run goes into them."""
    for item_pk, workspace_id in _created_by(run).items():
        PlanItem.everything.filter(pk=item_pk, target_workspace_id="").update(
            target_workspace_id=workspace_id
        )


def _created_by(run: Run) -> dict[int, str]:
    """The target workspace of each item of `run`, as far as it came to it."""
    targets = run.steps.current().filter(kind=Step.Kind.TARGET, status=Step.Status.DONE)
    return {step.item_id: step.facts.get("workspace_id") or "" for step in targets}


def default_mappings(archive: Archive) -> list[dict[str, str]]:
    """The dictionary-to-type mappings that the archive knows."""
    known: list[dict[str, str]] | Any = archive.facts.get("mappings")
    return known or []


def _existing_name(target: Instance, workspace_id: str) -> str:
    row = target.workspaces.filter(workspace_id=workspace_id).first() if workspace_id else None
    return row.name if row else ""


def _same_language(archive: Archive, language: str) -> str:
    if language and language.lower() != archive.language.lower():
        raise ServiceError(
            f"The archive has the language {archive.language}, not {language}.",
            meaning="Nothing was planned: Knowledge Studio refuses documents of another language.",
            remedy=f"Restore it into a workspace whose language is {archive.language}.",
        )
    return archive.language


def _known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise ServiceError(
            f"Knowledge Studio has no language {language!r}.",
            meaning="Nothing was stored.",
            remedy=f"Choose one of {', '.join(LANGUAGES)}.",
        )
    return language
