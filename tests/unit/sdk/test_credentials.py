"""Tokens: fetched, renewed once however many wait, and never shown twice."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pentarch_client import AiSembleClient, AsyncAiSembleClient, MetaAgentsClient, errors
from pentarch_client.credentials import LOGIN, REFRESH, SessionAuth, Tokens
from support.api_double import told
from support.loops import run

URL = "https://api.test"


class Issuer:
    """Gives tokens, each refresh token good for one use, and answers jobs to the newest access token."""

    def __init__(self, lifetime_s: int = 3600) -> None:
        self.lifetime_s = lifetime_s
        self.asked: list[str] = []
        self._made = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if path == LOGIN:
            return self._pair()
        if path == REFRESH:
            if json.loads(request.content)["refresh_token"] != f"r{self._made}":
                return told({"error": {"code": "AUTHENTICATION_REQUIRED", "message": "spent"}}, 401)
            return self._pair()
        if request.headers.get("Authorization") != f"Bearer a{self._made}":
            return told({"error": {"code": "AUTHENTICATION_REQUIRED", "message": "who"}}, 401)
        return told({"job_id": "j", "status": "running"})

    def end_access(self) -> None:
        """As if the access token had been revoked; the refresh token goes on."""
        self._made += 1

    def _pair(self) -> httpx.Response:
        self._made += 1
        return told(
            {"access_token": f"a{self._made}", "refresh_token": f"r{self._made}", "expires_in": self.lifetime_s}
        )

    def http(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))


def test_a_user_is_logged_in_when_the_first_request_needs_it() -> None:
    issuer = Issuer()
    client = AiSembleClient(URL, username="ada", password="p", http=issuer.http())
    assert issuer.asked == []
    client.jobs.get("j")
    client.jobs.get("j")
    assert issuer.asked == [LOGIN, "/api/v2/jobs/j", "/api/v2/jobs/j"]


def test_a_token_that_is_about_to_end_is_renewed_before() -> None:
    issuer = Issuer(lifetime_s=10)
    client = AiSembleClient(URL, username="ada", password="p", http=issuer.http())
    client.jobs.get("j")
    client.jobs.get("j")
    assert issuer.asked == [LOGIN, "/api/v2/jobs/j", REFRESH, "/api/v2/jobs/j"]


def test_a_token_that_is_refused_is_renewed_once_and_a_spent_session_logs_in_again() -> None:
    issuer = Issuer()
    client = AiSembleClient(URL, username="ada", password="p", http=issuer.http())
    client.jobs.get("j")
    issuer.end_access()
    assert client.jobs.get("j").status == "running"
    assert issuer.asked[2:] == ["/api/v2/jobs/j", REFRESH, LOGIN, "/api/v2/jobs/j"]


def test_threads_that_need_a_token_at_once_renew_it_once() -> None:
    issuer = Issuer(lifetime_s=3600)
    client = AiSembleClient(URL, username="ada", password="p", http=issuer.http())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.jobs.get("j"), range(8)))
    assert issuer.asked.count(LOGIN) == 1


def test_tasks_that_need_a_token_at_once_renew_it_once() -> None:
    issuer = Issuer()

    async def answer(request: httpx.Request) -> httpx.Response:
        return issuer(request)

    async def asked() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        async with AsyncAiSembleClient(URL, username="ada", password="p", http=http) as client:
            await asyncio.gather(*(client.jobs.get("j") for _ in range(8)))

    run(asked())
    assert issuer.asked.count(LOGIN) == 1


def test_new_tokens_are_told_to_whoever_keeps_them_and_an_ended_session_says_so() -> None:
    issuer, kept = Issuer(), list[Tokens]()
    issuer._made = 1
    auth = SessionAuth(URL, Tokens("a0", time.time() + 3600, "r1"), kept=kept.append)
    client = AiSembleClient(URL, auth=auth, http=issuer.http())
    client.jobs.get("j")
    assert [tokens.refresh for tokens in kept] == ["r2"]

    ended = SessionAuth(URL, Tokens("a0", time.time() + 3600, "spent"))
    with pytest.raises(errors.AuthenticationError, match="log in again"):
        AiSembleClient(URL, auth=ended, http=issuer.http()).jobs.get("j")


def test_an_oauth_client_fetches_its_token_by_a_form() -> None:
    forms: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/v2.0/token":
            forms.append(request.read().decode())
            return told({"access_token": "a1", "expires_in": 3600, "scope": "x"})
        assert request.headers["Authorization"] == "Bearer a1"
        return told({"id": "agent-1"})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    assert MetaAgentsClient(URL, client_id="cl", client_secret="s", http=http).agents.get("agent-1").id == "agent-1"
    assert forms == ["grant_type=client_credentials&client_id=cl&client_secret=s"]
