"""No error shows a secret, nor drags along one from below that does."""

from collections.abc import Iterator
from http.client import HTTPException

import pytest
from pytest_httpserver import HTTPServer
from requests import RequestException
from urllib3.exceptions import HTTPError
from werkzeug import Request, Response

from migrator.clients.credentials import ApiKeyCredential, Credential, SessionCredential
from migrator.clients.http import Http
from migrator.clients.tool import ToolClient
from migrator.formats.errors import StatedError
from tests.clients.conftest import RawServer

SECRET = "s3cr3t-value"
CREDENTIALS: list[Credential] = [
    SessionCredential(SECRET, SECRET),
    ApiKeyCredential(SECRET),
]


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def check_clean(error: BaseException) -> None:
    """Neither the error nor any that it drags along comes from below or shows the secret."""
    for each in chain(error):
        assert not isinstance(each, RequestException | HTTPError | HTTPException)
        assert SECRET not in f"{each!s} {each!r} {each.args} {each.__dict__}"


@pytest.mark.parametrize("credential", CREDENTIALS, ids=repr)
@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nBad\x00\r\n\r\n"]
)
def test_a_broken_connection_shows_no_secret(
    http: Http, raw_server: RawServer, credential: Credential, answer: bytes
) -> None:
    raw_server.answers = [answer]
    tool = ToolClient(
        http, address=f"{raw_server.url}/x", credential=credential, iam_url=raw_server.url
    )
    with pytest.raises(StatedError) as caught:
        tool.workspaces()
    check_clean(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
@pytest.mark.parametrize("credential", CREDENTIALS, ids=repr)
def test_a_service_that_echoes_the_credential_is_not_quoted_with_it(
    http: Http, httpserver: HTTPServer, root: str, credential: Credential, status: int
) -> None:
    def echo(request: Request) -> Response:
        said = f"{dict(request.headers)} {request.form.to_dict()}"
        return Response(f'{{"error": "{said}"}}', status=status, mimetype="application/json")

    httpserver.expect_request("/identity/token", method="POST").respond_with_handler(echo)
    httpserver.expect_request("/x/wks/api/v10/workspaces").respond_with_handler(echo)
    tool = ToolClient(http, address=f"{root}/x", credential=credential, iam_url=root)
    with pytest.raises(StatedError) as caught:
        tool.workspaces()
    assert "It says" in caught.value.happened
    check_clean(caught.value)


def test_an_access_token_is_not_quoted_either(
    http: Http, httpserver: HTTPServer, root: str
) -> None:
    httpserver.expect_request("/identity/token").respond_with_json(
        {"access_token": SECRET, "expires_in": 3600, "expiration": 0}
    )
    httpserver.expect_request("/x/wks/api/v10/workspaces").respond_with_json(
        {"error": f"bad Bearer {SECRET}"}, status=403
    )
    tool = ToolClient(http, address=f"{root}/x", credential=ApiKeyCredential("k"), iam_url=root)
    with pytest.raises(StatedError) as caught:
        tool.workspaces()
    check_clean(caught.value)


def test_a_client_shows_no_secret_in_its_repr(http: Http, root: str) -> None:
    tool = ToolClient(http, address=f"{root}/x", credential=CREDENTIALS[0])
    assert SECRET not in f"{tool!r} {http!r}"
