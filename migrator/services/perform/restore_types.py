"""Restoring the type system: look first, upload into an empty one, add what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.formats.compare_types import compare_types
from migrator.formats.differences import Difference
from migrator.formats.kinds import Kind
from migrator.formats.type_system import TypeSystem, read_type_system
from migrator.models import Conflict, LedgerEntry, Step
from migrator.services.beats import about_to_change, progress_of
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.check_archive import source_paths
from migrator.services.perform.obtain import connected, fetch, workspace_id_of
from migrator.services.perform.results import Done, Outcomes
from migrator.services.targets.conflict_rows import key_of
from migrator.services.targets.decisions import Decisions, decisions_of
from migrator.services.targets.types_against import is_renaming

_K = Step.Kind
_ENTITY, _RELATION = Conflict.Part.ENTITY_TYPE, Conflict.Part.RELATION_TYPE
_PARTS = (_ENTITY, _RELATION)


def restore_types(step: Step) -> Done:
    """Bring the target's type system to hold all that the archive's holds."""
    source = source_paths(step, Kind.TYPE_SYSTEM)[0]
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [source])
    with connected(step) as client:
        there, _ = fetch(step, client, progress_of(step, "bytes"), _K.PROOF_TYPES)
        try:
            return _restore(step, client, source, there)
        finally:
            there.unlink()


def _restore(step: Step, client: ToolClient, source: Path, there: Path) -> Done:
    wanted, found = read_type_system(source), read_type_system(there)
    count = len(wanted.entity_types) + len(wanted.relationship_types)
    if not found.entity_types:
        about_to_change(step)
        client.upload_types(workspace_id_of(step), source, progress_of(step, "bytes"))
        said = (
            f"{len(wanted.entity_types):,} entity types and "
            f"{len(wanted.relationship_types):,} relation types created."
        )
        return Done(Step.Outcome.CREATED, said, Outcomes(created=count).facts)
    lacking = _sorted_out(compare_types(wanted, found), wanted, decisions_of(step.item, *_PARTS))
    if lacking.open:
        raise _conflict(lacking.open)
    for label in lacking.addable:
        _create(step, client, label)
    return _outcome(count, lacking, step.ledger.filter(kind="entity_type").count())


@dataclass
class Lacking:
    """What of the archive's types the target has not, or has otherwise; by label or signature."""

    # Knowledge Studio can add these one by one.
    addable: list[str] = field(default_factory=list)
    # Somebody, or the default that was reviewed, decided that the target stays as it is.
    kept: set[str] = field(default_factory=set)
    # Nobody decided, or nothing can be done from here.
    open: list[str] = field(default_factory=list)


def _sorted_out(
    differences: Iterable[Difference], wanted: TypeSystem, decisions: Decisions
) -> Lacking:
    alone = {one.label for one in wanted.entity_types if one.can_be_created_alone}
    lacking = Lacking()
    for one in differences:
        if one.kind.startswith("extra_"):
            continue
        subject = one.left if is_renaming(one) else one.subject
        part = _RELATION if one.kind.endswith("relation_type") else _ENTITY
        is_gone = is_renaming(one) or one.kind == "missing_entity_type"
        if _is_kept(one, part, subject, decisions):
            lacking.kept.add(subject)
        elif part == _ENTITY and is_gone and subject in alone:
            lacking.addable.append(subject)
        else:
            lacking.open.append(subject)
    return lacking


def _is_kept(one: Difference, part: str, subject: str, decisions: Decisions) -> bool:
    if one.kind == "changed_type_system":
        return decisions.is_inspected  # what applies to all types has no row of its own
    return decisions.keeps(part, key_of(subject))


def _create(step: Step, client: ToolClient, label: str) -> None:
    about_to_change(step)
    client.create_entity_type(workspace_id_of(step), label=label)
    LedgerEntry.objects.get_or_create(
        step=step, kind="entity_type", source_id=label, defaults={"target_id": label}
    )


def _outcome(count: int, lacking: Lacking, created: int) -> Done:
    """`created` counts what an earlier try of the step created, too."""
    skipped = len(lacking.kept)
    identical = max(count - created - skipped, 0)
    outcomes = Outcomes(created=created, skipped=skipped, identical=identical)
    kept = "Where the two differ the target's were kept, as was chosen." if skipped else ""
    return Done(outcomes.outcome, outcomes.said(kept), outcomes.facts, warnings=skipped)


def _conflict(subjects: list[str]) -> ServiceError:
    count = len(subjects)
    shown = ", ".join(subjects[:5]) + (", …" if count > 5 else "")
    return ServiceError(
        f"The target workspace has another type system; {count:,} of the archive's types are "
        f"missing or different there: {shown}.",
        meaning="Nothing was changed on the target. Knowledge Studio takes a whole type system "
        "only where none is yet.",
        remedy="Restore into a new or empty workspace, or read the target and choose what is to "
        "happen with these types, or make them equal and retry.",
    )
