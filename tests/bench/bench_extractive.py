"""How long pentarch/extractive and the sensitivity check take; run it as a script, on a quiet machine."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter

from pentarch.llm.extractive import MODEL, ExtractiveProvider
from pentarch.llm.model import Message, Prompt, Role
from pentarch.llm.sensitivity import inspect

_SUBJECTS = ("river", "bridge", "harbour", "council", "engineer", "railway", "museum", "garden", "market", "winter")
_DEEDS = ("opened", "rebuilt", "measured", "painted", "closed", "crossed", "visited", "surveyed", "sold")
_PLACES = ("north", "south", "city", "island", "valley", "coast", "station", "border", "forest", "hill", "port")


def prose(size: int) -> str:
    """So many characters of sentences that share words as real ones do."""
    told: list[str] = []
    length = 0
    while length < size:
        n = len(told)
        told.append(
            f"The {_SUBJECTS[n % 10]} near the {_PLACES[n % 11]} was {_DEEDS[n % 9]} by the {_SUBJECTS[n * 3 % 10]} "
            f"and the {_PLACES[n * 7 % 11]} {_SUBJECTS[n // 3 % 10]} in {1800 + n % 200}."
        )
        length += len(told[-1]) + 1
    return " ".join(told)[:size]


def best(action: Callable[[], object], *, rounds: int = 7, calls: int = 1) -> float:
    """Milliseconds of one call, the best of some rounds."""
    action()
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        for _ in range(calls):
            action()
        times.append((perf_counter() - begun) / calls)
    return 1000 * min(times)


def show(name: str, milliseconds: float) -> None:
    print(f"{name:42} {milliseconds:10.3f} ms")


def main() -> None:
    provider = ExtractiveProvider()

    def complete(text: str) -> Callable[[], object]:
        prompt = Prompt((Message(Role.USER, text),))
        return lambda: provider.complete(MODEL, prompt, timeout=1)

    for size in (1_000, 10_000, 100_000):
        text = prose(size)
        show(f"question over {size} characters", best(complete(f"{text}\n\nWhen was the museum painted?")))
        show(f"summary of {size} characters", best(complete(f"Summarise this text: {text}")))
        show(f"embedding of {size} characters", best(partial(provider.embed, MODEL, [text], timeout=1)))
    show("question about Pentarch", best(complete("What are the sensitivity classes?")))
    show("echo", best(complete("Repeat this word: hello")))

    words_only = ("Please tell the team how the classes work and what to do with them next. " * 30)[:2048]
    show("inspect 2 KB without anything", best(lambda: inspect(words_only), calls=100))
    with_numbers = prose(2048)
    show("inspect 2 KB with years", best(lambda: inspect(with_numbers), calls=100))
    for pattern in ("4111 ", "1 ", "a@", "password=", "(1", "DE89370400440532013000 "):
        show(f"inspect 200 KB of {pattern!r}", best(partial(inspect, (pattern * 200_000)[:200_000]), rounds=2))

    program = (
        "import re, dataclasses, enum, typing, collections.abc; from time import *;"
        "from pentarch.llm import model; "
        "begun = perf_counter(); import pentarch.llm.extractive; print(1000 * (perf_counter() - begun))"
    )
    run = [sys.executable, "-c", program]
    imports = [float(subprocess.run(run, capture_output=True, check=True, text=True).stdout) for _ in range(7)]
    show("import pentarch.llm.extractive", min(imports))


if __name__ == "__main__":
    main()
