"""Specialists in model calls: what one that serves in production lends to the prompts that name it.

The specialists' slice publishes a briefing when a version takes over production; the gateway reads it when a call names
an agent, and keeps it for a minute. A call without an agent's name reads nothing.

| key                 | item                                                            |
|---------------------|-----------------------------------------------------------------|
| agent#name          | whose briefing goes by this name or skill: the last one deployed |
| briefing#id         | a specialist's instructions, and rows that it learned from      |
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from pentarch.llm.model import Message, Prompt, Role
from pentarch.platform.observability import logger
from pentarch.platform.tables import TableName, TenantTable, Transaction, batch_get

KEPT_FOR = timedelta(seconds=60)
MAX_EXAMPLES = 100
MAX_EXAMPLE_CHARACTERS = 300
SHOWN_EXAMPLES = 4
QUESTION = "gateway_question"
"""What tells the gateway's event to the inference function from one of API Gateway."""
_KEPT_AT_ONCE = 500


class _NameItem(TenantTable):
    class Meta:
        table_name = TableName("SPECIALISTS_TABLE")

    specialist_id = UnicodeAttribute()


class _BriefingItem(TenantTable):
    class Meta:
        table_name = TableName("SPECIALISTS_TABLE")

    name = UnicodeAttribute()
    version = NumberAttribute()
    instructions = UnicodeAttribute()
    examples = JSONAttribute()
    mode = UnicodeAttribute(null=True)
    """Absent in what was published before there were modes."""
    tuned = JSONAttribute(null=True)


class Mode(StrEnum):
    """What a specialist is for in the gateway: it briefs a model, or its prediction is the answer."""

    BRIEF = "brief"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Briefing:
    specialist_id: str
    name: str
    version: int
    instructions: str
    examples: tuple[tuple[str, str], ...] = ()
    """Texts with their labels."""
    mode: Mode = Mode.BRIEF
    tuned: Mapping[str, str] | None = None
    """`provider`, `base_model` and `model` of what was trained for it: asked first, as far as the router lets it."""


def publish(transaction: Transaction, tenant: str, briefing: Briefing, skills: Iterable[str]) -> None:
    """Let prompts find a specialist by its name and its skills; another of the same name is not found any more."""
    item = _BriefingItem(
        tenant,
        _briefing_key(briefing.specialist_id),
        name=briefing.name,
        version=briefing.version,
        instructions=briefing.instructions,
        examples=[list(example) for example in briefing.examples],
        mode=briefing.mode,
        tuned=None if briefing.tuned is None else dict(briefing.tuned),
    )
    transaction.put(item)
    for name in sorted({_name_key(one) for one in (briefing.name, *skills)}):
        transaction.put(_NameItem(tenant, name, specialist_id=briefing.specialist_id))


def withdraw(transaction: Transaction, tenant: str, specialist_id: str) -> None:
    """Names that still lead to it find nothing."""
    transaction.delete(_BriefingItem(tenant, _briefing_key(specialist_id)))


class Briefings:
    """One per process: what was read, or found missing, is good for a minute."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[datetime, Briefing | None]] = OrderedDict()

    def find(self, tenant: str, agent: str, at: datetime) -> Briefing | None:
        """The briefing that goes by an agent's name; a call is made without one rather than not at all."""
        place = (tenant, _name_key(agent))
        known = self._known.get(place)
        if known is not None and at - known[0] < KEPT_FOR:
            return known[1]
        try:
            found = _read(*place)
        except (BotoCoreError, ClientError, PynamoDBException):
            logger().warning("the specialists' table does not answer", exc_info=True)
            found = None if known is None else known[1]
        self._known[place] = (at, found)
        self._known.move_to_end(place)
        while len(self._known) > _KEPT_AT_ONCE:
            self._known.popitem(last=False)
        return found


def briefed(prompt: Prompt, briefing: Briefing) -> Prompt:
    """The prompt with a specialist's instructions, and the examples that are nearest to what is asked."""
    lines = [opening(briefing.name, briefing.instructions)]
    near = nearest(briefing.examples, prompt.messages[-1].content)
    if near:
        lines.append("Examples of what you were trained on:")
        lines += [f"- {text} -> {label}" for text, label in near]
    return replace(prompt, messages=(Message(Role.SYSTEM, "\n".join(lines)), *prompt.messages))


def opening(name: str, instructions: str) -> str:
    """What a specialist's model is told first: in its prompts, and where a provider trains it."""
    return f"You are {name}: {instructions}"


def nearest(examples: Sequence[tuple[str, str]], question: str) -> list[tuple[str, str]]:
    """The examples that share the most telling words with a question, the best first."""
    from pentarch.llm.extractive.search import Index
    from pentarch.llm.extractive.sources import Passage
    from pentarch.llm.extractive.text import terms

    asked = terms(question)
    if not examples or not asked:
        return []
    with Index([Passage(text) for text, _ in examples]) as index:
        return [examples[hit.position] for hit in index.search(asked, limit=SHOWN_EXAMPLES)]


def _read(tenant: str, name_key: str) -> Briefing | None:
    [named] = batch_get([(_NameItem, tenant, name_key)])
    if named is None:
        return None
    [item] = batch_get([(_BriefingItem, tenant, _briefing_key(named.specialist_id))])
    if item is None:
        return None
    examples = tuple((str(text), str(label)) for text, label in item.examples)
    mode = Mode(item.mode or Mode.BRIEF)
    return Briefing(
        named.specialist_id, item.name, int(item.version), item.instructions, examples, mode=mode, tuned=item.tuned
    )


def _name_key(name: str) -> str:
    return f"agent#{name.strip().casefold()}"


def _briefing_key(specialist_id: str) -> str:
    return f"briefing#{specialist_id}"
