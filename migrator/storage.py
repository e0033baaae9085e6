"""The storage in an S3-compatible bucket: files stream both ways, and nothing is held as a whole.

The storage of django-storages fetches a whole object before its first byte can be read. Here
reading is a stream that begins at any byte, so that a broken download goes on where it stopped and
a list is read out of a large archive without the rest of it.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from django.core.files import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from migrator.errors import StorageAway, StorageRefuses

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5
SILENCE_SECONDS = 60  # without a byte
ANSWER_SECONDS = 1.5  # where it is only asked whether the server is there
CALLS = 4  # tries of one call, with growing pauses between them
STREAMS = 5  # tries to go on with a stream that broke, without a byte in between
READ_AHEAD = 256 * 1024  # bytes
# Bytes of a part, and parts on their way at once; as many more were read and wait for their turn,
# so that an upload holds six parts in memory. Parts are made larger where a file would have more
# than 10,000 of them.
PART = 8 * 1024 * 1024
PARTS_AT_ONCE = 3
PRESIGNED_SECONDS = 60  # in which a download by such an address has to begin

_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_SERVER_ERROR = 500
_KEPT = "Archives that are in it are untouched."


class Bucket(S3Storage):  # type: ignore[misc]
    """Files of ours in one bucket; an existing one is never overwritten."""

    def get_default_settings(self) -> dict[str, Any]:
        """What django-storages knows, nothing of it read from other settings of ours."""
        return {
            **super().get_default_settings(),
            "file_overwrite": False,
            "default_acl": None,
            "querystring_expire": PRESIGNED_SECONDS,
            "transfer_config": _transfer_config(),
            "presigned": False,
        }

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, client_config=_client_config(bool(given.get("endpoint_url"))))

    def exists(self, name: str) -> bool:
        """Whether the bucket has it; StorageAway and StorageRefuses where it does not say."""
        with _told():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Remove it; nothing happens where it is not there."""
        with _told():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        """Folders and files below a name."""
        with _told():
            folders, files = super().listdir(name)
            return folders, files

    def size(self, name: str) -> int:
        """Bytes."""
        with _told():
            return int(super().size(name))

    def answers(self) -> bool:
        """True where the bucket is there and may be used; asked once and shortly."""
        with _told():
            self._impatient.head_bucket(Bucket=self.bucket_name)
        return True

    @cached_property
    def _impatient(self) -> Any:
        """A client for whoever only asks whether the server is there."""
        session: Any = self._create_session()
        quick = Config(
            connect_timeout=ANSWER_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": 1},
        )
        return session.client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            config=self.client_config.merge(quick),
        )

    def download_address(self, name: str, *, disposition: str, kind: str) -> str:
        """Where a browser may download it from for PRESIGNED_SECONDS; empty where it may not."""
        if not self.presigned:
            return ""
        asked = {"ResponseContentDisposition": disposition, "ResponseContentType": kind}
        return str(self.url(name, parameters=asked))

    def _open(self, name: str, mode: str = "rb") -> File:  # type: ignore[type-arg]
        if mode != "rb":
            raise ValueError(f"A stored file is read as bytes, not opened as {mode!r}.")
        key = self._normalize_name(clean_name(name))
        with _told(name):
            stream = ObjectStream(self.connection.meta.client, self.bucket_name, key)
        return File(io.BufferedReader(stream, READ_AHEAD), name=name)

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        with _told():
            return str(super()._save(name, content))


class ObjectStream(io.RawIOBase):
    """One object from any byte on. A stream that breaks is taken up again where it was.

    FileNotFoundError-like answers of the storage are raised when it is made. The object's tag goes
    with each request, so that two halves never come from two objects.
    """

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client, self._of = client, {"Bucket": bucket, "Key": key}
        head = client.head_object(**self._of)
        self._size, self._tag = int(head["ContentLength"]), head["ETag"]
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is: the next read asks for the bytes from there on."""
        return True

    def tell(self) -> int:
        """The byte that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte; nothing is fetched for that."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset != self._at:
            self._drop()
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill some of the buffer; 0 at the end. StorageAway where the storage stays silent."""
        if self._at >= self._size or not len(buffer):
            return 0
        with _told():
            chunk = self._some(len(buffer))
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def close(self) -> None:
        """Hang up; the rest of the object is not fetched."""
        self._drop()
        super().close()

    def _some(self, most: int) -> bytes:
        for left in reversed(range(STREAMS)):
            try:
                chunk: bytes = self._stream().read(most)
            except BotoCoreError as broken:
                self._drop()
                if not left:
                    raise
                logger.warning("storage: a stream broke (%s), going on", type(broken).__name__)
            else:
                if chunk:
                    return chunk
                self._drop()  # it ended before the object did
        raise _silent()

    def _stream(self) -> Any:
        if self._body is None:
            asked = {**self._of, "Range": f"bytes={self._at}-", "IfMatch": self._tag}
            self._body = self._client.get_object(**asked)["Body"]
        return self._body

    def _drop(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()


def _transfer_config() -> TransferConfig:
    config = TransferConfig(
        multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=PARTS_AT_ONCE
    )
    # Parts that were read and wait for their turn; ten unless told otherwise.
    config.max_in_memory_upload_chunks = PARTS_AT_ONCE
    return config


def _client_config(has_endpoint: bool) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=SILENCE_SECONDS,
        retries={"mode": "standard", "total_max_attempts": CALLS},
        signature_version="s3v4",
        # Servers at an address of their own rarely have a name for each bucket.
        s3={"addressing_style": "path" if has_endpoint else "auto"},
        # Not every server knows the newer checksums; what matters is read back and hashed.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextmanager
def _told(name: str = "") -> Iterator[None]:
    """Within this block the storage's refusals and silence are told in words.

    Neither the words nor the log have the answer's text, in which some servers repeat keys.
    """
    try:
        yield
    except ClientError as error:
        raise _answered(error, name) from None
    except NoCredentialsError:
        raise _refused("no key is set") from None
    except BotoCoreError as error:
        logger.warning("storage: %s", type(error).__name__)
        raise _silent() from None


def _answered(error: ClientError, name: str) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    logger.warning("storage: %s answered %s %s", error.operation_name, status, code)
    if name and code in _MISSING:
        return FileNotFoundError(f"{name} is not in the storage.")
    if status >= _SERVER_ERROR or code in {"SlowDown", "RequestTimeout", "PreconditionFailed"}:
        return _silent()
    return _refused(f"{code or 'status'} {status}".strip())


def _silent() -> StorageAway:
    return StorageAway(
        "The storage of the archives does not answer.",
        meaning=_KEPT,
        remedy="Try again. When it stays, look at the S3 server and at the settings S3_…",
    )


def _refused(why: str) -> StorageRefuses:
    return StorageRefuses(
        f"The storage of the archives refuses ({why}).",
        meaning=_KEPT,
        remedy="Look at S3_BUCKET and at the rights of S3_ACCESS_KEY: to list the bucket, and to "
        "read, write and delete its objects.",
    )
