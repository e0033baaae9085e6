"""How a fault spoils a request: before it is carried out, in place of its answer, in its body."""

import socket
import struct
from collections.abc import Callable, Iterator
from typing import Never

from werkzeug.wrappers import Request, Response

from sandbox.answers import json_answer
from sandbox.faults import Fault, Faults

SLOW_BLOCK = 1024  # bytes between two silences when the fault names no number


def spoiled(
    request: Request, fault: Fault, faults: Faults, carry_out: Callable[[], Response]
) -> Response:
    """The answer to `request` under `fault`; `carry_out` does what was asked.

    Raises ConnectionResetError when the connection ends without an answer.
    """
    _wait(request, fault, faults)
    instead = _replacement(fault)
    if instead is not None and not fault.after:
        return instead
    if fault.kind == "reset" and not fault.after and not fault.bytes:
        _reset(request)
    response = carry_out()
    if instead is not None:
        response.close()
        return instead
    if fault.kind == "reset" and not fault.bytes:
        response.close()
        _reset(request)
    return _with_spoiled_body(request, response, fault, faults)


def _wait(request: Request, fault: Fault, faults: Faults) -> None:
    if fault.kind == "latency":
        faults.wait(fault.seconds)
    elif fault.kind == "black_hole":
        faults.wait(None)
        _reset(request)


def _replacement(fault: Fault) -> Response | None:
    if fault.kind == "html":
        page = "<!doctype html><title>Log in</title><p>Please log in.</p>"
        return Response(page, content_type="text/html;charset=UTF-8")
    if fault.kind != "status":
        return None
    error = {"code": fault.status, "error": "The sandbox was asked to fail.", "trace": "fault"}
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return json_answer(error, fault.status, headers)


def _with_spoiled_body(
    request: Request, response: Response, fault: Fault, faults: Faults
) -> Response:
    body = response.iter_encoded()
    length = response.calculate_content_length() or response.content_length or 0
    answer = Response(status=response.status, headers=response.headers)
    answer.call_on_close(response.close)
    if fault.kind == "chunked":
        del answer.headers["Content-Length"]
    elif fault.kind == "slow_body":
        body = _slowly(body, fault, faults)
    elif fault.kind == "truncated":
        body = _first(body, int(length * fault.fraction))
    elif fault.kind == "reset":
        body = _first(body, fault.bytes, lambda: _reset(request))
    elif fault.kind == "wrong_length":
        answer.headers["Content-Length"] = str(max(0, length + fault.delta))
    answer.response = body
    return answer


def _slowly(body: Iterator[bytes], fault: Fault, faults: Faults) -> Iterator[bytes]:
    size = fault.bytes or SLOW_BLOCK
    for block in body:
        for begin in range(0, len(block), size):
            yield block[begin : begin + size]
            faults.wait(fault.seconds)


def _first(
    body: Iterator[bytes], most: int, then: Callable[[], None] = lambda: None
) -> Iterator[bytes]:
    """The first `most` bytes of `body`, and what comes after them."""
    for block in body:
        yield block[:most]
        most -= len(block)
        if most <= 0:
            break
    then()


def _reset(request: Request) -> Never:
    """End the connection with RST instead of FIN, as a broken proxy does.

    The server closes the socket; with this option closing means reset.
    """
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionResetError("The sandbox was asked to reset this connection.")
