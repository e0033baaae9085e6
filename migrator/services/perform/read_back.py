"""Reading back what the target now holds: the other half of the proof."""

from migrator.formats.kinds import Kind
from migrator.models import Step
from migrator.services.perform.check_archive import source_files
from migrator.services.perform.obtain import obtain
from migrator.services.perform.results import Done


def read_back(step: Step) -> Done:
    """Download, or take from a person, one artifact of the restored workspace."""
    if step.answer.get("none"):
        return Done(Step.Outcome.NOTHING, "none, as you said.")
    if _is_needless(step):
        return Done(Step.Outcome.NOTHING, "the archive holds none.")
    files = obtain(step)
    size = sum(file.size for file in files)
    return Done(Step.Outcome.SAVED, f"{size:,} bytes read back.")


def _is_needless(step: Step) -> bool:
    """True where a person would fetch dictionaries to be compared with nothing."""
    by_person = step.performer == Step.Performer.PERSON
    if not by_person or step.kind != Step.Kind.PROOF_DICTIONARIES or step.files.exists():
        return False
    return not source_files(step, Kind.DICTIONARIES, Kind.DICTIONARY)
