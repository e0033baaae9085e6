"""Ways in which an export can be wrong: every one is a function of chance and a payload."""

import copy
import io
import json
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

# Signature of a record, and offsets and shapes of fields in it that something depends on.
FIELDS = (
    (b"PK\x01\x02", ((8, "<H"), (10, "<H"), (16, "<L"), (20, "<L"), (24, "<L"), (42, "<L"))),
    (b"PK\x01\x02", ((28, "<H"), (30, "<H"), (32, "<H"))),
    (b"PK\x03\x04", ((0, "<L"), (26, "<H"), (28, "<H"))),
    (b"PK\x05\x06", ((4, "<H"), (10, "<H"), (12, "<L"), (16, "<L"), (20, "<H"))),
)

# What the standard library says of a ZIP that was broken before.
_NO_ZIP = (
    *(zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError, KeyError, struct.error),
    zlib.error,
)

Mutation = Callable[[random.Random, bytes], bytes]

# As JSON text, so that what no Python value is can stand there too.
STRANGE = (
    *("null", "true", "-1", "0", "{}", "[]", '""', "1e999", "NaN", "-Infinity", "1.5", "[null]"),
    *(f"{2**31}", f"{2**63}", f"-{2**64}", "9" * 400, "1" + "0" * 5_000, "1e-400"),
    *('"\\ud800"', '"a\\udc00b"', '"\\u0000"', '"\\r"', '"\\ufeff"', '"\U0001f600"', '"s0-m0"'),
    *("[" * 2_000 + "]" * 2_000, '{"a":' * 900 + "1" + "}" * 900, "[" * 50_000),
    f'"{"x" * 70_000}"',
)
HEADS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\r", b"\x00", b"PK", b"[", b"{", b'"')
NAMES = ("../up.json", "/etc/up", "C:\\up", "gt/../../up.json", "gt/a\0b.json", "gt/.json", "gt/")


def flip_bytes(rng: random.Random, payload: bytes) -> bytes:
    """Up to a dozen bytes are others."""
    changed = bytearray(payload)
    for _ in range(rng.randint(1, 12) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(rng: random.Random, payload: bytes) -> bytes:
    """The file ends early, or lacks a piece in the middle."""
    first, second = sorted(rng.randrange(len(payload) + 1) for _ in range(2))
    return payload[:first] if rng.random() < 0.5 else payload[:first] + payload[second:]


def repeat(rng: random.Random, payload: bytes) -> bytes:
    """A piece stands there again."""
    first, second = sorted(rng.randrange(len(payload) + 1) for _ in range(2))
    return payload[:second] + payload[first:]


def put_head(rng: random.Random, payload: bytes) -> bytes:
    """Something stands before the file, such as a byte order mark."""
    return rng.choice(HEADS) + payload


def other_line_ends(rng: random.Random, payload: bytes) -> bytes:
    """Bare CR, CRLF, or both mixed."""
    end = rng.choice((b"\r", b"\r\n", b"\n\r", b"\x0b", b"\xc2\x85"))
    return payload.replace(b"\r\n", b"\n").replace(b"\n", end)


def other_encoding(rng: random.Random, payload: bytes) -> bytes:
    """The same text in another encoding."""
    text = payload.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-32", "latin-1", "utf-16-be")), "replace")


def strange_value(rng: random.Random, payload: bytes) -> bytes:
    """One value somewhere in the JSON is another, is gone, or stands there twice."""
    try:
        return _with_strange_value(rng, json.loads(payload))
    except (ValueError, RecursionError):  # no JSON, or too deep for the standard library
        return flip_bytes(rng, payload)


def _with_strange_value(rng: random.Random, whole: Any) -> bytes:
    places = _places(whole) if isinstance(whole, (dict, list)) else []
    if not places:
        return rng.choice(STRANGE).encode("utf-8", "surrogatepass")
    holder, key = rng.choice(places)
    kind = rng.choice((0, 1, 2, 3, 3))
    if kind == 0 and isinstance(holder, dict):
        del holder[key]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif kind == 2:
        holder[key] = _other_place(rng, places)
    else:
        holder[key] = "@here@"
    written = json.dumps(whole, ensure_ascii=rng.random() < 0.5)
    return written.replace('"@here@"', rng.choice(STRANGE), 1).encode("utf-8", "surrogatepass")


def _places(whole: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) below `whole`."""
    found: list[tuple[Any, Any]] = []
    left = [whole]
    while left:
        one = left.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one))
        for key in keys:
            found.append((one, key))
            if isinstance(one[key], (dict, list)):
                left.append(one[key])
    return found


def _other_place(rng: random.Random, places: list[tuple[Any, Any]]) -> Any:
    """A copy of what stands elsewhere, so that types fit and meanings do not."""
    holder, key = rng.choice(places)
    return copy.deepcopy(holder[key])


PAYLOAD: tuple[Mutation, ...] = (
    *(flip_bytes, cut, repeat, put_head, other_line_ends, other_encoding),
    *(strange_value,) * 18,
)


def mutated_entry(rng: random.Random, payload: bytes) -> bytes:
    """A ZIP with one entry changed, packed anew and whole."""
    return _repacked(rng, payload, lambda name, content: (name, rng.choice(PAYLOAD)(rng, content)))


def renamed_entry(rng: random.Random, payload: bytes) -> bytes:
    """One entry has a strange name, or that of another."""

    def rename(name: str, content: bytes) -> tuple[str, bytes]:
        names = zipfile.ZipFile(io.BytesIO(payload)).namelist()
        return rng.choice((*NAMES, rng.choice(names))), content

    return _repacked(rng, payload, rename)


def bomb_entry(rng: random.Random, payload: bytes) -> bytes:
    """One entry inflates to very much."""
    size = rng.choice((1_000_000, 15_000_000, 20_000_000))
    return _repacked(rng, payload, lambda name, _: (name, rng.choice((b" ", b"[", b"0")) * size))


def lying_field(rng: random.Random, payload: bytes) -> bytes:
    """A field of the directory or of a local header says something else: sizes, CRC, flags."""
    changed = bytearray(payload)
    signature, fields = rng.choice(FIELDS)
    starts = [at for at in range(len(changed) - 46) if changed.startswith(signature, at)]
    at = rng.choice(starts or [0])
    offset, shape = rng.choice(fields)
    top = 0xFFFF if shape == "<H" else 0xFFFFFFFF
    value = rng.choice((0, 1, 8, 9, 0x800, 0x7FFF, top, rng.randrange(top)))
    struct.pack_into(shape, changed, min(at + offset, len(changed) - 4), value)
    return bytes(changed)


def _repacked(
    rng: random.Random, payload: bytes, change: Callable[[str, bytes], tuple[str, bytes]]
) -> bytes:
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as opened:
            entries = [(name, opened.read(name)) for name in opened.namelist()]
        number = rng.randrange(len(entries))
    except _NO_ZIP:
        return flip_bytes(rng, payload)
    entries[number] = change(*entries[number])
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        warnings.filterwarnings("ignore", message="Duplicate name")
        for name, content in entries:
            packed.writestr(name, content, compresslevel=1)
    return made.getvalue()


OF_ZIP: tuple[Mutation, ...] = (
    *(flip_bytes, cut, repeat, put_head),
    *(lying_field,) * 4,
    *(renamed_entry,) * 2,
    *(mutated_entry,) * 24,
)
RARE: tuple[Mutation, ...] = (bomb_entry,)  # each takes a quarter of a second to make


def mutate(rng: random.Random, payload: bytes) -> bytes:
    """One to three mutations, one after the other."""
    is_zip = payload.startswith(b"PK")
    if is_zip and rng.random() < 0.01:
        return rng.choice(RARE)(rng, payload)
    for _ in range(rng.choice((1, 1, 2, 3))):
        ways = OF_ZIP if payload.startswith(b"PK") else PAYLOAD
        payload = rng.choice(ways)(rng, payload)
    return payload
