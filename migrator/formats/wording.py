"""How a finding is put into words, and how serious it is."""

import msgspec

ERROR, WARNING, NOTE = "error", "warning", "note"
LEVELS = (ERROR, WARNING, NOTE)  # the most serious first

AGAIN = "Download the documents again from Knowledge Studio and inspect the new file."
NOTHING = "Nothing needs to be done."
SIBLING = (
    "This happens when a corpus is paired with the type system of a sibling workspace. Bring the "
    "type system of the workspace that the documents come from; the nearest labels of this one "
    "stand beside each example."
)


class Wording(msgspec.Struct, frozen=True):
    """`title` names the thing, to be followed by a count; the others are whole sentences."""

    level: str
    title: str
    meaning: str
    remedy: str


def error(title: str, meaning: str, remedy: str = AGAIN) -> Wording:
    """The file is wrong, or the service would refuse it."""
    return Wording(ERROR, title, meaning, remedy)


def warning(title: str, meaning: str, remedy: str = NOTHING) -> Wording:
    """It occurs in real exports and may cost something in a restore or in training."""
    return Wording(WARNING, title, meaning, remedy)


def note(title: str, meaning: str, remedy: str = NOTHING) -> Wording:
    """Worth knowing, harmless."""
    return Wording(NOTE, title, meaning, remedy)
