"""A restoring step that a person performs: the files are offered, then confirmed."""

from pathlib import Path

from migrator.models import Step, StepFile
from migrator.services import work_files
from migrator.services.perform.results import Done, NeedsPerson
from migrator.services.perform.where_to_click import words_for


def done_by_person(step: Step, files: list[Path]) -> Done:
    """Offer `files` for upload until the person confirms; what arrived is proved at the end."""
    if not step.answer.get("confirmed"):
        _offer(step, files)
        raise NeedsPerson(Step.Needs.CONFIRMATION, words_for(step))
    return Done(Step.Outcome.CREATED, "uploaded, as you said; the proof will tell.")


def _offer(step: Step, files: list[Path]) -> None:
    if step.files.filter(role=StepFile.Role.OFFERED).exists():
        return
    for number, path in enumerate(files, start=1):
        suffix = f"-part-{number}" if len(files) > 1 else ""
        work_files.keep(
            step,
            path,
            name=f"{path.stem}{suffix}{path.suffix}",
            role=StepFile.Role.OFFERED,
        )
