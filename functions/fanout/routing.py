"""Lists the gateway's choices among the routing traces: by time, and by the model that was chosen."""

from pentarch.events.model import Event
from pentarch.llm.traces import trace_of
from pentarch.services import traces

PREFIXES = ("llm.", "nlp.", "vision.")


def index(event: Event) -> None:
    """Add an event's trace to the lists, if it chose something; a repeat writes the same again."""
    trace = trace_of(event)
    if trace is not None:
        traces.index(event.tenant, trace)
