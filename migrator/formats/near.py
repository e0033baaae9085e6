"""Near relatives of an export: files that a person may drop by mistake, and their names."""

import msgspec

from migrator.formats.kinds import Kind

BRING = (
    "Bring what Knowledge Studio downloads: the type system (JSON), the dictionaries (ZIP or CSV) "
    "or the documents (ZIP)."
)


class Verdict(msgspec.Struct, frozen=True):
    """What a part of the recognition came to."""

    kind: Kind
    sentence: str
    workspace_id: str = ""
    near: str = ""


def stranger(what: str, near: str, bring: str = BRING) -> Verdict:
    """A file that is no part of a workspace: what it is, and what to bring instead."""
    return Verdict(Kind.UNKNOWN, f"{what} {bring}", near=near)


_FIRST_BYTES = (
    (b"%PDF", "This is a PDF.", "pdf"),
    (b"\xd0\xcf\x11\xe0", "This is an old Word or Excel file.", "office"),
    (b"\x1f\x8b", "This is a gzip file.", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "This is a 7-Zip archive.", "7z"),
    (b"Rar!", "This is a RAR archive.", "rar"),
    (b"\x89PNG", "This is a picture.", "picture"),
    (b"\xff\xd8\xff", "This is a picture.", "picture"),
    (b"SQLite format 3", "This is a database.", "database"),
)
_HTML = (b"<!doctype html", b"<html")


def named_by_first_bytes(head: bytes) -> Verdict | None:
    """A stranger that its first bytes give away, None where they do not."""
    for first, what, near in _FIRST_BYTES:
        if head.startswith(first):
            return stranger(what, near)
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_HTML):
        return stranger(
            "This is a web page, most likely the sign-in page: the download did not work.", "html"
        )
    if start.startswith(b"<?xml"):
        return stranger("This is an XML file.", "xml")
    return None
