"""Compares two bundles of dictionaries: entries, poscodes, surfaces, language.

Ids are issued anew and the order of entries and of surfaces says nothing. The link to an entity
type is compared only where both files say it: downloads since 2018 do not.
"""

from collections.abc import Hashable, Iterator, Sequence

from migrator.formats.dictionaries import Dictionary
from migrator.formats.dictionary_csv import Entry
from migrator.formats.differences import Difference
from migrator.formats.pairing import pair_by


def compare_dictionaries(
    left: Sequence[Dictionary], right: Sequence[Dictionary]
) -> Iterator[Difference]:
    """Dictionaries by name, else by id, else by content; then their entries."""
    ours, theirs = list(left), list(right)
    for sign in (_name_and_id, _name_and_entries, _name, _id, _entries):
        pairs, ours, theirs = pair_by(ours, theirs, sign)
        for one, other in pairs:
            yield from _changes(one, other)
    for one in ours:
        said = _told(one)
        yield Difference("missing_dictionary", "dictionaries", one.name, said, left=said)
    for one in theirs:
        said = _told(one)
        yield Difference("extra_dictionary", "dictionaries", one.name, said, right=said)


def _name_and_id(one: Dictionary) -> Hashable:
    return (one.name, one.id) if one.id else id(one)


def _name_and_entries(one: Dictionary) -> Hashable:
    return one.name, _entries(one)


def _name(one: Dictionary) -> Hashable:
    return one.name


def _id(one: Dictionary) -> Hashable:
    return one.id or id(one)


def _entries(one: Dictionary) -> Hashable:
    return tuple(sorted(map(_meaning, one.entries))) or id(one)


def _meaning(entry: Entry) -> tuple[str, str, tuple[str, ...]]:
    return entry.lemma, entry.poscode, tuple(sorted(entry.surfaces))


def _changes(one: Dictionary, other: Dictionary) -> Iterator[Difference]:
    facts = [("name", one.name, other.name)]
    if one.language and other.language:
        facts.append(("language", one.language.upper(), other.language.upper()))
    if one.pos_codes and other.pos_codes:
        facts.append(("parts of speech", _told_codes(one), _told_codes(other)))
    for fact, ours, theirs in facts:
        if ours != theirs:
            yield _changed("dictionary", one.name, fact, ours, theirs)
    yield from _entry_differences(one, other)


def _entry_differences(one: Dictionary, other: Dictionary) -> Iterator[Difference]:
    _, ours, theirs = pair_by(one.entries, other.entries, _meaning)
    for sign in (_lemma_and_poscode, _lemma, _surfaces):
        pairs, ours, theirs = pair_by(ours, theirs, sign)
        for before, after in pairs:
            detail = f"{before.lemma}: {_fact(before, after)}"
            yield _changed("entry", one.name, detail, _told_entry(before), _told_entry(after))
    for entry in ours:
        said = _told_entry(entry)
        yield Difference("missing_entry", "dictionaries", one.name, entry.lemma, left=said)
    for entry in theirs:
        said = _told_entry(entry)
        yield Difference("extra_entry", "dictionaries", one.name, entry.lemma, right=said)


def _lemma_and_poscode(entry: Entry) -> Hashable:
    return entry.lemma, entry.poscode


def _lemma(entry: Entry) -> Hashable:
    return entry.lemma


def _surfaces(entry: Entry) -> Hashable:
    return tuple(sorted(entry.surfaces)) or id(entry)


def _fact(before: Entry, after: Entry) -> str:
    """Which parts of an entry differ."""
    facts = (
        ("lemma", before.lemma != after.lemma),
        ("part of speech", before.poscode != after.poscode),
        ("surfaces", sorted(before.surfaces) != sorted(after.surfaces)),
    )
    return ", ".join(name for name, differs in facts if differs)


def _changed(noun: str, subject: str, detail: str, left: str, right: str) -> Difference:
    kind = f"changed_{noun}"
    return Difference(kind, "dictionaries", subject, detail, left=left, right=right)


def _told(one: Dictionary) -> str:
    return "1 entry" if len(one.entries) == 1 else f"{len(one.entries)} entries"


def _told_codes(one: Dictionary) -> str:
    return ", ".join(sorted(f"{code.id} {code.name}" for code in one.pos_codes))


def _told_entry(entry: Entry) -> str:
    return f"{entry.lemma} ({entry.poscode}): {', '.join(entry.surfaces)}"
