"""Encrypted archives: by us and by the ordinary `age`, in both directions."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pyrage
import pytest

from migrator.archives.age import passphrases
from migrator.archives.age.errors import WrongKey
from migrator.archives.age.files import decrypt_file, encrypt_file, refuse_wrong_key
from migrator.archives.age.headers import LockKind, is_encrypted, kind_of
from migrator.archives.age.keys import (
    Key,
    Lock,
    identities_in,
    recipients_in,
    refuse_weak_passphrase,
)
from migrator.archives.errors import ArchiveError
from tests.archives.age_tool import age, age_with_passphrase, new_identity

PASSPHRASE = "correct horse bättery staple"
IDENTITY = pyrage.x25519.Identity.generate()
OTHER = pyrage.x25519.Identity.generate()
LOCKS = {
    "recipients": Lock(recipients=(str(IDENTITY.to_public()),)),
    "passphrase": Lock(passphrase=PASSPHRASE),
}
KEYS = {
    "recipients": Key(identities=f"# made for a test\n{IDENTITY}\n"),
    "passphrase": Key(passphrase=PASSPHRASE),
}
WRONG = {"recipients": Key(identities=str(OTHER)), "passphrase": Key(passphrase="something else")}
BOTH = pytest.mark.parametrize("kind", LOCKS)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Some pieces, the last of them short."""
    path = tmp_path / "claims.zip"
    path.write_bytes(b"".join(hashlib.sha256(bytes([n % 256])).digest() for n in range(7000)))
    return path


@pytest.fixture
def encrypted(plain: Path) -> Callable[[str], Path]:
    """It, encrypted with one of LOCKS."""

    def encrypt(kind: str) -> Path:
        path = plain.with_name(f"{kind}.zip.age")
        encrypt_file(plain, path, LOCKS[kind])
        return path

    return encrypt


def opened(path: Path, key: Key) -> bytes:
    """What is in an encrypted file."""
    target = path.with_name("opened.zip")
    target.unlink(missing_ok=True)
    with path.open("rb") as file:
        written = decrypt_file(file, target, key, name=path.name)
    content = target.read_bytes()
    assert written.size == len(content)
    assert written.sha256 == hashlib.sha256(content).hexdigest()
    return content


def refused(path: Path, key: Key) -> ArchiveError:
    """What is said of a file that does not open; nothing is left of it."""
    target = path.with_name("refused.zip")
    with pytest.raises(ArchiveError) as caught, path.open("rb") as file:
        decrypt_file(file, target, key, name=path.name)
    assert not list(path.parent.glob("refused*"))
    assert caught.value.meaning
    assert caught.value.remedy
    return caught.value


@BOTH
@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072, 200_000])
def test_what_we_encrypt_we_open(kind: str, size: int, tmp_path: Path) -> None:
    source, target = tmp_path / "plain", tmp_path / "plain.age"
    source.write_bytes(bytes(size))
    written = encrypt_file(source, target, LOCKS[kind])
    assert written.size == target.stat().st_size
    assert written.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert opened(target, KEYS[kind]) == bytes(size)
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("size", [0, 1, 65536, 131072, 200_000])
def test_another_implementation_opens_our_passphrases(size: int, tmp_path: Path) -> None:
    source, ours = tmp_path / "plain", tmp_path / "ours.age"
    source.write_bytes(b"x" * size)
    encrypt_file(source, ours, LOCKS["passphrase"])
    assert pyrage.passphrase.decrypt(ours.read_bytes(), PASSPHRASE) == source.read_bytes()


def test_the_age_program_opens_what_we_encrypt_to_recipients(plain: Path, tmp_path: Path) -> None:
    key, recipient = new_identity(tmp_path)
    target = tmp_path / "ours.zip.age"
    encrypt_file(plain, target, Lock(recipients=(str(OTHER.to_public()), recipient)))
    ended = age("-d", "-i", key, target)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == plain.read_bytes()


def test_we_open_what_the_age_program_encrypts_to_recipients(plain: Path, tmp_path: Path) -> None:
    key, recipient = new_identity(tmp_path)
    target = tmp_path / "theirs.zip.age"
    ended = age("-r", str(OTHER.to_public()), "-r", recipient, "-o", target, plain)
    assert ended.returncode == 0, ended.stderr
    assert opened(target, Key(identities=key.read_text())) == plain.read_bytes()


def test_the_age_program_opens_what_we_encrypt_with_a_passphrase(
    plain: Path, encrypted: Callable[[str], Path], tmp_path: Path
) -> None:
    target = tmp_path / "by-age.zip"
    age_with_passphrase(PASSPHRASE, "-d", "-o", target, encrypted("passphrase"))
    assert target.read_bytes() == plain.read_bytes()


def test_we_open_what_the_age_program_encrypts_with_a_passphrase(
    plain: Path, tmp_path: Path
) -> None:
    target = tmp_path / "theirs.zip.age"
    age_with_passphrase(PASSPHRASE, "-p", "-o", target, plain)
    assert opened(target, KEYS["passphrase"]) == plain.read_bytes()


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_ssh_keys_are_recipients_too(kind: str, plain: Path, tmp_path: Path) -> None:
    key = tmp_path / "ssh"
    made = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(key)]
    try:
        subprocess.run(made, check=True)
    except FileNotFoundError:
        pytest.skip("ssh-keygen is not on this machine (Debian: apt install openssh-client)")
    public = recipients_in(key.with_suffix(".pub").read_text())
    assert len(public[0].split()) == 2, "the comment names somebody"
    target = tmp_path / "ssh.zip.age"
    encrypt_file(plain, target, Lock(recipients=tuple(public)))
    assert opened(target, Key(identities=key.read_text())) == plain.read_bytes()
    assert age("-d", "-i", key, target).stdout == plain.read_bytes()


@BOTH
def test_another_key_is_said_to_be_another_key(kind: str, encrypted: Callable[[str], Path]) -> None:
    path = encrypted(kind)
    error = refused(path, WRONG[kind])
    assert isinstance(error, WrongKey)
    assert "opens “recipients" in error.happened or "does not open “passphrase" in error.happened
    with path.open("rb") as file, pytest.raises(WrongKey):
        refuse_wrong_key(file, WRONG[kind], name="x")
    with path.open("rb") as file:
        refuse_wrong_key(file, KEYS[kind], name="x")


@BOTH
def test_the_other_sort_of_key_is_asked_for(kind: str, encrypted: Callable[[str], Path]) -> None:
    other = {"recipients": "passphrase", "passphrase": "recipients"}[kind]
    error = refused(encrypted(kind), KEYS[other])
    assert isinstance(error, WrongKey)
    assert f"encrypted {'to recipients' if kind == 'recipients' else 'with a pass'}" in str(error)
    assert isinstance(refused(encrypted(kind), Key()), WrongKey)


@BOTH
@pytest.mark.parametrize("left", [0.5, 0.9999])
def test_a_file_that_was_cut_is_refused(
    kind: str, left: float, encrypted: Callable[[str], Path]
) -> None:
    path = encrypted(kind)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left)])
    assert "was cut short or altered since it was encrypted" in refused(path, KEYS[kind]).happened


@BOTH
def test_a_file_that_ends_with_a_whole_piece_is_refused(
    kind: str, encrypted: Callable[[str], Path]
) -> None:
    path = encrypted(kind)
    content = path.read_bytes()
    header = content.index(b"\n", content.index(b"\n--- ") + 1) + 1
    path.write_bytes(content[: header + passphrases.NONCE + passphrases.CHUNK + passphrases.TAG])
    assert "was cut short or altered" in refused(path, KEYS[kind]).happened
    path.write_bytes(content[: header + 3])
    assert "cut short" in refused(path, KEYS[kind]).happened


@BOTH
def test_a_beginning_that_was_cut_or_altered_is_refused(
    kind: str, encrypted: Callable[[str], Path]
) -> None:
    path = encrypted(kind)
    content = path.read_bytes()
    mac = content.index(b"\n--- ") + 10
    for spoiled in (content[:30], content[:mac], _flipped(content, mac)):
        path.write_bytes(spoiled)
        assert "The beginning of “" in refused(path, KEYS[kind]).happened


@BOTH
@pytest.mark.parametrize("place", [0.3, 0.7, 0.9999])
def test_one_altered_bit_is_refused(
    kind: str, place: float, encrypted: Callable[[str], Path]
) -> None:
    path = encrypted(kind)
    content = path.read_bytes()
    path.write_bytes(_flipped(content, int(len(content) * place)))
    assert "was cut short or altered since it was encrypted" in refused(path, KEYS[kind]).happened


def _flipped(content: bytes, at: int) -> bytes:
    spoiled = bytearray(content)
    spoiled[at] ^= 0x01
    return bytes(spoiled)


def test_pieces_in_another_order_are_refused(encrypted: Callable[[str], Path]) -> None:
    path = encrypted("passphrase")
    content = path.read_bytes()
    start = content.index(b"\n", content.index(b"\n--- ") + 1) + 1 + passphrases.NONCE
    size = passphrases.CHUNK + passphrases.TAG
    one, two = content[start : start + size], content[start + size : start + 2 * size]
    path.write_bytes(content[:start] + two + one + content[start + 2 * size :])
    assert "altered" in refused(path, KEYS["passphrase"]).happened


def test_what_is_not_age_at_all_is_refused(plain: Path, tmp_path: Path) -> None:
    assert not is_encrypted(plain)
    assert not is_encrypted(tmp_path / "nothing")
    for key in KEYS.values():
        assert "is not encrypted in the age format" in refused(plain, key).happened


def test_the_text_form_is_told_apart(plain: Path, tmp_path: Path) -> None:
    armored = tmp_path / "armored.age"
    recipients = [IDENTITY.to_public()]
    armored.write_bytes(pyrage.encrypt(plain.read_bytes(), recipients, armored=True))
    assert is_encrypted(armored)
    assert "armor" in refused(armored, KEYS["recipients"]).happened


def test_a_passphrase_that_would_stop_the_machine_is_refused(
    encrypted: Callable[[str], Path],
) -> None:
    path = encrypted("passphrase")
    path.write_bytes(path.read_bytes().replace(b" 10\n", b" 30\n", 1))
    assert "takes more memory" in refused(path, KEYS["passphrase"]).happened


@BOTH
def test_what_opens_a_file_is_told_without_a_key(
    kind: str, encrypted: Callable[[str], Path]
) -> None:
    path = encrypted(kind)
    assert is_encrypted(path)
    with path.open("rb") as file:
        assert kind_of(file, path.name) == LockKind(kind)
        assert file.tell() == 0


def test_recipients_are_read_as_age_reads_them() -> None:
    one, two = str(IDENTITY.to_public()), str(OTHER.to_public())
    assert recipients_in(f"# ours\n\n {one}\n{two}\n{one}\n") == [one, two]
    for text in ("", "# none\n"):
        with pytest.raises(ArchiveError, match="0 recipients"):
            recipients_in(text)
    with pytest.raises(ArchiveError, match="Line 2 is no recipient"):
        recipients_in(f"{one}\nage1nonsense")


def test_a_private_key_among_the_recipients_is_not_repeated() -> None:
    with pytest.raises(ArchiveError, match="belongs to its owner alone") as caught:
        recipients_in(str(IDENTITY))
    assert str(IDENTITY) not in str(caught.value)


@pytest.mark.parametrize("text", ["", "# none", "AGE-SECRET-KEY-1NONSENSE", "age1abc"])
def test_what_is_no_private_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        identities_in(text)
    assert "NONSENSE" not in str(caught.value)


@pytest.mark.parametrize("passphrase", ["short", "two\nlines of them"])
def test_a_weak_passphrase_is_refused(passphrase: str) -> None:
    with pytest.raises(ArchiveError, match="at least 12 characters"):
        refuse_weak_passphrase(passphrase)


def test_locks_and_keys_do_not_show_their_secrets() -> None:
    shown = repr([*LOCKS.values(), *KEYS.values()])
    assert PASSPHRASE not in shown
    assert "SECRET-KEY" not in shown


@BOTH
def test_a_big_file_does_not_fill_the_memory(kind: str, tmp_path: Path) -> None:
    plain, target, again = (tmp_path / name for name in ("plain", "plain.age", "again"))
    with plain.open("wb") as file:
        file.truncate(120_000_000)
    process = psutil.Process()
    most = 0

    def look(_done: int, _total: int | None) -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    before = process.memory_info().rss
    encrypt_file(plain, target, LOCKS[kind], progress=look)
    with target.open("rb") as source:
        decrypt_file(source, again, KEYS[kind], name="plain.age", progress=look)
    assert again.stat().st_size == 120_000_000
    assert most - before < 30_000_000


@BOTH
def test_whoever_listens_may_stop_it(kind: str, plain: Path, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(_done: int, _total: int | None) -> None:
        raise Stopped

    target = tmp_path / "stopped.age"
    with pytest.raises(Stopped):
        encrypt_file(plain, target, LOCKS[kind], progress=stop)
    assert not list(tmp_path.glob("stopped*"))
