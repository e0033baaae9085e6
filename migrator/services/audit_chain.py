"""The chain over the audit log: giving entries their places, and checking them.

Each entry's hash covers the hash before it, so whoever changes, adds or removes an entry would have
to write every later one anew. The hash of the last one is logged by each check, and stands in every
export: kept elsewhere, it proves even that the whole chain was not replaced.
"""

import hashlib
import json
import logging
from datetime import UTC

from django.db import transaction
from django.db.models.query import QuerySet
from django.utils import timezone

from migrator.models import AuditChain, AuditEntry

logger = logging.getLogger(__name__)

# Entries that get their places in one transaction.
BATCH = 500


def extend_chain() -> int:
    """Give every entry without one its place; how many got one. Safe to call at any time."""
    chained = 0
    while batch := _extend_by_a_batch():
        chained += batch
    return chained


@transaction.atomic
def _extend_by_a_batch() -> int:
    chain = _locked_chain()
    entries = list(AuditEntry.objects.unchained()[:BATCH])
    for entry in entries:
        entry.position, entry.previous_hash = chain.length + 1, chain.head
        entry.hash = hash_of(entry)
        _write_place(entry)
        chain.length, chain.head = entry.position, entry.hash
    if entries:
        chain.save(update_fields=["length", "head"])
    return len(entries)


def _locked_chain() -> AuditChain:
    AuditChain.objects.get_or_create(pk=AuditChain.THE_ONE)
    return AuditChain.objects.select_for_update().get(pk=AuditChain.THE_ONE)


def _write_place(entry: AuditEntry) -> None:
    """The only update of an entry there is, around the queryset's refusal."""
    place = {name: getattr(entry, name) for name in ("position", "previous_hash", "hash")}
    rows: QuerySet[AuditEntry] = QuerySet(AuditEntry)
    rows.filter(pk=entry.pk, position=None).update(**place)


def hash_of(entry: AuditEntry) -> str:
    """SHA-256 over everything an entry says and the hash before it, as canonical JSON.

    The user's row is not part of it: it may be deleted, the name in `who` stays.
    """
    said = [
        entry.position,
        entry.previous_hash,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.who,
        entry.action,
        entry.subject,
        entry.details,
    ]
    packed = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(packed.encode("utf-8", "surrogatepass")).hexdigest()


def check_chain() -> AuditChain:
    """Compute every hash again and keep what was found; memory does not grow with the log."""
    extend_chain()
    chain = AuditChain.objects.get_or_create(pk=AuditChain.THE_ONE)[0]
    broken_at, problem = _first_break(chain)
    AuditChain.objects.filter(pk=chain.pk).update(
        checked_at=timezone.now(),
        checked_length=chain.length,
        broken_at=broken_at,
        problem=problem,
    )
    if problem:
        logger.error("audit chain: broken at entry %s: %s", broken_at, problem)
    else:
        logger.info("audit chain: %d entries intact, head %s", chain.length, chain.head)
    chain.refresh_from_db()
    return chain


def _first_break(chain: AuditChain) -> tuple[int | None, str]:
    """Where the first `chain.length` entries are not what was chained, and how; (None, "")."""
    position, previous = 0, ""
    entries = AuditEntry.objects.chained().filter(position__lte=chain.length)
    for entry in entries.iterator(chunk_size=BATCH):
        position += 1
        if entry.position != position:
            return position, f"Entry {position} is missing."
        if entry.previous_hash != previous:
            return position, f"Entry {position} does not follow the one before it."
        if entry.hash != hash_of(entry):
            return position, f"Entry {position} was changed after it was written."
        previous = entry.hash
    if position < chain.length:
        return position + 1, f"Entry {position + 1} and all later ones are missing."
    if previous != chain.head:
        return position, f"Entry {position} is not the one that was written last."
    return None, ""
