"""Checks of where it goes: room, types in the way, plan and region. Due once a target is chosen."""

from migrator import menus
from migrator.checks.answers import (
    NOT_DUE,
    Answer,
    NotDue,
    State,
    Unknown,
    blocking,
    many,
    note,
    passed,
    verb,
    warning,
)
from migrator.checks.check import Group, Source, check, yes_no
from migrator.checks.facts import Clashes, Facts, ItemFacts
from migrator.formats.inspecting.bundle_parts import MAX_DICTIONARIES
from migrator.formats.inspecting.listing import MAX_DOCUMENTS
from migrator.formats.inspecting.sets import MAX_SETS

ROOM = {
    "documents": ("document", "documents", MAX_DOCUMENTS),
    "document_sets": ("document set", "document sets", MAX_SETS),
    "dictionaries": ("dictionary", "dictionaries", MAX_DICTIONARIES),
}


class Room(Facts, frozen=True, kw_only=True):
    """How many of each come, and how many are there already."""

    coming: dict[str, int]
    there: dict[str, int]


def _room(facts: ItemFacts) -> Room | Unknown | NotDue:
    target = facts.target
    if target is None:
        return NOT_DUE
    coming = _coming(facts)
    if coming is None:
        why = f"Nobody counted what is in the source. {facts.why_unlisted}".strip()
        return Unknown(why, look=facts.read_again)
    if target.is_new:
        return Room(coming=coming, there=dict.fromkeys(ROOM, 0))
    if target.there is None:
        return Unknown(
            target.instance.why_unknown or f"Nobody counted what is in {target.name} in the target."
        )
    return Room(coming=coming, there=target.there)


def _coming(facts: ItemFacts) -> dict[str, int] | None:
    if facts.files:
        return {name: facts.files.counts.get(name, 0) for name in ROOM}
    if facts.lists is None or facts.workspace is None or facts.workspace.documents is None:
        return None
    return {
        "documents": facts.workspace.documents,
        "document_sets": len(facts.lists.sets),
        "dictionaries": len(facts.lists.dictionaries),
    }


@check(
    "Room in the target",
    group=Group.TARGET,
    level=State.BLOCKING,
    looked_at="Documents, document sets and dictionaries that come, and those that are there",
    source=Source.TARGET,
    sees=_room,
    question=yes_no(
        "Would the target hold more than 10,000 documents, 1,000 document sets or 64 dictionaries?",
        state=State.BLOCKING,
        yes="The target has no room for it.",
        no="The target has room for it.",
        fix="Restore into a new workspace, or into several.",
    ),
)
def target_room(room: Room) -> Answer:
    """A workspace holds a limited number of documents, sets and dictionaries."""
    allowed = ", ".join(f"{limit:,} {several}" for _, several, limit in ROOM.values())
    over = [
        f"{many(room.coming[name] + room.there[name], one, several)} of {limit:,}"
        for name, (one, several, limit) in ROOM.items()
        if room.coming[name] + room.there[name] > limit
    ]
    if not over:
        return passed("The target has room for all of it.", allowed)
    return blocking(
        "The target would hold too much.",
        allowed=allowed,
        items=over,
        fix="Restore into a new workspace; what is too much for one goes into several.",
    )


def _clashes(facts: ItemFacts) -> Clashes | Unknown | NotDue:
    target = facts.target
    if target is None:
        return NOT_DUE
    if target.is_new:
        return Clashes(lacking=(), differing=())
    if target.clashes is None:
        return Unknown(
            target.instance.why_unknown
            or f"The type system of {target.name} in the target was not read yet."
        )
    return target.clashes


def _undecided(clashes: Clashes) -> list[str]:
    return [subject for subject in clashes.differing if subject not in clashes.kept]


@check(
    "Types in the target",
    group=Group.TARGET,
    level=State.BLOCKING,
    looked_at="The type system of the target workspace against that of the source",
    source=Source.TARGET,
    sees=_clashes,
    question=yes_no(
        "Has the target workspace a type system that differs from the source's?",
        where=menus.ENTITY_TYPES,
        state=State.BLOCKING,
        yes="The target has another type system.",
        no="The target has the same type system, or none.",
        names="Which types are missing or different there?",
        fix="Restore into a new or empty workspace, or make the types equal.",
    ),
)
def clashing_types(clashes: Clashes) -> Answer:
    """Knowledge Studio takes a whole type system only where none is yet, and replaces no type."""
    allowed = "No type system, or one that holds all types of the source alike"
    lacking, undecided = clashes.lacking, _undecided(clashes)
    if lacking:
        return blocking(
            f"{many(len(lacking), 'type')} that the documents need "
            f"{verb(len(lacking), 'is', 'are')} missing in the target and cannot be added there.",
            allowed=allowed,
            items=lacking,
            fix="Restore into a new or empty workspace, or add these types there by hand.",
        )
    if undecided:
        return blocking(
            f"{many(len(undecided), 'type')} {verb(len(undecided), 'differs', 'differ')} in the "
            "target, which can only keep its own.",
            allowed=allowed,
            items=undecided,
            fix="Look at the differences and choose “Keep the target's” for these types, restore "
            "into a new or empty workspace, or make the types equal in both.",
        )
    if clashes.differing:
        count = len(clashes.differing)
        return note(
            f"{many(count, 'type')} {verb(count, 'differs', 'differ')}; somebody decided that the "
            "target keeps its own.",
            allowed=allowed,
            items=clashes.differing,
        )
    return passed("Nothing in the target stands in the way.", allowed)


def _plan(facts: ItemFacts) -> str | Unknown | NotDue:
    if facts.target is None:
        return NOT_DUE
    instance = facts.target.instance
    return instance.plan or Unknown(
        instance.why_unknown or f"{instance.name} does not say which plan it has."
    )


@check(
    "Lite plan",
    group=Group.TARGET,
    level=State.WARNING,
    looked_at="The service plan of the target instance",
    source=Source.TARGET,
    sees=_plan,
    question=yes_no(
        "Is the target instance on the Lite plan?",
        state=State.WARNING,
        yes="The target is on the Lite plan.",
        no="The target is not on the Lite plan.",
        fix="Upgrade the target, or accept that it has one user and exports no model.",
        once=True,
    ),
)
def lite_plan(plan: str) -> Answer:
    """A Lite plan has one user and exports no model."""
    allowed = "A plan with several users and model export"
    if plan.lower() != "lite":
        return passed(f"The target is on the plan {plan}.", allowed)
    return warning(
        "The target is on the Lite plan: one user, no model export.",
        allowed=allowed,
        fix="Upgrade the target instance where several people work in it or a model is to be "
        "exported.",
    )


def _regions(facts: ItemFacts) -> tuple[str, str] | Unknown | NotDue:
    if facts.target is None:
        return NOT_DUE
    ends = (facts.source, facts.target.instance)
    silent = [end.name for end in ends if end and not end.region]
    if silent or facts.source is None:
        return Unknown(f"The address of {' and '.join(silent) or 'the source'} names no region.")
    return facts.source.region, facts.target.instance.region


@check(
    "Region",
    group=Group.TARGET,
    level=State.WARNING,
    looked_at="The regions in the addresses of source and target",
    source=Source.PLAN,
    sees=_regions,
    question=yes_no(
        "Is the target in another region than the source?",
        state=State.WARNING,
        yes="The target is in another region.",
        no="Source and target are in one region.",
        fix="Ask whoever answers for data protection whether the documents may go there.",
        once=True,
    ),
)
def region(regions: tuple[str, str]) -> Answer:
    """Documents that may hold personal data change their region, and models their address."""
    source, target = regions
    if source == target:
        return passed(f"Source and target are in {source}.", "One region")
    return warning(
        f"The source is in {source}, the target in {target}.",
        allowed="One region",
        fix="Ask whoever answers for data protection whether the documents may go there. Models "
        "are deployed to Natural Language Understanding in the new region, at another address.",
    )


CHECKS = (target_room, clashing_types, lite_plan, region)
