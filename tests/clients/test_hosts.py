"""Which addresses may be called."""

import pytest

from migrator.clients.hosts import HostPolicy
from migrator.errors import ServiceError

IBM = HostPolicy(["*.cloud.ibm.com"])
EVERYWHERE = HostPolicy(["*"])


def refused(policy: HostPolicy, url: str) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        policy.check(url)
    assert caught.value.meaning == "Nothing was sent."
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "https://us-south.knowledge-studio.watson.cloud.ibm.com/x",
        "https://IAM.Cloud.IBM.com./identity/token",
        "https://eu-de.knowledge-studio.watson.cloud.ibm.com:8443/x",
    ],
)
def test_a_host_that_a_pattern_matches_may_be_called(url: str) -> None:
    IBM.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/.cloud.ibm.com",
        "https://cloud.ibm.com.example.com/",
        "https://example.com#.cloud.ibm.com",
        "https://notcloud.ibm.com/",
        "https://127.0.0.1/",
    ],
)
def test_another_host_may_not_be_called(url: str) -> None:
    assert "not among the hosts" in refused(IBM, url).happened


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.5/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://0.0.0.0/",
    ],
)
def test_a_wildcard_does_not_mean_the_own_network(url: str) -> None:
    assert "not among the hosts" in refused(EVERYWHERE, url).happened


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "a.0x1"])
def test_an_address_in_odd_numbers_is_refused(host: str) -> None:
    assert "no host that can be checked" in refused(EVERYWHERE, f"https://{host}/").happened


def test_a_private_address_that_a_pattern_names_may_be_called() -> None:
    HostPolicy(["10.0.*"]).check("https://10.0.0.5/")
    HostPolicy(["[::1]"]).check("http://[::1]:8000/")


def test_http_is_for_loopback_only() -> None:
    HostPolicy(["127.0.0.1"]).check("http://127.0.0.1:8000/")
    assert "https://" in refused(HostPolicy(["10.0.0.5"]), "http://10.0.0.5/").remedy
    assert "https://" in refused(IBM, "http://iam.cloud.ibm.com/").remedy


def test_an_address_with_a_password_is_refused_without_showing_it() -> None:
    error = refused(IBM, "https://user:geheim@iam.cloud.ibm.com/")
    assert "geheim" not in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "iam.cloud.ibm.com",
        "ftp://iam.cloud.ibm.com/",
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "https://iam.cloud.ibm.com:99999/",
        "https://evil.example\\@iam.cloud.ibm.com/",
        "https://iam.cloud.ibm.com/a b",
        "https://iam.cloud.ibm.com/\r\nX: y",
        "https://iäm.cloud.ibm.com/",
        "https://*.cloud.ibm.com/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    refused(IBM, url)


def test_nothing_may_be_called_without_patterns() -> None:
    refused(HostPolicy([]), "https://iam.cloud.ibm.com/")
    refused(HostPolicy([""]), "https://iam.cloud.ibm.com/")
