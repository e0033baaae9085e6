"""Which hosts may be called: the guard against addresses that lead into the own network."""

import ipaddress
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, urlsplit

from migrator.errors import ServiceError

# Letters, digits, hyphen, underscore and dots, or the colons of an IPv6 address.
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
# `127.1`, `0x7f.1` and `2130706433` are addresses to the operating system, but not to `ipaddress`.
NUMERIC_LAST_LABEL = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
NOTHING_SENT = "Nothing was sent."


def split_url(url: str) -> SplitResult:
    """The parts of an http or https address; ServiceError says what is wrong with any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _no_address("The address is not a web address.") from None
    if re.search(r"[\s\x00-\x1f\x7f\\]", url) or port == 0:
        raise _no_address("The address holds characters that no web address has.")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _no_address("The address is not a web address.")
    if parts.username is not None or parts.password is not None:
        raise ServiceError(
            "The address holds a user name or a password.",
            meaning=NOTHING_SENT,
            remedy="Take them out of the address and store them as the credential.",
        )
    _check_host(host_of(parts))
    return parts


def host_of(parts: SplitResult) -> str:
    """The host in lower case, without brackets, port and the dot that may end a full name."""
    return (parts.hostname or "").lower().rstrip(".")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: `localhost` or a loopback address."""
    address = _ip(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _no_address(happened: str) -> ServiceError:
    return ServiceError(
        happened,
        meaning=NOTHING_SENT,
        remedy="Copy the whole address, beginning with https://, from the browser.",
    )


def _check_host(host: str) -> None:
    odd_number = NUMERIC_LAST_LABEL.fullmatch(host) and _ip(host) is None
    if not HOST.fullmatch(host) or odd_number:
        raise _no_address("The address names no host that can be checked.")


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a literal host stands for; an IPv4 address wrapped in IPv6 counts as IPv4."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_private(host: str) -> bool:
    address = _ip(host)
    return host == "localhost" or (address is not None and not address.is_global)


class HostPolicy:
    """The hosts that may be called, as fnmatch patterns in lower case, without ports.

    This machine and private addresses are allowed only by a pattern that names them, that is one
    which does not begin with a wildcard: `*` means all of the internet, not the own network.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(pattern.strip().lower().strip("[]") for pattern in patterns)

    def check(self, url: str) -> None:
        """ServiceError where the address may not be called; nothing is resolved or sent."""
        parts = split_url(url)
        host = host_of(parts)
        if not self._allows(host):
            raise ServiceError(
                f"The host {host} is not among the hosts that may be called.",
                meaning=NOTHING_SENT,
                remedy="Check the address, or ask an administrator to add the host to "
                "INSTANCE_HOSTS.",
            )
        if parts.scheme != "https" and not is_loopback(host):
            raise ServiceError(
                f"The address of {host} begins with http:// and would show the credential.",
                meaning=NOTHING_SENT,
                remedy="Use the address that begins with https://.",
            )

    def _allows(self, host: str) -> bool:
        matching = [pattern for pattern in self._patterns if fnmatchcase(host, pattern)]
        if _is_private(host):
            return any(pattern[0] not in "*?[" for pattern in matching)
        return bool(matching)
