"""A real SMTP server on loopback, with or without TLS and sign-in."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from migrator.clients.mail import MailServer

USER, PASSWORD = "migrator", "nine grey geese over the moor"
# To this address the server takes nothing.
NOBODY = "nobody@example.com"


class Post:
    """What arrived, in order; `answer` is what the next messages are answered with."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"
        self.host, self.port = "127.0.0.1", 0
        self.signs_in = False

    def at(self, **changes: Any) -> MailServer:
        """Where it is, for a client."""
        given = {"host": self.host, "port": self.port, "security": "none"}
        return MailServer(**{**given, "sender": "migrator@example.com", **changes})

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address == NOBODY:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        if self.signs_in and not session.authenticated:
            return "530 5.7.0 sign in first"
        if self.answer.startswith("250"):
            letter = message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.answer


class _AnyPort(Controller):
    """On a port that the system chooses."""

    def _create_server(self) -> Any:
        created = super()._create_server()

        async def listening() -> Any:
            server: Any = await created
            self.port = server.sockets[0].getsockname()[1]
            return server

        return listening()


def _sign_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


@contextmanager
def post_office(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    signs_in: bool = False,
) -> Iterator[Post]:
    """The server, until the end of the block."""
    post = Post()
    controller = _AnyPort(
        post,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=_sign_in if signs_in else None,
        auth_require_tls=False,
    )
    post.signs_in = signs_in
    controller.start()
    post.port = controller.port
    try:
        yield post
    finally:
        controller.stop()
