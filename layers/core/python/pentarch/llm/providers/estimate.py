"""Counting tokens where the backend did not."""

from collections.abc import Iterable

from pentarch.llm.model import Prompt, Usage

CHARACTERS_PER_TOKEN = 4
"""The rule of thumb that model vendors publish for English text; other scripts use more tokens than it says."""


def estimate_tokens(text: str) -> int:
    """One token for each four characters begun."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def estimate_usage(prompt: Prompt, answer_characters: int = 0) -> Usage:
    """The tokens of a call by the rule; each message, each tool and the answer are rounded up on their own."""
    return Usage(
        prompt_tokens=sum(map(estimate_tokens, prompt.parts)),
        completion_tokens=-(-answer_characters // CHARACTERS_PER_TOKEN),
        estimated=True,
    )


def estimate_inputs(texts: Iterable[str]) -> Usage:
    """The tokens of texts to embed, by the rule."""
    return Usage(prompt_tokens=sum(map(estimate_tokens, texts)), completion_tokens=0, estimated=True)
