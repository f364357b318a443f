"""What answers are taken from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that can be quoted as an answer; its title helps to find it and is not quoted."""

    text: str
    title: str = ""


def documentation() -> tuple[Passage, ...]:
    """Pentarch's own documentation, one passage a heading."""
    from pathlib import Path

    sections = Path(__file__).with_name("documentation.md").read_text("utf-8").split("\n## ")[1:]
    headed = (section.partition("\n") for section in sections)
    return tuple(Passage(text=" ".join(body.split()), title=title.strip()) for title, _, body in headed)
