"""Cloud Pak for Data: a user and a key or password become a token (`/icp4d-api/v1/authorize`)."""

import base64
import time
from collections.abc import Callable
from typing import Any

import msgspec

from migrator.clients.answers import unreadable
from migrator.clients.calls import Doing
from migrator.clients.credentials import Cp4dCredential
from migrator.clients.http import Http
from migrator.clients.tokens import BearerTokens, Token, fits_a_header

# Seconds assumed where the token does not tell its life; the default of an installation is 12 h.
UNTOLD_LIFE = 900.0


class Cp4dTokens(BearerTokens):
    """Bearer tokens of one installation; `cp4d_url` is its root, `https://{host}`."""

    def __init__(
        self,
        http: Http,
        cp4d_url: str,
        credential: Cp4dCredential,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(self._fetch_token, clock=clock)
        self._http = http
        self._url = cp4d_url.rstrip("/") + "/icp4d-api/v1/authorize"
        self._credential = credential
        http.hide(credential.api_key, credential.password)

    def _fetch_token(self) -> Token:
        doing = Doing(
            service="Cloud Pak for Data",
            words="sign in to Cloud Pak for Data",
            renew="Check user name and API key or password in the profile of Cloud Pak for Data, "
            "and store them with the instance.",
        )
        answer = self._http.request("POST", self._url, doing=doing, retry=True, json=self._login())
        given = answer.json(doing)
        token = given.get("token") if isinstance(given, dict) else None
        if not isinstance(token, str) or not fits_a_header(token):
            raise unreadable(doing, answer.transaction_id)
        self._http.hide(token)
        return Token(token, _life(token))

    def _login(self) -> dict[str, str]:
        user = {"username": self._credential.username}
        if self._credential.api_key:
            return user | {"api_key": self._credential.api_key}
        return user | {"password": self._credential.password}


def _life(token: str) -> float:
    """Seconds from now, by the JWT's `exp` and `iat`, so that a wrong clock here is harmless."""
    claims = _claims(token)
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, int | float):
        return UNTOLD_LIFE
    life = expires - (issued if isinstance(issued, int | float) else time.time())
    return life if life > 0 else UNTOLD_LIFE


def _claims(token: str) -> dict[str, Any]:
    """The middle part of the JWT, unverified: only the service itself can judge it."""
    middle = token.partition(".")[2].partition(".")[0]
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, msgspec.DecodeError):
        return {}
    return claims if isinstance(claims, dict) else {}
