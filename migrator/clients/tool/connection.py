"""One connection to the tool: how an operation of the profile becomes a call and an answer."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from migrator.clients.addresses import cp4d_root
from migrator.clients.answers import Answer, unreadable
from migrator.clients.calls import Doing, Unavailable
from migrator.clients.cp4d import Cp4dTokens
from migrator.clients.credentials import ApiKeyCredential, Credential, SessionCredential
from migrator.clients.downloads import Received
from migrator.clients.http import Http
from migrator.clients.iam import IamTokens
from migrator.clients.multipart import MultipartBody, Progress
from migrator.clients.profile import Operation, Profile, load_profile
from migrator.clients.shapes import NAMES, Shape, translated
from migrator.clients.tokens import Authorization, SessionCookies, authorized
from migrator.clients.tool.wording import REFUSALS, WORDS
from migrator.errors import ServiceError

S = TypeVar("S", bound=Shape)
T = TypeVar("T")

SERVICE = "Knowledge Studio"
# How often a list that changes while its pages are read is read anew.
LIST_ATTEMPTS = 3
RENEW = {
    SessionCredential: "Sign in to Knowledge Studio in the browser and store the two new cookies.",
    ApiKeyCredential: "Store an API key of a user of this instance.",
}
RENEW_CP4D = "Store user and API key of somebody who may use this instance."


class ToolConnection:
    """Calls operations of the profile by name, with the credential and one renewed token."""

    def __init__(
        self,
        http: Http,
        *,
        address: str,
        credential: Credential,
        profile: Profile | None = None,
        iam_url: str = "",
        cp4d_url: str = "",
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self.profile = profile or load_profile()
        self._http = http
        # Runs after every call that the instance answered as it should.
        self._answered = answered
        self._root = address.rstrip("/") + self.profile.api_root
        self._renew = RENEW.get(type(credential), RENEW_CP4D)
        self._authorization = self._authorized_by(
            credential, iam_url=iam_url, cp4d_url=cp4d_url or cp4d_root(address)
        )

    def _authorized_by(
        self, credential: Credential, *, iam_url: str, cp4d_url: str
    ) -> Authorization:
        if isinstance(credential, SessionCredential):
            self._http.hide(credential.xsrf_token, credential.dpat)
            return SessionCookies(credential, self.profile.session)
        if isinstance(credential, ApiKeyCredential):
            return IamTokens(self._http, iam_url, credential.apikey)
        return Cp4dTokens(self._http, cp4d_url, credential)

    def _doing(self, name: str) -> Doing:
        return Doing(
            service=SERVICE,
            words=WORDS[name],
            changes=self.profile.operations[name].method != "GET",
            renew=self._renew,
            refusals=REFUSALS.get(name, {}),
        )

    def _authorized(self, call: Callable[[dict[str, str]], T], *, changes: bool = False) -> T:
        found = authorized(self._authorization, call, changes=changes)
        self._answered()
        return found

    def _call(
        self,
        name: str,
        *,
        places: Mapping[str, str] | None = None,
        fields: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        operation = self.profile.operations[name]
        url = self._root + operation.filled(**(places or {}))
        return self._authorized(
            lambda headers: self._http.request(
                operation.method,
                url,
                doing=self._doing(name),
                retry=operation.method in {"GET", "DELETE"},
                headers={"Accept": "application/json", **headers},
                params={**operation.query, **(query or {})},
                json=None if fields is None else operation.sent(**fields),
                read_seconds=operation.read_seconds,
            ),
            changes=operation.method != "GET",
        )

    def _one(self, name: str, shape: type[S], **call: Any) -> S:
        """Call and read the answer as one `shape`."""
        answer = self._call(name, **call)
        return self._shaped(answer.json(self._doing(name)), shape, name, answer)

    def _bare_list(self, name: str, shape: type[S], **call: Any) -> list[S]:
        """Call and read the answer as a list that stands alone or under `items`."""
        answer = self._call(name, **call)
        given = answer.json(self._doing(name))
        items = given.get(self.profile.paging.items) if isinstance(given, dict) else given
        if not isinstance(items, list):
            raise unreadable(self._doing(name), answer.transaction_id)
        return [self._shaped(item, shape, name, answer) for item in items]

    def _shaped(self, given: Any, shape: type[S], name: str, answer: Answer) -> S:
        ours = translated(given, NAMES[shape], self.profile.answers)
        try:
            return msgspec.convert(ours, shape)
        except msgspec.ValidationError:
            raise unreadable(self._doing(name), answer.transaction_id) from None

    def _all(self, name: str, shape: type[S], **places: str) -> list[S]:
        """Every item of a list in pages, complete or an error: a list that changes while it is read
        is read anew, and after the third time given up for now."""
        for _ in range(LIST_ATTEMPTS):
            items = self._pages(name, shape, places)
            if items is not None:
                return items
        raise Unavailable(
            f"Could not {WORDS[name]}: the list changed again and again while it was read.",
            meaning="Nothing was kept, since a list with gaps would look complete.",
            remedy="It is tried again; choose a time when fewer people work there.",
        )

    def _pages(self, name: str, shape: type[S], places: Mapping[str, str]) -> list[S] | None:
        """All pages, None where they do not fit together.

        A service may give fewer items than asked for, so only `total` or an empty page is the end.
        """
        paging = self.profile.paging
        found: dict[bytes, S] = {}
        while True:
            query = {paging.limit: str(paging.size), paging.offset: str(len(found))}
            answer = self._call(name, places=places, query=query)
            items, total = self._page(answer.json(self._doing(name)), name, answer)
            page = {
                msgspec.json.encode(item): self._shaped(item, shape, name, answer) for item in items
            }
            if not page or (total is None and page.keys() == found.keys()):
                # The end, or the same again from a service that ignores the offset.
                return list(found.values()) if total in {None, len(found)} else None
            if len(page) < len(items) or page.keys() & found.keys():
                return None
            found |= page
            if len(found) == total:
                return list(found.values())

    def _page(self, given: Any, name: str, answer: Answer) -> tuple[list[Any], int | None]:
        """Items and total of one page; a bare array is a list without pages."""
        if isinstance(given, list):
            return given, len(given)
        items = given.get(self.profile.paging.items) if isinstance(given, dict) else None
        total = given.get(self.profile.paging.total) if isinstance(given, dict) else None
        if not isinstance(items, list) or not (total is None or isinstance(total, int)):
            raise unreadable(self._doing(name), answer.transaction_id)
        return items, total

    def _fetch(
        self, name: str, destination: Path, progress: Progress | None, resume: bool, **places: str
    ) -> Received:
        operation = self.profile.operations[name]
        return self._authorized(
            lambda headers: self._http.download(
                self._root + operation.filled(**places),
                destination,
                progress,
                doing=self._doing(name),
                headers=headers,
                params=operation.query,
                resume=resume,
                read_seconds=operation.read_seconds,
            )
        )

    def _send_file(
        self,
        name: str,
        path: Path,
        content_type: str,
        *,
        progress: Progress | None = None,
        fields: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        **places: str,
    ) -> Answer:
        operation = self.profile.operations[name]
        self._check_size(name, path, operation)

        def body() -> MultipartBody:
            return MultipartBody(
                operation.send["file"],
                path,
                filename=path.name,
                content_type=content_type,
                fields=operation.sent(**(fields or {})),
                progress=progress,
            )

        return self._authorized(
            lambda headers: self._http.request(
                operation.method,
                self._root + operation.filled(**places),
                doing=self._doing(name),
                retry=False,
                headers={"Accept": "application/json", **headers},
                params={**operation.query, **operation.sent(**(query or {}))},
                body=body,
                read_seconds=operation.read_seconds,
            ),
            changes=True,
        )

    def _check_size(self, name: str, path: Path, operation: Operation) -> None:
        """Refuse here what the service would refuse with 413, often by cutting the line."""
        if operation.max_bytes is not None and path.stat().st_size > operation.max_bytes:
            said = REFUSALS[name][413]
            raise ServiceError(
                said.happened, meaning=said.meaning, remedy=said.remedy, http_status=413
            )
