"""What Lambda tells a function of one message."""

import os
import time
from typing import Any
from uuid import uuid4

_TIMEOUT_S = 300


def arn_of(variable: str) -> str:
    """Of the emulator's queue whose address the environment holds."""
    return f"arn:aws:sqs:us-east-1:000000000000:{os.environ[variable].rpartition('/')[2]}"


class Context:
    function_name = "bench"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"

    def __init__(self) -> None:
        self.aws_request_id = str(uuid4())
        self._ends = time.monotonic() + _TIMEOUT_S

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends - time.monotonic()) * 1000)

    @staticmethod
    def record(body: str, arn: str) -> dict[str, Any]:
        return {
            "messageId": str(uuid4()),
            "receiptHandle": "receipt",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": arn,
            "awsRegion": "us-east-1",
        }
