"""The effects of a restore in lines that people read."""

from dataclasses import dataclass

from dashboard.templatetags.words import plural
from migrator.services.targets.review import Effects

# noun: (singular and plural, verb for what is brought, verb for what changes)
NOUNS = {
    "workspaces": ("workspace", "create"),
    "entity_types": ("entity type", "bring"),
    "relation_types": ("relation type", "bring"),
    "dictionaries": ("dictionary,dictionaries", "bring"),
    "read_only": ("read-only dictionary,read-only dictionaries", "upload"),
    "mappings": ("dictionary mapping", "set"),
    "documents": ("document", "bring"),
    "people": ("person,people", "give"),
}
# Counted within another line.
INSIDE = {
    "dictionaries": (("entries", "entry,entries"),),
    "documents": (("mentions", "mention"), ("relations", "relation")),
}
TAILS = {"people": " a role they do not have yet"}
# Why something is left as it is, or cannot be brought.
LEFT = {
    "people": "give {} a role: not mapped, or left out",
    "mappings": "change the entity type of {}: the target's stays",
    "documents": "bring {}, of which the target has another version that stays",
}
IMPOSSIBLE = {"read_only": "bring {}: no CSV file is attached"}


@dataclass(frozen=True)
class Lines:
    """What it will do, what is there already, what it leaves, what it cannot."""

    will: list[str]
    identical: list[str]
    skipped: list[str]
    cannot: list[str]


def lines_of(effects: Effects) -> Lines:
    """The effects, a line for each noun."""
    will = [_will(noun, effects) for noun in NOUNS if effects.created[noun] > 0]
    raised = effects.updated["people"]
    if raised:
        will.append(f"raise the role of {plural(raised, 'person,people')}")
    replaced = effects.updated["mappings"]
    if replaced:
        will.append(f"replace the entity type of {plural(replaced, 'dictionary,dictionaries')}")
    return Lines(
        will,
        [plural(n, NOUNS[noun][0]) for noun, n in _ordered(effects.identical)],
        _told(effects.skipped, LEFT, "bring or replace {}: the target's stays, or it is left out"),
        _told(effects.cannot, IMPOSSIBLE, "bring {}: Knowledge Studio has no way to"),
    )


def _will(noun: str, effects: Effects) -> str:
    word, verb = NOUNS[noun]
    inside = [
        plural(effects.created[name], words)
        for name, words in INSIDE.get(noun, ())
        if effects.created[name] > 0
    ]
    most = "up to " if _is_at_most(noun, effects) else ""
    within = f" ({', '.join(inside)})" if inside else ""
    return f"{verb} {most}{plural(effects.created[noun], word)}{within}{TAILS.get(noun, '')}"


def _is_at_most(noun: str, effects: Effects) -> bool:
    """True where there may come fewer: some may be there already."""
    if noun == "people":
        return effects.people_at_most
    return effects.at_most and noun != "workspaces"


def _told(counts: dict[str, int], words: dict[str, str], otherwise: str) -> list[str]:
    return [
        words.get(noun, otherwise).format(plural(n, NOUNS[noun][0])) for noun, n in _ordered(counts)
    ]


def _ordered(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(noun, counts[noun]) for noun in NOUNS if counts.get(noun, 0) > 0]
