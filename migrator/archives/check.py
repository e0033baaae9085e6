"""Prove that an archive is whole: its ZIP, its fingerprints and what its files contain."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.archives.contents import INSPECTION, WORKSPACE
from migrator.archives.errors import ArchiveError
from migrator.archives.fingerprints import verify_bag
from migrator.archives.meter import Meter, Progress, sha256_of
from migrator.archives.read import Archive, read_json, refuse_unknown_format
from migrator.archives.worksheets_read import read_worksheets
from migrator.archives.zipped import OpenedBag, open_bag
from migrator.formats.errors import FormatError
from migrator.formats.graph import TypeGraph, type_graph
from migrator.formats.inspect import Inspection, inspect
from migrator.formats.kinds import Kind
from migrator.formats.scratch import scratch_folder
from migrator.formats.type_system import read_type_system


@dataclass(frozen=True)
class Checked:
    """A whole archive: size in bytes, SHA-256 of the file, its lists, and its counts by name."""

    size: int
    sha256: str
    bag: dict[str, str]
    workspace: dict[str, Any]
    inspection: dict[str, Any]
    counts: dict[str, int]
    # The type system with what was counted; None where there is none, or nobody looked that deep.
    graph: TypeGraph | None = None


def check_archive(path: Path, *, deep: bool = True, progress: Progress | None = None) -> Checked:
    """Read everything and return what was found; raise ArchiveError naming what is damaged.

    A hash proves that bytes are the same, not that they are a workspace: `deep` therefore unpacks
    the artifacts into a temporary folder, inspects them and compares the counts with those of the
    backup. `progress` counts bytes, and may raise to stop.
    """
    with open_bag(path) as opened:
        meter = Meter(progress, path.stat().st_size + opened.size * (2 if deep else 1))
        info = verify_bag(opened, meter)
        workspace = read_json(opened, WORKSPACE)
        inspection = read_json(opened, INSPECTION)
        refuse_unknown_format(workspace)
        read_worksheets(opened, workspace)
        counts = recorded_counts(inspection)
        graph = _look_inside(opened, counts, meter) if deep else None
    with open(path, "rb") as file:
        digest = sha256_of(file, meter)
        size = file.tell()
    meter.finish()
    return Checked(size, digest, info, workspace, inspection, counts, graph)


def recorded_counts(inspection: dict[str, Any]) -> dict[str, int]:
    """The counts that inspection.json states; empty where it states none."""
    counts = inspection.get("counts")
    if not isinstance(counts, dict):
        return {}
    return {str(name): count for name, count in counts.items() if isinstance(count, int)}


def _look_inside(opened: OpenedBag, counts: dict[str, int], meter: Meter) -> TypeGraph | None:
    """Inspect the artifacts and hold the counts against those of the backup."""
    archive = Archive(opened)
    with scratch_folder("archive-check-") as folder:
        paths = unpack_artifacts(archive, folder, meter)
        try:
            found = inspect(paths, progress=lambda _done, _total: meter.beat())
        except FormatError as error:
            raise ArchiveError(
                f"The archive is as it was sealed, but a file in it is unusable: {error.happened}",
                meaning=error.meaning,
                remedy=error.remedy,
                files=archive.artifact_names,
            ) from error
        _compare_counts(counts, dict(found.counts))
        return _graph(found)


def _graph(found: Inspection) -> TypeGraph | None:
    types = next((one.path for one in found.files if one.kind == Kind.TYPE_SYSTEM), None)
    return None if types is None else type_graph(read_type_system(types), found)


def unpack_artifacts(archive: Archive, folder: Path, meter: Meter) -> list[Path]:
    """The artifacts as files in `folder`, under their names in the bag without `data/`."""
    paths = []
    for name in archive.artifact_names:
        destination = folder / Path(name).name
        paths.append(archive.extract(name, destination))
        meter.add(destination.stat().st_size)
    return paths


def _compare_counts(recorded: dict[str, int], found: dict[str, int]) -> None:
    names = sorted(recorded.keys() | found.keys())
    different = [name for name in names if recorded.get(name, 0) != found.get(name, 0)]
    if different:
        raise ArchiveError(
            "The archive's files are as they were sealed, but other things are counted in them "
            f"than at backup: {_counted(different, recorded, found)}.",
            meaning="Either the backup was recorded wrongly or it was counted by other rules. "
            "Which of the two cannot be told from the archive alone.",
            remedy="Compare the archive with the workspace or with another backup of it before "
            "you rely on it.",
            files=[INSPECTION],
        )


def _counted(names: list[str], recorded: dict[str, int], found: dict[str, int]) -> str:
    return ", ".join(
        f"{found.get(name, 0):,} {name.replace('_', ' ')} instead of {recorded.get(name, 0):,}"
        for name in names
    )
