from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from support.configurations import PATH, create, seen
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock


def start(api: Caller, percentage: int, **rollout: str) -> str:
    made = create(api, tenant_id="acme")
    path = f"{PATH}/{made['config_id']}"
    body = {"value": {"p95_ms": 400}, "rollout": {"percentage": percentage} | rollout}
    api.put(path, body).expect(200)
    return path


def shares(clock: StoppedClock) -> set[str]:
    """Which of a hundred callers see the new version."""
    clock.advance(seconds=60)
    keys = [f"caller {number}" for number in range(100)]
    return {key for key in keys if accessor.current("acme", ConfigType.SLO, bucket_key=key) == {"p95_ms": 400}}


def test_a_rollout_reaches_more_and_more_callers_and_then_all(api: Caller, clock: StoppedClock) -> None:
    path = start(api, 10)
    rolling = api.get(path).json()
    assert (rolling["version"], rolling["state"], rolling["rollout"]["version"]) == (1, "rolling_out", 2)
    few = shares(clock)
    api.post(f"{path}/rollout", {"percentage": 50}).expect(200)
    half = shares(clock)
    assert 0 < len(few) < 30 < len(half) < 70
    assert few < half
    assert accessor.current("acme", ConfigType.SLO) == {"p95_ms": 500}
    done = api.post(f"{path}/rollout", {"percentage": 100}).expect(200).json()
    assert (done["version"], done["value"], done["state"]) == (2, {"p95_ms": 400}, "active")
    assert "rollout" not in done
    assert len(shares(clock)) == 100
    api.post(f"{path}/rollout", {"percentage": 10}).expect(409)
    told = [event.type.removeprefix("configuration.") for event in events_of("acme")]
    assert told == ["created", "rollout_started", "rollout_changed", "rollout_completed"]


def test_a_rollout_can_be_taken_back(api: Caller, clock: StoppedClock) -> None:
    path = start(api, 50)
    api.post(f"{path}/rollout", {"percentage": 0}).expect(200)
    assert shares(clock) == set()
    states = [row["state"] for row in api.get(f"{path}/history").json()["versions"]]
    assert states == ["rolled_back", "active"]
    assert api.put(path, {"value": {}}).expect(200).json()["version"] == 3


def test_during_a_rollout_nothing_else_changes(api: Caller) -> None:
    path = start(api, 50)
    api.put(path, {"value": {}}).expect(409)
    api.post(f"{path}/rollback/1").expect(409)
    api.delete(path).expect(200)


def test_a_share_is_a_whole_percentage(api: Caller) -> None:
    made = create(api)
    path = f"{PATH}/{made['config_id']}"
    for percentage in (0, 101, 1.5, "ten"):
        api.put(path, {"value": {}, "rollout": {"percentage": percentage}}).expect(400)
    api.put(path, {"value": {}, "rollout": {"percentage": 100}}).expect(200)
    assert seen(api, made)["version"] == 2
