"""The first step of a restore: the archive is proved whole, and its parts are laid out."""

from pathlib import Path

from django.utils import timezone

from migrator.archives.check import check_archive as check_file
from migrator.archives.read import Archive as OpenArchive
from migrator.archives.read import open_archive
from migrator.errors import ServiceError
from migrator.formats.kinds import Kind
from migrator.models import Archive, Step, StepFile
from migrator.services import work_files
from migrator.services.archive_files import local_copy
from migrator.services.beats import progress_of
from migrator.services.perform.results import Done
from migrator.services.worksheets.archiving import bring_from_archive


def check_archive(step: Step) -> Done:
    """Verify the archive against what was recorded and unpack what goes into the target."""
    archive = step.item.archive
    assert archive is not None, "a restore's item names its archive"
    work_files.drop_files(step)
    with local_copy(archive) as path:
        checked = check_file(path, progress=progress_of(step, "bytes"))
        _refuse_altered(archive, checked.sha256)
        with open_archive(path) as opened:
            count = _lay_out(step, opened)
            sheets = bring_from_archive(step.item, opened, work_files.new_folder(step))
    if archive.is_encrypted:
        Archive.objects.filter(pk=archive.pk).update(opened_at=timezone.now())
    said = f"the archive is whole; {count} files laid out"
    return Done(Step.Outcome.PASSED, f"{said}, {sheets} worksheets read." if sheets else f"{said}.")


def source_files(step: Step, *kinds: Kind) -> list[StepFile]:
    """What the archive of the step's item holds of `kinds`."""
    files = work_files.saved_files(step.item, step.run, Step.Kind.CHECK_ARCHIVE)
    return [file for file in files if file.kind in kinds]


def source_paths(step: Step, *kinds: Kind) -> list[Path]:
    """Where those files lie."""
    return [work_files.absolute(file) for file in source_files(step, *kinds)]


def _lay_out(step: Step, opened: OpenArchive) -> int:
    names = opened.artifact_names
    for name in names:
        # A dictionary's CSV carries the dictionary's name in its file name only.
        path = work_files.new_folder(step) / Path(name).name
        opened.extract(name, path)
        work_files.keep(step, path, name=path.name)
    return len(names)


def _refuse_altered(archive: Archive, sha256: str) -> None:
    if sha256 != archive.content_sha256:
        raise ServiceError(
            f"The file of the archive {archive.file} no longer matches its fingerprint.",
            meaning="Nothing was restored. Somebody replaced or altered the file.",
            remedy="Use another archive of this workspace.",
        )
