"""What a run waits for, gathered into one panel for each workspace."""

from dataclasses import dataclass

from dashboard.where import PLACES, Place
from migrator.formats.errors import StatedError
from migrator.models import Instance, PlanItem, Run, Step, StepFile
from migrator.services.perform.obtain import ACCEPTED, SEVERAL
from migrator.services.perform.where_to_click import words_for
from migrator.services.runs import SKIPPABLE
from migrator.services.targets.people import Wish, wishes_of

_S = Step.Status


@dataclass(frozen=True)
class Ask:
    """One step of a panel: what is asked, what came, what can be answered."""

    step: Step
    files: list[StepFile]
    is_panel_open: bool

    @property
    def place(self) -> Place | None:
        """Where to click for it."""
        return PLACES.get(Step.Kind(self.step.kind))

    @property
    def is_waiting(self) -> bool:
        """True where the person's answer is awaited now."""
        return self.step.status == _S.WAITING

    @property
    def is_refused(self) -> bool:
        """True where what came was refused: the step then says why instead of what it asks."""
        return self.is_waiting and self.takes_files and self.step.problem != self._words.happened

    @property
    def asked(self) -> str:
        """What the person is asked to do."""
        return self._words.happened

    @property
    def purpose(self) -> str:
        """What it is for."""
        return self._words.meaning

    @property
    def takes_files(self) -> bool:
        """True where files are brought for it."""
        return self.step.kind in ACCEPTED

    @property
    def takes_several(self) -> bool:
        """True where the person says when all files are there."""
        return self.step.kind in SEVERAL and not self.step.answer and self.step.status != _S.DONE

    @property
    def is_brought(self) -> bool:
        """True where its one file is here and a worker will look at it."""
        return bool(self.brought) and not self.takes_several and not self.is_refused

    @property
    def can_bring_again(self) -> bool:
        """True where another file may take the place of the one that was brought."""
        return self.takes_files and self.step.status == _S.DONE and self.is_panel_open

    @property
    def can_skip(self) -> bool:
        """True where the person may leave it out."""
        return self.is_waiting and self.step.kind in SKIPPABLE

    @property
    def offered(self) -> list[StepFile]:
        """Files for the person to upload."""
        return [file for file in self.files if file.role == StepFile.Role.OFFERED]

    @property
    def brought(self) -> list[StepFile]:
        """Files that the person brought."""
        return [file for file in self.files if file.role == StepFile.Role.SAVED]

    @property
    def instead(self) -> list[StepFile]:
        """Files that came while others were here: the person says which of them count."""
        return [file for file in self.files if file.role == StepFile.Role.INSTEAD]

    @property
    def is_of_several(self) -> bool:
        """True where a file may count beside others."""
        return self.step.kind in SEVERAL

    @property
    def people(self) -> list[Wish]:
        """Whom the person gives which role."""
        return wishes_of(self.step.item)

    @property
    def _words(self) -> StatedError:
        return words_for(self.step)


@dataclass(frozen=True)
class Panel:
    """All that one workspace of a run waits for."""

    item: PlanItem
    asks: list[Ask]
    # The instance whose credential is lost; then nothing else is asked.
    instance: Instance | None = None
    problem: Step | None = None

    @property
    def takes_files(self) -> bool:
        """True where the drop zone is shown."""
        return any(ask.takes_files and ask.is_waiting for ask in self.asks)

    @property
    def mark(self) -> str:
        """Changes whenever the panel does."""
        steps = [(a.step.pk, a.step.status, a.step.problem, a.step.answer) for a in self.asks]
        files = [(file.pk, file.role) for ask in self.asks for file in ask.files]
        return repr((self.item.pk, steps, files, self.problem and self.problem.pk))


def panels_of(run: Run, item: PlanItem, steps: list[Step]) -> list[Panel]:
    """The workspace's panel, or none where nothing of it waits."""
    waiting = [step for step in steps if step.status == _S.WAITING]
    if not waiting or run.finished_at:
        return []
    lost = next((step for step in waiting if step.needs == Step.Needs.CREDENTIAL), None)
    if lost is not None:
        backup = run.kind == Run.Kind.BACKUP
        instance = run.plan.source if backup else run.plan.target
        return [Panel(item, [], instance, lost)]
    last = {Step.Kind.SEAL, Step.Kind.COMPARE}
    sealed = any(step.kind in last and step.status != _S.PENDING for step in steps)
    shown = [step for step in steps if _belongs(step, waiting)]
    return [Panel(item, [Ask(step, list(step.files.all()), not sealed) for step in shown])]


def _belongs(step: Step, waiting: list[Step]) -> bool:
    """What waits, and with files the other files of the same round: they come in any order."""
    if step.performer != Step.Performer.PERSON:
        return False
    if step in waiting:
        return True
    round_waits = any(each.kind in ACCEPTED for each in waiting)
    return round_waits and step.kind in ACCEPTED and step.status != _S.CANCELLED
