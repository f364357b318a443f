"""What can go wrong in the NLP slice."""

from pentarch.platform.errors import InvalidInputError


class NothingToSummarizeError(InvalidInputError):
    """The text has no words."""

    def __init__(self) -> None:
        super().__init__("text: there are no words to sum up", field="text")
