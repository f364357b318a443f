"""The local model as a backend: limits, stop sequences, streams, usage."""

import subprocess
import sys
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

import pentarch
from pentarch.llm.extractive import MODEL, SPEC, ExtractiveProvider, Passage, available, count_tokens
from pentarch.llm.model import Completion, Message, Prompt, Provider, Role, Sampling, Sensitivity

PROMPTS = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["Count to 40", "What is Pentarch?", "Repeat this word: 東京タワー", "Summarise: One. Two. Three. Four."]
    ),
    st.lists(
        st.sampled_from(["The cat sleeps.", "It rains!", "Who?", "Summarise:", "\n\n", '"', "東京。", "Count"])
    ).map(" ".join),
)
PROVIDER = ExtractiveProvider()


def complete(text: str, *, max_tokens: int = 1000, stop: tuple[str, ...] = ()) -> Completion:
    return PROVIDER.complete(MODEL, prompt_of(text, max_tokens=max_tokens, stop=stop), timeout=1)


def prompt_of(text: str, *, max_tokens: int = 1000, stop: tuple[str, ...] = ()) -> Prompt:
    return Prompt((Message(Role.USER, text),), Sampling(max_tokens=max_tokens, stop=stop))


def test_it_is_a_provider_like_any_other() -> None:
    provider: Provider = ExtractiveProvider(passages=[Passage("text")])

    assert provider.name == SPEC.provider == "pentarch"


def test_its_specification_lets_everything_in_and_costs_nothing() -> None:
    usage = complete("What is Pentarch?").usage

    assert SPEC.name == MODEL == "pentarch/extractive"
    assert SPEC.max_sensitivity is Sensitivity.CRITICAL
    assert SPEC.cost(usage) == 0


def test_it_is_available_where_sqlite_has_full_text_search() -> None:
    assert available()


@given(PROMPTS, st.integers(min_value=1, max_value=60))
@settings(deadline=None)
def test_an_answer_is_never_empty_and_never_longer_than_allowed(text: str, max_tokens: int) -> None:
    completion = complete(text, max_tokens=max_tokens)

    assert completion.text
    assert count_tokens(completion.text) <= max_tokens
    assert completion.usage.completion_tokens == count_tokens(completion.text)
    assert completion.usage.prompt_tokens == count_tokens(text)
    assert completion.finish_reason in {"stop", "length"}


@given(PROMPTS, st.integers(min_value=1, max_value=60))
@settings(deadline=None)
def test_a_limit_cuts_the_answer_at_a_token_or_leaves_sentences_out(text: str, max_tokens: int) -> None:
    completion = complete(text, max_tokens=max_tokens)

    if completion.finish_reason == "length":
        assert count_tokens(completion.text) == max_tokens


@given(PROMPTS)
@settings(deadline=None)
def test_the_same_prompt_has_the_same_answer(text: str) -> None:
    assert complete(text) == complete(text)


@given(PROMPTS, st.integers(min_value=1, max_value=60), st.lists(st.text(alphabet="e, a.2", max_size=3), max_size=2))
@example("Count to 40", 60, ["1, 2"])
@settings(deadline=None)
def test_a_stream_joined_is_the_complete_answer(text: str, max_tokens: int, stop: list[str]) -> None:
    prompt = prompt_of(text, max_tokens=max_tokens, stop=tuple(stop))
    stream = PROVIDER.stream(MODEL, prompt, timeout=1)
    pieces = list(stream)

    assert all(pieces)
    assert Completion("".join(pieces), stream.finish_reason, stream.usage) == PROVIDER.complete(
        MODEL, prompt, timeout=1
    )


@given(PROMPTS, st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=3))
@example("Count to 12", ["5, 6"])
@example("Count to 12", ["12"])
@settings(deadline=None)
def test_an_answer_ends_before_the_first_stop_sequence(text: str, stop: list[str]) -> None:
    whole = complete(text).text
    stopped = complete(text, stop=tuple(stop))
    first = min((at for sequence in stop if (at := whole.find(sequence)) >= 0), default=len(whole))

    assert stopped.text == whole[:first]
    assert stopped.finish_reason == "stop"
    assert stopped.usage.completion_tokens == count_tokens(stopped.text)


def test_a_stop_sequence_beyond_the_limit_does_not_hide_that_the_answer_was_cut() -> None:
    assert complete("Count to 40", max_tokens=9, stop=("30",)).finish_reason == "length"


def test_a_stream_comes_word_by_word_and_makes_no_more_than_is_taken() -> None:
    stream = PROVIDER.stream(MODEL, prompt_of("Count to 999999999", max_tokens=1_000_000_000), timeout=1)
    pieces = iter(stream)

    assert [next(pieces), next(pieces), next(pieces)] == ["1", ",", " 2"]
    assert stream.usage.completion_tokens == 3


def test_closing_a_stream_ends_it() -> None:
    stream = PROVIDER.stream(MODEL, prompt_of("Count to 999999999", max_tokens=1_000_000_000), timeout=1)
    pieces = iter(stream)
    next(pieces)
    stream.close()

    assert list(pieces) == []


def test_a_stream_closed_before_it_began_gives_nothing() -> None:
    stream = PROVIDER.stream(MODEL, prompt_of("What is Pentarch?"), timeout=1)
    stream.close()

    assert list(stream) == []


def test_importing_the_model_loads_no_engine_and_no_database() -> None:
    program = "import sys, pentarch.llm.extractive; print(*sys.modules)"
    path = str(Path(pentarch.__path__[0]).parent)
    loaded = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": path}, capture_output=True, check=True, text=True
    )

    assert {"sqlite3", "pentarch.llm.extractive.answer"}.isdisjoint(loaded.stdout.split())
