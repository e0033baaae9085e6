"""From an HTTP answer to a value or to an error that speaks to the person."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from requests.structures import CaseInsensitiveDict

from migrator.clients.calls import Doing, Refusal, Unavailable
from migrator.clients.retries import retry_after_seconds
from migrator.errors import ServiceError, SessionLost
from migrator.formats.errors import StatedError

T = TypeVar("T")

TRANSACTION_HEADERS = ("X-Global-Transaction-ID", "Transaction-Id", "X-Request-ID")
PASSING = frozenset({408, 429, 500, 502, 503, 504})
# Messages of the other side are quoted up to this many characters.
LONGEST_QUOTE = 300


@dataclass(frozen=True)
class Answer:
    """A whole answer; `content` is inflated already."""

    status: int
    headers: CaseInsensitiveDict[str]
    content: bytes = b""

    @property
    def transaction_id(self) -> str:
        """The other side's id of this call, empty where it gave none."""
        return transaction_id(self.headers)

    def json(self, doing: Doing) -> Any:
        """The content as plain lists and dictionaries; ServiceError where it is no JSON."""
        try:
            return msgspec.json.decode(self.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unreadable(doing, self.transaction_id) from None


def transaction_id(headers: CaseInsensitiveDict[str]) -> str:
    """The id to name to IBM's support, empty where there is none or it is no id."""
    for name in TRANSACTION_HEADERS:
        given = headers.get(name, "")
        if re.fullmatch(r"[\w.:/+=-]{1,100}", given):
            return given
    return ""


def unreadable(doing: Doing, reference: str) -> ServiceError:
    """The answer came, but has not the shape the profile says."""
    return ServiceError(
        f"Could not {doing.words}: {doing.service} answered in a shape that is not known here.",
        meaning="It may have been done there all the same." if doing.changes else doing.unchanged,
        remedy="Compare the answer in the browser's network log with the profile file.",
        reference=reference,
    )


def is_damaged(answer: Answer) -> bool:
    """Whether what calls itself JSON is none: an answer that was cut where nobody could tell."""
    if not answer.content or "json" not in answer.headers.get("Content-Type", "").lower():
        return False
    try:
        msgspec.json.decode(answer.content, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return True
    return False


def is_page(answer: Answer) -> bool:
    """Whether a web page came, as a lost session or a proxy in between sends it."""
    kind = answer.headers.get("Content-Type", "")
    start = answer.content[:200].lstrip().lower()
    return kind.lower().startswith("text/html") or start.startswith((b"<!doctype html", b"<html"))


def failure(answer: Answer, doing: Doing, host: str, hidden: Iterable[str]) -> StatedError | None:
    """The error an answer stands for, None for a good one; `hidden` is never quoted."""
    if answer.status < 400:
        return _instead_of_an_answer(answer, doing)
    if answer.status == 403 and host.endswith("watsonplatform.net"):
        return _switched_off(doing, host, answer.transaction_id)
    quoted, own_id = _quotation(answer, hidden)
    reference = answer.transaction_id or own_id
    if answer.status not in doing.refusals:
        if answer.status in PASSING:
            return _passing(answer, doing, quoted, reference)
        if answer.status == 401:
            return session_lost(doing, reference, quoted)
    return _refused(answer.status, doing, quoted, reference)


def _instead_of_an_answer(answer: Answer, doing: Doing) -> StatedError | None:
    """Redirections are never followed: they would carry the credential elsewhere."""
    if answer.status in {301, 308}:
        return _moved(doing, answer.transaction_id)
    if answer.status >= 300 or is_page(answer):
        return session_lost(doing, answer.transaction_id, status=answer.status)
    return None


def session_lost(
    doing: Doing, reference: str, quoted: str = "", *, status: int = 401
) -> SessionLost:
    """The credential is no longer accepted; `status` is not 401 where a page said so."""
    known = doing.unchanged if status == 401 else doing.unknown
    return SessionLost(
        f"{doing.service} no longer accepts the stored credential.{quoted}",
        meaning=f"{known} The work keeps its place.",
        remedy=doing.renew,
        reference=reference,
        http_status=status,
    )


def _moved(doing: Doing, reference: str) -> ServiceError:
    return ServiceError(
        f"Could not {doing.words}: {doing.service} says that its address has moved.",
        meaning=f"{doing.unchanged} No credential was sent to the new address.",
        remedy="Open the tool in the browser and copy its address again.",
        reference=reference,
    )


def _switched_off(doing: Doing, host: str, reference: str) -> ServiceError:
    return ServiceError(
        f"The host {host} is refused: IBM switched off all addresses under watsonplatform.net in "
        "2021.",
        meaning=doing.unchanged,
        remedy="Copy the instance's new address, which ends in cloud.ibm.com.",
        reference=reference,
        http_status=403,
    )


def _passing(answer: Answer, doing: Doing, quoted: str, reference: str) -> Unavailable:
    busy = answer.status == 429
    reason = "is asked too often" if busy else f"has trouble ({named(answer.status)})"
    error = Unavailable(
        f"Could not {doing.words}: {doing.service} {reason}.{quoted}",
        meaning=doing.unchanged if busy else doing.unknown,
        remedy="It is tried again; if this lasts, ask whoever runs the service"
        + (" and give the reference." if reference else "."),
        reference=reference,
        retry_after=retry_after_seconds(answer.headers.get("Retry-After")),
    )
    error.http_status = answer.status
    return error


def _refused(status: int, doing: Doing, quoted: str, reference: str) -> ServiceError:
    said = doing.refusals.get(status) or _general(status, doing)
    return ServiceError(
        said.happened + quoted,
        meaning=said.meaning,
        remedy=said.remedy,
        reference=reference,
        http_status=status,
    )


GENERAL = {
    400: ("could not read what was sent", "Check that the file is whole and of the right kind."),
    403: (
        "refuses access",
        "Check that the credential belongs to a user who may do this, and copy it again whole.",
    ),
    404: (
        "knows no such thing",
        "It may have been deleted meanwhile: take the inventory again, and check the address.",
    ),
    409: ("says that it clashes with what is there", "Look at what is there, and choose again."),
    413: ("says that the file is too large", "Split it and try again."),
    422: ("does not accept the content", "Check the language and the limits of the service."),
}


def _general(status: int, doing: Doing) -> Refusal:
    reason, remedy = GENERAL.get(
        status,
        (f"answered unexpectedly ({named(status)})", "Check the address and the profile file."),
    )
    return Refusal(f"Could not {doing.words}: {doing.service} {reason}.", doing.unchanged, remedy)


def named(status: int) -> str:
    """`503 Service Unavailable`, or the bare number where it has no name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _quotation(answer: Answer, hidden: Iterable[str]) -> tuple[str, str]:
    """What the other side says about an error, as a sentence to append, and its own id of the call.

    Knows the bodies of Watson (`error`), IAM (`errorMessage`, `context.requestId`), Resource
    Controller and Cloud Pak for Data (`message`).
    """
    try:
        body = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    said = next((body[k] for k in ("error", "errorMessage", "message") if body.get(k)), "")
    text = shown(str(said), hidden)
    context = body.get("context")
    own = body.get("trace") or body.get("transaction_id")
    if not own and isinstance(context, dict):
        own = context.get("requestId")
    own_id = shown(str(own or ""), hidden)[:100]
    return (f" It says: “{text}”" if text else ""), own_id


def shown(text: str, hidden: Iterable[str]) -> str:
    """What the other side said, on one line, shortened and without what is hidden."""
    for secret in hidden:
        text = text.replace(secret, "…")
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= LONGEST_QUOTE else plain[: LONGEST_QUOTE - 1] + "…"
