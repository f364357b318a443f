import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.llm.model import Message, Prompt, Role, Usage
from pentarch.llm.providers.estimate import estimate_inputs, estimate_tokens, estimate_usage


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_a_token_for_each_four_characters_begun(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@given(st.text(), st.text())
def test_a_longer_text_never_has_fewer_tokens(one: str, other: str) -> None:
    assert estimate_tokens(one) <= estimate_tokens(one + other) <= estimate_tokens(one) + estimate_tokens(other)


def test_an_estimate_says_that_it_is_one() -> None:
    prompt = Prompt((Message(Role.SYSTEM, "abcde"), Message(Role.USER, "a")))

    assert estimate_usage(prompt, 9) == Usage(3, 3, estimated=True)
    assert estimate_inputs(["abcde", "a"]) == Usage(3, 0, estimated=True)
