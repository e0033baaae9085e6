"""Files that a person brings: recognised by content, given to the step that waits for them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.formats.recognize import Recognized, named_id, recognize
from migrator.models import Event, LostClaim, PlanItem, Run, Step, StepFile
from migrator.services import audit, events, retrying, work_files
from migrator.services.perform.obtain import ACCEPTED, SEVERAL
from migrator.services.permissions import requires
from migrator.services.replacing import has_room, refuse_where_late, send_on

_PATH_SIGNS = re.compile(r"[/\\\x00-\x1f]")
LONGEST_NAME = 120  # characters


@dataclass(frozen=True)
class Arrival:
    """A file that came: which step has it now, and what it is."""

    step: Step
    file: StepFile
    recognized: Recognized

    @property
    def is_asked_about(self) -> bool:
        """True where another is here already: a person says which of them counts."""
        return self.file.role == StepFile.Role.INSTEAD


@requires("migrator.start_run")
def bring_file(run: Run, item: PlanItem, path: Path, *, name: str, user: User | None) -> Arrival:
    """Give the file at `path`, called `name` by the person, to the step that takes its kind.

    The file is moved away from `path`. Where the step has such a file already, this one is kept
    beside it until a person says which of them counts (`services.replacing`). Raises FormatError
    where it cannot be read safely and ServiceError where no step of the item takes it; nothing is
    stored then, and the log says so.
    """
    with refusals_noted(run, name):
        recognized = recognize(path)
        step = _step_for(run, item, recognized, name)
        _refuse_double(step, path, name)
        if not (counts := has_room(step)):
            refuse_where_late(step, f"{plain_name(name)}: {recognized.sentence}")
    role = StepFile.Role.SAVED if counts else StepFile.Role.INSTEAD
    with transaction.atomic():
        if failed := step.status == Step.Status.FAILED:
            retrying.retry_step(step, user=user)
            work_files.drop_files(step)
        file = _store(step, path, plain_name(name), recognized, role)
        audit.record(user, "file.brought", run, step=step.pk, kind=file.kind, sha256=file.sha256)
        said = "" if counts else " It does not count yet: another one is here."
        events.note(step, f"{file.name} was brought: {recognized.sentence}{said}")
        if counts and not failed and step.kind not in SEVERAL:
            send_on(step)
    return Arrival(step, file, recognized)


@contextmanager
def refusals_noted(run: Run, name: str) -> Iterator[None]:
    """Within this block a file's refusal is written into the log of `run`, with the reason."""
    try:
        yield
    except StatedError as error:
        note_refusal(run, name, error)
        raise


def note_refusal(run: Run, name: str, error: StatedError) -> None:
    """Write into the log of `run` that a file was refused, and why."""
    said = f"Refused: {plain_name(name)}. {error.happened}"
    events.note_run(run, said, Event.Level.WARNING)


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


def _answer(step: Step, answer: dict[str, bool]) -> None:
    with transaction.atomic():
        Step.objects.filter(pk=step.pk).update(answer={**step.answer, **answer})
        try:
            send_on(step)
        except LostClaim:
            events.note(step, "Answered twice at the same moment; the first answer counts.")


def _step_for(run: Run, item: PlanItem, recognized: Recognized, name: str) -> Step:
    kinds = [kind for kind, accepted in ACCEPTED.items() if recognized.kind in accepted]
    step = (
        Step.objects.current()
        .filter(run=run, item=item, kind__in=kinds, performer=Step.Performer.PERSON)
        .first()
    )
    if step is None:
        raise not_asked_for(name, recognized)
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


def _store(step: Step, path: Path, name: str, recognized: Recognized, role: str) -> StepFile:
    # A dictionary's CSV carries the dictionary's name in its file name only, so it is kept; the
    # folder is ours and the name holds no sign of a path.
    own = work_files.new_folder(step) / name
    path.replace(own)
    workspace_id = recognized.workspace_id or named_id(name)
    return work_files.keep(
        step,
        own,
        name=name,
        kind=str(recognized.kind),
        role=role,
        workspace_id=workspace_id,
        sentence=recognized.sentence,
    )


def plain_name(name: str) -> str:
    """What a person's file is called here: no sign of a path, and not too long."""
    plain = _PATH_SIGNS.sub("_", name).strip(". ")
    return plain[-LONGEST_NAME:] or "file"
