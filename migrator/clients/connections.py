"""Connections that go only where their host's name may lead: checked after it was resolved.

A name that a pattern allows may still stand for an address of the own network, by mistake or made
so on purpose, and may stand for another one a moment later. So the name is resolved once, every
address is checked, and the connection goes to an address that was checked.
"""

import socket
from collections.abc import Callable
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from migrator.clients.hosts import HostPolicy

# (host, port) -> addresses, as texts
Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives, in its order; OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedAdapter(HTTPAdapter):
    """Sends over connections whose addresses the policy allows.

    Through a proxy the name is resolved there: then the proxy decides where it leads.
    """

    def __init__(self, policy: HostPolicy, resolve: Resolve = resolve) -> None:
        self._pools = _pools(policy, resolve)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Give the pools our connections."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = self._pools


class _Checked:
    """Resolves and checks in place of the library; mixed into a connection of its."""

    policy: ClassVar[HostPolicy]
    resolve: ClassVar[Resolve]

    host: str
    port: int
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        addresses = self._checked()
        name = self._dns_host
        try:
            for address in addresses[:-1]:
                self._dns_host = address
                try:
                    return super()._new_conn()  # type: ignore[misc, no-any-return]
                except NewConnectionError:
                    continue  # the next one may answer
            self._dns_host = addresses[-1]
            return super()._new_conn()  # type: ignore[misc, no-any-return]
        finally:
            self._dns_host = name

    def _checked(self) -> list[str]:
        try:
            addresses = type(self).resolve(self.host, self.port)
        except OSError as problem:
            raise NewConnectionError(self, f"{self.host} has no address") from problem  # type: ignore[arg-type]
        self.policy.check_addresses(self.host, addresses)
        return addresses


def _pools(policy: HostPolicy, resolve: Resolve) -> dict[str, type]:
    """The library's pools, of connections that ask this policy: http:// to loopback alone, and
    https://, whose certificate is still that of the name."""
    asking = {"policy": policy, "resolve": staticmethod(resolve)}
    http = type("CheckedHTTP", (_Checked, HTTPConnection), asking)
    https = type("CheckedHTTPS", (_Checked, HTTPSConnection), asking)
    return {
        "http": type("HTTPPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
        "https": type("HTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
    }
