"""Mail: handed over to a real server, over TLS that is checked, and refusals in sentences."""

import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from migrator.clients.hosts import HostPolicy
from migrator.clients.mail import AddressRefused, Letter, MailServer, send_mail
from migrator.errors import ServiceError, TransientError
from migrator.formats.errors import StatedError
from tests.clients.test_tls import self_signed
from tests.smtp import NOBODY, PASSWORD, USER, post_office

LOOPBACK = HostPolicy(["127.0.0.1"], "NOTIFY_HOSTS")
LETTER = Letter(to="olga@example.com", subject="Run 4 wartet – ön", text="Öffnen.\n", key="k-1")


def send(server: MailServer, ca_file: Path | str = "", letter: Letter = LETTER) -> None:
    """With little patience."""
    send_mail(server, letter, policy=LOOPBACK, ca_file=str(ca_file), timeout=2)


def refused(server: MailServer, ca_file: Path | str = "", letter: Letter = LETTER) -> StatedError:
    with pytest.raises(StatedError) as caught:
        send(server, ca_file, letter)
    assert PASSWORD not in repr(caught.value.args)
    assert caught.value.__context__ is None
    return caught.value


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("authority") / "right")[0]


@pytest.fixture(scope="module")
def certified(ca_file: Path) -> ssl.SSLContext:
    """What a server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca_file, ca_file.with_name("key.pem"))
    return context


def test_a_letter_arrives_as_it_was_written() -> None:
    with post_office() as post:
        send(post.at())
    (letter,) = post.letters
    assert (letter["To"], letter["Subject"]) == ("olga@example.com", "Run 4 wartet – ön")
    assert letter["From"] == "migrator@example.com"
    assert letter["Message-ID"] == "<k-1@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().strip() == "Öffnen."


def test_over_starttls_it_signs_in(certified: ssl.SSLContext, ca_file: Path) -> None:
    with post_office(starttls=certified, signs_in=True) as post:
        send(post.at(security="starttls", user=USER, password=PASSWORD), ca_file)
    assert len(post.letters) == 1


def test_over_tls_from_the_start_it_signs_in(certified: ssl.SSLContext, ca_file: Path) -> None:
    with post_office(tls=certified, signs_in=True) as post:
        send(post.at(security="tls", user=USER, password=PASSWORD), ca_file)
    assert len(post.letters) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_gets_no_password(
    security: str, certified: ssl.SSLContext
) -> None:
    contexts = {"tls": certified} if security == "tls" else {"starttls": certified}
    with post_office(**contexts, signs_in=True) as post:
        error = refused(post.at(security=security, user=USER, password=PASSWORD))
    assert error.happened.startswith("The certificate of 127.0.0.1 is not vouched for")
    assert "NOTIFY_CA_FILE" in error.remedy


def test_a_wrong_password_is_told_with_the_servers_code() -> None:
    with post_office(signs_in=True) as post:
        error = refused(post.at(user=USER, password="wrong one"))
    assert isinstance(error, ServiceError)
    assert "does not accept the user name and the password (535 " in error.happened
    assert "wrong one" not in str(error)


def test_a_server_without_starttls_is_told() -> None:
    with post_office() as post:
        error = refused(post.at(security="starttls"))
    assert "does not offer what is asked of it" in error.happened
    assert "STARTTLS" in error.happened


def test_tls_where_there_is_none_is_told() -> None:
    with post_office() as post:
        error = refused(post.at(security="tls"))
    assert "speaks no TLS there" in error.happened


def test_an_address_that_is_refused_is_an_error_of_its_own() -> None:
    with post_office() as post:
        error = refused(post.at(), letter=Letter(to=NOBODY, subject="a", text="b"))
    assert isinstance(error, AddressRefused)
    assert "(550 5.1.1 no such mailbox)" in error.happened


@pytest.mark.parametrize(
    ("answer", "kind"), [("451 4.3.0 later", TransientError), ("554 5.7.1 spam", ServiceError)]
)
def test_a_refusal_is_passing_or_final_as_its_code_says(
    answer: str, kind: type[StatedError]
) -> None:
    with post_office() as post:
        post.answer = answer
        error = refused(post.at())
    assert isinstance(error, kind)
    assert f"({answer})" in error.happened


def test_where_nobody_listens_it_says_so() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    error = refused(MailServer(host="127.0.0.1", port=port, security="none", sender="a@b.example"))
    assert isinstance(error, TransientError)
    assert error.happened == (
        f"The mail server 127.0.0.1 cannot be reached: it refuses the connection (port {port})."
    )


def test_a_silent_server_is_given_up_in_time() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        at = MailServer(host="127.0.0.1", port=port, security="none", sender="a@b.example")
        with pytest.raises(TransientError, match="did not answer in time"):
            send_mail(at, LETTER, policy=LOOPBACK, timeout=0.3)


def test_a_name_that_nobody_knows_is_told() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    at = MailServer(host="mail.example.com", port=25, security="none", sender="a@b.example")
    with pytest.raises(TransientError, match="no address is known for that name"):
        send_mail(at, LETTER, policy=HostPolicy(["*"]), resolve=unknown)


def leads_to(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


def test_a_name_that_leads_into_the_own_network_is_refused() -> None:
    at = MailServer(host="mail.example.com", port=25, security="none", sender="a@b.example")
    policy = HostPolicy(["*"], "NOTIFY_HOSTS")
    with pytest.raises(ServiceError, match=r"leads to 10\.0\.0\.7") as caught:
        send_mail(at, LETTER, policy=policy, resolve=leads_to("10.0.0.7"))
    assert "NOTIFY_HOSTS" in caught.value.remedy
    with pytest.raises(ServiceError, match="not among the hosts"):
        send_mail(
            MailServer(host="localhost", port=25, security="none", sender="a@b.example"),
            LETTER,
            policy=policy,
        )


def test_without_tls_no_password_leaves_this_machine() -> None:
    at = MailServer(
        host="mail.example.com",
        port=25,
        security="none",
        sender="a@b.example",
        user=USER,
        password=PASSWORD,
    )
    with pytest.raises(ServiceError, match="Without TLS the password would be shown"):
        send_mail(at, LETTER, policy=HostPolicy(["*"]), resolve=leads_to("127.0.0.1"))


def test_nothing_breaks_out_of_a_header() -> None:
    with post_office() as post:
        evil = Letter(to="a@b.example", subject="x\r\nBcc: c@d.example", text="")
        assert "cannot be put into a mail" in refused(post.at(), letter=evil).happened
    assert post.letters == []
