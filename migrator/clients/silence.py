"""Errors for calls that got no whole answer: time-outs, resets, certificates."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)

from migrator.clients.calls import Doing, Unavailable
from migrator.errors import ServiceError
from migrator.formats.errors import StatedError


def stated(exc: Exception, doing: Doing, host: str, ca_file: str) -> StatedError:
    """The error to raise for one from below, whose text would show addresses and headers."""
    causes = list(_causes(exc))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return _untrusted(doing, host, ca_file)
    error = Unavailable(
        f"Could not {doing.words}: {host} {reason_of(exc)}.",
        remedy="It is tried again; if this lasts, check the address and the network.",
    )
    error.not_sent = any(isinstance(c, NewConnectionError | ConnectTimeoutError) for c in causes)
    error.meaning = "Nothing was sent." if error.not_sent else doing.unknown
    return error


def reason_of(exc: BaseException) -> str:
    """Why a host said nothing, to follow its name."""
    causes = list(_causes(exc))
    if any(isinstance(cause, requests.exceptions.Timeout | TimeoutError) for cause in causes):
        return "did not answer in time"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "cannot be reached: no address is known for that name"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "cannot be reached: it refuses the connection"
    return "cannot be reached"


def torn(doing: Doing, how: str = "broke off before its end") -> Unavailable:
    """The answer began, but did not come whole."""
    return Unavailable(
        f"Could not {doing.words}: the answer of {doing.service} {how}.",
        meaning=doing.unknown,
        remedy="It is tried again; if this lasts, check the network and any proxy in between.",
    )


def guarded(chunks: Iterator[bytes], doing: Doing) -> Iterator[bytes]:
    """The chunks of a body; Unavailable where they end early, damaged or not in time."""
    while True:
        how = ""
        try:
            chunk = next(chunks, b"")
        except DecodeError:
            how = "came damaged"
        except ReadTimeoutError:
            how = "stood still for too long"
        except HTTPError:
            how = "broke off before its end"
        if how:
            raise torn(doing, how)
        if not chunk:
            return
        yield chunk


def _untrusted(doing: Doing, host: str, ca_file: str) -> ServiceError:
    if ca_file:
        reason = f"is not vouched for by the CA file {Path(ca_file).name}"
        remedy = "Get the right CA file (PEM) from whoever runs the installation, and store it."
    else:
        reason = "is not vouched for by any authority this machine knows"
        remedy = (
            "Get the CA file (PEM) of the installation from whoever runs it, and name it at the "
            "instance."
        )
    return ServiceError(
        f"Could not {doing.words}: the certificate of {host} {reason}.",
        meaning="Nothing was sent.",
        remedy=remedy,
    )


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps: requests and urllib3 carry causes in `args` and `reason`."""
    waiting, seen = [exc], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        around = (current.__cause__, current.__context__, getattr(current, "reason", None))
        waiting += [c for c in (*around, *current.args) if isinstance(c, BaseException)]
