"""The proof of a restore: the archive against what the target gives back."""

from pathlib import Path
from typing import Any

import msgspec
from django.core.files.storage import default_storage
from django.db import transaction

from migrator.formats.compare import compare
from migrator.formats.differences import Comparison, Difference
from migrator.formats.kinds import Kind
from migrator.models import Difference as DifferenceRow
from migrator.models import Step, Verification
from migrator.models.verifications import SPLIT_OTHERWISE
from migrator.services import figures, work_files
from migrator.services.archive_files import LocalFile
from migrator.services.beats import progress_of
from migrator.services.perform.check_archive import source_paths
from migrator.services.perform.obtain import connected, instance_of, workspace_id_of
from migrator.services.perform.results import Done

_K = Step.Kind
# Rows for the pages; the file holds every difference.
ROWS = 5000
# Parts of which the subject is a document.
_OF_DOCUMENTS = frozenset(
    {"documents", "sentences", "tokens", "mentions", "relations", "coreferences"}
)
# Rows written together.
BATCH = 500


class Recorder:
    """Takes differences one by one: all into a file of JSON lines, the first ones into rows."""

    def __init__(self, path: Path) -> None:
        self.rows: list[DifferenceRow] = []
        self.totals: dict[str, int] = {}
        # The archive's documents that are missing or say something else.
        self.differing: set[str] = set()
        self._split: set[str] = set()
        self._file = path.open("wb")
        self._encode = msgspec.json.Encoder().encode

    def __call__(self, difference: Difference) -> None:
        """Record one difference."""
        self.totals[difference.kind] = self.totals.get(difference.kind, 0) + 1
        self._file.write(self._encode(difference) + b"\n")
        self._note_document(difference)
        if len(self.rows) < ROWS:
            self.rows.append(DifferenceRow(**msgspec.to_builtins(difference)))

    @property
    def split_anew(self) -> set[str]:
        """The archive's documents that say the same and are only cut otherwise."""
        return self._split - self.differing

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def _note_document(self, difference: Difference) -> None:
        # What the target has beside them makes no document of the archive another.
        if difference.part not in _OF_DOCUMENTS or difference.kind == "extra_document":
            return
        is_split = difference.kind in SPLIT_OTHERWISE
        (self._split if is_split else self.differing).add(difference.subject)


def compare_with_target(step: Step) -> Done:
    """Compare by content and record the verification, whatever it says, once."""
    recorded = Verification.objects.filter(pk=step.facts.get("verification")).first()
    if recorded is not None:
        return _done(recorded)
    path = work_files.new_path(step, ".jsonl")
    recorder = Recorder(path)
    source, target = _source_paths(step), _target_paths(step)
    try:
        comparison = compare(
            source,
            target,
            progress=progress_of(step, "documents"),
            sink=recorder,
        )
        for difference in _mapping_differences(step):
            recorder(difference)
    finally:
        recorder.close()
    with transaction.atomic():
        verification = _store(step, comparison, recorder, path)
        mentions = comparison.mentions_by_type
        differing, split_anew = len(recorder.differing), len(recorder.split_anew)
        figures.note_proof(
            verification, source, target, mentions, differing=differing, split_anew=split_anew
        )
    return _done(verification)


def _done(verification: Verification) -> Done:
    facts = {"verification": verification.pk}
    if verification.state == Verification.State.VERIFIED:
        return Done(Step.Outcome.PASSED, "the target equals the archive.", facts)
    count = verification.difference_count
    return Done(Step.Outcome.DIFFERENT, f"{count:,} differences found.", facts, warnings=count)


def _source_paths(step: Step) -> list[Path]:
    return source_paths(step, Kind.TYPE_SYSTEM, Kind.DICTIONARIES, Kind.DICTIONARY, Kind.CORPUS)


def _target_paths(step: Step) -> list[Path]:
    kinds = (_K.PROOF_TYPES, _K.PROOF_DICTIONARIES, _K.PROOF_DOCUMENTS)
    files = work_files.saved_files(step.item, step.run, *kinds)
    return [work_files.absolute(file) for file in files]


def _mapping_differences(step: Step) -> list[Difference]:
    """Dictionaries whose entity type on the target is not the one that the plan names."""
    instance = instance_of(step)
    if not (step.item.mappings and instance.is_connected):
        return []
    with connected(step) as client:
        there = {one.name: one.entity_type for one in client.dictionaries(workspace_id_of(step))}
    return [
        Difference(
            kind="changed_dictionary_mapping",
            part="dictionaries",
            subject=wish["dictionary"],
            detail="mapped to another entity type",
            left=wish["entity_type"],
            right=there.get(wish["dictionary"]) or "",
        )
        for wish in step.item.mappings
        if there.get(wish["dictionary"]) != wish["entity_type"]
    ]


def _store(step: Step, comparison: Comparison, recorder: Recorder, path: Path) -> Verification:
    different = _counts_against(step, recorder.totals, comparison)
    states = Verification.State
    verification = Verification.objects.create(
        run=step.run,
        item=step.item,
        archive=step.item.archive,
        target=instance_of(step),
        target_workspace_id=workspace_id_of(step),
        state=states.DIFFERENCES if different else states.VERIFIED,
        compared=comparison.compared,
        totals=recorder.totals,
        file=_keep_file(step, path) if recorder.totals else "",
    )
    for row in recorder.rows:
        row.verification = verification
    DifferenceRow.objects.bulk_create(recorder.rows, batch_size=BATCH)
    # Together with the rows: whoever takes over finds them, and a worker that lost the step none.
    step.update_if_ours(facts={**step.facts, "verification": verification.pk})
    return verification


def _counts_against(step: Step, totals: dict[str, int], comparison: Comparison) -> bool:
    """True where the differences mean that the copy is not equal.

    A workspace that was there before may hold more than the archive; then what is extra does not
    count, as long as the number of documents is exactly what it was plus what was sent.
    """
    if not _fact(step, _K.TARGET, "existing"):
        return bool(totals)
    if any(not kind.startswith("extra_") for kind in totals):
        return True
    before = _fact(step, _K.RESTORE_DOCUMENTS, "documents_before")
    if before is None:
        return bool(totals)
    source, target = comparison.compared["documents"]
    sent = _fact(step, _K.RESTORE_DOCUMENTS, "documents_sent")
    return bool(target != before + (source if sent == -1 else sent))


def _fact(step: Step, kind: str, name: str) -> Any:
    other = Step.objects.current().get(run=step.run, item=step.item, kind=kind)
    return other.facts.get(name)


def _keep_file(step: Step, path: Path) -> str:
    name = f"proofs/run-{step.run_id}-{step.item_id}.jsonl"
    if not Verification.objects.filter(file=name).exists():
        default_storage.delete(name)  # of a worker that died before it could record it
    with LocalFile(path) as content:
        return str(default_storage.save(name, content))
