"""Documents a second through the real handler, against the same analyses called as a library; and its cold start.

AWS answers in this process (see `generate`), so what lies between the two is Pentarch: the web framework, the gate,
classifying, choosing with a proof, the event. Both are measured in turns in one run, by CPU time.
"""

import io
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any, NamedTuple

from bench import cold_start, instructions
from bench.generate import FakeAws, answered_by, use_tables
from support.lambdas import rest_event

ROUNDS = 9
DOCUMENTS = 20
PATH = "/api/v2/ai/nlp/analyze"
PARAGRAPH = (
    "Dr. Ada Keller of Siemens AG opened a wonderful bridge over the Rhine in Cologne on 12 March 2024. It replaces "
    "a wooden bridge that a terrible flood had carried away three years ago. Engineers chose steel because it needs "
    "little care. The work cost $4.5 million, 12% more than planned, and visitors love it. The old ferry stays in "
    "service on Sundays, for tourists who like the slow crossing, and the council hopes that shops return by 2026. "
)


class Work(NamedTuple):
    """What is measured, and how a text is given to it: making that is the client's work."""

    do: Callable[[Any], object]
    given: Callable[[str], Any]


def documents(paragraphs: int) -> list[str]:
    return [f"Report {number}. " + PARAGRAPH * paragraphs for number in range(DOCUMENTS)]


def seconds(work: Callable[[Any], object], given: Sequence[object]) -> float:
    started = time.process_time()
    for one in given:
        work(one)
    return (time.process_time() - started) / len(given)


@contextmanager
def both() -> Iterator[dict[str, Work]]:
    """The analyses as a library, and the handler."""
    use_tables()
    from nlp.api import handler
    from nlp.local.analyzing import analyze
    from nlp.model import Kind, Question

    headers = {"Content-Type": "application/json"}
    aws = FakeAws(headers)

    def library(text: str) -> None:
        analyze(Question(text, frozenset(Kind)))

    def request(text: str) -> dict[str, Any]:
        return rest_event("POST", PATH, headers=headers, body=json.dumps({"text": text}))

    def service(event: dict[str, Any]) -> None:
        answer = handler(event, None)
        assert answer["statusCode"] == 200, answer["body"]

    with answered_by(aws), redirect_stdout(io.StringIO()):
        yield {"library": Work(library, str), "handler": Work(service, request)}


def compare() -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with both() as works:
        library, handler = works.values()
        for paragraphs in (1, 2, 5, 20):
            texts = documents(paragraphs)
            events = list(map(handler.given, texts))
            seconds(handler.do, events)
            rounds = [(seconds(library.do, texts), seconds(handler.do, events)) for _ in range(ROUNDS)]
            name = f"{len(texts[0]) / 1000:.1f} kB"
            figures[f"library, documents/s, {name}"] = 1 / statistics.median(one for one, _ in rounds)
            figures[f"handler, documents/s, {name}"] = 1 / statistics.median(other for _, other in rounds)
            figures[f"ratio, {name} (target: 0.8)"] = statistics.median(one / other for one, other in rounds)
            if instructions.can_be_counted():
                alone, whole = (instructions.of("bench.nlp", role, str(paragraphs)) for role in works)
                figures[f"instructions around it, millions, {name}"] = (whole - alone) / DOCUMENTS / 1e6
                figures[f"ratio by instructions, {name}"] = alone / whole
    cold_start.seconds("import nlp.api")
    figures["import of functions/nlp/api.py, s"] = min(cold_start.seconds("import nlp.api") for _ in range(5))
    loading = "import nlp.local.language as one; one.detect('Good morning')"
    figures["first language told, s"] = min(cold_start.seconds(loading) for _ in range(5))
    return figures


def count(role: str, paragraphs: str) -> None:
    """One of both at work, under valgrind."""
    with both() as works:
        given = list(map(works[role].given, documents(int(paragraphs))))
        seconds(works[role].do, given)
        with instructions.counted():
            seconds(works[role].do, given)


if __name__ == "__main__":
    count(*sys.argv[1:])
