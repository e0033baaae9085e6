"""Where the product may be made to call: no packet leaves loopback here, resolvers are given."""

import ipaddress

import pytest
from pytest_httpserver import HTTPServer

from migrator.clients.calls import Doing
from migrator.clients.connections import CheckedAdapter, resolve
from migrator.clients.hosts import HostPolicy
from migrator.clients.http import Http
from migrator.errors import ServiceError, SessionLost
from migrator.formats.errors import StatedError

READING = Doing(service="The service", words="read the thing")
IBM = "kms.knowledge-studio.watson.cloud.ibm.com"


class Resolver:
    """Gives the addresses of its list, one answer after the other, the last again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        """The next answer."""
        self.asked.append(host)
        return self.answers.pop(0) if self.answers[1:] else self.answers[0]


def ask(url: str, resolver: Resolver, *patterns: str) -> StatedError:
    """What a call to `url` is refused with; time-outs are short, since nothing answers."""
    policy = HostPolicy(patterns or ["*.cloud.ibm.com"])
    with (
        Http(policy, timeout=(0.2, 0.2), sleep=lambda _: None, resolve=resolver) as http,
        pytest.raises(StatedError) as refused,
    ):
        http.request("GET", url, doing=READING, retry=False)
    return refused.value


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::",
        "ff02::1",
    ],
)
def test_a_good_name_that_leads_into_the_own_network_is_refused(address: str) -> None:
    error = ask(f"https://{IBM}/x", Resolver([address]))
    assert "leads to" in error.happened
    assert error.meaning == "Nothing was sent."


def test_one_bad_address_among_good_ones_is_enough() -> None:
    error = ask(f"https://{IBM}/x", Resolver(["93.184.216.34", "10.0.0.1"]))
    assert "leads to 10.0.0.1" in error.happened


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "127.0.0.1.",
        "localhost.",
        "LOCALHOST",
        "user:secret@127.0.0.1",
        f"{IBM}@127.0.0.1",
        "127.0.0.1%2f@" + IBM,
        "１２７.０.０.１",
        "127。0。0。1",
    ],
)
def test_a_host_in_disguise_is_refused_before_it_is_resolved(host: str) -> None:
    resolver = Resolver(["93.184.216.34"])
    error = ask(f"https://{host}/x", resolver, "*")
    assert error.meaning == "Nothing was sent."
    assert resolver.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "ftp://127.0.0.1/",
        "dict://127.0.0.1:11211/stats",
        "//127.0.0.1/",
        "http://" + IBM,
        "https:///x",
        "https://127.0.0.1\\@" + IBM,
        "https://" + IBM + "\r\nHost: 127.0.0.1",
    ],
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    resolver = Resolver(["93.184.216.34"])
    assert ask(url, resolver).meaning == "Nothing was sent."
    assert resolver.asked == []


def test_a_name_that_leads_elsewhere_a_moment_later_is_resolved_once(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/x").respond_with_json({})
    resolver = Resolver(["127.0.0.1"], ["169.254.169.254"])
    policy = HostPolicy(["localhost"])
    with Http(policy, timeout=(5, 5), resolve=resolver) as http:
        http.request("GET", f"http://localhost:{httpserver.port}/x", doing=READING, retry=False)
    assert resolver.asked == ["localhost"]
    assert (
        "leads to" in ask(f"http://localhost:{httpserver.port}/x", resolver, "localhost").happened
    )


def test_the_checked_address_is_the_one_that_is_called(httpserver: HTTPServer) -> None:
    """The system's resolver is not asked a second time: the name leads nowhere for it."""
    httpserver.expect_request("/x").respond_with_json({"from": "loopback"})
    adapter = CheckedAdapter(HostPolicy(["only-here.example"]), Resolver(["127.0.0.1"]))
    with Http(HostPolicy(["only-here.example"])) as http:
        http._session.mount("http://", adapter)
        answer = http._session.get(
            f"http://only-here.example:{httpserver.port}/x", timeout=5, proxies={}
        )
    assert answer.json() == {"from": "loopback"}


@pytest.mark.parametrize("where", ["https://169.254.169.254/latest", "http://127.0.0.1:1/x", "/y"])
def test_no_redirect_is_followed(httpserver: HTTPServer, where: str) -> None:
    httpserver.expect_request("/x").respond_with_data(status=302, headers={"Location": where})
    url = f"http://127.0.0.1:{httpserver.port}/x"
    with (
        Http(HostPolicy(["127.0.0.1"]), timeout=(5, 5)) as http,
        pytest.raises(SessionLost),
    ):
        http.request("GET", url, doing=READING, retry=False)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("address", ["10.1.2.3", "fd12::1", "127.0.0.1"])
def test_a_host_that_the_setting_names_may_be_private(address: str) -> None:
    HostPolicy(["cpd.example.com"]).check_addresses("cpd.example.com", [address])
    with pytest.raises(ServiceError, match="leads to"):
        HostPolicy(["*.example.com"]).check_addresses("cpd.example.com", [address])


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "100.100.100.200"])
def test_no_name_leads_to_the_credentials_of_the_machine(address: str) -> None:
    with pytest.raises(ServiceError, match="leads to"):
        HostPolicy(["cpd.example.com"]).check_addresses("cpd.example.com", [address])


def test_a_name_without_an_address_was_not_sent_to() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    policy = HostPolicy(["*.cloud.ibm.com"])
    with (
        Http(policy, timeout=(1, 1), sleep=lambda _: None, resolve=nothing) as http,
        pytest.raises(StatedError, match="cannot be reached") as refused,
    ):
        http.request("GET", f"https://{IBM}/x", doing=READING, retry=False)
    assert refused.value.meaning == "Nothing was sent."


def test_the_system_resolves_loopback() -> None:
    assert all(ipaddress.ip_address(text).is_loopback for text in resolve("localhost", 80))
