"""Compares two versions of one document: everything that differs, with the reasons."""

from migrator.formats.compare_content import read_content
from migrator.formats.compare_links import compare_chains, compare_relations, sides_of
from migrator.formats.compare_mentions import pair_mentions
from migrator.formats.compare_text import compare_text
from migrator.formats.differences import Difference
from migrator.formats.ground_truth import Annotations

OBSCURED = "The ground truth cannot be read; the service writes such documents obscured."


def compare_ground_truths(
    left: bytes | None, right: bytes | None, subject: str
) -> list[Difference]:
    """The differences of two gt files; None stands for a document without one."""
    if left is None or right is None:
        return _one_sided(left, right, subject)
    ours, theirs = read_content(left), read_content(right)
    if ours is None or theirs is None:
        return _unreadable(left, right, ours, theirs, subject)
    return compare_contents(ours, theirs, subject)


def compare_contents(left: Annotations, right: Annotations, subject: str) -> list[Difference]:
    """The differences of two documents that were read already."""
    pairing, mentions = pair_mentions(left, right, subject)
    sides = sides_of(left, right, pairing, subject)
    return [
        *compare_text(left, right, subject),
        *mentions,
        *compare_relations(sides),
        *compare_chains(sides),
    ]


def _one_sided(left: bytes | None, right: bytes | None, subject: str) -> list[Difference]:
    if left is None and right is None:
        return []
    kind = "missing_ground_truth" if right is None else "extra_ground_truth"
    detail = "The document is there, but its annotations are not on both sides."
    return [Difference(kind, "documents", subject, detail)]


def _unreadable(
    left: bytes,
    right: bytes,
    ours: Annotations | None,
    theirs: Annotations | None,
    subject: str,
) -> list[Difference]:
    if left == right:
        return []
    sides = ["not readable" if one is None else "readable" for one in (ours, theirs)]
    return [
        Difference(
            "changed_ground_truth", "documents", subject, "ground truth file", OBSCURED, *sides
        )
    ]
