"""Original files of a worksheet: recognised on arrival, kept in the storage, sealed with it."""

import re
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction

from migrator.errors import ServiceError
from migrator.formats.inspect import inspect
from migrator.formats.kinds import Kind
from migrator.formats.recognize import Recognized, recognize
from migrator.models import Worksheet, WorksheetFile, WorksheetRow
from migrator.services import audit, disk
from migrator.services.archive_files import LocalFile
from migrator.services.permissions import requires
from migrator.services.work_files import sha256_of
from migrator.services.worksheets.columns import SHEETS

_K = Worksheet.Kind
# Bytes. A read-only dictionary is what the service takes; of rules nobody states a limit.
LARGEST = {_K.READ_ONLY: 16_000_000, _K.RULES: 50_000_000}
MOST_FILES = 100  # of one worksheet, dictionaries per workspace are 64
LONGEST_NAME = 120  # characters
_PATH_SIGNS = re.compile(r'[/\\:*?"<>|]')


@requires("migrator.start_run")
def attach(
    worksheet: Worksheet,
    path: Path,
    *,
    name: str,
    user: User | None,
    row: WorksheetRow | None = None,
) -> WorksheetFile:
    """Keep the file at `path`, called `name` by the person, with the worksheet or one line of it.

    The file is moved away from `path`. Raises FormatError where it cannot be read safely, and
    ServiceError where the worksheet takes no such file; nothing is stored then.
    """
    name = plain_name(name)
    size = path.stat().st_size
    _refuse_unfit(worksheet, name, size, row)
    found = _looked_at(worksheet, path, name, row)
    sha256 = sha256_of(path)
    disk.refuse_when_nearly_full(size)
    stored = store(path, worksheet.item_id)
    try:
        with transaction.atomic():
            file = WorksheetFile.objects.create(
                worksheet=worksheet,
                row=row,
                name=name,
                file=stored,
                size=size,
                sha256=sha256,
                kind=found.pop("kind"),
                found=found,
                attached_by=user,
            )
            audit.record(user, "worksheet.file_attached", worksheet, sha256=sha256, size=size)
    except BaseException:
        default_storage.delete(stored)
        raise
    return file


@requires("migrator.start_run")
def attach_by_name(
    worksheet: Worksheet, path: Path, *, name: str, user: User | None
) -> WorksheetFile:
    """Keep a file with the line whose dictionary its name names; ServiceError where none does."""
    stem = _comparable(Path(plain_name(name)).stem)
    rows = {_comparable(str(row.cell("dictionary"))): row for row in worksheet.rows.all()}
    row = rows.get(stem)
    if row is None:
        raise ServiceError(
            f"No dictionary of this list is called like {plain_name(name)}.",
            meaning="The file was not stored.",
            remedy="Attach it to its line, or name the file as the dictionary is named.",
        )
    return attach(worksheet, path, name=name, user=user, row=row)


@requires("migrator.start_run")
def detach(file: WorksheetFile, *, user: User | None) -> None:
    """Remove a file; from the storage, too, when no other worksheet names it."""
    stored, worksheet = file.file, file.worksheet
    file.delete()
    audit.record(user, "worksheet.file_removed", worksheet, sha256=file.sha256)
    transaction.on_commit(lambda: _forget(stored))


@contextmanager
def opened(file: WorksheetFile) -> Iterator[IO[bytes]]:
    """The file's bytes; ServiceError where the storage has lost it."""
    if not default_storage.exists(file.file):
        raise ServiceError(
            f"{file.name} is not in the storage any more.",
            meaning="What the worksheet says is kept, the file is not.",
            remedy="Attach it again.",
        )
    with default_storage.open(file.file, "rb") as content:
        yield content


def store(path: Path, item_pk: int) -> str:
    """Move a file into the storage under a name of ours; that name."""
    with LocalFile(path) as content:
        stored: str = default_storage.save(f"worksheets/{item_pk}/{uuid.uuid4().hex}", content)
    path.unlink(missing_ok=True)
    return stored


def plain_name(name: str) -> str:
    """A name to show: no path, no control or direction signs, of a bounded length."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    kept = _PATH_SIGNS.sub("_", visible).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if dot and len(suffix) <= 10:
        return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}"
    return kept[:LONGEST_NAME] or "file"


def _refuse_unfit(worksheet: Worksheet, name: str, size: int, row: WorksheetRow | None) -> None:
    sheet = SHEETS[worksheet.kind]
    if not sheet.files or (sheet.files == "row" and row is None):
        raise ServiceError(
            f"{worksheet.get_kind_display()} takes no file here.", meaning="Nothing was stored."
        )
    if worksheet.state != Worksheet.State.OPEN:
        raise ServiceError(
            f"{worksheet.get_kind_display()} is {worksheet.get_state_display().lower()}.",
            meaning="Nothing was stored.",
            remedy="Open the worksheet again to change it.",
        )
    if size > LARGEST[_K(worksheet.kind)]:
        raise ServiceError(
            f"{name} has {size / 1e6:,.1f} MB; {LARGEST[_K(worksheet.kind)] / 1e6:,.0f} MB are "
            "allowed.",
            meaning="Nothing was stored.",
            remedy="A read-only dictionary of Knowledge Studio has at most 16 MB: bring the file "
            "it was made from."
            if worksheet.kind == _K.READ_ONLY
            else "Pack the file, or attach its parts.",
        )
    if worksheet.files.count() >= MOST_FILES:
        raise ServiceError(
            f"A worksheet holds at most {MOST_FILES} files.", meaning="Nothing was stored."
        )


def _looked_at(
    worksheet: Worksheet, path: Path, name: str, row: WorksheetRow | None
) -> dict[str, Any]:
    """What the file is: {kind, sentence} and for a dictionary {counts, findings, remark}."""
    recognized = recognize(path)
    if worksheet.kind != _K.READ_ONLY:
        return {"kind": recognized.kind, "sentence": _sentence(recognized)}
    if recognized.kind != Kind.DICTIONARY:
        raise ServiceError(
            f"{name} is no dictionary. {recognized.sentence}",
            meaning="Nothing was stored.",
            remedy="Bring the CSV file that the dictionary was uploaded from: lemma, poscode, "
            "surface.",
        )
    inspection = inspect([path])
    serious = [finding.code for finding in inspection.findings if finding.level != "note"]
    entries = inspection.counts.get("entries", 0)
    return {
        "kind": recognized.kind,
        "sentence": recognized.sentence,
        "counts": {"entries": entries},
        "findings": serious,
        "remark": _remark(entries, row),
    }


def _sentence(recognized: Recognized) -> str:
    return "" if recognized.kind == Kind.UNKNOWN and not recognized.near else recognized.sentence


def _remark(entries: int, row: WorksheetRow | None) -> str:
    """Said where the file cannot be the one that stands in Knowledge Studio."""
    listed = row.cell("entries") if row else ""
    if isinstance(listed, int) and listed != entries:
        return f"The file has {entries:,} entries, the list says {listed:,}."
    return ""


def _forget(stored: str) -> None:
    if not WorksheetFile.objects.filter(file=stored).exists():
        default_storage.delete(stored)


def _comparable(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()
