"""IBM Cloud IAM: an API key becomes a token (`POST /identity/token`)."""

import time
from collections.abc import Callable

import msgspec

from migrator.clients.answers import unreadable
from migrator.clients.calls import Doing, Refusal
from migrator.clients.http import Http
from migrator.clients.tokens import BearerTokens, Token, fits_a_header
from migrator.errors import ServiceError, SessionLost

IAM_URL = "https://iam.cloud.ibm.com"
GRANT = "urn:ibm:params:oauth:grant-type:apikey"
REJECTED = Refusal(
    "IBM Cloud does not accept the stored API key.",
    "Nothing was read or changed. The work keeps its place.",
    "Create an API key in IBM Cloud under Manage > Access (IAM) > API keys, and store it.",
)
# Statuses with which IAM turns down a key: it answers 400 for an unknown one.
KEY_REJECTED = (400, 401)


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: float
    expiration: float | None = None


class IamTokens(BearerTokens):
    """Bearer tokens for an API key."""

    def __init__(
        self,
        http: Http,
        iam_url: str,
        apikey: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(self._fetch_token, clock=clock)
        self._http = http
        self._url = (iam_url or IAM_URL).rstrip("/") + "/identity/token"
        self._apikey = apikey
        http.hide(apikey)

    def _fetch_token(self) -> Token:
        doing = Doing(
            service="IBM Cloud IAM",
            words="get a token for the API key",
            renew=REJECTED.remedy,
            refusals=dict.fromkeys(KEY_REJECTED, REJECTED),
        )
        form = {"grant_type": GRANT, "apikey": self._apikey, "response_type": "cloud_iam"}
        headers = {"Accept": "application/json"}
        rejected = None
        try:
            answer = self._http.request(
                "POST", self._url, doing=doing, retry=True, headers=headers, form=form
            )
        except ServiceError as exc:
            rejected = _as_credential_problem(exc)
        if rejected:
            raise rejected
        try:
            given = msgspec.json.decode(answer.content, type=_TokenAnswer, strict=False)
        except msgspec.DecodeError:
            raise unreadable(doing, answer.transaction_id) from None
        if not fits_a_header(given.access_token):
            raise unreadable(doing, answer.transaction_id)
        self._http.hide(given.access_token)
        return Token(given.access_token, _seconds(given))


def _as_credential_problem(exc: ServiceError) -> ServiceError:
    """A rejected key waits for a new one; a web page instead of a token is a wrong address."""
    if exc.http_status in KEY_REJECTED and not isinstance(exc, SessionLost):
        return SessionLost(
            exc.happened,
            meaning=exc.meaning,
            remedy=exc.remedy,
            reference=exc.reference,
            http_status=exc.http_status,
        )
    if isinstance(exc, SessionLost):
        return ServiceError(
            "The address of IBM Cloud IAM answers with a web page instead of a token.",
            meaning="Nothing was read or changed.",
            remedy="Check the address of IAM and any proxy in between.",
            reference=exc.reference,
        )
    return exc


def _seconds(given: _TokenAnswer) -> float:
    """The token's life. An account can shorten it, which `expiration` tells; where this machine's
    clock is so wrong that it lies in the past, `expires_in` has to do."""
    left = (given.expiration or 0) - time.time()
    return min(left, given.expires_in) if left > 0 else given.expires_in
