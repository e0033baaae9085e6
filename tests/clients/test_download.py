"""Downloads: whole or not at all, hashed on the way, continued where that is safe."""

import gzip
import hashlib
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from migrator.clients.downloads import discard_partial, filename
from migrator.clients.http import Http
from migrator.errors import ServiceError, SessionLost, TransientError
from tests.clients.conftest import READING, RawServer

CONTENT = bytes(range(256)) * 8192  # 2 MiB, several chunks


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def served(content: bytes, *, etag: str = '"v1"', ranges: bool = True) -> Callable[..., Response]:
    """A handler as a file server's, with or without Range."""

    def answer(request: Request) -> Response:
        response = Response(content, mimetype="application/zip")
        response.headers["ETag"] = etag
        if ranges:
            response.headers["Accept-Ranges"] = "bytes"
            return response.make_conditional(
                request, accept_ranges=True, complete_length=len(content)
            )
        return response

    return answer


class Cut(Exception):
    """Raised by a progress callback, as a pause or a lost claim is."""


def cut_after(size: int) -> Callable[[int, int | None], None]:
    def progress(done: int, _: int | None) -> None:
        if done >= size:
            raise Cut

    return progress


def folder_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_download_arrives_whole_with_size_hash_and_name(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_data(
        CONTENT,
        headers={
            "Content-Disposition": 'attachment; filename="corpus-1.zip"',
            "ETag": '"v1"',
            "X-Global-Transaction-ID": "t-1",
        },
    )
    seen: list[tuple[int, int | None]] = []
    received = http.download(
        f"{root}/f", tmp_path / "c.zip", lambda *step: seen.append(step), doing=READING
    )
    assert (tmp_path / "c.zip").read_bytes() == CONTENT
    assert (received.size, received.sha256) == (len(CONTENT), sha256(CONTENT))
    assert (received.filename, received.etag) == ("corpus-1.zip", '"v1"')
    assert (received.transaction_id, received.resumed_from) == ("t-1", 0)
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert folder_names(tmp_path) == ["c.zip"]
    assert httpserver.log[0][0].headers["Accept-Encoding"] == "identity"


def test_an_empty_file_is_a_file(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_data(b"")
    received = http.download(f"{root}/f", tmp_path / "c", doing=READING)
    assert (received.size, received.sha256) == (0, sha256(b""))
    assert (tmp_path / "c").read_bytes() == b""


def test_a_chunked_answer_without_a_length_is_taken(
    http: Http, raw_server: RawServer, tmp_path: Path
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw_server.answers = [head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"]
    seen: list[tuple[int, int | None]] = []
    http.download(raw_server.url, tmp_path / "c", lambda *step: seen.append(step), doing=READING)
    assert (tmp_path / "c").read_bytes() == b"abcde"
    assert seen[-1] == (5, None)


@pytest.mark.parametrize(
    "answer",
    [
        b"Content-Length: 10\r\n\r\nabcde",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        b"Transfer-Encoding: chunked\r\n\r\na\r\nabcde",
    ],
)
@pytest.mark.parametrize("resume", [False, True])
def test_a_body_cut_short_never_becomes_the_file(
    http: Http, raw_server: RawServer, tmp_path: Path, answer: bytes, resume: bool
) -> None:
    raw_server.answers = [b"HTTP/1.1 200 OK\r\n" + answer]
    with pytest.raises(TransientError, match="broke off"):
        http.download(raw_server.url, tmp_path / "c", doing=READING, resume=resume)
    assert not (tmp_path / "c").exists()
    assert resume or not folder_names(tmp_path)
    assert len(raw_server.asked) == 4


def test_an_older_file_of_that_name_stays_until_the_new_one_is_whole(
    http: Http, raw_server: RawServer, tmp_path: Path
) -> None:
    (tmp_path / "c").write_bytes(b"old")
    raw_server.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcde"]
    with pytest.raises(TransientError):
        http.download(raw_server.url, tmp_path / "c", doing=READING)
    assert (tmp_path / "c").read_bytes() == b"old"


def test_a_gzipped_download_is_stored_inflated(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_data(
        gzip.compress(CONTENT), headers={"Content-Encoding": "gzip", "ETag": '"v1"'}
    )
    received = http.download(f"{root}/f", tmp_path / "c", doing=READING, resume=True)
    assert received.sha256 == sha256(CONTENT)


@pytest.mark.parametrize("keep", [-9, 20])
def test_a_gzip_stream_cut_within_whole_chunks_is_noticed(
    http: Http, raw_server: RawServer, tmp_path: Path, keep: int
) -> None:
    packed = gzip.compress(b"abcdefghij" * 100)[:keep]
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw_server.answers = [head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)]
    with pytest.raises(TransientError, match="broke off"):
        http.download(raw_server.url, tmp_path / "c", doing=READING)
    assert folder_names(tmp_path) == []


def test_an_unknown_packing_is_refused(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_data("x", headers={"Content-Encoding": "zstd"})
    with pytest.raises(ServiceError, match="packs its answer"):
        http.download(f"{root}/f", tmp_path / "c", doing=READING)
    assert folder_names(tmp_path) == []


def test_a_page_instead_of_a_file_is_a_lost_session(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_data("<html>", content_type="text/html")
    with pytest.raises(SessionLost):
        http.download(f"{root}/f", tmp_path / "c", doing=READING, resume=True)
    assert folder_names(tmp_path) == []


def test_what_the_progress_callback_raises_comes_through_and_leaves_nothing(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_data(CONTENT)
    with pytest.raises(Cut):
        http.download(f"{root}/f", tmp_path / "c", cut_after(1), doing=READING)
    assert folder_names(tmp_path) == []
    assert len(httpserver.log) == 1


def test_an_interrupted_download_continues_where_it_was(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_handler(served(CONTENT))
    with pytest.raises(Cut):
        http.download(f"{root}/f", tmp_path / "c", cut_after(600_000), doing=READING, resume=True)
    kept = (tmp_path / "c.part").stat().st_size
    seen: list[tuple[int, int | None]] = []
    received = http.download(
        f"{root}/f", tmp_path / "c", lambda *s: seen.append(s), doing=READING, resume=True
    )
    again = httpserver.log[1][0]
    assert (again.headers["Range"], again.headers["If-Range"]) == (f"bytes={kept}-", '"v1"')
    assert httpserver.log[1][1].status_code == 206
    assert received.resumed_from == kept >= 600_000
    assert (received.size, received.sha256) == (len(CONTENT), sha256(CONTENT))
    assert seen[0][0] > kept
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert folder_names(tmp_path) == ["c"]


def test_a_line_that_breaks_is_continued_within_the_same_call(
    http: Http, raw_server: RawServer, tmp_path: Path
) -> None:
    raw_server.answers = [
        b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: 10\r\n\r\nabcde',
        b'HTTP/1.1 206 Partial Content\r\nETag: "v1"\r\nContent-Length: 5\r\n'
        b"Content-Range: bytes 5-9/10\r\n\r\nfghij",
    ]
    received = http.download(raw_server.url, tmp_path / "c", doing=READING, resume=True)
    assert (tmp_path / "c").read_bytes() == b"abcdefghij"
    assert received.sha256 == sha256(b"abcdefghij")
    assert b"Range: bytes=5-\r\n" in raw_server.asked[1]


@pytest.mark.parametrize("later", [('"v2"', True), ('"v1"', False), ('W/"v1"', True)])
def test_another_version_or_a_service_without_ranges_starts_over(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path, later: tuple[str, bool]
) -> None:
    httpserver.expect_oneshot_request("/f").respond_with_handler(served(b"old" * 300_000))
    httpserver.expect_request("/f").respond_with_handler(
        served(CONTENT, etag=later[0], ranges=later[1])
    )
    with pytest.raises(Cut):
        http.download(f"{root}/f", tmp_path / "c", cut_after(1), doing=READING, resume=True)
    received = http.download(f"{root}/f", tmp_path / "c", doing=READING, resume=True)
    assert received.resumed_from == 0
    assert received.sha256 == sha256(CONTENT)
    assert folder_names(tmp_path) == ["c"]


@pytest.mark.parametrize(
    "wrong",
    [
        b'ETag: "v2"\r\nContent-Range: bytes 5-9/10\r\n',
        b"Content-Range: bytes 5-9/10\r\n",
        b'ETag: "v1"\r\nContent-Range: bytes 4-9/10\r\n',
        b'ETag: "v1"\r\n',
    ],
)
def test_a_rest_that_does_not_fit_is_not_appended(
    http: Http, raw_server: RawServer, tmp_path: Path, wrong: bytes
) -> None:
    whole = b'HTTP/1.1 200 OK\r\nETag: "v2"\r\nContent-Length: 10\r\n\r\nABCDEFGHIJ'
    raw_server.answers = [
        b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: 10\r\n\r\nabcde',
        b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n" + wrong + b"\r\nfghij",
        whole,
    ]
    http.download(raw_server.url, tmp_path / "c", doing=READING, resume=True)
    assert (tmp_path / "c").read_bytes() == b"ABCDEFGHIJ"
    assert b"Range" not in raw_server.asked[2]


def test_a_refused_range_starts_over(http: Http, raw_server: RawServer, tmp_path: Path) -> None:
    raw_server.answers = [
        b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: 10\r\n\r\nabcde',
        b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew",
    ]
    http.download(raw_server.url, tmp_path / "c", doing=READING, resume=True)
    assert (tmp_path / "c").read_bytes() == b"new"


def test_a_part_of_another_address_is_not_continued(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    for path in ("/f", "/g"):
        httpserver.expect_request(path).respond_with_handler(served(CONTENT))
    with pytest.raises(Cut):
        http.download(f"{root}/f", tmp_path / "c", cut_after(1), doing=READING, resume=True)
    http.download(f"{root}/g", tmp_path / "c", doing=READING, resume=True)
    assert "Range" not in httpserver.log[1][0].headers


@pytest.mark.parametrize("note", [b"", b"{broken", b"[]"])
def test_a_damaged_note_beside_a_part_starts_over(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path, note: bytes
) -> None:
    (tmp_path / "c.part").write_bytes(b"something")
    (tmp_path / "c.part.json").write_bytes(note)
    httpserver.expect_request("/f").respond_with_handler(served(CONTENT))
    received = http.download(f"{root}/f", tmp_path / "c", doing=READING, resume=True)
    assert received.sha256 == sha256(CONTENT)


def test_a_part_can_be_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "c.part").write_bytes(b"something")
    (tmp_path / "c.part.json").write_bytes(b"{}")
    discard_partial(tmp_path / "c")
    discard_partial(tmp_path / "c")
    assert folder_names(tmp_path) == []


def test_a_full_disk_is_told_in_words(
    http: Http, httpserver: HTTPServer, root: str, tmp_path: Path
) -> None:
    httpserver.expect_request("/f").respond_with_data(CONTENT)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(ServiceError, match="File too large") as caught:
            http.download(f"{root}/f", tmp_path / "c", doing=READING)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "Free space" in caught.value.remedy
    assert folder_names(tmp_path) == []


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", ""),
        ("attachment", ""),
        ('attachment; filename="types-1.json"', "types-1.json"),
        ("attachment; filename=types-1.json", "types-1.json"),
        ("attachment; filename*=UTF-8''W%C3%B6rter.zip", "Wörter.zip"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\x.zip"', "x.zip"),
        ('attachment; filename=".."', ""),
        ("attachment; filename*=UTF-8''a%0D%0Ab%00.zip", "ab.zip"),
    ],
)
def test_a_file_name_is_never_a_path(header: str, name: str) -> None:
    assert filename(header) == name
