"""What every answer of the sandbox looks like: JSON and errors."""

import json
import sqlite3
import uuid
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Response


class Refused(Exception):
    """An answer other than success; `answer` makes Watson's error body of it."""

    def __init__(
        self, status: int, error: str, *, headers: dict[str, str] | None = None, **fields: Any
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.headers = headers or {}
        self.fields = fields

    def answer(self, transaction: str) -> Response:
        """`{"code", "error", "trace"}`, or the fields of another service's error body."""
        body = self.fields or {"code": self.status, "error": self.error, "trace": transaction}
        return json_answer(body, self.status, self.headers)


class Redirected(Exception):
    """A lost session: the service sends the browser to its login page."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`body` as JSON."""
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, status, headers, content_type="application/json;charset=UTF-8")


def rows(found: Iterable[sqlite3.Row]) -> list[dict[str, Any]]:
    """SQL rows as JSON objects, in the order of the columns."""
    return [dict(row) for row in found]


def new_id() -> str:
    """An id as the service issues them."""
    return str(uuid.uuid4())
