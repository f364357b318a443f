"""What a cold start pays for imports: the gateway's entry point, against the libraries that no function can avoid."""

import subprocess
import sys
from typing import Any

ROUNDS = 15
FLOOR = "import fastapi, mangum, pynamodb.models, aws_lambda_powertools"
GATEWAY = "import llm.api"
_TIMED = "import time; started = time.process_time(); {}; print(time.process_time() - started)"


def seconds(statement: str) -> float:
    """CPU of an import in a fresh interpreter, its compiled files being there: what else runs here is left out."""
    code = _TIMED.format(statement)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def compare() -> dict[str, Any]:
    seconds(FLOOR), seconds(GATEWAY)  # so that both have compiled files
    rounds = [(seconds(FLOOR), seconds(GATEWAY)) for _ in range(ROUNDS)]
    # The minimum: what disturbs a run only ever adds to it.
    floor, ours = (min(column) for column in zip(*rounds, strict=True))
    return {
        "libraries alone, s": floor,
        "functions/llm/api.py, s": ours,
        "ratio (target: 1.25 at most)": round(ours / floor, 3),
    }
