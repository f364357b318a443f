"""Takes the live queue's messages: number a tenant's new events, tell a room's connections, cut some off."""

from live import connections, numbering, rooms, telling
from live.numbering import Named
from pentarch.platform import clock
from pentarch.work.messages import Run, consumer


def work(run: Run) -> None:
    tenant = str(run.body["tenant"])
    match run.body["kind"]:
        case "feed":
            numbering.take_in(tenant, [Named(one["id"], one["session"]) for one in run.body["events"]], clock.now())
            # Read after the numbers were given: whoever joins a room that is not seen here looks at the feed later.
            telling.ask(tenant, rooms.of_tenant(tenant))
        case "tell":
            telling.tell(tenant, str(run.body["room"]), run)
        case "cut":
            connections.cut_off(tenant, str(run.body["subject"]))
        case unknown:
            msg = f"{unknown!r} is nothing that is done for live events"
            raise ValueError(msg)


handler = consumer(telling.QUEUE, work)
