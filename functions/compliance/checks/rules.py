"""What most checks are made of: a rule for one item, applied to every item."""

from collections.abc import Callable, Iterable, Sequence

from compliance.facts import UnseenFieldError, read
from compliance.model import Fault, JsonObject, Outcome

Rule = Callable[[JsonObject], str | Iterable[str] | None]
"""What is wrong with an item: nothing, one thing or several; UnseenFieldError when a field it needs was not seen."""
Question = Callable[[JsonObject], object]

MAX_REASONS = 3
"""How many unseen items a reason names; the others are unseen too, but nobody reads on."""


def each(items: Sequence[JsonObject], rule: Rule, *, where: Question | None = None) -> Outcome:
    """A fault in one item counts even where another could not be seen; without a fault, one unseen item says it all."""
    examined: list[str] = []
    faults: list[Fault] = []
    unread: list[str] = []
    for item in items:
        try:
            resource = str(read(item, "name"))
            if where is not None and not where(item):
                continue
            wrong = rule(item)
            messages = [wrong] if isinstance(wrong, str) else (wrong or ())
            faults.extend(Fault(resource, message) for message in messages)  # keeps what came before one that raises
        except UnseenFieldError as error:
            unread.append(str(error))
        else:
            examined.append(resource)
    if unread and not faults:
        raise UnseenFieldError("; ".join(unread[:MAX_REASONS]))
    return Outcome(tuple(examined), tuple(faults))


def every(items: Sequence[JsonObject], holds: Question, message: str, *, where: Question | None = None) -> Outcome:
    """`each` for a rule that is one question."""
    return each(items, lambda item: None if holds(item) else message, where=where)
