"""The moments at which something is told, called by the services that cause them."""

import hashlib
from datetime import timedelta
from functools import partial

from migrator.models import (
    Approval,
    Archive,
    Instance,
    Notification,
    Run,
    RunState,
    Step,
    Verification,
)
from migrator.services import audit
from migrator.services.notifications import words
from migrator.services.notifications.telling import A_WEEK, never_in_the_way, tell

_K = Notification.Kind
_V = Verification.State

BEFORE_WAITING_IS_TOLD = timedelta(minutes=5)


@never_in_the_way
def run_waits(step: Step) -> None:
    """A step of a run waits for a person; whoever is at the page has done it before it is told."""
    run = step.run
    tell(
        partial(words.of_waiting, run),
        kind=_K.RUN_WAITS,
        subject=audit.name_of(run),
        after=BEFORE_WAITING_IS_TOLD,
        started_by=run.started_by_id,
    )


@never_in_the_way
def run_ended(run: Run) -> None:
    """A run has come to its end; one that was cancelled is known to whoever did it."""
    ended = Run.objects.with_state().select_related("plan").get(pk=run.pk)
    if ended.cancel_asked_at or ended.finished_at is None:
        return
    kind, said = _said_of(ended)
    tell(
        lambda: said,
        kind=kind,
        subject=audit.name_of(ended),
        state=ended.finished_at.isoformat(),
        started_by=ended.started_by_id,
    )


def _said_of(run: Run) -> tuple[Notification.Kind, words.Words]:
    if run.state in {RunState.FAILED, RunState.PARTLY}:
        return _K.RUN_FAILED, words.of_failed(run)
    proofs = Verification.objects.filter(run=run).order_by("pk")
    states = dict(proofs.filter(accepted_at=None).values_list("item", "state"))
    unlike = [state for state in states.values() if state != _V.VERIFIED]
    if unlike:
        unproven = _V.DIFFERENCES not in unlike
        return _K.RUN_DIFFERS, words.of_differences(run, len(unlike), unproven=unproven)
    return _K.RUN_DONE, words.of_done(run, proven=bool(states))


@never_in_the_way
def credential_refused(instance: Instance) -> None:
    """An instance refused the stored credential while work was under way."""
    stored = instance.credential
    tell(
        partial(words.of_refused_credential, instance),
        kind=_K.CREDENTIAL_REFUSED,
        subject=audit.name_of(instance),
        state=stored.stored_at.isoformat() if stored else "none",
        quiet=A_WEEK,
    )


@never_in_the_way
def archive_damaged(archive: Archive) -> None:
    """An archive was read again and is not whole."""
    tell(
        partial(words.of_damage, archive),
        kind=_K.ARCHIVE_DAMAGED,
        subject=audit.name_of(archive),
        state=fingerprint(archive.verify_problem),
        quiet=A_WEEK,
    )


@never_in_the_way
def approval_waits(approval: Approval) -> None:
    """Somebody asked for what a second person has to allow; whoever asked is not told."""
    tell(
        partial(words.of_approval, approval),
        kind=_K.APPROVAL_WAITS,
        subject=audit.name_of(approval),
        not_to=approval.asked_by_id,
    )


def fingerprint(*parts: object) -> str:
    """A state of many parts, in 64 characters."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
