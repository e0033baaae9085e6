"""The mistake a person makes: documents of one workspace with the type system of another."""

from migrator.formats.errors import StatedError
from migrator.formats.inspect import Inspection

# Findings that only a foreign type system causes.
_CODES = frozenset({"undefined_mention_type", "undefined_relation_type"})


def sibling_warning(inspection: Inspection) -> StatedError | None:
    """The refusal where documents use types that the type system does not have, else None."""
    undefined = [finding for finding in inspection.findings if finding.code in _CODES]
    if not undefined:
        return None
    count = sum(finding.count for finding in undefined)
    return StatedError(
        f"These documents use types that the type system does not define ({count:,} times), so the "
        "two files seem to come from different workspaces.",
        meaning="The documents were not stored. The type system that came before is kept.",
        remedy="Bring the documents of the same workspace, or bring the type system that these "
        "documents belong to: it may take the place of the one that is here. If the two do belong "
        "together, say so and bring the documents again.",
    )
