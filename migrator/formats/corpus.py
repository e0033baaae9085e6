"""The corpus: `documents.json`, `sets.json` and a ground truth per document, in a ZIP or a folder.

Accepts what people make of it: files below one folder, another order, directory entries, compact
JSON, an unpacked folder.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from migrator.formats.errors import FormatError
from migrator.formats.ground_truth import MAX_GROUND_TRUTH
from migrator.formats.json_decoding import decode, decode_with
from migrator.formats.json_items import iter_items
from migrator.formats.members import FolderMembers, ZipMembers, open_members
from migrator.formats.open_structs import OpenStruct, from_plain

DOCUMENTS = "documents.json"
SETS = "sets.json"
GROUND_TRUTH_FOLDER = "gt/"


class Document(OpenStruct, kw_only=True, rename="camel"):
    """An item of documents.json. `id` is `<SOURCE set id>-<n>`, `name` is not unique."""

    id: str
    name: str
    created_date: int | UnsetType = UNSET
    text: str
    status: str | UnsetType = UNSET
    modified_date: int | UnsetType = UNSET


class DocumentSet(OpenStruct, kw_only=True, rename="camel"):
    """An item of sets.json. `annotator` is an e-mail, in 2016 a number, on ASSIGNMENT sets only."""

    id: str
    name: str
    created_date: int | UnsetType = UNSET
    documents: list[str]
    type: str
    annotator: str | int | UnsetType | None = UNSET
    modified_date: int | UnsetType = UNSET
    count: int | UnsetType = UNSET


class Corpus:
    """An open corpus; made by `open_corpus`. Reading raises FormatError for what is damaged."""

    def __init__(self, path: Path, members: ZipMembers | FolderMembers, prefix: str) -> None:
        self.path = path
        self.members = members
        self.prefix = prefix
        self._folder = prefix + GROUND_TRUTH_FOLDER
        self.ground_truth_count = 0
        self.strangers: list[str] = []  # names of files that belong to no corpus
        known = (prefix + DOCUMENTS, prefix + SETS)
        for name in members.names:
            if ground_truth_id(name, prefix) is not None:
                self.ground_truth_count += 1
            elif name not in known:
                self.strangers.append(name)

    @property
    def document_ids(self) -> Iterator[str]:
        """The ids of all ground truths, in the order of the ZIP's directory."""
        for name in self.members.names:
            if (document_id := ground_truth_id(name, self.prefix)) is not None:
                yield document_id

    def ground_truth_name(self, document_id: str) -> str:
        """What the ground truth of a document is called in the ZIP or folder."""
        return f"{self._folder}{document_id}.json"

    def number(self, document_id: str) -> int:
        """The number of a ground truth among the names of `members`, below zero without one."""
        if "/" in document_id:  # names a file that lies deeper
            return -1
        return self.members.names.find(f"{self._folder}{document_id}.json")

    def has_ground_truth(self, document_id: str) -> bool:
        """Whether the ground truth of a document is there."""
        return self.number(document_id) >= 0

    def documents(self) -> Iterator[Document]:
        """The documents one by one, in the order of documents.json."""
        for plain in self._plain_items(DOCUMENTS):
            yield from_plain(plain, Document, what=f"A document in {DOCUMENTS}")

    def document_items(self) -> Iterator[bytes | bytearray]:
        """The JSON text of each document, unchecked."""
        return iter_items(self.members.stream(self.prefix + DOCUMENTS), what=DOCUMENTS)

    def lean_documents(self) -> Iterator["LeanDocument"]:
        """The same, read for counting and comparing only."""
        for item in self.document_items():
            yield decode_with(_LEAN, item, what=f"A document in {DOCUMENTS}")

    def sets(self) -> list[DocumentSet]:
        """All document sets; an empty list where sets.json is missing."""
        if not self.has_sets:
            return []
        what = f"A set in {SETS}"
        return [from_plain(plain, DocumentSet, what=what) for plain in self._plain_items(SETS)]

    @property
    def has_sets(self) -> bool:
        """Whether there is a sets.json."""
        return self.prefix + SETS in self.members.names

    def ground_truth(self, document_id: str) -> bytes:
        """The ground truth file of one document. FormatError when there is none."""
        if not self.has_ground_truth(document_id):
            raise FormatError(
                f"The document {document_id} has no ground truth in this corpus.",
                meaning="Its annotations are not in the file.",
                remedy="Download the documents again from Knowledge Studio.",
            )
        name = self.ground_truth_name(document_id)
        if self.members.size(name) > MAX_GROUND_TRUTH:
            raise FormatError(
                f"The ground truth of {document_id} is larger than any document can be.",
                meaning="It was not read.",
                remedy="Download the documents again from Knowledge Studio.",
            )
        return self.members.read(name)

    def ground_truths(self) -> Iterator[tuple[str, bytes]]:
        """(document id, file) of every ground truth, in the order of the ZIP's directory."""
        for document_id in self.document_ids:
            yield document_id, self.ground_truth(document_id)

    def _plain_items(self, name: str) -> Iterator[dict[str, Any]]:
        for item in iter_items(self.members.stream(self.prefix + name), what=name):
            yield decode(item, dict[str, Any], what=f"An item of {name}")


@contextmanager
def open_corpus(path: Path) -> Iterator[Corpus]:
    """The corpus at `path`; FormatError when it is none or cannot be read safely."""
    members = open_members(path)
    try:
        prefix = corpus_prefix(members.names)
        if prefix is None:
            raise FormatError(
                f"There is no {DOCUMENTS} in it.",
                meaning="It is not a download of documents from Knowledge Studio.",
                remedy="Download the documents again and bring the ZIP as it arrives.",
            )
        if prefix + DOCUMENTS in members.duplicates or prefix + SETS in members.duplicates:
            raise FormatError(
                f"The ZIP holds {DOCUMENTS} or {SETS} twice.",
                meaning="Nobody can tell which of the two counts, so neither was read.",
                remedy="Download the documents again and bring the ZIP as it arrives.",
            )
        yield Corpus(path, members, prefix)
    finally:
        members.close()


def corpus_prefix(names: Iterable[str]) -> str | None:
    """The folder ("" or "…/") that holds documents.json, None where none or several do."""
    found = [name for name in names if name.rsplit("/", 1)[-1] == DOCUMENTS]
    if DOCUMENTS in found:
        return ""
    return found[0].removesuffix(DOCUMENTS) if len(found) == 1 else None


def ground_truth_id(name: str, prefix: str = "") -> str | None:
    """The document id that `name` stands for, None when it is no ground truth."""
    folder = prefix + GROUND_TRUTH_FOLDER
    rest = name[len(folder) :]
    if name.startswith(folder) and name.endswith(".json") and "/" not in rest:
        return rest.removesuffix(".json")
    return None


def source_set_id(document_id: str) -> str:
    """The id of the SOURCE set that a document came with: its id without the last number."""
    return document_id.rpartition("-")[0]


class LeanDocument(msgspec.Struct, gc=False):
    """A document, lean, for counting; missing fields read as empty."""

    id: str = ""
    name: str = ""
    text: str = ""
    status: str | None = None


_LEAN = msgspec.json.Decoder(LeanDocument)
