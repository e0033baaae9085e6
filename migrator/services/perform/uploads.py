"""Sending a part of the documents once, also where the answer to the sending is lost."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from migrator.clients.calls import Unavailable
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.formats.corpus import open_corpus
from migrator.models import Event, LedgerEntry, Step, StepFile
from migrator.services import events, work_files
from migrator.services.beats import about_to_change, progress_of
from migrator.services.perform.obtain import workspace_id_of
from migrator.services.perform.results import NotYet

# Seconds between two looks at how many documents the target has.
LOOK_AGAIN = 2.0
# Nobody would give an import longer; a later moment was noted before the clock was set back.
FUTURE = timedelta(seconds=5)


def send_once(step: Step, client: ToolClient, part: StepFile) -> LedgerEntry:
    """Upload one part; its ledger entry names the import job.

    Before the call the step notes that a part is on its way, and how many documents are there:
    whoever finds the note without a ledger entry does not know whether the part arrived.
    """
    about_to_change(step)
    there = _documents_there(step, client)
    _note(step, part=part.pk, there=there, seen=there)
    try:
        job = client.upload_documents(
            workspace_id_of(step),
            work_files.absolute(part),
            ground_truth=True,
            progress=progress_of(step, "bytes"),
        )
    except (Unavailable, ServiceError) as error:
        if _was_not_taken(error):
            _forget(step)
        if error.http_status == 413:
            # Asked for smaller parts, the step knows what was too large.
            step.update_if_ours(facts={**step.facts, "too_large": part.size})
        raise
    with transaction.atomic():
        _forget(step)
        entry = LedgerEntry.objects.create(
            step=step, kind="upload", source_id=part.sha256, target_id=job
        )
    events.note(step, f"{part.name} sent, {part.size:,} bytes.")
    return entry


def settle(step: Step, client: ToolClient) -> None:
    """Wait for a part of which nobody knows whether it arrived, then plan the rest anew.

    The service lists no imports, so the number of documents decides: the part is in when they are
    as many more as it holds, and it is given up when they stay the same for
    settings.IMPORT_SETTLE_SECONDS. Raises NotYet while neither is so.
    """
    note = step.facts.get("on_its_way")
    if note is None:
        return
    there = _documents_there(step, client)
    if there is not None and there == _expected(step, note):
        _plan_anew(step, "It arrived after all.")
    elif there != note["seen"] or _clock_went_back(note):
        _note(step, part=note["part"], there=note["there"], seen=there)
        raise NotYet(LOOK_AGAIN)
    elif timezone.now() - _since(note) < timedelta(seconds=settings.IMPORT_SETTLE_SECONDS):
        raise NotYet(LOOK_AGAIN)
    else:
        _plan_anew(step, "What is there is compared again, and what is missing is sent.")


def _note(
    step: Step, *, there: int | None, part: int, seen: int | None = None, **_: object
) -> None:
    note = {
        "part": part,
        "there": there,
        "seen": there if seen is None else seen,
        "since": timezone.now().isoformat(),
    }
    step.update_if_ours(facts={**step.facts, "on_its_way": note})


def _forget(step: Step, *also: str) -> None:
    gone = {"on_its_way", *also}
    step.update_if_ours(facts={name: n for name, n in step.facts.items() if name not in gone})


@transaction.atomic
def _plan_anew(step: Step, said: str) -> None:
    step.ledger.filter(kind="upload").delete()
    _forget(step, "parts")
    events.note(step, f"The answer to an upload was lost. {said}", Event.Level.WARNING)


def _was_not_taken(error: Unavailable | ServiceError) -> bool:
    """True where it is certain that the service did not keep the part."""
    if isinstance(error, Unavailable):
        return error.not_sent or error.http_status == 429
    # A page with status 200 or a redirection in place of the answer says nothing.
    return error.http_status is not None and 400 <= error.http_status < 500


def _documents_there(step: Step, client: ToolClient) -> int | None:
    return client.workspace(workspace_id_of(step)).documents


def _expected(step: Step, note: dict[str, int]) -> int | None:
    part = step.files.filter(pk=note["part"]).first()
    if part is None or note["there"] is None:
        return None
    with open_corpus(work_files.absolute(part)) as opened:
        return note["there"] + sum(1 for _ in opened.documents())


def _since(note: dict[str, str]) -> datetime:
    return datetime.fromisoformat(note["since"])


def _clock_went_back(note: dict[str, str]) -> bool:
    return _since(note) > timezone.now() + FUTURE
