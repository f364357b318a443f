"""An httpx transport whose every socket operation keeps to the deadline of its `Call`.

httpx's own time-outs bound one read, so a backend that drips a byte a second holds a caller for ever, in the headers
as well as in the body. Import this module only when a call is about to be made: httpx takes 0.2-0.4 s to import.
"""

import select
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from pentarch.llm.providers.calls import Call, addresses
from pentarch.platform import egress
from pentarch.platform.egress import EgressError, Reach

CONNECT_SECONDS = 5.0
"""For each address of the backend."""

KEEP_ALIVE_SECONDS = 60.0
"""Longer than the pauses of a busy function, shorter than the idle limits of usual servers and of NAT gateways
(350 s), which drop a connection without telling."""

IDLE_CONNECTIONS = 20


class DeadlineTransport(httpx.HTTPTransport):
    """With a `reach`, a name is resolved once, every address of it is judged, and one of these is connected to.

    What is not encrypted then stays inside too: it goes to no public address.
    """

    def __init__(self, tls: ssl.SSLContext, reach: Reach | None = None, *, encrypted: bool = True) -> None:
        super().__init__(verify=tls)
        # httpx has no parameter for the network backend, httpcore has; the tests fail should the attribute move.
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=None,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
            network_backend=_Network(reach, encrypted=encrypted),
        )


def tls_context(base_url: str) -> ssl.SSLContext:
    """The usual trust (certifi, or `SSL_CERT_FILE`); for plain http none at all, which takes no time to load."""
    if base_url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context()


def request_extensions(call: Call) -> dict[str, Any]:
    return {"timeout": {"connect": call, "read": call, "write": call, "pool": call}}


class _Network(httpcore.NetworkBackend):
    def __init__(self, reach: Reach | None, *, encrypted: bool) -> None:
        self._reach = reach
        self._encrypted = encrypted

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        del local_address, socket_options
        with _as_httpcore(httpcore.ConnectTimeout, httpcore.ConnectError):
            failure: OSError | None = None
            for address in self._addresses(host, port):
                try:
                    sock = socket.create_connection((address, port), _connect_seconds(timeout))
                except OSError as error:
                    failure = error
                else:
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return _Stream(sock)
            raise failure or OSError

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        if self._reach is None:
            return addresses(host, port)
        try:
            found = egress.judged(host, port, self._reach)
        except EgressError as error:
            raise OSError(str(error)) from error
        if not self._encrypted and any(address.is_global for address in found):
            msg = "what is not encrypted goes to no public address"
            raise OSError(msg)
        return [str(address) for address in found]


class _Stream(httpcore.NetworkStream):
    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _as_httpcore(httpcore.ReadTimeout, httpcore.ReadError):
            self._prepare(timeout)
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        with _as_httpcore(httpcore.WriteTimeout, httpcore.WriteError):
            while rest:
                self._prepare(timeout)
                rest = rest[self._socket.send(rest) :]

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with _as_httpcore(httpcore.ConnectTimeout, httpcore.ConnectError):
            try:
                self._socket.settimeout(_connect_seconds(timeout))
                return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
            except BaseException:
                self.close()
                raise

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        match info:
            case "socket":
                return self._socket
            case "ssl_object":
                return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
            case "is_readable":
                return _is_readable(self._socket)
        return None

    def _prepare(self, timeout: float | None) -> None:
        if isinstance(timeout, Call):
            timeout.using(self._socket)
        self._socket.settimeout(_left(timeout))


def _left(timeout: float | None) -> float | None:
    """Seconds that an operation may take; a socket time-out of 0 would mean "do not wait", so it is refused here."""
    if not isinstance(timeout, Call):
        return timeout
    left = timeout.remaining
    if left <= 0:
        raise TimeoutError
    return left


def _connect_seconds(timeout: float | None) -> float:
    left = _left(timeout)
    return CONNECT_SECONDS if left is None else min(CONNECT_SECONDS, left)


def _is_readable(sock: socket.socket) -> bool:
    """An idle connection has nothing to read, unless the other side has closed it; so has one closed here."""
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _as_httpcore(timed_out: type[Exception], failed: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise timed_out from error
    except OSError as error:
        raise failed from error
