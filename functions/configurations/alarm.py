"""Takes back the roll-outs that are bound to a CloudWatch alarm, when it goes off.

EventBridge delivers at least once, and a roll-out that is over is in no list, so a second delivery finds nothing to do.
"""

from datetime import datetime
from typing import Any

from configurations import changes, facts, rollouts, store
from configurations.changes import Author, Change
from configurations.errors import ChangedMeanwhileError
from configurations.service import after
from pentarch.configuration import store as reading
from pentarch.platform import clock
from pentarch.platform.observability import logger

SUBJECT = "system:alarm"
_ATTEMPTS = 8


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    detail = event["detail"]
    if detail["state"]["value"] != "ALARM":
        return {"rolled_back": []}
    taken_back = roll_back(detail["alarmName"], event["id"], clock.now())
    logger().info("roll-outs taken back", alarm=detail["alarmName"], config_ids=taken_back)
    return {"rolled_back": taken_back}


def roll_back(alarm: str, correlation_id: str, at: datetime) -> list[str]:
    """The ids of the configurations whose roll-out it ended."""
    watched = list(store.watched_by(alarm))
    return [config_id for tenant, config_id in watched if _take_back(tenant, config_id, alarm, correlation_id, at)]


def _take_back(tenant: str, config_id: str, alarm: str, correlation_id: str, at: datetime) -> bool:
    for _ in range(_ATTEMPTS):
        before = reading.get(tenant, config_id)
        if before is None or before.rollout is None or before.rollout.alarm != alarm:
            return False  # it ended meanwhile
        author = Author(SUBJECT, after(before, at))
        change: Change = changes.move_rollout(before, 0, author)
        try:
            event = facts.event_of(change, author, correlation_id, alarm=alarm)
            store.write([change], event, rollouts.of(change, author, alarm))
        except ChangedMeanwhileError:
            continue
        return True
    msg = f"the roll-out of {config_id} changes too fast to be taken back"
    raise RuntimeError(msg)
