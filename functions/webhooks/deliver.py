"""Takes the messages of deliveries: one to try, a lane to go on with, many to send again."""

from pentarch.work.messages import Run, consumer
from webhooks import delivering, lane, redelivering

QUEUE = "WEBHOOKS_QUEUE_URL"
THREADS = 10
"""As many as a batch has messages: receivers are waited for side by side."""


def step(run: Run) -> None:
    kind, tenant, webhook_id = (str(run.body[name]) for name in ("kind", "tenant", "webhook_id"))
    match kind:
        case "deliver":
            delivering.deliver(tenant, webhook_id, str(run.body["delivery_id"]), run.id)
        case "lane":
            lane.run(tenant, webhook_id, run.id, run.remaining_s)
        case "redeliver":
            redelivering.go_on(run.body)
        case _:
            msg = f"{kind!r} is no kind of delivery"
            raise ValueError(msg)


handler = consumer(QUEUE, step, threads=THREADS)
