"""Files of many workspaces brought at once: each goes to its own, or waits for a person's word."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction

from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.formats.recognize import named_id, recognize
from migrator.models import PlanItem, Run, Step, UnsortedFile
from migrator.services import arrivals, audit, events, work_files
from migrator.services.belonging import Belonging
from migrator.services.perform.obtain import ACCEPTED, SEVERAL
from migrator.services.permissions import requires


@dataclass
class Sorted:
    """What became of files: taken by a workspace, unsorted, or refused with the reason.

    Of those `asked_about` the workspace has one already: a person says which of them counts.
    """

    taken: list[tuple[str, PlanItem]] = field(default_factory=list)
    asked_about: list[tuple[str, PlanItem]] = field(default_factory=list)
    unsorted: list[UnsortedFile] = field(default_factory=list)
    refused: list[StatedError] = field(default_factory=list)


@requires("migrator.start_run")
def bring_files(run: Run, brought: Iterable[tuple[Path, str]], *, user: User | None) -> Sorted:
    """Recognise each file and give it to the workspace that it is of; path and person's name each.

    A file that is taken is moved away. One that is refused is not stored; one of which nothing
    tells the workspace is kept until a person says it.
    """
    found = Sorted()
    for path, name in brought:
        try:
            with arrivals.refusals_noted(run, name):
                _lay_aside(run, path, name)
        except StatedError as refusal:
            found.refused.append(refusal)
    _settle(run, user, found)
    return found


@requires("migrator.start_run")
def assign(file: UnsortedFile, item: PlanItem, *, user: User | None) -> Sorted:
    """A person says which workspace the file is of; others that follow from it are given, too.

    Raises ServiceError, and keeps the file, where that workspace does not take it.
    """
    found = Sorted()
    _give(file, item, user, found)
    _settle(file.run, user, found)
    return found


@requires("migrator.start_run")
def discard(file: UnsortedFile, *, user: User | None) -> None:
    """Forget a file that was brought by mistake."""
    _forget(file)
    audit.record(user, "file.discarded", file.run, kind=file.kind, sha256=file.sha256)
    events.note_run(file.run, f"Put aside: {file.name}.")


@requires("migrator.start_run")
def say_all_complete(run: Run, *, user: User | None) -> int:
    """Of every workspace with a dictionary file that these are all; how many there were."""
    steps = Step.objects.current().filter(
        run=run, kind__in=SEVERAL, status=Step.Status.WAITING, files__isnull=False
    )
    found = [step for step in steps.select_related("run").distinct() if not step.answer]
    for step in found:
        arrivals.say_complete(step, user=user)
    return len(found)


def _lay_aside(run: Run, path: Path, name: str) -> UnsortedFile:
    """Keep a file that may be one of the run's; StatedError where it is none."""
    recognized = recognize(path)
    if not any(recognized.kind in kinds for kinds in ACCEPTED.values()):
        raise arrivals.not_asked_for(name, recognized)
    file = UnsortedFile(
        run=run,
        name=arrivals.plain_name(name),
        kind=str(recognized.kind),
        sentence=recognized.sentence,
        workspace_id=recognized.workspace_id or named_id(name),
        size=path.stat().st_size,
        sha256=work_files.sha256_of(path),
    )
    if UnsortedFile.objects.filter(run=run, sha256=file.sha256).exists():
        raise ServiceError(
            f"{file.name} was brought already.",
            meaning="It is stored once.",
            remedy="Say below which workspace it is of.",
        )
    own = work_files.run_folder(run.pk) / "unsorted" / uuid.uuid4().hex
    own.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.replace(own)
    file.path = str(own.relative_to(work_files.root()))
    file.save()
    return file


def _settle(run: Run, user: User | None, found: Sorted) -> None:
    """Give away what can be, until nothing more follows: a file that came tells of others."""
    while True:
        belonging = Belonging(run)
        files = list(UnsortedFile.objects.filter(run=run).select_related("run"))
        known = [(file, item) for file in files if (item := belonging.item_of(file)) is not None]
        if not known:
            found.unsorted = files
            return
        for file, item in known:
            try:
                _give(file, item, user, found)
            except StatedError as refusal:
                _forget(file)
                # What bring_file wrote of it went with its transaction.
                arrivals.note_refusal(run, file.name, refusal)
                found.refused.append(refusal)


@transaction.atomic
def _give(file: UnsortedFile, item: PlanItem, user: User | None, found: Sorted) -> None:
    # Whoever deletes the row has the file: of two that say it at once one comes too late.
    gone, _ = UnsortedFile.objects.filter(pk=file.pk).delete()
    if not gone:
        raise ServiceError(
            f"{file.name} was given to a workspace already.",
            meaning="Nothing changed.",
            remedy="Load the page again to see where it is.",
        )
    path = work_files.absolute(file)
    arrival = arrivals.bring_file(file.run, item, path, name=file.name, user=user)
    (found.asked_about if arrival.is_asked_about else found.taken).append((file.name, item))


def _forget(file: UnsortedFile) -> None:
    UnsortedFile.objects.filter(pk=file.pk).delete()
    work_files.absolute(file).unlink(missing_ok=True)
