"""IBM Cloud's Resource Controller v2: which service instances an account has."""

from urllib.parse import parse_qs, urlsplit

import msgspec

from migrator.clients.answers import unreadable
from migrator.clients.calls import Doing, Refusal
from migrator.clients.http import Http
from migrator.clients.iam import IamTokens
from migrator.clients.tokens import authorized

SERVICE = "IBM Cloud's Resource Controller"
LIST = Doing(
    service=SERVICE,
    words="list the services of the account",
    renew="Store an API key of somebody who may see the services of the account.",
    refusals={
        403: Refusal(
            "The API key may not list the services of its account.",
            "Which services there are is not known. Nothing was changed.",
            "Use the key of somebody with the role Viewer on them, or type the addresses.",
        )
    },
)
PAGE = 100
# An account with more instances than this answers with pages without an end.
MOST = 10_000


class AccountService(msgspec.Struct, frozen=True, kw_only=True):
    """One service instance of the account. `crn` tells which service it is an instance of."""

    guid: str
    crn: str
    name: str = ""
    region_id: str = ""
    state: str = ""

    @property
    def service(self) -> str:
        """The name of the service, such as natural-language-understanding; empty where unknown."""
        parts = self.crn.split(":")
        return parts[4] if len(parts) > 4 else ""


class _Part(msgspec.Struct):
    resources: list[AccountService]
    next_url: str | None = None


class ResourceController:
    """The Resource Controller at `address`, asked with an API key of the account."""

    def __init__(self, http: Http, *, address: str, apikey: str, iam_url: str = "") -> None:
        self._http = http
        self._url = f"{address.rstrip('/')}/v2/resource_instances"
        self._authorization = IamTokens(http, iam_url, apikey)

    def services(self) -> list[AccountService]:
        """Every service instance that the key may see, all pages; raises as `Http.request` does."""
        found: list[AccountService] = []
        start: str | None = ""
        while start is not None and len(found) < MOST:
            part = self._part(start)
            found += part.resources
            start = _next(part.next_url)
        return found

    def _part(self, start: str) -> _Part:
        params = {"type": "service_instance", "limit": str(PAGE)}
        if start:
            params["start"] = start
        answer = authorized(
            self._authorization,
            lambda headers: self._http.request(
                "GET",
                self._url,
                doing=LIST,
                retry=True,
                headers={"Accept": "application/json", **headers},
                params=params,
            ),
        )
        try:
            return msgspec.json.decode(answer.content, type=_Part)
        except msgspec.DecodeError:
            raise unreadable(LIST, answer.transaction_id) from None


def _next(next_url: str | None) -> str | None:
    """Where the next page begins; None at the end. Only the place is taken from the answer."""
    if not next_url:
        return None
    return next(iter(parse_qs(urlsplit(next_url).query).get("start", [])), None)
