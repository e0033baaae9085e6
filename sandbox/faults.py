"""Faults on demand: which requests go wrong, how, and how often."""

import re
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.answers import Refused

KINDS = {
    "latency": "the answer begins after `seconds`",
    "slow_body": "every `bytes` of the body are followed by `seconds` of silence",
    "status": "the answer is `status`, with `retry_after` when it is given",
    "reset": "the connection is reset, after `bytes` of the body when they are given",
    "truncated": "the connection is closed after `fraction` of the promised body",
    "wrong_length": "Content-Length is wrong by `delta` bytes",
    "html": "an HTML page comes with status 200 where JSON or a file is expected",
    "session_expired": "the session that called is lost from now on",
    "black_hole": "no answer ever comes",
    "chunked": "the body comes without Content-Length",
    "no_ranges": "Range is ignored and no ETag is sent",
}
STATUSES = (400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504)


@dataclass
class Fault:
    """One rule: the next `count` requests that match, after `skip` of them passed, go wrong.

    With `after` the request is carried out first and only its answer is lost or replaced.
    """

    kind: str
    path: str = ""  # regular expression, searched in the path of the request
    method: str = ""  # any, when empty
    count: int = 1
    skip: int = 0
    after: bool = False
    seconds: float = 1.0
    bytes: int = 0
    status: int = 500
    retry_after: str = ""
    fraction: float = 0.5
    delta: int = -64
    hits: int = field(default=0, kw_only=True)

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule speaks of this request."""
        return (not self.method or self.method == method) and bool(re.search(self.path, path))


def parse_fault(body: dict[str, Any]) -> Fault:
    """A rule from the JSON of the admin endpoint; 400 with a sentence for what is none."""
    allowed = set(Fault.__dataclass_fields__) - {"hits"}
    unknown = set(body) - allowed
    if unknown:
        raise Refused(400, f"Unknown fields of a fault: {', '.join(sorted(unknown))}.")
    if body.get("kind") not in KINDS:
        raise Refused(400, f"The kind of a fault is one of {', '.join(KINDS)}.")
    try:
        fault = Fault(**body)
        re.compile(fault.path)
    except (TypeError, re.error) as error:
        raise Refused(400, f"The fault cannot be read: {error}.") from error
    fault.method = fault.method.upper()
    fault.retry_after = str(fault.retry_after)
    if fault.status not in STATUSES:
        raise Refused(400, f"The status of a fault is one of {STATUSES}.")
    return fault


class Faults:
    """The rules in force, and the event that ends every waiting one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._over = threading.Event()

    def add(self, fault: Fault) -> None:
        """Put one more rule in force."""
        with self._lock:
            self._rules.append(fault)

    def clear(self) -> None:
        """Forget all rules and let go of the requests that they hold."""
        with self._lock:
            self._rules.clear()
            self._over.set()
            self._over = threading.Event()

    def listing(self) -> list[dict[str, Any]]:
        """The rules in force, with how often each was used."""
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of this request, counted as used; spent rules stay listed until cleared."""
        with self._lock:
            for rule in self._rules:
                if rule.count <= 0 or not rule.matches(method, path):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.count -= 1
                rule.hits += 1
                return rule
        return None

    def wait(self, seconds: float | None) -> None:
        """Hold this request for so long (None: until cleared), ended early by `clear`."""
        self._over.wait(seconds)
