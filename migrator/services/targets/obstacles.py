"""What keeps a restore from going where it was sent: found while reading, settled by a person."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from migrator.formats.errors import StatedError
from migrator.models import Archive, Conflict, TargetReading
from migrator.services.targets.choices import is_open

# Per workspace. Source: IBM's documentation, limits of Knowledge Studio.
MOST_DOCUMENTS = 10_000
MOST_DICTIONARIES = 64
LISTED = 5  # types that a sentence names

_S = Conflict.State


def obstacles_of(
    facts: Mapping[str, Any],
    counts: Mapping[str, Mapping[str, int]],
    archive: Archive,
    needing: Sequence[str] = (),
    needing_count: int = 0,
) -> list[StatedError]:
    """Each obstacle in a reading; `needing` names types that nobody but a person can add."""
    found = [_taken_name(facts), _other_language(facts, archive), _no_room(counts)]
    if needing:
        found.append(_types(needing, max(needing_count, len(needing))))
    return [one for one in found if one is not None]


def obstacles_while_reading(
    reading: TargetReading,
    facts: Mapping[str, Any],
    counts: Mapping[str, Mapping[str, int]],
    conflicts: Iterable[Conflict],
) -> list[StatedError]:
    """The same before the conflicts are stored."""
    needing = [one.subject for one in conflicts if is_open(one)]
    return obstacles_of(facts, counts, reading.archive, needing)


def _taken_name(facts: Mapping[str, Any]) -> StatedError | None:
    taken = facts.get("taken_by")
    if not taken:
        return None
    return StatedError(
        f"The target already has a workspace named {taken['name']}.",
        meaning="Knowledge Studio takes a name once, and the product makes up none.",
        remedy="Type another name, or restore into that workspace.",
    )


def _other_language(facts: Mapping[str, Any], archive: Archive) -> StatedError | None:
    there = facts.get("workspace")
    if not there or there["language"].lower() == archive.language.lower():
        return None
    return StatedError(
        f"The target workspace {there['name']} has the language {there['language']}, the archive "
        f"{archive.language}.",
        meaning="The language of a workspace cannot be changed, and Knowledge Studio refuses "
        "documents and dictionaries of another one.",
        remedy="Choose a new workspace, or one of the same language.",
    )


def _no_room(counts: Mapping[str, Mapping[str, int]]) -> StatedError | None:
    for part, most, noun in (
        (Conflict.Part.DOCUMENT, MOST_DOCUMENTS, "documents"),
        (Conflict.Part.DICTIONARY, MOST_DICTIONARIES, "dictionaries"),
    ):
        by_state = counts.get(part, {})
        coming = by_state.get(_S.SOURCE_ONLY, 0)
        total = sum(by_state.values())
        if coming and total > most:
            return StatedError(
                f"The target would hold {total:,} {noun}; Knowledge Studio takes {most:,}.",
                meaning="The upload would be refused.",
                remedy="Restore into a new workspace, or remove some in the target first.",
            )
    return None


def _types(subjects: Sequence[str], count: int) -> StatedError:
    named = ", ".join(subjects[:LISTED]) + (", …" if count > LISTED else "")
    types = "type that the documents need is" if count == 1 else "types that the documents need are"
    return StatedError(
        f"{count:,} {types} missing in the target and cannot be added from here: {named}.",
        meaning="Knowledge Studio adds single entity types without roles and subtypes only, and "
        "refuses documents that use a type it does not know.",
        remedy="Add them in Knowledge Studio and read the target again, or restore into a new "
        "workspace.",
    )
