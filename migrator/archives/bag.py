"""The text files of a BagIt 1.0 bag. Source: RFC 8493."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from migrator.archives.errors import ArchiveError

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PAYLOAD = "data/"

DECLARATION_TEXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
READABLE_VERSIONS = frozenset({"0.97", "1.0"})

_MANIFEST_LINE = re.compile(r"([0-9A-Fa-f]{64})[ \t]+\*?(.+)")


def encode_path(path: str) -> str:
    """The path as a manifest writes it: CR, LF and % percent-encoded, nothing else."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def decode_path(text: str) -> str:
    """The path that a manifest's text means; the reverse of `encode_path`."""
    return re.sub(r"%(25|0[DdAa])", lambda found: chr(int(found[1], 16)), text)


def manifest_text(hashes: Mapping[str, str]) -> str:
    """Path → SHA-256 in hex, as the lines of a manifest."""
    return "".join(f"{digest}  {encode_path(path)}\n" for path, digest in hashes.items())


def parse_manifest(name: str, text: str) -> dict[str, str]:
    """Path → SHA-256 in lower-case hex. Raises ArchiveError for a line that is none."""
    hashes: dict[str, str] = {}
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if not line.strip():
            continue
        found = _MANIFEST_LINE.fullmatch(line)
        if found is None or (path := decode_path(found[2])) in hashes:
            raise ArchiveError(
                f"Line {number} of “{name}” is not a fingerprint and a file name.",
                meaning="The list of fingerprints is damaged, so nothing here can be trusted.",
                remedy="Use another copy of the archive.",
                files=[name],
            )
        hashes[path] = found[1].lower()
    return hashes


def info_text(fields: Iterable[tuple[str, str]]) -> str:
    """Label and value pairs as bag-info.txt, each value on one line; empty values are left out."""
    flat = ((label, " ".join(value.split())) for label, value in fields)
    return "".join(f"{label}: {value}\n" for label, value in flat if value)


def info_fields(
    *, sizes: Iterable[int], created_at: datetime, identifier: str, description: str, agent: str
) -> list[tuple[str, str]]:
    """The fields of bag-info.txt; `sizes` are the bytes of every payload file."""
    listed = list(sizes)
    return [
        ("Bag-Software-Agent", agent),
        ("Bagging-Date", created_at.date().isoformat()),
        ("External-Identifier", identifier),
        ("External-Description", description),
        ("Bag-Size", _size(sum(listed))),
        ("Payload-Oxum", f"{sum(listed)}.{len(listed)}"),
    ]


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{size / 1000:,.1f} kB"


def parse_info(text: str) -> dict[str, str]:
    """Label → value; an indented line continues the value above, the last of equal labels wins."""
    fields: dict[str, str] = {}
    label = ""
    for line in re.split(r"\r\n|\r|\n", text):
        if line[:1] in {" ", "\t"} and label:
            fields[label] += f" {line.strip()}"
        elif ":" in line:
            label, _, value = line.partition(":")
            label = label.strip()
            fields[label] = value.strip()
    return fields
