"""One layer over requests: hosts, time-outs, retries, sizes, and errors that speak."""

import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
import requests
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from migrator.clients import answers, silence
from migrator.clients.answers import Answer
from migrator.clients.bodies import read_content
from migrator.clients.calls import Doing, Unavailable
from migrator.clients.connections import CheckedAdapter, Resolve, resolve
from migrator.clients.downloads import Partial, Received, receive
from migrator.clients.hosts import HostPolicy, host_of, is_loopback, split_url
from migrator.clients.multipart import MultipartBody, Progress
from migrator.clients.retries import Retries
from migrator.errors import ServiceError

T = TypeVar("T")
Headers = Mapping[str, str]

USER_AGENT = "knowledge-studio-migrator"


class Http:
    """Calls to the hosts that `policy` allows; use one per thread, and close it.

    `timeout` is (connect, read) in seconds. `before_call` runs before every single attempt: a rate
    limiter goes there. `sleep` takes the seconds between attempts; `resolve` finds addresses.
    """

    def __init__(
        self,
        policy: HostPolicy,
        *,
        ca_file: str = "",
        timeout: tuple[float, float] = (10, 60),
        before_call: Callable[[], None] | None = None,
        retries: Retries | None = None,
        sleep: Callable[[float], None] = time.sleep,
        resolve: Resolve = resolve,
    ) -> None:
        self._policy = policy
        self._ca_file = checked_ca_file(ca_file)
        self._timeout = timeout
        self._before_call = before_call
        self._retries = retries or Retries()
        self._sleep = sleep
        self._hidden: set[str] = set()
        self._session = requests.Session()
        # No netrc and no cookies of its own: a call carries the credential it was given, and that
        # alone. Proxies and the CA bundle of the environment are applied in `_send`.
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, CheckedAdapter(policy, resolve))
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["User-Agent"] = USER_AGENT

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def hide(self, *secrets: str) -> None:
        """Never quote these in an error, even where the other side echoes them."""
        self._hidden.update(secret for secret in secrets if secret)

    def request(
        self,
        method: str,
        url: str,
        *,
        doing: Doing,
        retry: bool,
        headers: Headers | None = None,
        params: Headers | None = None,
        json: Any = None,
        form: Headers | None = None,
        body: Callable[[], MultipartBody] | None = None,
        read_seconds: float | None = None,
    ) -> Answer:
        """One call with a small answer; any 2xx that is no web page is good.

        `retry` repeats it on passing trouble: True for GET, DELETE and tokens only. `body` opens
        the multipart body anew for each attempt. Raises TransientError, ServiceError, SessionLost.
        """
        sending = {"params": params, **_sent(headers or {}, json, form)}

        def attempt(number: int) -> Answer:
            if not retry:
                # Over a new connection: one that the service is just closing would make a call that
                # it never saw look like one whose fate is not known.
                self._session.close()
            with _opened(body) as opened:
                answer = self._whole(method, url, doing, opened, read_seconds, **sending)
            # The first attempt may have deleted it although its answer got lost.
            if number > 1 and method == "DELETE" and answer.status == 404:
                return answer
            self._raise_failure(answer, doing, url)
            if answers.is_damaged(answer):
                raise silence.torn(doing, "came damaged")
            return answer

        return self._repeated(attempt, retry=retry)

    def post(self, url: str, body: bytes, *, doing: Doing, headers: Headers) -> Answer:
        """POST these very bytes, once; whatever is answered is returned, a refusal as well."""
        sending = {"data": body, "headers": headers}
        with self._streamed("POST", url, doing, None, **sending) as response:
            return Answer(response.status_code, response.headers, read_content(response, doing))

    def probe(
        self,
        url: str,
        *,
        doing: Doing,
        headers: Headers | None = None,
        params: Headers | None = None,
    ) -> Answer:
        """GET that reads nothing of a good answer, to see whether it answers; never repeated."""
        with self._streamed("GET", url, doing, None, headers=headers, params=params) as response:
            return self._head(response, url, doing)

    def download(
        self,
        url: str,
        destination: Path,
        progress: Progress | None = None,
        *,
        doing: Doing,
        headers: Headers | None = None,
        params: Headers | None = None,
        resume: bool = False,
        read_seconds: float | None = None,
    ) -> Received:
        """GET into a file, hashed on the way; the file appears under its name only when whole.

        With `resume` a download that broke off, in this process or an earlier one, goes on where it
        was if the service honours Range and its ETag is the same; what arrived stays beside
        `destination` until then (`downloads.discard_partial` removes it). Without it nothing stays.
        """
        partial = Partial(destination, url, resume=resume)

        def attempt(number: int) -> Received:
            sent = {**(headers or {}), "Accept-Encoding": "identity", **partial.range_headers()}
            with self._streamed(
                "GET", url, doing, read_seconds, headers=sent, params=params
            ) as response:
                if response.status_code == 416:
                    partial.drop(doing)
                self._head(response, url, doing)
                return receive(response, partial, doing, progress)

        with partial:
            return self._repeated(attempt, retry=True)

    def _repeated(self, attempt: Callable[[int], T], *, retry: bool) -> T:
        number = 1
        while True:
            try:
                return attempt(number)
            except Unavailable as exc:
                patient = retry or exc.not_sent
                pause = self._retries.pause(number, exc.retry_after) if patient else None
                if pause is None:
                    raise
            self._sleep(pause)
            number += 1

    def _whole(
        self,
        method: str,
        url: str,
        doing: Doing,
        body: MultipartBody | None,
        read_seconds: float | None,
        **sending: Any,
    ) -> Answer:
        if body is not None:
            sending["data"] = body
            sending["headers"] = {**sending["headers"], "Content-Type": body.content_type}
        with self._streamed(method, url, doing, read_seconds, **sending) as response:
            content = read_content(response, doing)
            return Answer(response.status_code, response.headers, content)

    @contextmanager
    def _streamed(
        self, method: str, url: str, doing: Doing, read_seconds: float | None, **sending: Any
    ) -> Iterator[requests.Response]:
        """The answer with its body unread; closed, and so its connection dropped, if not read."""
        response = self._send(method, url, doing, read_seconds, **sending)
        try:
            yield response
        finally:
            response.close()

    def _send(
        self, method: str, url: str, doing: Doing, read_seconds: float | None, **sending: Any
    ) -> requests.Response:
        self._policy.check(url)
        if self._before_call:
            self._before_call()
        host = host_of(split_url(url))
        try:
            return self._session.request(
                method,
                url,
                stream=True,
                allow_redirects=False,
                timeout=(self._timeout[0], read_seconds or self._timeout[1]),
                verify=self._ca_file or os.environ.get("REQUESTS_CA_BUNDLE") or True,
                proxies={} if is_loopback(host) else get_environ_proxies(url),
                **sending,
            )
        except (requests.RequestException, HTTPError) as exc:
            failure = silence.stated(exc, doing, host, self._ca_file)
        # Raised out here, so that the error from below, which knows headers, is not its context.
        body = sending.get("data")
        if isinstance(body, MultipartBody) and body.failure is not None:
            raise body.failure
        raise failure

    def _head(self, response: requests.Response, url: str, doing: Doing) -> Answer:
        """The answer without its body; raises what a bad one stands for."""
        good = response.status_code < 300
        content = b"" if good else read_content(response, doing)
        answer = Answer(response.status_code, response.headers, content)
        self._raise_failure(answer, doing, url)
        return answer

    def _raise_failure(self, answer: Answer, doing: Doing, url: str) -> None:
        host = host_of(split_url(url))
        if failure := answers.failure(answer, doing, host, self._hidden):
            raise failure


def _sent(headers: Headers, json: Any, form: Headers | None) -> dict[str, Any]:
    """Headers and body of a call that sends no file."""
    if json is None:
        return {"headers": headers, "data": form}
    data = msgspec.json.encode(json)
    return {"headers": {**headers, "Content-Type": "application/json"}, "data": data}


@contextmanager
def _opened(body: Callable[[], MultipartBody] | None) -> Iterator[MultipartBody | None]:
    if body is None:
        yield None
        return
    with body() as opened:
        yield opened


def checked_ca_file(ca_file: str) -> str:
    """The CA file's name, once it is known to hold certificates."""
    if ca_file:
        try:
            ssl.create_default_context(cafile=ca_file)
        except OSError:  # missing, unreadable, or no certificate (SSLError is one, too)
            raise ServiceError(
                f"The CA file {Path(ca_file).name} cannot be used.",
                meaning="Nothing was sent.",
                remedy="Give a file of certificates in PEM form that this machine can read.",
            ) from None
    return ca_file
