"""Checks of dictionaries."""

from collections import Counter

from migrator import menus
from migrator.checks.answers import (
    NOT_DUE,
    Answer,
    AsNoted,
    NotDue,
    State,
    Unknown,
    many,
    passed,
    warning,
)
from migrator.checks.check import Group, Source, check, yes_no
from migrator.checks.facts import Facts, FindingFacts, ItemFacts
from migrator.checks.seeing import examples, findings, total, unlisted
from migrator.formats.inspecting.dictionary_rows import MAX_CSV_SIZE, MAX_ENTRIES


def _read_only(facts: ItemFacts) -> tuple[str, ...] | AsNoted | Unknown:
    if facts.lists:
        return tuple(one.name for one in facts.lists.dictionaries if one.read_only)
    if facts.noted.read_only is not None:
        return AsNoted(facts.noted.read_only)
    return unlisted(facts)


@check(
    "Read-only dictionaries",
    group=Group.DICTIONARIES,
    level=State.WARNING,
    looked_at="Dictionaries that were uploaded as read-only",
    source=Source.INVENTORY,
    sees=_read_only,
    question=yes_no(
        "Does this workspace have read-only dictionaries?",
        where=menus.DICTIONARIES,
        state=State.WARNING,
        yes="There are read-only dictionaries, which Knowledge Studio does not download.",
        no="Every dictionary can be downloaded.",
        names="Which dictionaries?",
        fix="Find the CSV files they were made from and attach them to the worksheet.",
    ),
)
def read_only_dictionaries(items: tuple[str, ...]) -> Answer:
    """Knowledge Studio does not download them."""
    if not items:
        return passed("Every dictionary can be downloaded.", "No read-only dictionary")
    return warning(
        f"{many(len(items), 'dictionary', 'dictionaries')} read-only, in no download.",
        allowed="No read-only dictionary",
        items=items,
        fix="Find the CSV files they were made from and attach them to the worksheet; the restore "
        "uploads them as read-only again.",
    )


class Sizes(Facts, frozen=True, kw_only=True):
    """Editable dictionaries by entries as listed, and what the inspection found too large."""

    entries: tuple[tuple[str, int], ...]
    found: tuple[FindingFacts, ...]


def _sizes(facts: ItemFacts) -> Sizes | Unknown:
    if facts.lists is None and facts.files is None:
        return unlisted(facts)
    listed = facts.lists.dictionaries if facts.lists else ()
    return Sizes(
        entries=tuple((one.name, one.entries or 0) for one in listed if not one.read_only),
        found=facts.files.found("limit_entries", "limit_dictionary_size") if facts.files else (),
    )


@check(
    "Size of dictionaries",
    group=Group.DICTIONARIES,
    level=State.WARNING,
    looked_at="Entries of editable dictionaries as listed, and their CSV files where downloaded",
    source=Source.INVENTORY,
    sees=_sizes,
    question=yes_no(
        "Has an editable dictionary more than 15,000 entries, or a CSV of more than 1 MB?",
        where=menus.DICTIONARIES,
        state=State.WARNING,
        yes="There are editable dictionaries over the limit.",
        no="Every editable dictionary keeps the limits.",
        names="Which dictionaries?",
        fix="Split the dictionary, or upload it as read-only in the target.",
    ),
)
def dictionary_size(sizes: Sizes) -> Answer:
    """An editable dictionary holds at most 15,000 entries and 1 MB of CSV."""
    items = {name: f"{name}: {n:,} entries" for name, n in sizes.entries if n > MAX_ENTRIES}
    for example in examples(sizes.found):
        # The listed number says it already.
        if example.partition(":")[0] not in items:
            items[example] = example
    allowed = f"{MAX_ENTRIES:,} entries and {MAX_CSV_SIZE / 1e6:.0f} MB of CSV each"
    if not items:
        return passed("Every editable dictionary keeps the limits.", allowed)
    return warning(
        f"{many(len(items), 'dictionary', 'dictionaries')} over the limit.",
        allowed=allowed,
        items=items.values(),
        fix="Split it into several, or upload it as read-only in the target, which takes 16 MB.",
    )


class Mapped(Facts, frozen=True, kw_only=True):
    """Dictionaries with the entity type they have in the source, and those the plan maps."""

    dictionaries: tuple[tuple[str, str], ...]
    planned: tuple[str, ...]


def _mapped(facts: ItemFacts) -> Mapped | AsNoted | Unknown:
    planned = facts.target.mapped_dictionaries if facts.target else ()
    if facts.lists:
        rows = tuple((one.name, one.entity_type) for one in facts.lists.dictionaries)
        return Mapped(dictionaries=rows, planned=planned)
    if facts.noted.mappings is not None:
        return AsNoted(Mapped(dictionaries=facts.noted.mappings, planned=planned))
    return unlisted(facts)


@check(
    "Dictionary mapping",
    group=Group.DICTIONARIES,
    level=State.WARNING,
    looked_at="The entity type that each dictionary is mapped to",
    source=Source.INVENTORY,
    sees=_mapped,
    question=yes_no(
        "Is there a dictionary without an entity type?",
        where=menus.DICTIONARIES,
        state=State.WARNING,
        yes="There are dictionaries without an entity type.",
        no="Every dictionary is mapped to an entity type.",
        names="Which dictionaries?",
        fix="Note the mapping in the worksheet: no download holds it.",
    ),
)
def dictionary_mapping(mapped: Mapped) -> Answer:
    """The mapping is in no download; a dictionary without one pre-annotates nothing."""
    items = [
        name for name, label in mapped.dictionaries if not label and name not in mapped.planned
    ]
    count = len(mapped.dictionaries)
    if not items:
        return passed(
            f"{many(count, 'dictionary', 'dictionaries')}, each with an entity type."
            if count
            else "There are no dictionaries.",
            _MAPPED,
        )
    return warning(
        f"{many(len(items), 'dictionary', 'dictionaries')} without an entity type.",
        allowed=_MAPPED,
        items=items,
        fix="Choose an entity type in Knowledge Studio, or in the plan for the target. One that is "
        "meant to have none can be accepted as it is.",
    )


_MAPPED = "An entity type for each dictionary"


def _names(
    facts: ItemFacts,
) -> tuple[tuple[str, ...], tuple[FindingFacts, ...]] | NotDue:
    if facts.lists is None and facts.files is None:
        return NOT_DUE
    names = tuple(one.name for one in facts.lists.dictionaries) if facts.lists else ()
    found = findings(facts, "dictionary_name_duplicate", "limit_surface")
    return names, () if isinstance(found, NotDue) else found


@check(
    "Names of dictionaries",
    group=Group.DICTIONARIES,
    level=State.WARNING,
    looked_at="Names of dictionaries as listed, and what was inspected of them",
    source=Source.INVENTORY,
    sees=_names,
)
def dictionary_names(seen: tuple[tuple[str, ...], tuple[FindingFacts, ...]]) -> Answer:
    """Two dictionaries of one name cannot be told apart; surfaces have a longest length."""
    names, found = seen
    twice = [f"{name}: {n} times" for name, n in Counter(names).items() if n > 1]
    items = twice + [one for one in examples(found) if one.partition(":")[0] not in names]
    allowed = "Each name once; surfaces of at most 256 characters"
    if not items:
        return passed("Names and surfaces keep the rules.", allowed)
    return warning(
        f"{many(max(len(items), total(found)), 'name or surface', 'names or surfaces')} beyond "
        "the rules.",
        allowed=allowed,
        items=items,
        fix="Rename the dictionary, or shorten the surface, in Knowledge Studio; the target may "
        "refuse it.",
    )


def _csv(facts: ItemFacts) -> tuple[str, ...] | Unknown | NotDue:
    if not facts.restores or facts.files is None:
        return NOT_DUE
    if facts.files.csv_dictionaries is None:
        return Unknown("The archive does not tell whether its dictionaries were CSV files.")
    return facts.files.csv_dictionaries


@check(
    "CSV dictionaries",
    group=Group.DICTIONARIES,
    level=State.WARNING,
    looked_at="In which form the dictionaries were brought",
    source=Source.FILES,
    sees=_csv,
    question=yes_no(
        "Were dictionaries brought as single CSV files?",
        state=State.WARNING,
        yes="Dictionaries were brought as CSV files.",
        no="The dictionaries were brought as the ZIP that Knowledge Studio downloads.",
        names="Which dictionaries?",
        fix="Bring the ZIP as Knowledge Studio downloads it, and back up again.",
    ),
)
def csv_becomes_read_only(names: tuple[str, ...]) -> Answer:
    """Knowledge Studio makes a read-only dictionary of a CSV; only its own ZIP stays editable."""
    allowed = "The ZIP as Knowledge Studio downloads it"
    if not names:
        return passed("No dictionary was brought as a CSV file.", allowed)
    return warning(
        f"{many(len(names), 'dictionary', 'dictionaries')} brought as CSV. Uploaded by hand as it "
        "is, a CSV becomes a read-only dictionary.",
        allowed=allowed,
        items=names,
        fix=f"Bring the ZIP instead: {menus.DICTIONARIES} > Download Dictionaries. The connector "
        "packs them into such a ZIP, so that they stay editable.",
    )


CHECKS = (
    read_only_dictionaries,
    dictionary_size,
    dictionary_mapping,
    dictionary_names,
    csv_becomes_read_only,
)
