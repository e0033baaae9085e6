"""Restoring the documents: look first, upload what is missing in parts, wait for each import."""

from pathlib import Path

from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.formats.compare_overlap import Overlap, overlap
from migrator.formats.corpus import open_corpus
from migrator.formats.kinds import Kind
from migrator.formats.split import MAX_BYTES, MAX_DOCUMENTS, split_corpus
from migrator.models import Conflict, ConflictChoice, Step, StepFile
from migrator.services import work_files
from migrator.services.beats import progress_of
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.check_archive import source_paths
from migrator.services.perform.obtain import connected, fetch, workspace_id_of
from migrator.services.perform.results import Done, NotYet, Outcomes
from migrator.services.perform.uploads import send_once, settle
from migrator.services.targets.decisions import decisions_of

_K = Step.Kind
_PART = Conflict.Part.DOCUMENT
# Seconds between two looks at an import.
POLL = 1.0


def restore_documents(step: Step) -> Done:
    """Bring every document of the archive, with its ground truth, into the target.

    Nothing is sent twice: the target is looked at first, each part that was sent stands in the
    ledger with its import job, and the next part goes only when the one before is in. A part whose
    answer was lost is waited for: its import may still be working.
    """
    sources = source_paths(step, Kind.CORPUS)
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, _parts_for_person(step, sources[0]))
    with connected(step) as client:
        settle(step, client)
        if "parts" not in step.facts:
            _plan_parts(step, client, sources[0])
        for part in step.files.all():
            _bring(step, client, part)
    return _outcome(step)


def _plan_parts(step: Step, client: ToolClient, source: Path) -> None:
    """Look at the target and lay out the parts that it lacks, once."""
    work_files.drop_files(step)
    there, _ = fetch(step, client, progress_of(step, "bytes"), _K.PROOF_DOCUMENTS)
    try:
        before = _count(there)
        lacking = (
            overlap(source, there, progress=progress_of(step, "documents")) if before else None
        )
    finally:
        there.unlink()
    sending = None if lacking is None else _sending(step, lacking)
    parts = _split(step, client, source, sending)
    for number, path in enumerate(parts, start=1):
        work_files.keep(step, path, name=f"part {number} of {len(parts)}", kind=str(Kind.CORPUS))
    # After a second look the first one's numbers stand: they say what was there before us.
    step.update_if_ours(facts={**_planned(before, lacking, sending, len(parts)), **step.facts})


def _sending(step: Step, lacking: Overlap) -> set[str]:
    """What the target lacks, and what a person wants to stand there beside the target's own.

    A document that meets another of its name is left as the target has it, unless somebody chose
    otherwise; where nobody looked before, another text is another document and goes in.
    """
    decisions = decisions_of(step.item, _PART)
    met = {one.id for one in lacking.different}
    if decisions.is_inspected:
        met |= {one.id for one in lacking.namesakes}
    wanted = {one for one in met if decisions.of(_PART, one).action == ConflictChoice.Action.ADD}
    return (lacking.missing - met) | wanted


def _count(corpus: Path) -> int:
    with open_corpus(corpus) as opened:
        return sum(1 for _ in opened.documents())


def _split(step: Step, client: ToolClient, source: Path, only: set[str] | None) -> list[Path]:
    """Parts that the service takes, of the documents to send; its profile names the limits."""
    if only is not None and not only:
        return []
    upload = client.profile.operations["upload_documents"]
    most = upload.max_bytes or MAX_BYTES
    parts = split_corpus(
        source,
        work_files.new_folder(step),
        only=only,
        max_bytes=min(most, step.facts.get("split_to", most)),
        max_documents=upload.max_documents or MAX_DOCUMENTS,
        progress=progress_of(step, "documents"),
    )
    # A part is removed with its step; the archive's own file stays for the steps after it.
    return [_own_copy(step, part, source) for part in parts]


def _own_copy(step: Step, part: Path, source: Path) -> Path:
    if part != source:
        return part
    own = work_files.new_path(step, ".zip")
    own.hardlink_to(source)
    return own


def _planned(
    before: int, lacking: Overlap | None, sending: set[str] | None, parts: int
) -> dict[str, int]:
    if lacking is None or sending is None:
        found = {"documents_sent": -1, "documents_kept": 0, "documents_identical": 0}
    else:
        wanting = len(lacking.missing) + len(lacking.different)
        found = {
            "documents_sent": len(sending),
            "documents_kept": wanting - len(sending),
            "documents_identical": lacking.identical,
        }
    return {"parts": parts, "documents_before": before, **found}


def _bring(step: Step, client: ToolClient, part: StepFile) -> None:
    """Send one part, or see how its import is; NotYet while it works."""
    entry = step.ledger.filter(kind="upload", source_id=part.sha256).first()
    if entry is None:
        entry = send_once(step, client, part)
    if entry.target_id.startswith("done "):
        return
    job = client.job(workspace_id_of(step), entry.target_id)
    if job.state == "failed":
        entry.delete()
        raise ServiceError(
            f"Knowledge Studio could not import {part.name}: {job.error or 'no reason given'}.",
            meaning="It stored nothing of this part. Parts before it are in the target.",
            remedy="Mend what it names, then retry: only what is missing will be sent.",
        )
    if job.state != "done":
        raise NotYet(POLL)
    entry.target_id = f"done {entry.target_id}"
    entry.save(update_fields=["target_id"])


def _parts_for_person(step: Step, source: Path) -> list[Path]:
    offered = list(step.files.filter(role=StepFile.Role.OFFERED))
    if offered or step.answer.get("confirmed"):
        return [work_files.absolute(file) for file in offered]
    return split_corpus(source, work_files.new_folder(step))


def _outcome(step: Step) -> Done:
    facts = step.facts
    sent, kept = facts["documents_sent"], facts["documents_kept"]
    outcomes = Outcomes(
        created=_all_of(step) if sent == -1 else sent,
        identical=facts["documents_identical"],
        skipped=kept,
    )
    parts = facts["parts"]
    uploads = f"{parts:,} upload{'' if parts == 1 else 's'} imported." if parts else ""
    note = (
        f"{kept:,} documents of the same name were left as the target has them: Knowledge Studio "
        "cannot replace a document."
        if kept
        else ""
    )
    return Done(outcomes.outcome, outcomes.said(uploads, note), outcomes.facts, warnings=kept)


def _all_of(step: Step) -> int:
    archive = step.item.archive
    return 0 if archive is None else int(archive.counts.get("documents") or 0)
