"""What Lambda's runtime does in a new environment: import the handler, then answer one event after another.

Run by `bench.cold_starts` in a process of its own: `lambda_process.py MODULE NAME`, with events on standard input, one
a line. When all are answered it tells the moments on standard output: interpreter up, handler imported, each answer.
"""

import importlib
import json
import os
import sys
import time


class Context:
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    function_name = "bench"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 300_000


def moment() -> tuple[float, float]:
    """CPU of this process since it began, its interpreter's start included; and the system's steady clock."""
    return time.process_time(), time.monotonic()


def main(module: str, name: str) -> None:
    told = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a function's own lines go elsewhere
    moments = [moment()]
    handler = getattr(importlib.import_module(module), name)
    moments.append(moment())
    answers = []
    for line in sys.stdin:
        answers.append(handler(json.loads(line), Context()))
        json.dumps(answers[-1])
        moments.append(moment())
    json.dump({"moments": moments, "answers": answers}, told)
    told.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
