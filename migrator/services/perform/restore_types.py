"""Restoring the type system: look first, upload into an empty one, add what is missing."""

from pathlib import Path

from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.formats.compare import compare
from migrator.formats.differences import Difference
from migrator.formats.kinds import Kind
from migrator.formats.type_system import EntityType, TypeSystem, read_type_system
from migrator.models import LedgerEntry, Step
from migrator.services.beats import about_to_change, progress_of
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.check_archive import source_paths
from migrator.services.perform.obtain import connected, fetch, workspace_id_of
from migrator.services.perform.results import Done

_K = Step.Kind


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
    if not found.entity_types:
        about_to_change(step)
        client.upload_types(workspace_id_of(step), source, progress_of(step, "bytes"))
        return Done(
            Step.Outcome.CREATED,
            f"{len(wanted.entity_types):,} entity types and "
            f"{len(wanted.relationship_types):,} relation types created.",
        )
    lacking = _lacking(source, there)
    if not lacking:
        return Done(Step.Outcome.IDENTICAL, "the target has all these types already.")
    return _add(step, client, wanted, lacking)


def _lacking(source: Path, there: Path) -> list[Difference]:
    """What the archive's type system has and the target's lacks or has otherwise."""
    found: list[Difference] = []
    compare([source], [there], sink=found.append)
    return [difference for difference in found if not difference.kind.startswith("extra_")]


def _add(step: Step, client: ToolClient, wanted: TypeSystem, lacking: list[Difference]) -> Done:
    """Add the entity types that the target lacks; anything else cannot be added one by one."""
    missing = {one.subject for one in lacking if one.kind == "missing_entity_type"}
    plain = [one for one in wanted.entity_types if one.label in missing and _can_be_added(one)]
    if len(plain) < len(lacking):
        raise _conflict(len(lacking), [one.subject for one in lacking])
    for entity_type in plain:
        about_to_change(step)
        client.create_entity_type(workspace_id_of(step), label=entity_type.label)
        LedgerEntry.objects.get_or_create(
            step=step, kind="entity_type", source_id=entity_type.id, target_id=entity_type.label
        )
    return Done(Step.Outcome.UPDATED, f"{len(plain):,} entity types added to the target's.")


def _can_be_added(entity_type: EntityType) -> bool:
    """Knowledge Studio adds single types with their own role only, and no hyphen in the label."""
    own_role = set(entity_type.roles) <= {entity_type.id}
    return own_role and not entity_type.subtypes and "-" not in entity_type.label


def _conflict(count: int, subjects: list[str]) -> ServiceError:
    shown = ", ".join(subjects[:5]) + (", …" if count > 5 else "")
    return ServiceError(
        f"The target workspace has another type system; {count:,} of the archive's types are "
        f"missing or different there: {shown}.",
        meaning="Nothing was changed on the target. Knowledge Studio takes a whole type system "
        "only where none is yet.",
        remedy="Restore into a new or empty workspace, or make these types equal and retry.",
    )
