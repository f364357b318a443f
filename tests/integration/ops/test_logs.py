"""The stack's logs: newest first, filtered, by pages, for the operator alone."""

import pytest

from pentarch.platform.clock import epoch_ms, now
from support.lambdas import Caller
from support.log_lines import write_logs
from support.tenants import make_tenant

LOGS = "/api/v2/ops/logs"

pytestmark = pytest.mark.usefixtures("services")


def a_line(number: int, level: str = "INFO", trace: str = "t1") -> dict[str, object]:
    return {"level": level, "message": f"line {number}", "correlation_id": trace, "number": number}


def test_pages_walk_through_all_lines_newest_first_even_when_many_share_a_millisecond(api: Caller) -> None:
    last = epoch_ms(now()) - 1000
    write_logs("llm-logs", *((last - number // 4, a_line(number)) for number in range(10)))
    write_logs("jobs-logs", (last - 70_000, a_line(10)), (last - 3_000_000, a_line(11)))
    write_logs("llm-logs", (last, "START RequestId: x"), (last, '{"_aws": {}, "Latency": 3}'))
    seen, cursor = [], None
    for _ in range(20):
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = api.get(LOGS, query=query).expect(200).json()
        seen += [line["details"]["number"] for line in page["logs"]]
        times = [line["timestamp"] for line in page["logs"]]
        assert times == sorted(times, reverse=True)
        cursor = page["pagination"]["next_cursor"]
        assert page["pagination"]["has_more"] is (cursor is not None)
        if cursor is None:
            break
    assert sorted(seen) == list(range(12))


def test_levels_traces_and_services_are_kept_apart(api: Caller) -> None:
    at = epoch_ms(now()) - 1000
    write_logs("llm-logs", (at, a_line(1, "ERROR", "t1")), (at, a_line(2, "INFO", "t2") | {"says": "ERROR"}))
    write_logs("jobs-logs", (at, a_line(3, "ERROR", "t2")), (at, "[ERROR] ImportError: no"))

    def found(**query: str) -> list[str]:
        return sorted(line["message"] for line in api.get(LOGS, query=query).expect(200).json()["logs"])

    assert found(level="error") == ["ImportError: no", "line 1", "line 3"]
    assert found(trace_id="t2") == ["line 2", "line 3"]
    assert found(service="llm") == found(service="llm_service") == ["line 1", "line 2"]
    assert found(service="jobs", level="info") == []


@pytest.mark.parametrize("query", [{"limit": -1}, {"level": "gossip"}, {"cursor": "x"}, {"trace_id": 'a"b'}])
def test_nonsense_is_refused(api: Caller, query: dict[str, str]) -> None:
    assert api.get(LOGS, query=query).expect(400).json()["error"]["code"] == "INVALID_REQUEST"


def test_logs_are_the_operators(api: Caller) -> None:
    api.get(LOGS, query={"service": "tea"}).expect(404)
    other = api.using(make_tenant("other"))
    for path in (LOGS, "/api/v2/ops/status", "/api/v2/metrics"):
        other.get(path).expect(403)
