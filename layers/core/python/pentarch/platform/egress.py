"""Requests to addresses that callers name, guarded: none reaches what only this machine or its network should reach.

A name is resolved once, every address that it has is judged, and the connection is made to a judged address, so a name
that changes its mind between the two (DNS rebinding) gains nothing. No redirect is followed, no proxy is used, and time
and size are bounded over all.
"""

import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER = (
    ipaddress.ip_network("169.254.0.0/16"),  # link-local: the metadata and credential services of EC2, ECS and Lambda
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::/32"),  # the same services by IPv6
    ipaddress.ip_network("0.0.0.0/8"),
    ipaddress.ip_network("240.0.0.0/4"),
)
_REDIRECTS = range(300, 400)
_ANYTHING = {"Accept": "*/*"}


class Reach(StrEnum):
    """Where a request may go beside the public internet."""

    PUBLIC = "off"
    PRIVATE = "private"
    """Private networks too, as a VPC's; not this machine, where Lambda's own runtime listens."""
    MACHINE = "local"
    """This machine too: for a stack that runs on one."""


def reach() -> Reach:
    """What the stack allows by its parameter EgressReach; the public internet alone where it says nothing."""
    return Reach(os.environ.get("EGRESS_REACH", Reach.PUBLIC))


class EgressError(Exception):
    """The request was not made, or has no answer that counts; the message tells no address."""


class NotAllowedError(EgressError):
    """The address is none that may be asked, so nothing was sent."""


class Fetched(NamedTuple):
    status: int
    body: bytes
    milliseconds: float


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """By their names in lower case; of a name that comes twice, the last."""
    body: bytes
    is_cut: bool
    """There was more than `max_bytes`, which was not read."""
    milliseconds: float


def get(
    url: str,
    *,
    timeout_s: float,
    max_bytes: int,
    reach: Reach = Reach.PUBLIC,
    schemes: tuple[str, ...] = ("https",),
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """Fetch an address. Raises EgressError for one that may not be asked, a redirect, and too much or no answer."""
    reply = send(
        "GET", url, timeout_s=timeout_s, max_bytes=max_bytes, headers=_ANYTHING, reach=reach, schemes=schemes, tls=tls
    )
    if reply.status in _REDIRECTS:
        msg = "it redirects, and redirects are not followed"
        raise EgressError(msg)
    if reply.is_cut:
        msg = f"the answer has more than {max_bytes} bytes"
        raise EgressError(msg)
    return Fetched(reply.status, reply.body, reply.milliseconds)


def send(
    method: str,
    url: str,
    *,
    timeout_s: float,
    max_bytes: int,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    reach: Reach = Reach.PUBLIC,
    schemes: tuple[str, ...] = ("https",),
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """Make one request; any status is a reply, a redirect too, and of a long body the first `max_bytes` are kept.

    Raises NotAllowedError before anything is sent, EgressError where no whole reply came within the time. Headers are
    the caller's to judge: Host, Connection and User-Agent are set here, whatever they say.
    """
    begun = time.perf_counter()
    parts = _parse(url, schemes)
    sock = _connect(parts, timeout_s, reach)
    left = max(0.01, timeout_s - (time.perf_counter() - begun))
    with _cut_after(left, sock), closing(sock):
        try:
            channel = _secured(sock, parts, tls) if parts.scheme == "https" else sock
            response, answer = _exchange(parts, channel, _Request(method, headers or {}, body), max_bytes)
        except (OSError, HTTPException, ValueError) as error:
            raise _failed(error) from error
    elapsed = time.perf_counter() - begun
    if elapsed > timeout_s:
        msg = f"no whole answer within {timeout_s:g} seconds"
        raise EgressError(msg)
    found = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, found, answer[:max_bytes], len(answer) > max_bytes, elapsed * 1000)


def connect(
    url: str, *, timeout_s: float, reach: Reach = Reach.PUBLIC, schemes: tuple[str, ...] = ("https",)
) -> socket.socket:
    """A connection to the host of an address, for a library that speaks over it. Raises EgressError."""
    return _connect(_parse(url, schemes), timeout_s, reach)


def check(url: str, *, reach: Reach = Reach.PUBLIC, schemes: tuple[str, ...] = ("https",)) -> None:
    """Refuse at once what `get` would refuse; `get` judges again, as names change their minds."""
    _resolve(_parse(url, schemes), reach)


def is_allowed(address: _Address, reach: Reach) -> bool:
    """Whether requests may go to an address; one that stands for another (IPv4 in IPv6) is judged as that one."""
    address = _meant(address)
    if any(address in network for network in _NEVER) or address.is_multicast or address.is_unspecified:
        return False
    if address.is_global:
        return True
    if address.is_loopback:
        return reach is Reach.MACHINE
    return address.is_private and reach is not Reach.PUBLIC


def _meant(address: _Address) -> _Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None) or address


def _parse(url: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not url.isascii() or not url.isprintable() or " " in url:
        msg = f"it is no plain {' or '.join(schemes)} address"
        raise NotAllowedError(msg)
    if parts.username is not None or parts.password is not None:
        msg = "it holds a user name or password"
        raise NotAllowedError(msg)
    return parts


def _connect(parts: SplitResult, timeout_s: float, reach: Reach) -> socket.socket:
    address, port = _resolve(parts, reach)
    try:
        return socket.create_connection((str(address), port), timeout=timeout_s)
    except OSError as error:
        raise _failed(error) from error


def _resolve(parts: SplitResult, reach: Reach) -> tuple[_Address, int]:
    """The first address of the host, when requests may go to every one of them."""
    port = parts.port or _PORTS[parts.scheme]
    return judged(str(parts.hostname), port, reach)[0], port


def judged(host: str, port: int, reach: Reach) -> list[_Address]:
    """The addresses of a host, when requests may go to every one of them; connect to these and resolve no second time.

    Those of IPv4 come first: a machine may have a name by IPv6 and no way there.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        msg = "its name cannot be resolved"
        raise EgressError(msg) from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(is_allowed(address, reach) for address in addresses):
        msg = "it leads to an address that may not be asked"
        raise NotAllowedError(msg)
    return sorted(dict.fromkeys(addresses), key=lambda one: one.version)


class _Request(NamedTuple):
    method: str
    headers: Mapping[str, str]
    body: bytes | None


def _secured(sock: socket.socket, parts: SplitResult, tls: ssl.SSLContext | None) -> socket.socket:
    return (tls or ssl.create_default_context()).wrap_socket(sock, server_hostname=parts.hostname)


def _exchange(parts: SplitResult, sock: socket.socket, asked: _Request, max_bytes: int) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(str(parts.hostname))
    connection.sock = sock
    with closing(connection):
        path = parts.path or "/"
        ours = {"Host": parts.netloc, "User-Agent": "pentarch", "Connection": "close"}
        taken = {name: value for name, value in asked.headers.items() if name.title() not in ours}
        target = f"{path}?{parts.query}" if parts.query else path
        connection.request(asked.method, target, body=asked.body, headers=ours | taken)
        response = connection.getresponse()
        return response, response.read(max_bytes + 1)


@contextmanager
def _cut_after(seconds: float, sock: socket.socket) -> Iterator[None]:
    """A socket's own time-out starts anew with every byte; this one does not. It cuts the same connection under TLS."""
    duplicate = sock.dup()

    def cut() -> None:
        try:
            duplicate.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        duplicate.close()


def _failed(error: Exception) -> EgressError:
    return EgressError(f"it does not answer as it should ({type(error).__name__})")
