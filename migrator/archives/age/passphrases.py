"""Encrypting with a passphrase as a stream: age's scrypt stanza and its payload.

After https://c2sp.org/age. pyrage does it in memory only, which an archive of several gigabytes
does not fit into. Every primitive is that of `cryptography`; tests read and write with `age` and
with pyrage what is written and read here.
"""

import base64
import binascii
import hmac
import os
import re
import threading
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from migrator.archives.age.errors import bad_header, damaged, too_slow, wrong_passphrase
from migrator.archives.age.headers import LONGEST_LINE, MAGIC
from migrator.archives.meter import Meter

WORK_FACTOR = 18  # 2^18 as `age` itself: about a second, and 256 MiB while it lasts
MOST_WORK = 20  # 1 GiB; what asks for more would stop the machine for everybody
CHUNK = 64 * 1024  # bytes of one sealed piece, by the format
TAG = 16  # bytes that each piece grows by
FILE_KEY = 16
SALT = 16
NONCE = 16
_LABEL = b"age-encryption.org/v1/scrypt"
_ARGUMENTS = re.compile(rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n")
_BODY = re.compile(rb"([A-Za-z0-9+/]{43})\n")
_MAC = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")

# One at a time in a process: each holds as much memory as the work factor says.
_deriving = threading.Lock()


def encrypt(source: IO[bytes], target: IO[bytes], passphrase: str, meter: Meter) -> None:
    """Write `source` encrypted."""
    file_key, salt = os.urandom(FILE_KEY), os.urandom(SALT)
    wrapped = _wrapping(passphrase, salt, WORK_FACTOR).encrypt(bytes(12), file_key, None)
    header = MAGIC + b"-> scrypt %s %d\n%s\n---" % (_plain64(salt), WORK_FACTOR, _plain64(wrapped))
    target.write(header + b" " + _plain64(_mac(file_key, header)) + b"\n")
    nonce = os.urandom(NONCE)
    target.write(nonce)
    cipher = _payload_cipher(file_key, nonce)
    for counter, piece, is_last in _pieces(source, CHUNK):
        target.write(cipher.encrypt(_counted(counter, is_last), piece, None))
        meter.add(len(piece))


def decrypt(
    source: IO[bytes], target: IO[bytes], passphrase: str, meter: Meter, *, name: str
) -> None:
    """Write `source` decrypted; what was written is worth nothing where this raises.

    Raises WrongKey for another passphrase, ArchiveError for what is damaged. `name` is for words.
    """
    file_key = _file_key(source, passphrase, name)
    nonce = source.read(NONCE)
    if len(nonce) < NONCE:
        raise damaged(name)
    cipher = _payload_cipher(file_key, nonce)
    for counter, piece, is_last in _pieces(source, CHUNK + TAG):
        if len(piece) <= TAG and counter:  # the format has no empty piece behind a full one
            raise damaged(name)
        try:
            target.write(cipher.decrypt(_counted(counter, is_last), piece, None))
        except InvalidTag:
            raise damaged(name) from None
        meter.add(len(piece))


def _file_key(source: IO[bytes], passphrase: str, name: str) -> bytes:
    source.seek(len(MAGIC))
    lines = [source.readline(LONGEST_LINE) for _ in range(3)]
    found = [
        form.fullmatch(line) for form, line in zip((_ARGUMENTS, _BODY, _MAC), lines, strict=True)
    ]
    if None in found:
        raise bad_header(name)
    arguments, body, mac = (match.groups() for match in found if match)
    if int(arguments[1]) > MOST_WORK:
        raise too_slow(name)
    salt, wrapped, told = (_bytes64(text, name) for text in (arguments[0], body[0], mac[0]))
    try:
        key = _wrapping(passphrase, salt, int(arguments[1])).decrypt(bytes(12), wrapped, None)
    except InvalidTag:
        raise wrong_passphrase(name) from None
    if not hmac.compare_digest(told, _mac(key, MAGIC + lines[0] + lines[1] + b"---")):
        raise bad_header(name)
    return key


def _wrapping(passphrase: str, salt: bytes, work: int) -> ChaCha20Poly1305:
    with _deriving:
        kdf = Scrypt(salt=_LABEL + salt, length=32, n=1 << work, r=8, p=1)
        return ChaCha20Poly1305(kdf.derive(passphrase.encode()))


def _payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")


def _derived(file_key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=salt, info=purpose).derive(file_key)


def _counted(counter: int, is_last: bool) -> bytes:
    return counter.to_bytes(11, "big") + bytes([is_last])


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Number, bytes and whether it is the last; at least one, which may be empty."""
    piece, counter = source.read(size), 0
    while following := source.read(size):
        yield counter, piece, False
        piece, counter = following, counter + 1
    yield counter, piece, True


def _plain64(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _bytes64(text: bytes, name: str) -> bytes:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise bad_header(name) from None
