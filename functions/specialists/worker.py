"""Takes messages of trainings and of deployments."""

import gc
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


gc.freeze()  # the libraries' objects stay; walking them again and again made reading a dataset a fifth slower
handler = consumer(working.QUEUE, take)
