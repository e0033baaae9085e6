"""The words of every finding: one place for pages, command line and the archive's own page."""

from migrator.formats.inspection import Finding
from migrator.formats.wording import Wording
from migrator.formats.wordings_annotations import ANNOTATION_WORDINGS
from migrator.formats.wordings_corpus import CORPUS_WORDINGS
from migrator.formats.wordings_parts import PART_WORDINGS

CATALOGUE: dict[str, Wording] = {**CORPUS_WORDINGS, **ANNOTATION_WORDINGS, **PART_WORDINGS}


def describe(finding: Finding) -> tuple[str, str, str]:
    """(title with the count, what it means for the data, what to do)."""
    wording = CATALOGUE[finding.code]
    return f"{wording.title}: {finding.count:,}", wording.meaning, wording.remedy
