"""What a file is, by its content and never by its name.

A stranger is not refused but named, with what to bring instead. What cannot be opened safely
(encrypted, cut off, a bomb, climbing paths) raises FormatError.
"""

import re
from pathlib import Path

import msgspec

from migrator.formats.errors import FormatError
from migrator.formats.kinds import Kind
from migrator.formats.members import FolderMembers
from migrator.formats.near import BRING, Verdict, named_by_first_bytes
from migrator.formats.recognize_csv import recognize_csv
from migrator.formats.recognize_json import recognize_json
from migrator.formats.recognize_zip import recognize_names, recognize_zip
from migrator.formats.text_decoding import decode_text

_HEAD = 65_536  # bytes that are looked at before a reader is chosen
_WORKSPACE = re.compile(
    r"(?:types|corpus)-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
)


class Recognized(msgspec.Struct, frozen=True):
    """What a file is.

    `sentence` says so to a person. `workspace_id` is what the content says, else the file name of
    a download, else empty. `near` names what a stranger looks like, such as `pear`, `discovery`,
    `sire_profile`, `model`, `bundle` (several files in one), empty where nobody knows.
    """

    kind: Kind
    sentence: str
    workspace_id: str = ""
    near: str = ""


def recognize(path: Path) -> Recognized:
    """What the file or folder at `path` is. FormatError when it cannot be read safely."""
    try:
        verdict = _folder(path) if path.is_dir() else _file(path)
    except OSError as exc:
        raise FormatError(
            f"“{path.name}” cannot be opened: {exc.strerror}.",
            meaning="Nothing was read.",
            remedy="Check the path and the permissions.",
        ) from exc
    return Recognized(
        verdict.kind, verdict.sentence, verdict.workspace_id or named_id(path.name), verdict.near
    )


def named_id(name: str) -> str:
    """The workspace id that the file name of a download says; else empty."""
    found = _WORKSPACE.search(name)
    return found.group(1) if found else ""


def _folder(path: Path) -> Verdict:
    return recognize_names(FolderMembers(path).names, is_folder=True)


def _file(path: Path) -> Verdict:
    with path.open("rb") as file:
        head = file.read(_HEAD)
        is_whole = not file.read(1)
    if not head.strip():
        return Verdict(Kind.UNKNOWN, f"The file is empty. {BRING}", near="empty")
    if head.startswith(b"PK"):
        return recognize_zip(path)
    if stranger := named_by_first_bytes(head):
        return stranger
    text = decode_text(head if is_whole else _whole_characters(head)).text
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "["):
        return recognize_json(path, is_list=start == "[")
    return recognize_csv(text, is_whole=is_whole)


def _whole_characters(head: bytes) -> bytes:
    """Without the bytes of a UTF-8 character that the cut went through."""
    for length in range(1, 4):
        if head[-length] & 0xC0 == 0xC0:
            return head[:-length]
        if head[-length] < 0x80:
            break
    return head
