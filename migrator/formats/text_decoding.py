"""Text files that people made: in which encoding, with which line ends."""

import codecs
from pathlib import Path

import msgspec

_PIECE = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class DecodedText(msgspec.Struct, frozen=True):
    """`encoding` is `utf-8` for what the service takes, with or without a BOM."""

    text: str
    encoding: str


def encoding_of(path: Path) -> str:
    """The encoding to open a file with, by the same rules; the file is read once in pieces."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        piece = file.read(_PIECE)
        for bom, encoding in _BOMS:
            if piece.startswith(bom):
                return encoding
        try:
            while piece:
                decoder.decode(piece)
                piece = file.read(_PIECE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def decode_text(payload: bytes) -> DecodedText:
    """The text of `payload`: by its BOM, else UTF-8, else Windows-1252, which always succeeds."""
    for bom, encoding in _BOMS:
        if payload.startswith(bom):
            name = "utf-8" if encoding == "utf-8-sig" else encoding
            return DecodedText(payload.decode(encoding, "replace"), name)
    try:
        return DecodedText(payload.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return DecodedText(payload.decode("cp1252", "replace"), "cp1252")
