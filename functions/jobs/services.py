"""The services whose jobs are offered, and the queues where their workers wait.

A slice that works on shards is added here, and in `jobs.parameters` with what it takes.
"""

from collections.abc import Mapping

QUEUES: Mapping[str, str] = {
    "llm": "LLM_WORK_QUEUE_URL",
    "nlp": "NLP_WORK_QUEUE_URL",
    "vision": "VISION_WORK_QUEUE_URL",
}
"""The environment variable with the address of each service's queue."""
