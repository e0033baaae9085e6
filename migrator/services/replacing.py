"""Files that come while another is here: kept apart until a person says which of them counts."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Step, StepFile
from migrator.services import audit, events, queue, work_files
from migrator.services.perform.obtain import ACCEPTED, SEVERAL
from migrator.services.permissions import requires

_S = Step.Status
_OPEN = frozenset({_S.PENDING, _S.WAITING})
# Of these the person is asked; one that is being looked into cannot be exchanged under way.
_ASKS = frozenset({_S.PENDING, _S.WAITING, _S.DONE})
# Steps that were done with what another step found.
_BUILT_ON = [Step.Kind.DOCUMENTS]
_SEALING = [Step.Kind.SEAL, Step.Kind.COMPARE]


def has_room(step: Step) -> bool:
    """True where the step takes a file now: nothing that counts has to go for it."""
    if step.status == _S.FAILED:
        return True  # what is here could not be used
    if step.status not in _OPEN:
        return False
    return step.kind in SEVERAL or not _counting(step).exists()


def refuse_where_late(step: Step, said: str) -> None:
    """ServiceError where nobody can be asked any more which file of `step` counts.

    `said`: what came, in a sentence.
    """
    if is_past(step) or step.status == _S.CANCELLED or not _is_asking(step):
        raise ServiceError(
            f"{said} The run does not take it any more: it goes on with the files it has.",
            meaning="This file was not stored. What was brought before is kept.",
            remedy="Start a new run to bring another file.",
        )
    if step.status not in _ASKS:
        raise ServiceError(
            f"{said} The one that came before it is being looked into at this moment.",
            meaning="This file was not stored. What was brought before is kept.",
            remedy="Bring it again when that is done: you are then asked which of the two counts.",
        )


def is_past(step: Step) -> bool:
    """True where the files of its workspace are part of an archive or a proof by now."""
    return (
        Step.objects.current()
        .filter(run=step.run, item=step.item, kind__in=_SEALING)
        .exclude(status=_S.PENDING)
        .exists()
    )


@requires("migrator.start_run")
@transaction.atomic
def bring_again(step: Step, *, user: User | None) -> Step:
    """Replace a collecting step that is done by a fresh one, to bring another file for it.

    Steps that were built on it are replaced too, and look at their files again. ServiceError once
    the archive is sealed.
    """
    if step.performer != Step.Performer.PERSON or is_past(step):
        raise _too_late()
    fresh = _begun_anew(step)
    _put_aside(fresh)
    audit.record(user, "step.brought_again", step)
    queue.enqueue_ready(step.run)
    return fresh


@requires("migrator.start_run")
@transaction.atomic
def replace(file: StepFile, *, user: User | None, adds: bool = False) -> Step:
    """Let a file that came while another was here count: instead of it, or with `adds` beside it.

    What was built on the earlier one is looked at again. ServiceError, and nothing changed, where
    the archive is sealed, or a worker looks into the earlier one at this moment.
    """
    step = _locked(file)
    if step.status == _S.DONE:
        if is_past(step):
            raise _too_late()
        step = _begun_anew(step)
    elif step.status not in _OPEN:
        refuse_where_late(step, f"{file.name} cannot take the place of what is here now.")
    if not (adds and step.kind in SEVERAL):
        _put_aside(step)
    StepFile.objects.filter(pk=file.pk).update(role=StepFile.Role.SAVED)
    audit.record(user, "file.replaced", step, sha256=file.sha256, added=adds)
    events.note(step, f"{file.name} counts from now on.")
    if step.kind not in SEVERAL:
        send_on(step)
    queue.enqueue_ready(step.run)
    return step


@requires("migrator.start_run")
@transaction.atomic
def keep(file: StepFile, *, user: User | None) -> None:
    """Forget a file that came while another was here: what is here goes on counting."""
    step = _locked(file)
    StepFile.objects.filter(pk=file.pk).delete()
    work_files.absolute(file).unlink(missing_ok=True)
    audit.record(user, "file.discarded", step.run, kind=file.kind, sha256=file.sha256)
    events.note(step, f"{file.name} was put aside: what was here is kept.")


def send_on(step: Step) -> None:
    """Put a waiting step back to work; one that has not begun finds what it needs by itself."""
    step.refresh_from_db()
    if step.status == _S.WAITING:
        step.move(_S.PENDING, needs=Step.Needs.NOTHING, **queue.NO_PROBLEM)
        queue.enqueue([step])


def _locked(file: StepFile) -> Step:
    """The step of a file about which nobody said anything yet; no worker takes it meanwhile."""
    step = (
        Step.objects.select_for_update(of=("self",))
        .select_related("run", "item")
        .get(pk=file.step_id)
    )
    if not step.files.filter(pk=file.pk, role=StepFile.Role.INSTEAD).exists():
        raise ServiceError(
            f"{file.name} was settled already.",
            meaning="Nothing changed.",
            remedy="Load the page again to see which file counts.",
        )
    return step


def _counting(step: Step) -> QuerySet[StepFile]:
    return step.files.filter(role=StepFile.Role.SAVED)


def _is_asking(step: Step) -> bool:
    """True while the workspace waits for files, so that the page with the question is there."""
    steps = Step.objects.current().filter(run=step.run, item=step.item, kind__in=ACCEPTED)
    return steps.filter(status=_S.WAITING).exists()


def _begun_anew(step: Step) -> Step:
    """A fresh step in the place of `step`, which is done, with its files.

    What was built on it begins anew as well: with the files that are here, and without what a
    person said of how they fit.
    """
    built = Step.objects.current().filter(
        run=step.run, item=step.item, stage__gt=step.stage, kind__in=_BUILT_ON
    )
    for each in built:
        if each.status == _S.DONE:
            _superseded(each)
        elif each.status == _S.WAITING:
            Step.objects.filter(pk=each.pk).update(answer={})
            send_on(each)
    return _superseded(step) if step.status == _S.DONE else step


def _superseded(old: Step) -> Step:
    Step.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    fresh = Step.objects.create(
        run=old.run,
        item=old.item,
        kind=old.kind,
        stage=old.stage,
        performer=old.performer,
        subject=old.subject,
    )
    old.files.update(step=fresh)
    return fresh


def _put_aside(step: Step) -> None:
    names = ", ".join(_counting(step).values_list("name", flat=True))
    if names:
        work_files.drop_files(step)
        events.note(step, f"Put aside: {names}.")


def _too_late() -> ServiceError:
    return ServiceError(
        "This file is part of a finished archive or proof by now.",
        meaning="Nothing changed.",
        remedy="Start a new run to bring another file.",
    )
