"""Which documents of a corpus go into which part: whole document sets together where they fit."""

import zlib
from collections.abc import Iterable, Iterator

import msgspec

from migrator.formats.corpus import Corpus, DocumentSet, source_set_id
from migrator.formats.json_decoding import decode_with
from migrator.formats.members import ZipMembers

_HEADERS = 30 + 16 + 46  # bytes of local header, data descriptor and directory entry
_SET_BYTES = 400  # a set without its documents in sets.json, and more than it ever takes
_FIXED = 4_096  # bytes of everything else: the entries of documents.json and sets.json, the end
_LEVEL = 6


class _Identified(msgspec.Struct):
    id: str


_decoder = msgspec.json.Decoder(_Identified)


class Part(msgspec.Struct):
    """One part: its documents and at most how many bytes its ZIP will have."""

    documents: set[str] = msgspec.field(default_factory=set)
    size: int = 0


class Limits(msgspec.Struct, frozen=True):
    """What one upload may hold."""

    size: int
    documents: int

    def has_room(self, part: Part, documents: int, size: int) -> bool:
        """Whether so much more still fits into the part."""
        fits = part.size + size <= self.size
        return fits and len(part.documents) + documents <= self.documents


def document_id(item: bytes | bytearray) -> str:
    """The id in the JSON text of one document."""
    return decode_with(_decoder, item, what="A document in documents.json").id


def plan_parts(corpus: Corpus, only: set[str] | None, limits: Limits) -> list[Part]:
    """The parts in order, each within the limits; a set larger than they allow is divided."""
    sets = corpus.sets()
    sizes = _sizes(corpus, sets, only)
    room = Limits(limits.size - _FIXED - _SET_BYTES * len(sets), limits.documents)
    parts: list[Part] = []
    for unit in _units(sets, sizes):
        if room.has_room(Part(), len(unit), sum(sizes[one] for one in unit)):
            _place(parts, unit, sizes, room)
        else:
            for one in unit:
                _place(parts, [one], sizes, room, last_only=True)
    return parts


def _place(
    parts: list[Part],
    unit: list[str],
    sizes: dict[str, int],
    room: Limits,
    *,
    last_only: bool = False,
) -> None:
    """Put `unit` into the first part with room, a new one where there is none."""
    size = sum(sizes[one] for one in unit)
    candidates = parts[-1:] if last_only else parts
    part = next((one for one in candidates if room.has_room(one, len(unit), size)), None)
    if part is None:
        part = Part()
        parts.append(part)
    part.documents.update(unit)
    part.size += size


def _sizes(corpus: Corpus, sets: Iterable[DocumentSet], only: set[str] | None) -> dict[str, int]:
    """Document id → at most how many bytes it adds to a part.

    Its text is counted as if compressed alone and its place in sets as if not compressed.
    """
    sizes = dict.fromkeys(corpus.document_ids, 0)
    for item in corpus.document_items():
        one = document_id(item)
        sizes[one] = sizes.get(one, 0) + len(zlib.compress(item, _LEVEL)) + 4
    for listed in sets:
        for one in listed.documents:
            if one in sizes:
                sizes[one] += len(one) + 4
    for one in corpus.document_ids:
        name = corpus.ground_truth_name(one)
        sizes[one] += _HEADERS + 2 * len(name) + _packed_size(corpus, name)
    return {one: size for one, size in sizes.items() if only is None or one in only}


def _packed_size(corpus: Corpus, name: str) -> int:
    """Compressed size; of a file that lies in a folder the plain size, which is more."""
    members = corpus.members
    if isinstance(members, ZipMembers):
        return members.entry(name).packed_size
    return members.size(name)


def _units(sets: Iterable[DocumentSet], sizes: dict[str, int]) -> Iterator[list[str]]:
    """The documents by SOURCE set in the order of sets.json; the others by their ids' beginning."""
    waiting = dict.fromkeys(sizes)
    for listed in sets:
        if listed.type == "SOURCE":
            unit = [one for one in dict.fromkeys(listed.documents) if one in waiting]
            for one in unit:
                del waiting[one]
            if unit:
                yield unit
    others: dict[str, list[str]] = {}
    for one in waiting:
        others.setdefault(source_set_id(one), []).append(one)
    yield from others.values()
