"""The WSGI application: finds the instance and the operation, and answers as the service would."""

import functools
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from typing import IO
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import FileWrapper

from sandbox import access, routes
from sandbox.answers import Redirected, Refused
from sandbox.calls import Call, compressed
from sandbox.faults import Fault, Faults
from sandbox.spoiling import spoiled
from sandbox.state import State

ADMIN = "/_sandbox"
FILE_BLOCK = 256 * 1024  # bytes read from a file at a time


class Application:
    """All services on one port; `base` is known once the server has its port."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.base = ""
        self.faults = Faults()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request, spoiled by the fault that is due for it."""
        environ["wsgi.file_wrapper"] = _in_large_blocks
        request = Request(environ)
        transaction = uuid.uuid4().hex
        entry = {"method": request.method, "path": request.path, "status": 0}
        if not request.path.startswith(ADMIN):
            self.state.requests.append(entry)
        response = self._answer(request, transaction)
        entry["status"] = response.status_code
        response.headers["X-Sandbox"] = "knowledge-studio"
        response.headers["X-Global-Transaction-ID"] = transaction
        return _closed(response(environ, start))

    def _answer(self, request: Request, transaction: str) -> Response:
        fault = None
        if not request.path.startswith(ADMIN):
            fault = self.faults.take(request.method, request.path)
        carry_out = functools.partial(self._carry_out, request, transaction, fault)
        if fault is None:
            return carry_out()
        return spoiled(request, fault, self.faults, carry_out)

    def _carry_out(self, request: Request, transaction: str, fault: Fault | None) -> Response:
        kind = fault.kind if fault else ""
        with self.state.connect() as db:
            call = Call(request, self.state, db, self.faults, self.base)
            call.ranges = kind not in ("no_ranges", "chunked")
            if kind == "session_expired":
                access.lose_session(call)
            try:
                return compressed(call, _dispatch(call))
            except Refused as refused:
                return refused.answer(transaction)
            except Redirected as redirected:
                return redirect(redirected.location, 302)
            except HTTPException as error:
                text = error.description or error.name
                return Refused(error.code or 500, text).answer(transaction)


def _dispatch(call: Call) -> Response:
    """Carry out the operation of the tool at an instance's address, or of a service beside it."""
    path = call.request.path
    call.instance = _instance_at(call.db, path)
    table = routes.SERVICES
    if call.instance is not None:
        table = routes.TOOL
        path = path[len(call.instance["path"]) :] or "/"
    endpoint, values = table.bind("sandbox").match(path, method=call.request.method)
    if call.instance is not None and endpoint not in routes.WITHOUT_CREDENTIAL:
        access.check_tool(call)
    answer: Response = endpoint(call, **values)
    return answer


def _instance_at(db: sqlite3.Connection, path: str) -> sqlite3.Row | None:
    """The instance whose address begins the path."""
    for instance in db.execute("SELECT * FROM instances"):
        if path == instance["path"] or path.startswith(instance["path"] + "/"):
            found: sqlite3.Row = instance
            return found
    return None


def _closed(body: Iterable[bytes]) -> Iterator[bytes]:
    """The same body, closed also when the connection breaks in a way the server gives up on."""
    try:
        yield from body
    finally:
        close = getattr(body, "close", None)  # optional in WSGI
        if close is not None:
            close()


def _in_large_blocks(file: IO[bytes], _size: int) -> FileWrapper:
    return FileWrapper(file, FILE_BLOCK)
