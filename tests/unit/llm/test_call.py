"""Judging a request before any backend hears of it."""

import pytest

from pentarch.llm.call import ModelRequest, assess, fitted, prompt_digest, refusal
from pentarch.llm.catalogue import Backend, Catalogue
from pentarch.llm.errors import ModelNotFoundError, PolicyRefusedError, PromptTooLongError
from pentarch.llm.model import Message, ModelSpec, Prompt, Role, Sampling, Sensitivity


def spec(name: str, clearance: Sensitivity | None = None, *, window: int = 100, output: int = 50) -> ModelSpec:
    return ModelSpec(name, "p", window, output, 1, 2, max_sensitivity=clearance)


def known(*specs: ModelSpec) -> Catalogue:
    return Catalogue({one.name: Backend(one, None) for one in specs})  # type: ignore[arg-type]


def asking(text: str = "hi", model: str = "gpt-4", declared: Sensitivity | None = None) -> ModelRequest:
    return ModelRequest(Prompt((Message(Role.USER, text),)), model, declared=declared)


def test_a_name_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(ModelNotFoundError):
        assess(asking(model="no-such-model"), known(spec("m")))


def test_a_well_known_name_is_served_by_what_is_there() -> None:
    assert assess(asking(declared=Sensitivity.PUBLIC), known(spec("m"))).decision["order"] == ["m"]


@pytest.mark.parametrize(
    ("text", "declared", "clearance", "kind"),
    [
        ("hi", Sensitivity.CRITICAL, Sensitivity.SENSITIVE, PolicyRefusedError),
        ("hi", None, None, PolicyRefusedError),
        ("word " * 100, Sensitivity.PUBLIC, Sensitivity.PUBLIC, PromptTooLongError),
    ],
)
def test_what_nobody_can_take_is_refused_with_its_reason(
    text: str, declared: Sensitivity | None, clearance: Sensitivity | None, kind: type[Exception]
) -> None:
    request = asking(text, declared=declared)
    assert isinstance(refusal(request, assess(request, known(spec("m", clearance)))), kind)


def test_a_catalogue_without_models_refuses() -> None:
    request = asking()
    assert isinstance(refusal(request, assess(request, known())), ModelNotFoundError)


@pytest.mark.parametrize(("asked", "given"), [(10, 10), (1000, 50)])
def test_no_more_is_asked_for_than_the_model_can_write(asked: int, given: int) -> None:
    prompt = Prompt((Message(Role.USER, "hi"),), Sampling(max_tokens=asked))
    assert fitted(prompt, spec("m")).sampling.max_tokens == given


def test_what_the_window_leaves_bounds_the_answer_and_is_never_nothing() -> None:
    prompt = Prompt((Message(Role.USER, "x" * 4 * 99),), Sampling(max_tokens=40))
    assert fitted(prompt, spec("m")).sampling.max_tokens == 1


def test_a_digest_tells_who_said_what() -> None:
    one = Prompt((Message(Role.USER, "a"), Message(Role.ASSISTANT, "b")))
    other = Prompt((Message(Role.USER, "ab"),))
    assert prompt_digest(one) != prompt_digest(other)
