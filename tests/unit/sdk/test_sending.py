"""What is sent, when it is sent again, and what becomes of a refusal."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from pentarch_client import AsyncPentarch, Pentarch, errors
from support.api_double import ApiDouble, Reply, told
from support.loops import run

URL = "https://api.test/prod"
BUSY = told({"error": {"code": "SERVICE_UNAVAILABLE", "message": "later", "details": {}}}, 503)
JOB = told({"job_id": "job_1", "status": "queued"}, 201)
LOST = httpx.ReadError("the connection was lost")


def client(*replies: Reply, **options: object) -> tuple[Pentarch, ApiDouble]:
    api = ApiDouble(list(replies))
    return Pentarch(URL, "pk_test", http=api.http(), **options), api  # type: ignore[arg-type]


def test_a_request_shows_the_key_and_goes_to_the_path_below_the_base_url() -> None:
    pentarch, api = client(told({"success": True, "data": {"specialist": {"id": "s 1"}}}))
    assert pentarch.specialists.get("a/b ?").id == "s 1"
    [asked] = api.asked
    assert str(asked.url) == f"{URL}/api/v1/specialists/a%2Fb%20%3F"
    assert asked.headers["X-API-Key"] == "pk_test"


@pytest.mark.parametrize("base", [URL, URL + "/", URL + "/api/v2", URL + "/api/v1/"])
def test_a_base_url_may_name_a_version_as_the_references_write_it(base: str) -> None:
    assert Pentarch(base).base_url == URL


def test_a_write_is_repeated_under_the_same_idempotency_key(pauses: list[float]) -> None:
    pentarch, api = client(BUSY, LOST, JOB)
    assert pentarch.jobs.create("a", "llm", {"inputs": ["b"]}).job_id == "job_1"
    keys = api.headers("Idempotency-Key")
    assert len(keys) == 3
    assert keys[0]
    assert len(set(keys)) == 1
    assert len(pauses) == 2


def test_two_writes_have_two_keys_unless_one_is_given() -> None:
    pentarch, api = client(JOB)
    pentarch.jobs.create("a", "llm", {})
    pentarch.jobs.create("a", "llm", {})
    pentarch.with_options(idempotency_key="mine").jobs.create("a", "llm", {})
    first, second, third = api.headers("Idempotency-Key")
    assert first != second
    assert third == "mine"


def test_retry_after_is_waited_for(pauses: list[float]) -> None:
    limited = told({"error": {"code": "RATE_LIMITED", "message": "slow", "details": {}}}, 429, Retry_After="7")
    pentarch, _ = client(limited, JOB)
    pentarch.jobs.create("a", "llm", {})
    [pause] = pauses
    assert 7 <= pause < 7.5


def test_a_retry_after_of_hours_is_told_at_once(pauses: list[float]) -> None:
    limited = told({"title": "Rate limit exceeded", "detail": "wait", "status": 429}, 429, Retry_After="3000")
    pentarch, api = client(limited)
    with pytest.raises(errors.RateLimitedError) as refused:
        pentarch.agents.get("agent-1")
    assert refused.value.retry_after == 3000
    assert (len(api.asked), pauses) == (1, [])


def test_a_retry_after_may_be_a_date(pauses: list[float]) -> None:
    soon = format_datetime(datetime.now(tz=UTC) + timedelta(seconds=30), usegmt=True)
    pentarch, _ = client(told({"error": {"code": "X", "message": "slow"}}, 503, Retry_After=soon), JOB)
    pentarch.jobs.create("a", "llm", {})
    assert 25 < pauses[0] < 31


def test_a_model_call_is_repeated_only_if_it_was_surely_not_made() -> None:
    pentarch, api = client(LOST)
    with pytest.raises(errors.ConnectionFailedError):
        pentarch.llm.generate("hello")
    assert len(api.asked) == 1
    pentarch, api = client(httpx.ConnectError("nobody listens"), BUSY, told({"response": "hi"}))
    assert pentarch.llm.generate("hello").response == "hi"
    assert api.headers("Idempotency-Key") == [None, None, None]


def test_pauses_grow_and_end(pauses: list[float]) -> None:
    pentarch, api = client(BUSY, retries=6)
    with pytest.raises(errors.UnavailableError):
        pentarch.models.list()
    assert len(api.asked) == 7
    assert all(0.1 <= pause <= 0.5 * 2**attempt for attempt, pause in enumerate(pauses))


def test_the_first_answer_that_is_still_being_made_is_waited_for() -> None:
    open_ = told({"error": {"code": "CONFLICT", "message": "still", "details": {}}}, 409, Retry_After="1")
    pentarch, api = client(open_, JOB)
    pentarch.jobs.create("a", "llm", {})
    assert len(api.asked) == 2


def coded(code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "details": {"field": "x"}}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "message"),
    [
        (400, {"success": False, **coded("BAD", "no")}, errors.InvalidRequestError, "BAD", "no"),
        (401, coded("AUTHENTICATION_REQUIRED", "who"), errors.AuthenticationError, "AUTHENTICATION_REQUIRED", "who"),
        (402, coded("QUOTA_EXCEEDED", "spent"), errors.QuotaExceededError, "QUOTA_EXCEEDED", "spent"),
        (403, coded("SECURITY_VIOLATION", "never"), errors.PermissionDeniedError, "SECURITY_VIOLATION", "never"),
        (404, {"title": "Not found", "detail": "no such agent"}, errors.NotFoundError, None, "no such agent"),
        (409, coded("CONFLICT", "used"), errors.ConflictError, "CONFLICT", "used"),
        (422, coded("MODEL_NOT_LOADED", "load"), errors.InvalidRequestError, "MODEL_NOT_LOADED", "load"),
        (500, coded("AGENT_ERROR", "failed"), errors.ServerError, "AGENT_ERROR", "failed"),
        (400, {"error": "invalid", "error_description": "what"}, errors.InvalidRequestError, "invalid", "what"),
    ],
)
def test_a_refusal_is_an_error_of_its_kind_with_the_requests_id(
    status: int, body: object, kind: type[errors.ApiError], code: str | None, message: str
) -> None:
    pentarch, _ = client(told(body, status, X_Correlation_ID="req-1"))
    with pytest.raises(kind) as refused:
        pentarch.jobs.get("job_1")
    error = refused.value
    assert (type(error), error.status, error.code, error.message, error.request_id) == (
        kind, status, code, message, "req-1",
    )  # fmt: skip
    assert "req-1" in str(error)


def test_a_refusal_that_is_no_json_keeps_its_beginning() -> None:
    pentarch, _ = client(httpx.Response(500, text="<html>broken"))
    with pytest.raises(errors.ServerError, match="<html>broken"):
        pentarch.jobs.get("job_1")


def test_the_asynchronous_client_does_the_same(pauses: list[float]) -> None:
    api = ApiDouble([BUSY, LOST, JOB])

    async def made() -> str:
        async with AsyncPentarch(URL, "pk_test", http=api.async_http()) as pentarch:
            return (await pentarch.jobs.create("a", "llm", {"inputs": ["b"]})).job_id

    assert run(made()) == "job_1"
    assert len(set(api.headers("Idempotency-Key"))) == 1
    assert len(pauses) == 2


def test_a_client_without_an_address_says_what_is_missing() -> None:
    with pytest.raises(ValueError, match="PENTARCH_URL"):
        Pentarch()
