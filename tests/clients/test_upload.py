"""Uploads: streamed multipart, sent once."""

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from migrator.clients.http import Http
from migrator.clients.multipart import MultipartBody
from migrator.errors import ServiceError, TransientError
from tests.clients.conftest import CHANGING, RawServer


def body_of(path: Path, **options: Any) -> MultipartBody:
    given = {"filename": path.name, "content_type": "application/zip", **options}
    return MultipartBody("file", path, **given)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.zip"
    path.write_bytes(bytes(range(256)) * 1000)
    return path


def test_a_file_and_fields_arrive_as_they_are(
    http: Http, httpserver: HTTPServer, root: str, file: Path
) -> None:
    arrived: dict[str, Any] = {}

    def keep(request: Request) -> Response:
        sent = request.files["file"]
        arrived.update(request.form, content=sent.read(), name=sent.filename, type=sent.mimetype)
        arrived["length"] = request.content_length
        return Response("{}")

    httpserver.expect_request("/u", method="POST").respond_with_handler(keep)
    seen: list[tuple[int, int | None]] = []
    name = 'Ge"setz\n.zip'
    http.request(
        "POST",
        f"{root}/u",
        doing=CHANGING,
        retry=False,
        body=lambda: body_of(
            file, filename=name, fields={"name": "Wörter"}, progress=lambda *s: seen.append(s)
        ),
    )
    assert arrived["content"] == file.read_bytes()
    assert (arrived["name"], arrived["type"]) == ('Ge"setz%0A.zip', "application/zip")
    assert arrived["length"] > file.stat().st_size
    assert seen[-1] == (256_000, 256_000)


def test_an_empty_file_arrives(http: Http, httpserver: HTTPServer, root: str, file: Path) -> None:
    file.write_bytes(b"")
    sizes: list[int] = []

    def keep(request: Request) -> Response:
        sizes.append(len(request.files["file"].read()))
        return Response("{}")

    httpserver.expect_request("/u").respond_with_handler(keep)
    http.request("POST", f"{root}/u", doing=CHANGING, retry=False, body=lambda: body_of(file))
    assert sizes == [0]


def test_the_file_is_read_piece_by_piece_and_as_long_as_announced(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    with path.open("wb") as large:
        large.truncate(50_000_000)
    with body_of(path) as body:
        announced = len(body)
        sizes = [len(chunk) for chunk in body]
    assert sum(sizes) == announced
    assert max(sizes) <= 16384


def test_what_the_progress_callback_raises_comes_through(
    http: Http, httpserver: HTTPServer, root: str, file: Path
) -> None:
    class Cancelled(OSError):
        """Of the family that the layers below take for an error of the connection."""

    def cancel(_: int, __: int | None) -> None:
        raise Cancelled

    httpserver.expect_request("/u").respond_with_json({})
    with pytest.raises(Cancelled):
        http.request(
            "POST",
            f"{root}/u",
            doing=CHANGING,
            retry=False,
            body=lambda: body_of(file, progress=cancel),
        )


def test_an_upload_is_sent_once_and_its_fate_is_told_as_unknown(
    http: Http, raw_server: RawServer, file: Path
) -> None:
    raw_server.answers = [b""]
    with pytest.raises(TransientError, match="not known"):
        http.request(
            "POST", raw_server.url, doing=CHANGING, retry=False, body=lambda: body_of(file)
        )
    assert len(raw_server.asked) == 1


def test_a_file_that_shrinks_on_the_way_fails_in_words(
    http: Http, httpserver: HTTPServer, root: str, file: Path
) -> None:
    def shrink(done: int, _: int | None) -> None:
        if done < 20_000:
            with file.open("r+b") as opened:
                opened.truncate(100)

    httpserver.expect_request("/u").respond_with_json({})
    with pytest.raises(ServiceError, match="became shorter"):
        http.request(
            "POST",
            f"{root}/u",
            doing=CHANGING,
            retry=False,
            body=lambda: body_of(file, progress=shrink),
        )
