"""What became of an archive's documents in a proof: the same figures on every page and report."""

from dataclasses import dataclass

from migrator.models import ProofFigures, Verification
from migrator.models.verifications import SPLIT_OTHERWISE
from migrator.pictures.table import counted

# What a difference that concerns one document ends with; all others concern types, dictionaries
# or sets.
_OF_A_DOCUMENT = frozenset(
    {
        *("document", "ground_truth", "name", "text", "language"),
        *("sentences", "tokens", "mention", "relation", "coreference"),
    }
)


@dataclass(frozen=True)
class ProofDocuments:
    """How many documents of the archive came out how; together they are `total`.

    `split_anew` are those of equal text and annotations with sentences or tokens cut otherwise:
    None, and `equal` with them, where the proof is from before they were counted.
    """

    total: int
    split_anew: int | None
    differing: int
    missing: int
    # Differences in types, dictionaries and document sets, and documents only the target has.
    beside: int = 0

    @property
    def equal(self) -> int | None:
        """Those of which nothing differs."""
        if self.split_anew is None:
            return None
        return max(self.total - self.split_anew - self.differing - self.missing, 0)

    @property
    def told(self) -> str:
        """In a sentence, with what differs beside the documents."""
        if self.equal is None:
            kept = max(self.total - self.differing - self.missing, 0)
            first = f"{kept:,} of {_documents(self.total)} kept their text and annotations."
        elif self.total and self.equal == self.total:
            one = "The only document matches."
            first = f"All {_documents(self.total)} match." if self.total > 1 else one
        else:
            verb = "matches" if self.total == 1 else "match"
            first = f"{self.equal:,} of {_documents(self.total)} {verb}."
        return " ".join([first, *self._rest()])

    def _rest(self) -> list[str]:
        found = []
        if self.differing:
            found.append(f"{self.differing:,} {'differs' if self.differing == 1 else 'differ'}.")
        if self.missing:
            found.append(f"{self.missing:,} {'is' if self.missing == 1 else 'are'} missing.")
        if self.split_anew:
            verb = "is" if self.split_anew == 1 else "are"
            found.append(f"{self.split_anew:,} {verb} the same, only split anew by the upload.")
        if self.beside:
            found.append(f"Beside them: {counted(self.beside, 'difference')}.")
        return found


def documents_of(proof: Verification, figures: ProofFigures | None = None) -> ProofDocuments | None:
    """The documents of a proof; None where none were compared, or nobody counted which differ.

    `figures` are those of the proof, looked up with it where they are left out.
    """
    noted = figures or getattr(proof, "figures", None)
    source = proof.compared.get("documents", (None, None))[0]
    if noted is None or source is None:
        return None
    missing = proof.totals.get("missing_document", 0)
    return ProofDocuments(
        total=source,
        split_anew=_split_anew(proof, noted),
        differing=max(noted.documents_differing - missing, 0),
        missing=missing,
        beside=sum(count for kind, count in proof.totals.items() if _is_beside(kind)),
    )


def brought_again(proof: Verification) -> int:
    """How many of the differences a further restore mends.

    It sends what is missing and changes types and dictionaries; a document that is there, as it
    is, cannot be replaced in Knowledge Studio.
    """
    return sum(
        count
        for kind, count in proof.totals.items()
        if kind == "missing_document" or (_is_beside(kind) and not kind.startswith("extra_"))
    )


def _split_anew(proof: Verification, noted: ProofFigures) -> int | None:
    if noted.documents_split_anew is None and not SPLIT_OTHERWISE & set(proof.totals):
        return 0
    return noted.documents_split_anew


def _is_beside(kind: str) -> bool:
    return kind == "extra_document" or kind.partition("_")[2] not in _OF_A_DOCUMENT


def _documents(count: int) -> str:
    return counted(count, "document")
