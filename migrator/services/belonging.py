"""Which workspace of a run a file is of: by ids, by names, by the types that documents use."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from django.db.models import Prefetch

from migrator.formats.corpus import open_corpus
from migrator.formats.errors import FormatError
from migrator.formats.ground_truth import read_annotations
from migrator.formats.kinds import Kind
from migrator.formats.type_system import read_type_system
from migrator.models import PlanItem, Run, Step, StepFile, UnsortedFile
from migrator.services import work_files
from migrator.services.perform.obtain import ACCEPTED

# Documents that are looked into for the types they use.
LOOKED_INTO = 30
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_OPEN = (Step.Status.PENDING, Step.Status.WAITING)


class Belonging:
    """What tells the workspaces of a run apart, as far as it is known by now."""

    def __init__(self, run: Run) -> None:
        counting = StepFile.objects.filter(role=StepFile.Role.SAVED).order_by("pk")
        files = Prefetch("files", queryset=counting)
        self._steps = list(
            Step.objects.current()
            .filter(run=run, kind__in=ACCEPTED, performer=Step.Performer.PERSON)
            .select_related("item__workspace")
            .prefetch_related(files)
        )
        self._items = {step.item_id: step.item for step in self._steps}
        self._ids: dict[str, set[int]] = defaultdict(set)
        for item in self._items.values():
            if item.workspace is not None:
                self._ids[item.workspace.workspace_id].add(item.pk)
            # A restore reads the target back, whose id the person's downloads carry.
            if item.target_workspace_id:
                self._ids[item.target_workspace_id].add(item.pk)
        for step, file in self._brought():
            if file.workspace_id:  # another file with the same id is of the same workspace
                self._ids[file.workspace_id].add(step.item_id)

    def _brought(self) -> Iterator[tuple[Step, StepFile]]:
        for step in self._steps:
            for file in step.files.all():
                yield step, file

    def item_of(self, file: UnsortedFile) -> PlanItem | None:
        """The one workspace that the file is of; None where nothing, or too much, tells it."""
        for clue in (self._by_id, self._by_name, self._by_types):
            found = clue(file)
            if found:
                return self._items[found.pop()] if len(found) == 1 else None
        return None

    def _by_id(self, file: UnsortedFile) -> set[int]:
        return set(self._ids.get(file.workspace_id, ())) if file.workspace_id else set()

    def _by_name(self, file: UnsortedFile) -> set[int]:
        """Those whose name stands in the file's: the longest, since one may hold another."""
        said = f" {_words(file.name)} "
        fits = {
            pk: len(words)
            for pk, item in self._items.items()
            if (words := _words(item.name)) and f" {words} " in said
        }
        longest = max(fits.values(), default=0)
        return {pk for pk, length in fits.items() if length == longest}

    def _by_types(self, file: UnsortedFile) -> set[int]:
        """Of documents: those whose type system has all types that the documents use.

        While the type system of one is not here, that one may be meant.
        """
        takers = {step.item_id for step in self._steps if _takes(step, file)}
        if file.kind != Kind.CORPUS or not takers <= self._labels.keys():
            return set()
        used = _used_in(file)
        return {pk for pk in takers if used and used <= self._labels.get(pk, set())}

    @cached_property
    def _labels(self) -> dict[int, set[str]]:
        """The entity types of each workspace whose type system is here."""
        found = {}
        for step, file in self._brought():
            if file.kind == Kind.TYPE_SYSTEM:
                types = read_type_system(work_files.absolute(file))
                found[step.item_id] = {one.label for one in types.entity_types}
        return found


def _takes(step: Step, file: UnsortedFile) -> bool:
    return Kind(file.kind) in ACCEPTED[step.kind] and step.status in _OPEN


def _words(name: str) -> str:
    return _BETWEEN_WORDS.sub(" ", name.lower()).strip()


def _used_in(file: UnsortedFile) -> set[str]:
    """The labels of entity types that the first documents use; none where they cannot be read."""
    used: set[str] = set()
    try:
        with open_corpus(work_files.absolute(file)) as corpus:
            for _, content in islice(corpus.ground_truths(), LOOKED_INTO):
                used |= {mention.type for mention in read_annotations(content).mentions}
    except FormatError:
        return set()  # obscured or damaged: the inspection says so
    return used
