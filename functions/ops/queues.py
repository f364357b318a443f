"""How much work waits in a queue, and how much of it a worker has."""

from typing import NamedTuple

from pentarch.platform import clients


class Depth(NamedTuple):
    waiting: int
    in_flight: int


def depth(url: str) -> Depth:
    """About: SQS counts on several machines."""
    told = clients.sqs().get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    )["Attributes"]
    return Depth(int(told["ApproximateNumberOfMessages"]), int(told["ApproximateNumberOfMessagesNotVisible"]))
