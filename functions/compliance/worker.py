"""Takes the messages about work that is longer than a request: what each kind of message begins."""

from collections.abc import Callable

from compliance import assessing, relisting, scheduling
from compliance.reports import background
from compliance.subjects import work as subjects
from pentarch.platform.observability import logger
from pentarch.work.messages import Run, consumer

QUEUE = "COMPLIANCE_QUEUE_URL"

Act = Callable[[str, str], None]
"""Of a tenant, and of the id that the message names. Done twice it must have one effect."""

KINDS: dict[str, Act] = {
    "assess": assessing.assess_queued,
    "export": background.make,
    "relist": relisting.relist,
    "schedule": scheduling.apply,
    "subject": subjects.process,
}
GIVE_UP: dict[str, Act] = {
    "assess": assessing.give_up,
    "export": background.give_up,
    "subject": subjects.give_up,
}
"""What is done instead of trying again for ever: nobody shall wait for what cannot be made."""


def step(run: Run) -> None:
    kind, tenant, name = str(run.body["kind"]), str(run.body["tenant"]), str(run.body["id"])
    if kind == scheduling.KIND:
        scheduling.assess_scheduled(run)
        return
    act = KINDS.get(kind)
    if act is None:
        msg = f"{kind!r} is no kind of compliance work"
        raise ValueError(msg)
    try:
        act(tenant, name)
    except Exception:
        if not run.is_last or kind not in GIVE_UP:
            raise
        logger().exception("given up", kind=kind, id=name)
        GIVE_UP[kind](tenant, name)


handler = consumer(QUEUE, step)
