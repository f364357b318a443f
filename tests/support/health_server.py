"""A server whose answers can be told, on a thread and a port of its own."""

import os
import socket
import struct
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from support.served import Served


class Asked(NamedTuple):
    method: str
    path: str
    headers: Message
    body: bytes


class HealthServer(Served):
    """Answers any request with `status`, `body` and `headers`, after `delay_s`; `drip_s` apart byte by byte if set.

    With `resets` it breaks the connection in the middle of an answer instead.
    """

    def __init__(self) -> None:
        self.status = 200
        self.body = b"ok"
        self.headers: dict[str, str] = {}
        self.delay_s = 0.0
        self.drip_s = 0.0
        self.resets = False
        self.asked: list[Asked] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.asked.append(Asked(self.command, self.path, self.headers, body))
                time.sleep(server.delay_s)
                try:
                    self.send_response(server.status)
                    for name, value in server.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(server.body)))
                    self.end_headers()
                    if server.resets:
                        self.reset()
                        return
                    for byte in server.body if server.drip_s else ():
                        self.wfile.write(bytes([byte]))
                        time.sleep(server.drip_s)
                    if not server.drip_s:
                        self.wfile.write(server.body)
                except OSError:
                    return  # the client has gone

            def reset(self) -> None:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                os.close(self.connection.detach())
                self.close_connection = True

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        super().__init__(self._server)

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"
