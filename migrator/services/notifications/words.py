"""What is said of each event: what happened, what it means, what to do, and the page about it.

Names of workspaces and instances, never document text, a secret or a person's name: a message
leaves the house.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from migrator.models import (
    Approval,
    Archive,
    Instance,
    ModelService,
    Notification,
    Run,
    ServedModel,
    Standing,
)

NAMED = 3  # workspaces that a message names
_AT_RISK = "A model at risk becomes orphaned when its workspace is deleted as planned. "
ACCOUNT = "/account/#messages"


@dataclass(frozen=True, kw_only=True)
class Words:
    """One event in words; `path` is that of its page."""

    title: str
    happened: str
    meaning: str
    remedy: str
    path: str


def words_of(told: Notification) -> Words:
    """The words of what was told, as they were kept."""
    return Words(
        title=told.title,
        happened=told.happened,
        meaning=told.meaning,
        remedy=told.remedy,
        path=told.path,
    )


def link(path: str) -> str:
    """The page's whole address; empty where nobody said how the site is reached."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else ""


def letter_text(words: Words) -> str:
    """A mail's text."""
    where = link(words.path) or f"Open the site and go to {words.path}"
    choose = link(ACCOUNT) or f"on the page {ACCOUNT}"
    return (
        f"{words.happened}\n\n"
        f"What it means: {words.meaning}\n"
        f"What to do: {words.remedy}\n\n"
        f"{where}\n\n"
        "-- \n"
        f"Knowledge Studio Migrator. Choose what reaches you: {choose}\n"
    )


def document(words: Words, *, kind: str, at: datetime) -> dict[str, Any]:
    """What the webhook gets; chats show `text`, programs read the rest."""
    address = link(words.path)
    lines = [words.title, words.happened, f"{words.meaning} {words.remedy}", address]
    return {
        "type": kind,
        "timestamp": at.isoformat(),
        "text": "\n".join(line for line in lines if line.strip()),
        "data": {
            "title": words.title,
            "happened": words.happened,
            "meaning": words.meaning,
            "remedy": words.remedy,
            "link": address,
            "path": words.path,
        },
    }


def of_waiting(run: Run) -> Words:
    """A run that waits for a person."""
    return Words(
        title=f"Run {run.pk} waits for you",
        happened=f"{_named(run)} has come to a step that a person performs.",
        meaning="Its other steps go on; this one keeps its place until somebody has done it.",
        remedy="Open the run: it says where to click and which file or answer it needs.",
        path=_run_path(run),
    )


def of_failed(run: Run) -> Words:
    """A run that failed, or was done in part."""
    some = bool(run.steps_fruitful)
    steps = "One step" if run.steps_failed == 1 else f"{run.steps_failed:,} steps"
    return Words(
        title=f"Run {run.pk} {'was done in part' if some else 'failed'}",
        happened=f"{_named(run)} ended: {steps} failed"
        + (", the others are done." if some else "."),
        meaning="What was done before is kept, and is not done again by a retry.",
        remedy="Open the run: each failed step says what happened and what to do. Then retry them.",
        path=_run_path(run),
    )


def of_differences(run: Run, workspaces: int, *, unproven: bool) -> Words:
    """A run whose proof found that source and target are not alike, or could not tell."""
    of = "one workspace" if workspaces == 1 else f"{workspaces:,} workspaces"
    said = "could not be made for" if unproven else "found differences in"
    short = "could not be proven" if unproven else "differs from its source"
    return Words(
        title=f"Run {run.pk} ended, and {short}",
        happened=f"{_named(run)} ended. The proof {said} {of}.",
        meaning="The target is not proven equal to the archive: do not delete the source yet.",
        remedy="Open the run, then the proof: it lists each difference. Retry, or accept them by "
        "name.",
        path=_run_path(run),
    )


def of_done(run: Run, *, proven: bool) -> Words:
    """A run that ended as it should; that a restore ran does not say that it is proven."""
    warned = " with warnings" if run.steps_warned else ""
    if run.kind == Run.Kind.BACKUP:
        meaning, left = "Its archives were read back and are whole.", ""
    elif proven:
        meaning, left = "The target was read again, and is proven equal to the archive.", ""
    else:
        meaning = "Everything that was chosen is in the target. That it is equal is not proven."
        left = "Do not delete the source before the target is proven."
    read = "Read the warnings on its page." if warned else ""
    return Words(
        title=f"Run {run.pk} is complete{warned}{', and not proven' if left else ''}",
        happened=f"{_named(run)} ended{warned}.",
        meaning=meaning,
        remedy=" ".join(filter(None, [read, left])) or "There is nothing to do.",
        path=_run_path(run),
    )


def of_refused_credential(instance: Instance) -> Words:
    """An instance that no longer accepts what is stored."""
    return Words(
        title=f"{instance.name} needs a new credential",
        happened=f"The instance {instance.name} no longer accepts the stored credential.",
        meaning="Runs that need it wait and keep their place; nothing is lost or done twice.",
        remedy="Store a new credential on the instance's page: the runs go on by themselves.",
        path=f"/instances/{instance.pk}/",
    )


def of_models(service: ModelService, models: list[ServedModel]) -> Words:
    """Models that keep charging; `models` come with their standing."""
    risky = sum(each.standing == Standing.AT_RISK for each in models)
    parts = [f"{risky:,} at risk" if risky else "", _orphans(len(models) - risky)]
    names = _listed(sorted({each.origin for each in models}))
    return Words(
        title=f"Deployed models need a decision: {' and '.join(filter(None, parts))}",
        happened=f"{service} serves models of {names}: {' and '.join(filter(None, parts))}.",
        meaning=(_AT_RISK if risky else "")
        + "Orphaned models keep running and keep adding charges to your monthly bill.",
        remedy="Undeploy each, or keep it on purpose with a reason"
        + (", before the workspace goes." if risky else "."),
        path="/models/",
    )


def _orphans(count: int) -> str:
    return f"{count:,} orphaned" if count else ""


def of_unchecked(service: ModelService) -> Words:
    """A service that could not be asked for its models."""
    return Words(
        title="Deployed models could not be checked",
        happened=f"{service} did not say which models it serves, for more than an hour.",
        meaning="We could not check for deployed models. Treat this as not safe.",
        remedy="Open Deployed models: it says what went wrong. Often the credential has expired.",
        path="/models/",
    )


def of_reminder(service: ModelService, models: list[ServedModel]) -> Words:
    """Models that were kept for now, and that time is over."""
    one = len(models) == 1
    return Words(
        title="Decide again: "
        + ("a deployed model was kept" if one else f"{len(models):,} deployed models were kept")
        + " for now",
        happened=f"{service} serves {'a model' if one else f'{len(models):,} models'} of "
        f"{_listed(sorted({each.origin for each in models}))} that somebody kept for now, asking "
        "to be reminded.",
        meaning="Until somebody decides, they go on running and adding charges.",
        remedy="Undeploy each, keep it on purpose with a reason, or keep it for now once more.",
        path="/models/",
    )


def of_damage(archive: Archive) -> Words:
    """An archive that was read again and is not whole."""
    return Words(
        title=f"An archive of {archive.workspace_name} is damaged",
        happened=f"The archive {archive.file} was read again, and no longer matches its "
        "fingerprints.",
        meaning="Do not rely on it. Other archives of the workspace are not touched by this.",
        remedy="Open the archive: it says what is wrong. Use another copy, or back the workspace "
        "up again while the source is there.",
        path=f"/archives/{archive.pk}/",
    )


def of_approval(approval: Approval) -> Words:
    """A wish that waits for a second person."""
    hours = (approval.expires_at - approval.asked_at).total_seconds() / 3600
    return Words(
        title="Something waits for you to allow it",
        happened=f"Asked for: {approval.words}.",
        meaning=f"Nothing is done until a second person allows it; the wish lapses after "
        f"{hours:.0f} hours.",
        remedy="Open Approvals, look at what it is about, and allow or refuse it.",
        path="/approvals/",
    )


def _named(run: Run) -> str:
    """ "The backup of A and B (run 4)"; a plan of thousands is not read for three names."""
    items = run.plan.items.order_by("pk")
    names = list(items.values_list("name", flat=True)[: NAMED + 1])
    count = items.count() if len(names) > NAMED else len(names)
    return f"The {run.get_kind_display().lower()} of {_listed(names, count)} (run {run.pk})"


def _listed(names: list[str], count: int = 0) -> str:
    """ "A", "A and B", "A, B, C and 4 more"; `count` where `names` are not all."""
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {max(count, len(names)) - NAMED:,} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _run_path(run: Run) -> str:
    return f"/runs/{run.pk}/"
