"""An alarm takes back the roll-outs that are bound to it."""

from configurations.alarm import SUBJECT, handler
from pentarch.configuration.table import PlaceItem, alarm_partition
from support.configurations import PATH, create, seen
from support.lambdas import Caller
from support.log import events_of
from support.tenants import make_tenant


def goes_off(alarm: str, state: str = "ALARM") -> list[str]:
    event = {"id": "c4c1c1c9", "detail": {"alarmName": alarm, "state": {"value": state}}}
    rolled_back: list[str] = handler(event, None)["rolled_back"]
    return rolled_back


def rolling(api: Caller, alarm: str | None, **changes: str) -> dict[str, str]:
    made = create(api, **changes)
    body = {"value": {"p95_ms": 1}, "rollout": {"percentage": 10, "alarm": alarm}}
    api.put(f"{PATH}/{made['config_id']}", body).expect(200)
    return made


def test_it_ends_its_own_rollouts_of_all_tenants_and_no_other(api: Caller) -> None:
    other = api.using(make_tenant("other"))
    mine, theirs = rolling(api, "errors"), rolling(other, "errors")
    unbound, elsewhere = rolling(api, None, name="b"), rolling(api, "latency", name="c")
    assert goes_off("errors", "OK") == []
    assert sorted(goes_off("errors")) == sorted([mine["config_id"], theirs["config_id"]])
    assert seen(api, mine)["state"] == seen(other, theirs)["state"] == "active"
    assert seen(api, unbound)["state"] == seen(api, elsewhere)["state"] == "rolling_out"
    [event] = events_of("acme", "configuration.rollout_rolled_back")
    assert (event.actor, event.data["alarm"], event.correlation_id) == (SUBJECT, "errors", "c4c1c1c9")
    assert goes_off("errors") == []


def test_a_rollout_that_has_ended_is_not_its_business(api: Caller) -> None:
    done, back, gone = (rolling(api, "errors", name=name) for name in "abc")
    api.post(f"{PATH}/{done['config_id']}/rollout", {"percentage": 50}).expect(200)
    api.post(f"{PATH}/{done['config_id']}/rollout", {"percentage": 100}).expect(200)
    api.post(f"{PATH}/{back['config_id']}/rollout", {"percentage": 0}).expect(200)
    api.delete(f"{PATH}/{gone['config_id']}").expect(200)
    assert list(PlaceItem.query(alarm_partition("errors"))) == []
    assert goes_off("errors") == []
    assert seen(api, done)["version"] == 2
