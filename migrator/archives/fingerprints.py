"""Compare every file of a bag with the fingerprint that was sealed with it."""

from collections.abc import Mapping

from migrator.archives import bag
from migrator.archives.damage import Faults
from migrator.archives.errors import ArchiveError
from migrator.archives.meter import Meter, sha256_of
from migrator.archives.zipped import ANOTHER_COPY, DAMAGE, OpenedBag


def verify_bag(opened: OpenedBag, meter: Meter) -> dict[str, str]:
    """Read every byte and return bag-info.txt's fields.

    Raises ArchiveError that names all files at once that are damaged, missing or not listed. The
    accompanying files come first: a list of fingerprints proves something only when it is whole.
    """
    _check_declaration(opened)
    faults = Faults()
    tags = bag.parse_manifest(bag.TAG_MANIFEST, opened.text(bag.TAG_MANIFEST))
    listed = {name for name in opened.entries if not name.startswith(bag.PAYLOAD)}
    _compare(opened, tags, listed - {bag.TAG_MANIFEST}, faults, meter)
    if bag.MANIFEST not in tags and bag.MANIFEST not in faults.extra:
        faults.missing.append(bag.MANIFEST)
    if bag.MANIFEST in (*faults.damaged, *faults.missing, *faults.extra):
        faults.raise_if_any()
    payload = bag.parse_manifest(bag.MANIFEST, opened.text(bag.MANIFEST))
    _compare(opened, payload, opened.entries.keys() - listed, faults, meter)
    faults.raise_if_any()
    return _checked_info(opened, payload)


def payload_fingerprints(opened: OpenedBag) -> dict[str, str]:
    """Payload name → SHA-256, from a manifest that matches its own fingerprint."""
    tags = bag.parse_manifest(bag.TAG_MANIFEST, opened.text(bag.TAG_MANIFEST))
    faults = Faults()
    _compare(opened, {bag.MANIFEST: tags.get(bag.MANIFEST, "")}, set(), faults, Meter(None, 0))
    faults.raise_if_any()
    return bag.parse_manifest(bag.MANIFEST, opened.text(bag.MANIFEST))


def _compare(
    opened: OpenedBag, listed: Mapping[str, str], present: set[str], faults: Faults, meter: Meter
) -> None:
    faults.extra += sorted(present - listed.keys())
    for name, digest in listed.items():
        if name not in opened.entries:
            faults.missing.append(name)
        elif not _matches(opened, name, digest, meter):
            faults.damaged.append(name)


def _matches(opened: OpenedBag, name: str, digest: str, meter: Meter) -> bool:
    try:
        with opened.open(name) as file:
            return sha256_of(file, meter) == digest
    except DAMAGE:
        return False


def _check_declaration(opened: OpenedBag) -> None:
    fields = bag.parse_info(opened.text(bag.DECLARATION))
    version = fields.get("BagIt-Version", "")
    encoding = fields.get("Tag-File-Character-Encoding", "").upper()
    if version not in bag.READABLE_VERSIONS or encoding != "UTF-8":
        raise ArchiveError(
            f"“{bag.DECLARATION}” does not say BagIt 1.0 in UTF-8.",
            meaning="The archive was changed, or made by a program that this one cannot follow.",
            remedy=ANOTHER_COPY,
            files=[bag.DECLARATION],
        )


def _checked_info(opened: OpenedBag, payload: Mapping[str, str]) -> dict[str, str]:
    fields = bag.parse_info(opened.text(bag.INFO))
    size = sum(opened.entries[name].file_size for name in payload)
    if fields.get("Payload-Oxum", "") != f"{size}.{len(payload)}":
        raise ArchiveError(
            f"“{bag.INFO}” states another number of files or bytes than the archive holds.",
            meaning="The files match their fingerprints, but the archive contradicts itself.",
            remedy=ANOTHER_COPY,
            files=[bag.INFO],
        )
    return fields
