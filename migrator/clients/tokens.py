"""What a call is authorised by: something that gives headers, and may be asked for new ones."""

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from migrator.clients.credentials import SessionCredential
from migrator.clients.profile import SessionNames
from migrator.errors import SessionLost

T = TypeVar("T")

# A token is renewed after this share of its life, so that none expires on the way.
RENEW_AFTER = 0.8


class Authorization(Protocol):
    """Gives the headers of a call; `forget` says whether new ones can be had after a 401."""

    def header(self) -> dict[str, str]:
        """The headers, a token fetched where none is at hand; raises as `Http.request` does."""

    def forget(self) -> bool:
        """Drop the token after a 401; False where another try would send the same again."""


class Token(NamedTuple):
    """A bearer token and the seconds it lives from now."""

    text: str
    seconds: float


class BearerTokens:
    """Keeps one token and renews it before it expires; `fetch` gets a new one."""

    def __init__(
        self, fetch: Callable[[], Token], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._token: Token | None = None
        self._renew_at = 0.0

    def header(self) -> dict[str, str]:
        """The Authorization header."""
        if self._token is None or self._clock() >= self._renew_at:
            self._token = self._fetch()
            self._renew_at = self._clock() + self._token.seconds * RENEW_AFTER
        return {"Authorization": f"Bearer {self._token.text}"}

    def forget(self) -> bool:
        """Drop the token: the next header has a new one."""
        self._token = None
        return True


def fits_a_header(token: str) -> bool:
    """Whether a token can stand in a header; anything else would break it, or show in errors."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def authorized(
    authorization: Authorization, call: Callable[[dict[str, str]], T], *, changes: bool = False
) -> T:
    """Do `call` with the headers, and after a refusal once more with those of a new token.

    What `changes` something is repeated after a 401 only, which says that it was not done: a web
    page in place of the answer does not say so.
    """
    headers = authorization.header()
    try:
        return call(headers)
    except SessionLost as lost:
        if not authorization.forget() or (changes and lost.http_status != 401):
            raise
    return call(authorization.header())


class SessionCookies:
    """The cookies of a browser session: they cannot be renewed from here."""

    def __init__(self, credential: SessionCredential, names: SessionNames) -> None:
        self._headers = {
            "Cookie": f"{names.xsrf_cookie}={credential.xsrf_token}; "
            f"{names.dpat_cookie}={credential.dpat}",
            names.xsrf_header: credential.xsrf_token,
        }

    def header(self) -> dict[str, str]:
        """Both cookies, and the first again in its header."""
        return dict(self._headers)

    def forget(self) -> bool:
        """Nothing to renew."""
        return False
