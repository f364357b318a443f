"""From the logs on: counts the requests that were answered, each once. CloudWatch Logs delivers lines at least once.

The line that tells of a request is written anyway, so counting costs a request nothing, and forgets none that a frozen
or killed environment had in its memory. Lines arrive seconds later.
"""

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.usage.requests import Answered, count_once

REQUEST = "request"


def handler(event: Mapping[str, Any], _: object) -> dict[str, int]:
    """A delivery of lines; what fails is raised, and Lambda delivers the whole again."""
    if "awslogs" not in event:
        return {"requests": 0}  # a roll-out's probe
    delivery = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    if delivery["messageType"] != "DATA_MESSAGE":
        return {"requests": 0}  # CloudWatch asks whether anybody is here
    found = list(answered(delivery))
    count_once(found, clock.now())
    return {"requests": len(found)}


def answered(delivery: Mapping[str, Any]) -> Iterator[Answered]:
    """The requests among the lines."""
    for line in delivery["logEvents"]:
        try:
            facts = json.loads(line["message"])
            if facts.get("message") != REQUEST or "milliseconds" not in facts:
                continue
            yield Answered(
                id=str(line["id"]),
                stream=str(delivery["logStream"]),
                service=str(facts["service"]),
                status=int(facts.get("status", 0)),
                milliseconds=float(facts["milliseconds"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            logger().warning("a line of the logs tells of no request", line=str(line.get("id")))
