"""Reading targets: asked for by a person, done by a worker, compared with the archives."""

import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from migrator.archives.read import open_archive
from migrator.errors import ServiceError
from migrator.formats.errors import StatedError
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.models import Conflict, Plan, PlanItem, TargetReading
from migrator.services import audit, checks, queue
from migrator.services.archive_files import local_copy
from migrator.services.beats import Progress
from migrator.services.connections import connect
from migrator.services.people import keep_people
from migrator.services.permissions import requires
from migrator.services.targets.archived import Source, archive_of, laid_out
from migrator.services.targets.compared import compared
from migrator.services.targets.look import Look, look_at_files, look_by_connector
from migrator.services.targets.obstacles import obstacles_while_reading
from migrator.services.targets.read_only_files import names_with_file
from migrator.services.targets.signs import ReadingLost, signs_of
from migrator.services.targets.summing import sum_up
from migrator.services.worksheets.archiving import bring_from_archive

_ACCEPTED = (Kind.TYPE_SYSTEM, Kind.DICTIONARIES, Kind.DICTIONARY, Kind.CORPUS)
BATCH = 500  # rows written together


@requires("migrator.start_run")
def begin_readings(
    plan: Plan, *, user: User | None, items: Iterable[PlanItem] | None = None
) -> int:
    """Ask a worker to read the target of the plan's items (all by default); how many were asked.

    Items without an archive, and those that are being read, are passed over. Raises ServiceError
    where the target is served by hand: a person brings its files.
    """
    target = plan.target
    if target is None or not target.is_connected:
        raise _served_by_hand(plan)
    wanted = plan.items.select_related("archive") if items is None else items
    begun = [reading for item in wanted if (reading := _begin(plan, item, user)) is not None]
    for reading in begun:
        queue.enqueue_reading(reading)
    if begun:
        audit.record(user, "target.reading_asked", plan, items=len(begun))
    return len(begun)


@requires("migrator.start_run")
def read_now(plan: Plan, *, user: User | None) -> None:
    """Read the targets of the plan's items in this process.

    Raises ServiceError where the target is served by hand, or one could not be read.
    """
    with queue.in_process():
        begin_readings(plan, user=user)
    for reading in TargetReading.objects.filter(item__plan=plan, finished_at=None):
        read_target(reading)
    failed = TargetReading.objects.newest().filter(item__plan=plan).exclude(problem="").first()
    if failed is not None:
        raise ServiceError(
            failed.problem, meaning=failed.problem_meaning, remedy=failed.problem_remedy
        )


@requires("migrator.start_run")
def read_files(
    plan: Plan, item: PlanItem, paths: Iterable[tuple[Path, str]], *, user: User | None
) -> TargetReading:
    """Compare what a person downloaded of the target; the files are moved away.

    Raises ServiceError for a file that is none of a workspace; nothing is kept then.
    """
    brought = list(paths)
    if not brought:
        raise ServiceError(
            "No file was chosen.",
            meaning="The target was not looked at.",
            remedy="Choose the files that you downloaded from the target workspace.",
        )
    for path, name in brought:
        _refuse_strange(path, name)
    reading = _begin(plan, item, user, TargetReading.Source.FILES)
    if reading is None:
        raise ServiceError(
            f"The target of {item.name} is being read already, or there is no archive to compare.",
            meaning="Nothing was started.",
            remedy="Wait for it to end; the page shows it.",
        )
    for path, name in brought:
        path.replace(_folder(reading) / f"{uuid.uuid4().hex}-{Path(name).name[-100:]}")
    queue.enqueue_reading(reading)
    audit.record(user, "target.files_brought", plan, item=item.pk, files=len(brought))
    return reading


def read_target(reading: TargetReading) -> bool:
    """Do one reading; whatever happens is written on its row. False where another worker has it."""
    claim = uuid.uuid4()
    now = timezone.now()
    free = TargetReading.objects.free().filter(pk=reading.pk)
    if not free.update(claim_id=claim, beat_at=now, started_at=now):
        return False
    reading.refresh_from_db()
    try:
        _read(reading)
    except ReadingLost:
        return False
    except StatedError as problem:
        shutil.rmtree(_folder(reading), ignore_errors=True)
        _close(reading, problem)
    except Exception:
        _close(reading, _internal())
        raise
    checks.recheck_item(reading.item)
    return True


def send_stale_readings() -> int:
    """Send again what no living worker has; how many there were. A doubled message does no harm."""
    stale = list(TargetReading.objects.free())
    for reading in stale:
        queue.enqueue_reading(reading)
    return len(stale)


def _begin(
    plan: Plan, item: PlanItem, user: User | None, source: str = TargetReading.Source.CONNECTOR
) -> TargetReading | None:
    archive = archive_of(item)
    if archive is None or plan.target is None:
        return None
    try:
        with transaction.atomic():
            reading = TargetReading.objects.create(
                item=item,
                archive=archive,
                target=plan.target,
                workspace_id=item.target_workspace_id,
                name=item.new_name,
                source=source,
                asked_by=user,
            )
    except IntegrityError:
        return None  # one is under way
    _folder(reading).mkdir(parents=True, exist_ok=True, mode=0o700)
    return reading


def _read(reading: TargetReading) -> None:
    progress = signs_of(reading)
    with _working_folder(reading) as folder:
        look = _look(reading, folder, progress)
        with local_copy(reading.archive) as path, open_archive(path) as opened:
            source = laid_out(opened, folder, progress)
            bring_from_archive(reading.item, opened, folder)
            conflicts, counts = compared(reading, source, look, progress)
            look.facts["read_only"] = _with_file(reading, source)
    _store(reading, look, conflicts, counts)


def _with_file(reading: TargetReading, source: Source) -> list[int]:
    """How many read-only dictionaries of the archive have a CSV, and how many have none."""
    kept = names_with_file(reading.item)
    names = {str(one["name"]) for one in source.read_only} | kept
    return [len(kept), len(names - kept)]


def _look(reading: TargetReading, folder: Path, progress: Progress) -> Look:
    if reading.source == TargetReading.Source.FILES:
        return look_at_files([path for path in folder.iterdir() if path.is_file()])
    with connect(reading.target, before_call=lambda: progress(0, None)) as client:
        return look_by_connector(reading, client, folder, progress)


@contextmanager
def _working_folder(reading: TargetReading) -> Iterator[Path]:
    """The reading's folder, gone afterwards: the files are the target's and the archive's own."""
    folder = _folder(reading)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _folder(reading: TargetReading) -> Path:
    return Path(settings.WORK_DIR) / "readings" / str(reading.pk)


@transaction.atomic
def _store(
    reading: TargetReading, look: Look, conflicts: list[Conflict], counts: dict[str, Any]
) -> None:
    known = {(one.part, one.key): one for one in conflicts}
    for one in known.values():
        one.reading = reading
    reading.conflicts.all().delete()
    Conflict.objects.bulk_create(known.values(), batch_size=BATCH)
    facts = {**look.facts, "read": look.read}
    if look.users is not None:
        keep_people(reading.target, look.users)
        facts["users"] = len(look.users)
    obstacles = obstacles_while_reading(reading, facts, counts, known.values())
    _close(reading, None, facts=facts, counts=counts, obstacle_count=len(obstacles))
    sum_up(reading)


def _close(reading: TargetReading, problem: StatedError | None, **changes: Any) -> None:
    """Write the end, where the reading is still ours."""
    words = {} if problem is None else _words(problem)
    ours = TargetReading.objects.filter(pk=reading.pk, claim_id=reading.claim_id, finished_at=None)
    if not ours.update(finished_at=timezone.now(), **words, **changes):
        raise ReadingLost
    reading.refresh_from_db()


def _words(problem: StatedError) -> dict[str, str]:
    return {
        "problem": problem.happened,
        "problem_meaning": problem.meaning,
        "problem_remedy": problem.remedy,
    }


def _refuse_strange(path: Path, name: str) -> None:
    recognized = recognize(path)
    if recognized.kind not in _ACCEPTED:
        raise ServiceError(
            f"{Path(name).name} is not one of the files asked for. {recognized.sentence}",
            meaning="Nothing was compared.",
            remedy="Bring the type system, the dictionaries and the documents as Knowledge Studio "
            "downloads them from the target workspace.",
        )


def _served_by_hand(plan: Plan) -> ServiceError:
    name = plan.target.name if plan.target else "The target"
    return ServiceError(
        f"{name} is served by hand, so the product cannot read it.",
        meaning="The target was not inspected.",
        remedy="Download the target workspace's files and bring them here, or go on without.",
    )


def _internal() -> StatedError:
    return StatedError(
        "An internal error stopped the reading.",
        meaning="The target was not inspected; nothing was changed there.",
        remedy="The server's log has the details; read it again after that.",
    )
