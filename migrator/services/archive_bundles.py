"""All archives of a plan in one ZIP, made while it is sent: no copy, and its size known ahead."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.text import slugify
from zipstream import ZipStream

from migrator.errors import ServiceError
from migrator.models import Archive, Plan, PlanItem
from migrator.sending import CHUNK
from migrator.services import audit
from migrator.services.archive_files import require_file
from migrator.services.permissions import requires

SUMS = "SHA256SUMS"

README = """\
Archives of the plan {name}.

Each ZIP in here is the archive of one workspace, as it was sealed: it can be restored alone.
Whether all of them arrived whole, `sha256sum -c {sums}` tells.

{lines}
"""


@dataclass(frozen=True)
class Bundle:
    """A download: its file name, its size in bytes, its content in pieces."""

    name: str
    size: int
    pieces: Iterator[bytes]


def newest_archives(plan: Plan) -> QuerySet[Archive]:
    """The newest archive of each workspace that was read back and found whole, by name."""
    whole = Archive.objects.filter(verify_problem="", verified_at__isnull=False)
    newest = whole.filter(item=OuterRef("item")).order_by("-created_at", "-pk").values("pk")[:1]
    rows = whole.filter(item__plan=plan, item__left_at=None, pk=Subquery(newest))
    return rows.defer("facts", "findings").order_by("workspace_name", "pk")


def size_of(plan: Plan) -> tuple[int, int]:
    """How many archives a bundle holds, and their bytes together; one query."""
    found = list(newest_archives(plan).values_list("size", flat=True))
    return len(found), sum(found)


@requires("migrator.download_archive")
def bundle(plan: Plan, *, user: User | None) -> Bundle:
    """The archives of `plan` as one ZIP; each is noted in the audit log as downloaded.

    Raises ServiceError where there is none, or where a file is not in the storage any more.
    """
    found = list(newest_archives(plan))
    if not found:
        raise ServiceError(
            "This plan has no verified archive yet.",
            meaning="There is nothing to download.",
            remedy="Start the backup, and download once it is sealed.",
        )
    for archive in found:
        require_file(archive)
    for archive in found:
        audit.record(
            user, "archive.downloaded", archive, sha256=archive.sha256, bundle_of_plan=plan.pk
        )
    packed = _packed(plan, found)
    name = f"archives-{slugify(str(plan)) or plan.pk}.zip"
    return Bundle(name, len(packed), iter(packed))


def _packed(plan: Plan, archives: list[Archive]) -> "ZipStream":
    """The ZIP, not read yet. A file of another size than noted ends the download with an error."""
    names = _names(archives)
    intro = _readme(plan, names).encode()
    lines = [f"{hashlib.sha256(intro).hexdigest()}  README.txt"]
    lines += [f"{archive.sha256}  {name}" for archive, name in names]
    packed = ZipStream(sized=True)  # stored: what is in it is compressed already
    packed.add("\n".join([*lines, ""]), SUMS)
    packed.add(intro, "README.txt")
    for archive, name in names:
        packed.add(_content(archive), name, size=archive.size)
    return packed


def _content(archive: Archive) -> Iterator[bytes]:
    with default_storage.open(archive.file, "rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _names(archives: list[Archive]) -> list[tuple[Archive, str]]:
    """What each is called: as in the storage, with its number where two are called alike."""
    named = [(archive, Path(archive.file).name) for archive in archives]
    alike = Counter(name for _, name in named)
    return [
        (archive, name if alike[name] == 1 else f"{archive.pk}-{name}") for archive, name in named
    ]


def _readme(plan: Plan, names: list[tuple[Archive, str]]) -> str:
    lines = [f"{archive.workspace_name}: {name}" for archive, name in names]
    there = [archive.item_id for archive, _ in names if archive.item_id]
    missing = PlanItem.objects.filter(plan=plan).exclude(pk__in=there).order_by("name", "pk")
    lines += [f"{item.name}: no verified archive, so not in here" for item in missing]
    return README.format(name=plan, sums=SUMS, lines="\n".join(lines))
