"""What can be wrong with an archive."""

from collections.abc import Sequence

from migrator.formats.errors import StatedError


class ArchiveError(StatedError):
    """An archive cannot be written, read or trusted.

    `files` names the files in the bag that are damaged, missing or too many (`data/…`, relative to
    the bag's folder); empty where the archive as a whole is meant.
    """

    def __init__(
        self,
        happened: str,
        *,
        meaning: str = "",
        remedy: str = "",
        reference: str = "",
        files: Sequence[str] = (),
    ) -> None:
        super().__init__(happened, meaning=meaning, remedy=remedy, reference=reference)
        self.files = tuple(files)
