"""The type system that a backup collected, as soon as its file is here."""

from pathlib import Path

from migrator.formats.graph import TypeGraph, recorded_graph
from migrator.formats.type_system import read_type_system
from migrator.models import ArchiveFigures, PlanItem, Step, StepFile
from migrator.services import work_files
from migrator.services.charts.archives import graph_of

_K = Step.Kind


def collected_graph(item: PlanItem, run_pk: int | None) -> TypeGraph | None:
    """The types that the run brought of one workspace, with counts once its documents are here.

    After the sealing the files are gone, and the newest archive of the item tells instead. None
    where there are no types yet. Two queries at most.
    """
    steps = Step.objects.current().filter(run=run_pk, item=item, status=Step.Status.DONE)
    found = {step.kind: step for step in steps.filter(kind__in=[_K.TYPES, _K.DOCUMENTS])}
    if _K.TYPES not in found:
        return None
    path = _file(found[_K.TYPES])
    if path is None:
        return _archived(item)
    seen = found[_K.DOCUMENTS].facts.get("inspection", {}) if _K.DOCUMENTS in found else {}
    return recorded_graph(read_type_system(path), seen.get("counts", {}), seen.get("details", {}))


def _file(step: Step) -> Path | None:
    file = step.files.filter(role=StepFile.Role.SAVED).first()
    path = work_files.absolute(file) if file else None
    return path if path and path.exists() else None


def _archived(item: PlanItem) -> TypeGraph | None:
    figures = ArchiveFigures.objects.filter(archive__item=item)
    newest = figures.order_by("-archive__created_at", "-archive").first()
    return graph_of(newest.types) if newest else None
