"""What it means when a file of the archive is damaged, missing or too many, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from migrator.archives import bag
from migrator.archives.contents import (
    CORPUS_PATTERN,
    DICTIONARIES,
    INDEX,
    INSPECTION,
    TYPES_PATTERN,
    WORKSPACE,
)
from migrator.archives.errors import ArchiveError
from migrator.archives.worksheets import FILES, WORKSHEETS

MOST_NAMED = 10  # files; the sentence stays readable

_TAG_FILES = {
    bag.DECLARATION: (
        "the bag's first line",
        "Tools that know BagIt will not recognise the archive.",
    ),
    bag.INFO: ("facts about the bag", "Its date, size and origin are no longer certain."),
    bag.MANIFEST: (
        "the list of fingerprints",
        "No file of the workspace can be verified.",
    ),
    bag.TAG_MANIFEST: (
        "the fingerprints of the accompanying files",
        "The accompanying files cannot be verified.",
    ),
    INDEX: (
        "the page for people",
        "The workspace's files are not touched by this, but what the page says cannot be trusted.",
    ),
    WORKSPACE: (
        "facts about the workspace",
        "Name, language, people, tasks and models are no longer certain.",
    ),
    INSPECTION: (
        "the counts taken at backup",
        "The content cannot be compared with what was counted at backup.",
    ),
}


def describe_file(name: str) -> tuple[str, str]:
    """What the file is, and what its loss means for the data."""
    if name in _TAG_FILES:
        return _TAG_FILES[name]
    if TYPES_PATTERN.fullmatch(name):
        return (
            "the type system",
            "Without the type system neither dictionaries nor annotated documents can be restored.",
        )
    if CORPUS_PATTERN.fullmatch(name):
        return (
            "the documents with their ground truth",
            "Documents and annotations cannot be restored from this copy.",
        )
    if name.startswith(DICTIONARIES):
        return ("dictionaries", "These dictionaries cannot be restored from this copy.")
    if name.startswith(WORKSHEETS):
        is_original = name.startswith(FILES)
        return (
            "an original file of a worksheet" if is_original else "a worksheet",
            "What people noted to make again by hand cannot be relied on.",
        )
    return ("no file of ours", "Nobody knows where it comes from.")


@dataclass
class Faults:
    """Names of files that are not as they were sealed, in the order found."""

    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    def raise_if_any(self) -> None:
        """Raise one ArchiveError that names every fault."""
        if self.damaged or self.missing or self.extra:
            raise self.error()

    def error(self) -> ArchiveError:
        """The ArchiveError that names every fault."""
        files = [*self.damaged, *self.missing, *self.extra]
        return ArchiveError(
            self._happened(), meaning=_meaning(files), remedy=self._remedy(), files=files
        )

    def _happened(self) -> str:
        sentences = [
            _sentence(
                self.damaged,
                "no longer matches its fingerprint",
                "no longer match their fingerprints",
            ),
            _sentence(self.missing, "is missing", "are missing"),
            _sentence(
                self.extra,
                "is in the archive, but not in its list of fingerprints",
                "are in the archive, but not in its list of fingerprints",
            ),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _remedy(self) -> str:
        advice = "Do not restore from this file. Use another copy of the archive, or back up the "
        advice += "workspace again while it exists."
        if self.damaged or self.missing:
            return advice
        return f"{advice} Somebody has changed this copy after it was sealed."


def _sentence(files: Sequence[str], one: str, several: str) -> str:
    if not files:
        return ""
    named = ", ".join(f"“{name}” ({describe_file(name)[0]})" for name in files[:MOST_NAMED])
    if len(files) == 1:
        return f"{named} {one}."
    more = f" and {len(files) - MOST_NAMED:,} more" if len(files) > MOST_NAMED else ""
    return f"{len(files):,} files {several}: {named}{more}."


def _meaning(files: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(describe_file(name)[1] for name in files))
