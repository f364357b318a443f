"""The egress guard: where requests may go, and what ends them."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pentarch.platform import egress
from pentarch.platform.egress import EgressError, Reach
from support.health_server import HealthServer

P, V, M = Reach.PUBLIC, Reach.PRIVATE, Reach.MACHINE


@pytest.mark.parametrize(
    ("address", "allowed_by"),
    [
        ("93.184.216.34", {P, V, M}),
        ("2606:2800:220:1::1", {P, V, M}),
        ("10.0.0.1", {V, M}),
        ("172.16.3.4", {V, M}),
        ("192.168.1.1", {V, M}),
        ("fd12::1", {V, M}),
        ("::ffff:10.0.0.1", {V, M}),
        ("127.0.0.1", {M}),
        ("127.8.8.8", {M}),
        ("::1", {M}),
        ("::ffff:127.0.0.1", {M}),
        ("64:ff9b::7f00:1", {M}),
        ("169.254.169.254", set()),
        ("169.254.170.2", set()),
        ("::ffff:169.254.169.254", set()),
        ("64:ff9b::a9fe:a9fe", set()),
        ("2002:a9fe:a9fe::1", set()),
        ("fd00:ec2::254", set()),
        ("fe80::1", set()),
        ("0.0.0.0", set()),  # noqa: S104 (an address to refuse)
        ("::", set()),
        ("224.0.0.1", set()),
        ("ff02::1", set()),
        ("100.64.0.1", set()),
        ("255.255.255.255", set()),
    ],
)
def test_an_address_is_allowed_by_how_far_requests_may_reach(address: str, allowed_by: set[Reach]) -> None:
    assert {reach for reach in Reach if egress.is_allowed(ipaddress.ip_address(address), reach)} == allowed_by


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "http://example.com/",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://[::1",
        "file:///etc/passwd",
        "",
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(EgressError):
        egress.get(url, timeout_s=1, max_bytes=10)


def resolving_to(*addresses: str) -> Any:
    def resolve(_: str, port: int, *__: object, **___: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


def test_a_name_that_leads_inside_is_refused_if_only_one_of_its_addresses_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("93.184.216.34", "127.0.0.1"))
    with pytest.raises(EgressError, match="may not be asked"):
        egress.get("https://rebound.example/", timeout_s=1, max_bytes=10)


@pytest.fixture
def server() -> Iterator[HealthServer]:
    with HealthServer() as running:
        yield running


def ask(server: HealthServer, path: str = "/", *, timeout_s: float = 2.0, max_bytes: int = 100) -> egress.Fetched:
    return egress.get(server.url + path, timeout_s=timeout_s, max_bytes=max_bytes, reach=M, schemes=("http",))


def test_an_answer_comes_whole_from_the_address_that_was_judged(
    server: HealthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = server.url.rpartition(":")[2]
    asked: list[str] = []

    def once(host: str, number: int, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        found: list[Any] = resolving_to("127.0.0.1")(host, number)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", once)
    fetched = egress.get(f"http://svc.test:{port}/a?b=c", timeout_s=2, max_bytes=100, reach=M, schemes=("http",))
    assert (fetched.status, fetched.body) == (200, b"ok")
    assert server.paths == ["/a?b=c"]
    assert asked[0] == "svc.test"
    assert "svc.test" not in asked[1:]


def test_redirects_and_large_answers_are_refused(server: HealthServer) -> None:
    server.status, server.headers = 302, {"Location": "http://169.254.169.254/"}
    with pytest.raises(EgressError, match="redirect"):
        ask(server)
    server.status, server.headers, server.body = 200, {}, b"x" * 101
    with pytest.raises(EgressError, match="more than 100 bytes"):
        ask(server)
    server.body = b"x" * 100
    assert len(ask(server).body) == 100


def test_a_request_of_any_method_carries_what_it_was_given_and_any_status_is_a_reply(server: HealthServer) -> None:
    server.status, server.headers, server.body = 307, {"Location": "http://169.254.169.254/"}, b"y" * 101
    reply = egress.send(
        "POST",
        server.url + "/hook",
        headers={"X-Signature": "abc", "host": "elsewhere.example", "Connection": "keep-alive"},
        body=b"{}",
        timeout_s=2,
        max_bytes=100,
        reach=M,
        schemes=("http",),
    )
    assert (reply.status, reply.headers["location"], reply.body) == (307, "http://169.254.169.254/", b"y" * 100)
    assert reply.is_cut
    [asked] = server.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/hook", b"{}")
    assert asked.headers["X-Signature"] == "abc"
    assert asked.headers.get_all("Host") == [server.url.removeprefix("http://")]
    assert asked.headers.get_all("Connection") == ["close"]


def test_an_address_that_may_not_be_asked_is_told_from_one_that_does_not_answer(server: HealthServer) -> None:
    with pytest.raises(egress.NotAllowedError):
        egress.send("POST", server.url, timeout_s=1, max_bytes=10, schemes=("http",))
    assert not server.asked


def test_time_is_bounded_over_all_however_slowly_bytes_drip(server: HealthServer) -> None:
    server.body, server.drip_s = b"x" * 50, 0.1
    begun = time.perf_counter()
    with pytest.raises(EgressError):
        ask(server, timeout_s=0.4)
    server.drip_s, server.delay_s = 0.0, 0.6
    with pytest.raises(EgressError):
        ask(server, timeout_s=0.3)
    assert time.perf_counter() - begun < 1.5


def test_nobody_there_is_an_error_of_ours(server: HealthServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(EgressError):
            egress.get(url, timeout_s=1, max_bytes=10, reach=M, schemes=("http",))
    with pytest.raises(EgressError):  # it speaks no TLS
        egress.get(server.url.replace("http:", "https:"), timeout_s=1, max_bytes=10, reach=M)
    assert issubclass(ssl.SSLError, OSError)
