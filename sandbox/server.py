"""The sandbox as a server: started and stopped from a command line or from a test."""

import logging
import socket
import struct
import threading
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIEnvironment

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from sandbox.application import Application
from sandbox.imports import ImportWorker
from sandbox.limits import Limits
from sandbox.state import Options, State

HOST = "127.0.0.1"
POLL_SECONDS = 0.02  # how soon the server notices that it is to stop
LINGER = struct.calcsize("ii")

logger = logging.getLogger(__name__)


class _Connection(WSGIRequestHandler):
    """Speaks HTTP/1.1 and logs through `logging`, without colours."""

    timeout = 600  # seconds of silence after which a connection is given up

    def log(self, type: str, message: str, *args: Any) -> None:
        """Send a line of the server to the log; requests themselves only when debugging."""
        level = logging.ERROR if type == "error" else logging.DEBUG
        logger.log(level, message, *args)

    def connection_dropped(
        self, error: BaseException, environ: WSGIEnvironment | None = None
    ) -> None:
        """End the connection, also where no answer was begun that would have said so."""
        self.close_connection = True

    def version_string(self) -> str:
        """What the Server header says."""
        return "sandbox"


class _Server(ThreadedWSGIServer):
    """Ends a connection that a fault marked with a reset instead of an ordered close."""

    def shutdown_request(self, request: Any) -> None:
        """Close the connection; see `spoiling` for the mark."""
        try:
            marked = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        except OSError:
            marked = b""
        if marked == struct.pack("ii", 1, 0):
            self.close_request(request)
        else:
            super().shutdown_request(request)


class Sandbox:
    """A running stand-in: made with its data folder, stopped with `stop`.

    `port` 0 takes a free one. `base` is the address, `http://127.0.0.1:PORT`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        options: Options | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.state = State(folder, options or Options(), limits or Limits())
        self.application = Application(self.state)
        self._server = _Server(HOST, port, self.application, handler=_Connection)
        self.base = f"http://{HOST}:{self._server.port}"
        self.application.base = self.base
        self._worker = ImportWorker(self.state)
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=POLL_SECONDS)

    def start(self) -> None:
        """Answer requests from now on and go on with imports that a stop interrupted."""
        self._worker.start()
        self._thread.start()

    def interrupt_imports(self) -> None:
        """Let imports wait from now on until the sandbox is started again."""
        self._worker.stop()

    def close(self) -> None:
        """Give the port back without ever having started."""
        self._server.server_close()

    def stop(self) -> None:
        """Let go of held requests, end the server and wait for the import in work to pause."""
        self.application.faults.clear()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._worker.stop()
