"""Reading a conversation: what is asked, about which text, in what style."""

from dataclasses import dataclass

from pentarch.llm.extractive.divide import divide
from pentarch.llm.extractive.style import Style, read_style
from pentarch.llm.model import Message, Prompt, Role

SELF = "pentarch/extractive"


_LONGEST_ASKED = 4000
"""What comes later in a request is not looked at, in characters; no question needs as many."""


@dataclass(frozen=True, slots=True)
class Request:
    message: str
    """The whole last message: `asked` and `text` as they were written."""
    asked: str
    text: str
    """The text that came with the request; empty where none did."""
    earlier: str
    """What was said before in the conversation, without this model's own excuses."""
    style: Style
    max_tokens: int


def read(prompt: Prompt) -> Request:
    """System messages say how to answer, never what: who writes one is not the one who asks."""
    *before, last = prompt.messages or (Message(Role.USER, ""),)
    asked, text = divide(last.content)
    said = (message for message in before if message.role is not Role.SYSTEM)
    manners = (message.content for message in before if message.role is Role.SYSTEM)
    return Request(
        message=last.content,
        asked=asked[:_LONGEST_ASKED],
        text=text,
        earlier="\n\n".join(m.content for m in said if not m.content.startswith(f"I am {SELF}")),
        style=read_style(" ".join((asked, *manners))),
        max_tokens=prompt.sampling.max_tokens,
    )
