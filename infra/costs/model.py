"""Sums over what was measured and what the template has: pure rules."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

Prices = Mapping[str, float]


class Use(NamedTuple):
    """What a request, or the work behind one event, uses of AWS."""

    calls: int
    """To AWS, of all kinds."""
    write_units: float = 0
    read_units: float = 0
    puts: int = 0
    """To S3."""
    signatures: int = 0

    def dollars(self, prices: Prices) -> float:
        return (
            self.write_units * prices["dynamodb_write_unit"]
            + self.read_units * prices["dynamodb_read_unit"]
            + self.puts * prices["s3_put"]
            + self.signatures * prices["kms_sign"]
        )


class Running(NamedTuple):
    """What a function's run is taken to be where nobody has measured it on AWS."""

    milliseconds: float
    memory_mb: int

    def dollars(self, prices: Prices) -> float:
        gb_seconds = self.milliseconds / 1000 * self.memory_mb / 1024
        return prices["lambda_request"] + gb_seconds * prices["lambda_gb_second_arm64"]


LOG_BYTES = 1_000
"""A request's line, and the gateway's."""
MONTHLY = {
    "AWS::SecretsManager::Secret": ("secrets", "secret_month"),
    "AWS::KMS::Key": ("KMS keys", "kms_key_month"),
    "AWS::CloudWatch::Alarm": ("alarms", "alarm_month"),
}
"""What costs by the month although nobody calls: by type, its name and its price."""


EMPTY_RECEIVES = 30 * 24 * 60 * 15
"""A month, of a queue that a function waits for: five long polls of 20 s are open, which AWS does not promise."""
_RATE = re.compile(r'"rate\((\d+) (minute|hour|day)s?\)"')
_A_DAY = {"minute": 1440, "hour": 24, "day": 1}


def of_request(use: Use, running: Running, prices: Prices) -> float:
    """Of one request, without the work behind its events."""
    return (
        prices["api_gateway_request"]
        + running.dollars(prices)
        + use.dollars(prices)
        + LOG_BYTES / 1e9 * prices["log_gb"]
    )


def idle(resources: Mapping[str, Mapping[str, Any]], prices: Prices, sweep: Running) -> list[tuple[str, int, float]]:
    """Name, count and dollars a month of what costs while nobody calls; `sweep` is what one by the clock takes."""
    runs = sum(_a_month(rate) for rate in _RATE.findall(json.dumps(resources)))
    receives = sum(map(_queues_waited_for, resources.values())) * EMPTY_RECEIVES
    found = [
        ("sweeps by the clock", runs, runs * sweep.dollars(prices)),
        ("looks into empty queues", receives, receives * prices["sqs_request"]),
    ]
    for kind, (name, price) in MONTHLY.items():
        count = sum(resource["Type"] == kind for resource in resources.values())
        found.append((name, count, count * prices[price]))
    return found


def _queues_waited_for(resource: Mapping[str, Any]) -> int:
    events = resource.get("Properties", {}).get("Events", {})
    return sum(event["Type"] == "SQS" for event in events.values())


def _a_month(rate: tuple[str, str]) -> int:
    count, unit = rate
    return round(30 * _A_DAY[unit] / int(count))
