"""One request with what the sandbox knows about it, and the answers that depend on it."""

import gzip
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.answers import Refused, json_answer
from sandbox.faults import Faults
from sandbox.state import State

GZIP_FROM = 500  # bytes; below, compression gains nothing


@dataclass
class Call:
    """One request with what the sandbox knows about it.

    `instance` is the row of the Knowledge Studio instance whose address was called, None beside
    them; `user_id` and `account` are known after the credential was checked.
    """

    request: Request
    state: State
    db: sqlite3.Connection
    faults: Faults
    base: str  # http://127.0.0.1:PORT
    instance: sqlite3.Row | None = None
    user_id: str = ""
    account: str = ""
    ranges: bool = True  # whether this one answer may honour Range

    def the_instance(self) -> sqlite3.Row:
        """The called instance, where the route guarantees one."""
        assert self.instance is not None
        return self.instance

    def body(self) -> dict[str, Any]:
        """The JSON object of the request; 400 for anything else."""
        try:
            found = json.loads(self.request.get_data(cache=False))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Refused(400, "The request body is not a JSON object.")
        return found

    def text(self, body: dict[str, Any], name: str, default: str | None = None) -> str:
        """A text field of the body; 400 when it is missing without default or no text."""
        found = body.get(name, default)
        if not isinstance(found, str):
            raise Refused(400, f"The field {name} must be a text.")
        return found


def compressed(call: Call, answer: Response) -> Response:
    """The same JSON answer gzipped, for a client that accepts it."""
    accepts = bool(call.request.accept_encodings["gzip"]) and call.state.options.gzip
    if accepts and answer.mimetype == "application/json" and not answer.is_streamed:
        content = answer.get_data()
        if len(content) >= GZIP_FROM:
            answer.set_data(gzip.compress(content, 1))
            answer.headers["Content-Encoding"] = "gzip"
    return answer


def number(call: Call, name: str, default: int) -> int:
    """A non-negative integer of the query; 400 for another text."""
    text = call.request.args.get(name, str(default))
    if not text.isdecimal():
        raise Refused(400, f"The parameter {name} must be a whole number.")
    return int(text)


def page(call: Call, items: Sequence[Any]) -> Response:
    """`{"total", "items"}` with the part that `limit` and `offset` ask for."""
    most = call.state.limits.page
    limit = min(number(call, "limit", most) or most, most)
    offset = number(call, "offset", 0)
    return json_answer({"total": len(items), "items": list(items[offset : offset + limit])})
