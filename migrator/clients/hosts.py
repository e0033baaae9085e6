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
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Beside the link-local ones: AWS by IPv6, Alibaba, Oracle.
METADATA = {"fd00:ec2::254", "100.100.100.200", "192.0.0.192"}
NOTHING_SENT = "Nothing was sent."

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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


def _ip(host: str) -> Address | None:
    """The address a literal host stands for; an IPv4 address wrapped in IPv6 counts as IPv4."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return _unwrapped(address) if isinstance(address, ipaddress.IPv6Address) else address


def _unwrapped(address: ipaddress.IPv6Address) -> Address:
    """The IPv4 address that an IPv6 one leads to (RFC 4291, 3056, 4380, 6052), else itself."""
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _is_private(host: str) -> bool:
    address = _ip(host)
    return host == "localhost" or (address is not None and not _is_public(address))


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast


def _is_metadata(address: Address) -> bool:
    """Where clouds hand out the credentials of the machine itself."""
    return address.is_link_local or str(address) in METADATA


class HostPolicy:
    """The hosts that may be called, as fnmatch patterns in lower case, without ports.

    This machine and private addresses are allowed only by a pattern that names them, that is one
    which does not begin with a wildcard: `*` means all of the internet, not the own network.
    `setting` is where an administrator names them.
    """

    def __init__(self, patterns: Sequence[str], setting: str = "INSTANCE_HOSTS") -> None:
        self._patterns = tuple(pattern.strip().lower().strip("[]") for pattern in patterns)
        self._setting = setting

    def check_host(self, host: str) -> None:
        """ServiceError where the host may not be called; nothing is resolved or sent."""
        _check_host(host)
        if not self._allows(host):
            raise ServiceError(
                f"The host {host} is not among the hosts that may be called.",
                meaning=NOTHING_SENT,
                remedy="Check the address, or ask an administrator to add the host to "
                f"{self._setting}.",
            )

    def check(self, url: str) -> None:
        """ServiceError where the address may not be called; nothing is resolved or sent."""
        parts = split_url(url)
        host = host_of(parts)
        self.check_host(host)
        if parts.scheme != "https" and not is_loopback(host):
            raise ServiceError(
                f"The address of {host} begins with http:// and would show the credential.",
                meaning=NOTHING_SENT,
                remedy="Use the address that begins with https://.",
            )

    def check_addresses(self, host: str, addresses: Sequence[str]) -> None:
        """ServiceError where one of the addresses that `host` stands for may not be called.

        A host that a pattern names may have private ones; an address of a cloud's metadata only a
        pattern that is that very address allows.
        """
        for text in addresses:
            address = _ip(text)
            if address is None or not self._may_lead_to(host, address):
                raise ServiceError(
                    f"The name {host} leads to {text}, into a network that may not be called.",
                    meaning=NOTHING_SENT,
                    remedy="Check the name. If it is a host of your own network, ask an "
                    f"administrator to name it in {self._setting}.",
                )

    def _may_lead_to(self, host: str, address: Address) -> bool:
        if _is_metadata(address):
            return str(address) in self._patterns and _ip(host) == address
        return _is_public(address) or self._names(host)

    def _names(self, host: str) -> bool:
        """Whether a pattern that does not begin with a wildcard allows the host."""
        found = [pattern for pattern in self._patterns if fnmatchcase(host, pattern)]
        return any(pattern[0] not in "*?[" for pattern in found)

    def _allows(self, host: str) -> bool:
        if _is_private(host):
            return self._names(host)
        return any(fnmatchcase(host, pattern) for pattern in self._patterns)
