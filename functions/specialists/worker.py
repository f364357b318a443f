"""Takes messages of trainings and of deployments."""

from collections.abc import Callable, Mapping

from pentarch.platform.observability import logger
from pentarch.work.messages import Run, consumer
from specialists import probing, working

KINDS: Mapping[str, Callable[[Run], None]] = {"train": working.train, "deploy": probing.deploy}


def take(run: Run) -> None:
    work = KINDS.get(str(run.body.get("kind")))
    if work is None:
        logger().error("a message of an unknown kind", body=run.body)
        return
    work(run)


handler = consumer(working.QUEUE, take)
