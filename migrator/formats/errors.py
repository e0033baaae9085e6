"""Errors that speak to the person: what happened, what it means for the data, what to do."""


class StatedError(Exception):
    """The base of every error whose words a person may read.

    `happened`, `meaning` and `remedy` are whole sentences; `reference` is a transaction id or
    another handle for support, empty where there is none. None of them holds document text or a
    secret.
    """

    def __init__(
        self, happened: str, *, meaning: str = "", remedy: str = "", reference: str = ""
    ) -> None:
        super().__init__(happened, meaning, remedy, reference)
        self.happened = happened
        self.meaning = meaning
        self.remedy = remedy
        self.reference = reference

    def __str__(self) -> str:
        """All sentences in order, the reference in brackets."""
        said = " ".join(part for part in (self.happened, self.meaning, self.remedy) if part)
        return f"{said} [{self.reference}]" if self.reference else said


class FormatError(StatedError):
    """A file is not what it should be, or cannot be read safely."""
