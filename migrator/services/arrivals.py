"""Files that a person brings: recognised by content, given to the step that waits for them."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.formats.recognize import Recognized, named_id, recognize
from migrator.models import LostClaim, PlanItem, Run, Step, StepFile
from migrator.services import audit, events, queue, work_files
from migrator.services.perform.obtain import ACCEPTED, SEVERAL
from migrator.services.permissions import requires

_PATH_SIGNS = re.compile(r"[/\\\x00-\x1f]")
LONGEST_NAME = 120  # characters


@dataclass(frozen=True)
class Arrival:
    """A file that was taken: which step has it now, and what it is."""

    step: Step
    file: StepFile
    recognized: Recognized


@requires("migrator.start_run")
def bring_file(run: Run, item: PlanItem, path: Path, *, name: str, user: User | None) -> Arrival:
    """Give the file at `path`, called `name` by the person, to the step that takes its kind.

    The file is moved away from `path`. Raises FormatError where it cannot be read safely and
    ServiceError where no step of the item takes it; nothing is stored then.
    """
    recognized = recognize(path)
    step = _step_for(run, item, recognized, name)
    _refuse_double(step, path, name)
    with transaction.atomic():
        file = _store(step, path, plain_name(name), recognized)
        audit.record(user, "file.brought", run, step=step.pk, kind=file.kind, sha256=file.sha256)
        events.note(step, f"{file.name} was brought: {recognized.sentence}")
        if step.kind not in SEVERAL:
            send_on(step)
    return Arrival(step, file, recognized)


@requires("migrator.start_run")
def say_complete(step: Step, *, user: User | None, none: bool = False) -> None:
    """Every file of the artifact is here; or, with `none`, the workspace has nothing of it."""
    if step.kind not in SEVERAL or (none and step.files.exists()):
        raise ServiceError(
            "This step has files already, so it cannot be said to have none.",
            meaning="Nothing changed.",
            remedy="Remove the files first, or say that these are all.",
        )
    if not none and not step.files.exists():
        raise ServiceError(
            "No dictionary was brought yet.",
            meaning="Nothing changed.",
            remedy="Bring the file, or say that the workspace has no dictionaries.",
        )
    _answer(step, {"none": True} if none else {"complete": True})
    audit.record(user, "step.answered", step, none=none)


@requires("migrator.start_run")
def confirm(step: Step, *, user: User | None) -> None:
    """A person says that what the step asked for is done."""
    if step.status != Step.Status.WAITING or step.needs != Step.Needs.CONFIRMATION:
        raise ServiceError(
            "This step does not wait for a confirmation any more.",
            meaning="Nothing changed.",
            remedy="Reload the page to see where the run is.",
        )
    _answer(step, {"confirmed": True})
    audit.record(user, "step.confirmed", step)


@requires("migrator.start_run")
def accept_strangers(step: Step, *, user: User | None) -> None:
    """A person says that documents and type system do belong together; the file comes next."""
    Step.objects.filter(pk=step.pk).update(answer={**step.answer, "accepted": True})
    audit.record(user, "step.accepted_strangers", step)


@requires("migrator.start_run")
@transaction.atomic
def bring_again(step: Step, *, user: User | None) -> Step:
    """Replace a collecting step that is done by a fresh one, to bring another file for it.

    Steps that were built on it are replaced too. ServiceError once the archive is sealed.
    """
    later = Step.objects.current().filter(
        run=step.run, item=step.item, stage__gte=step.stage, kind__in=[step.kind, *_BUILT_ON]
    )
    if step.performer != Step.Performer.PERSON or _is_past(step):
        raise ServiceError(
            "This file is part of a finished archive or proof by now.",
            meaning="Nothing changed.",
            remedy="Start a new run to bring another file.",
        )
    done = list(later.filter(status=Step.Status.DONE))
    fresh = [_superseded(old) for old in done]
    audit.record(user, "step.brought_again", step)
    queue.enqueue_ready(step.run)
    return fresh[0] if fresh else step


def send_on(step: Step) -> None:
    """Put a waiting step back to work; one that has not begun finds what it needs by itself."""
    step.refresh_from_db()
    if step.status == Step.Status.WAITING:
        step.move(Step.Status.PENDING, needs=Step.Needs.NOTHING, **queue.NO_PROBLEM)
        queue.enqueue([step])


_BUILT_ON = [Step.Kind.DOCUMENTS]
_SEALING = [Step.Kind.SEAL, Step.Kind.COMPARE]


def _is_past(step: Step) -> bool:
    return (
        Step.objects.current()
        .filter(run=step.run, item=step.item, kind__in=_SEALING)
        .exclude(status=Step.Status.PENDING)
        .exists()
    )


def _superseded(old: Step) -> Step:
    Step.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    work_files.drop_files(old)
    return Step.objects.create(
        run=old.run,
        item=old.item,
        kind=old.kind,
        stage=old.stage,
        performer=old.performer,
        subject=old.subject,
    )


def _answer(step: Step, answer: dict[str, bool]) -> None:
    with transaction.atomic():
        Step.objects.filter(pk=step.pk).update(answer={**step.answer, **answer})
        try:
            send_on(step)
        except LostClaim:
            events.note(step, "Answered twice at the same moment; the first answer counts.")


def _step_for(run: Run, item: PlanItem, recognized: Recognized, name: str) -> Step:
    kinds = [kind for kind, accepted in ACCEPTED.items() if recognized.kind in accepted]
    steps = Step.objects.current().filter(
        run=run, item=item, kind__in=kinds, performer=Step.Performer.PERSON
    )
    if not steps:
        raise not_asked_for(name, recognized)
    step = steps.filter(status__in=[Step.Status.PENDING, Step.Status.WAITING]).first()
    if step is None:
        raise ServiceError(
            f"{plain_name(name)}: {recognized.sentence} This run already has that file.",
            meaning="What was brought first is kept; nothing was stored twice.",
            remedy="To replace it, choose Bring another file beside it.",
        )
    return step


def not_asked_for(name: str, recognized: Recognized) -> ServiceError:
    """The refusal of a file that is none of a workspace's."""
    return ServiceError(
        f"{plain_name(name)} is not one of the files asked for. {recognized.sentence}",
        meaning="Nothing was stored.",
        remedy="Bring the type system (types-….json), the dictionaries (ZIP or CSV) and the "
        "documents (corpus-….zip) as Knowledge Studio downloads them.",
    )


def _refuse_double(step: Step, path: Path, name: str) -> None:
    if step.files.filter(sha256=work_files.sha256_of(path)).exists():
        raise ServiceError(
            f"{plain_name(name)} was brought already.",
            meaning="It is stored once.",
            remedy="Go on with the next file.",
        )


def _store(step: Step, path: Path, name: str, recognized: Recognized) -> StepFile:
    # A dictionary's CSV carries the dictionary's name in its file name only, so it is kept; the
    # folder is ours and the name holds no sign of a path.
    own = work_files.new_folder(step) / name
    path.replace(own)
    workspace_id = recognized.workspace_id or named_id(name)
    kind = str(recognized.kind)
    return work_files.keep(step, own, name=name, kind=kind, workspace_id=workspace_id)


def plain_name(name: str) -> str:
    """What a person's file is called here: no sign of a path, and not too long."""
    plain = _PATH_SIGNS.sub("_", name).strip(". ")
    return plain[-LONGEST_NAME:] or "file"
